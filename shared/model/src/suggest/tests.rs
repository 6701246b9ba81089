//! Suggestions for the Chinook catalogue and for a bank.

use std::collections::BTreeMap;

use access::{LinkTypeId, ProjectId, SourceId};

use super::*;
use crate::catalogue::Column;
use crate::check::check;
use crate::kind::Kind;
use crate::project::{Join, Limits, LinkType, ObjectType, Source};

fn source() -> SourceId {
    SourceId::new("data").expect("a slug")
}

fn project() -> Project {
    let source = Source {
        id: source(),
        name: "Data".to_owned(),
        kind: "sqlite".to_owned(),
        settings: BTreeMap::new(),
        secrets_from: BTreeMap::new(),
        upload: None,
        required_role: None,
        keep_model_visible: false,
        private_to: None,
        limits: Limits::default(),
    };
    Project {
        id: ProjectId::new("p").expect("a slug"),
        name: "P".to_owned(),
        description: String::new(),
        sources: [(source.id.clone(), source)].into(),
        object_types: BTreeMap::new(),
        link_types: BTreeMap::new(),
        grants: Vec::new(),
    }
}

/// `customer(*customer_id:i, !email, first_name, support_rep_id:i>employee.employee_id)`: a star for the key, an
/// exclamation mark for what is filled and unique, a letter for the kind (text without), an arrow for a foreign key.
fn table(line: &str) -> CatalogueTable {
    let (name, columns) = line.trim_end_matches(')').split_once('(').expect("columns");
    let mut table = CatalogueTable {
        table: Table { schema: None, name: name.to_owned() },
        view: false,
        rows_about: None,
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique: Vec::new(),
        foreign_keys: Vec::new(),
    };
    for column in columns.split(", ") {
        let (column, target) = column.split_once('>').map_or((column, None), |(column, to)| (column, Some(to)));
        let (column, kind) = column.split_once(':').unwrap_or((column, "t"));
        let name = column.trim_start_matches(['*', '!']).to_owned();
        let kind = match kind {
            "i" => Kind::Integer,
            "d" => Kind::Decimal,
            "z" => Kind::Instant,
            "b" => Kind::Bytes,
            _ => Kind::Text,
        };
        if column.starts_with('*') {
            table.primary_key.push(name.clone());
        }
        if column.starts_with('!') {
            table.unique.push(vec![name.clone()]);
        }
        if let Some((there, referenced)) = target.and_then(|target| target.split_once('.')) {
            table.foreign_keys.push(ForeignKey {
                columns: vec![name.clone()],
                table: Table { schema: None, name: there.to_owned() },
                referenced: vec![referenced.to_owned()],
            });
        }
        table.columns.push(Column { name, kind, native: String::new(), nullable: !column.starts_with(['*', '!']) });
    }
    table
}

fn catalogue(lines: &[&str]) -> Catalogue {
    Catalogue { tables: lines.iter().map(|line| table(line)).collect(), cut: false }
}

fn chinook() -> Catalogue {
    catalogue(&[
        "album(*album_id:i, title, artist_id:i>artist.artist_id)",
        "artist(*artist_id:i, name)",
        "customer(*customer_id:i, first_name, last_name, company, email, support_rep_id:i>employee.employee_id)",
        "employee(*employee_id:i, last_name, first_name, title, reports_to:i>employee.employee_id, birth_date:z)",
        "genre(*genre_id:i, name)",
        "invoice(*invoice_id:i, customer_id:i>customer.customer_id, invoice_date:z, billing_city, total:d)",
        "invoice_line(*invoice_line_id:i, invoice_id:i>invoice.invoice_id, track_id:i>track.track_id, unit_price:d, \
         quantity:i)",
        "media_type(*media_type_id:i, name)",
        "playlist(*playlist_id:i, name)",
        "playlist_track(*playlist_id:i>playlist.playlist_id, *track_id:i>track.track_id)",
        "track(*track_id:i, name, album_id:i>album.album_id, media_type_id:i>media_type.media_type_id, \
         genre_id:i>genre.genre_id, composer, bytes:i, unit_price:d)",
    ])
}

/// The project with every suggested change.
fn apply(project: &mut Project, suggested: &Suggested) {
    for (change, reason) in &suggested.changes {
        change.apply(project).unwrap_or_else(|misfit| panic!("{reason}: {misfit}"));
    }
}

fn object<'a>(project: &'a Project, id: &str) -> &'a ObjectType {
    project.object_types.values().find(|kind| kind.id.as_str() == id).unwrap_or_else(|| panic!("no {id}"))
}

fn link<'a>(project: &'a Project, id: &str) -> &'a LinkType {
    let known: Vec<_> = project.link_types.keys().collect();
    project.link_types.values().find(|link| link.id.as_str() == id).unwrap_or_else(|| panic!("no {id} in {known:?}"))
}

#[test]
fn chinook_becomes_nine_object_types_and_nine_link_types_without_a_finding() {
    let mut project = project();
    let suggested = suggest(&chinook(), &source(), &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    assert_eq!(suggested.left_out, []);
    assert_eq!(project.object_types.len(), 9);
    // Eleven foreign keys: seven of objects, and two each of the two link tables.
    let links = project.link_types.values().map(|link| format!("{}: {} / {}", link.id, link.name, link.reverse));
    assert_eq!(
        links.collect::<Vec<_>>(),
        [
            "album_artist: Artist / Albums",
            "customer_support_rep: Support rep / Customers",
            "employee_reports_to: Reports to / Employees (Reports to)",
            "invoice_customer: Customer / Invoices",
            "invoice_line: Tracks / Invoices",
            "playlist_track: Tracks / Playlists",
            "track_album: Album / Tracks",
            "track_genre: Genre / Tracks",
            "track_media_type: Media type / Tracks",
        ]
    );
    let line = link(&project, "invoice_line");
    assert_eq!(line.amount.as_ref().map(PropertyId::as_str), Some("unit_price"));
    assert_eq!(line.key.iter().map(PropertyId::as_str).collect::<Vec<_>>(), ["invoice_line_id"]);
    let pure = link(&project, "playlist_track");
    assert!(pure.key.is_empty() && pure.properties.is_empty());
}

use access::PropertyId;

#[test]
fn objects_have_names_titles_icons_and_fields_to_search() {
    let mut project = project();
    let suggested = suggest(&chinook(), &source(), &project);
    apply(&mut project, &suggested);
    for (id, name, plural, title, icon) in [
        ("customer", "Customer", "Customers", "{first_name} {last_name}", "person"),
        ("employee", "Employee", "Employees", "{first_name} {last_name}", "badge"),
        ("invoice", "Invoice", "Invoices", "{invoice_id}", "receipt_long"),
        ("album", "Album", "Albums", "{title}", "music_note"),
        ("media_type", "Media type", "Media types", "{name}", "music_note"),
    ] {
        let kind = object(&project, id);
        let found = [kind.name.as_str(), &kind.plural, &kind.title, &kind.icon];
        assert_eq!(found, [name, plural, title, icon], "{id}");
    }
    let customer = object(&project, "customer");
    let searchable: Vec<_> = customer.properties.iter().filter(|p| p.searchable).map(|p| p.id.as_str()).collect();
    assert_eq!(searchable, ["first_name", "last_name", "company", "email"]);
    let hidden: Vec<_> = customer.properties.iter().filter(|p| p.hidden).map(|p| p.name.as_str()).collect();
    assert_eq!(hidden, ["Support rep ID"]);
}

#[test]
fn transfers_are_links_with_time_amount_and_currency_in_their_direction() {
    let mut project = project();
    let bank = catalogue(&[
        "accounts(*iban, holder)",
        "transfers(*id:i, to_account>accounts.iban, from_account>accounts.iban, amount:d, currency, booked_at:z, note)",
        "log(at:z, line)",
    ]);
    let suggested = suggest(&bank, &source(), &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    let transfer = link(&project, "transfer");
    let labels = [&transfer.name, &transfer.reverse, &transfer.plural];
    assert_eq!(labels, ["Transfer to", "Transfer from", "Transfers"]);
    let marks = [&transfer.time, &transfer.amount, &transfer.currency];
    assert_eq!(
        marks.map(|id| id.as_ref().map(PropertyId::as_str)),
        [Some("booked_at"), Some("amount"), Some("currency")]
    );
    let Join::Table { from, to, .. } = &transfer.join else { panic!("no link table") };
    assert_eq!([&from[0].column, &to[0].column], ["from_account", "to_account"]);
    assert_eq!(suggested.left_out.len(), 1);
    assert_eq!(suggested.left_out[0].0.name, "log");
}

#[test]
fn what_the_project_has_is_used_and_not_suggested_again() {
    let mut project = project();
    let first = suggest(&chinook(), &source(), &project);
    apply(&mut project, &first);
    let again = suggest(&chinook(), &source(), &project);
    assert_eq!(again.changes, []);
    assert_eq!(again.left_out.len(), 9);
    // Without one type, it and its links come back under the same ids.
    project.link_types.retain(|_, link| link.from.as_str() != "invoice");
    project.object_types.retain(|id, _| id.as_str() != "invoice");
    let again = suggest(&chinook(), &source(), &project);
    apply(&mut project, &again);
    assert_eq!((project.object_types.len(), project.link_types.len()), (9, 9));
}

#[test]
fn odd_names_and_composite_keys_still_make_a_valid_project() {
    let mut project = project();
    let odd = catalogue(&[
        "顧客(*番号:i, 名前)",
        "顧客2(*a:i, *b, A, a b)",
        "points(*x:i, y:i>顧客.番号, gone:i>nowhere.id)",
        "Person(*ID:i, Name)",
        "person(*id:i, name)",
    ]);
    let suggested = suggest(&odd, &source(), &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    assert_eq!((project.object_types.len(), project.link_types.len()), (5, 1));
}

#[test]
fn a_file_is_called_like_its_source() {
    let mut project = project();
    let file = project.sources.get_mut(&source()).expect("the source");
    (file.name, file.upload) = ("Companies 2024".to_owned(), access::UploadId::new("u1").ok());
    let suggested = suggest(&catalogue(&["rows(*org_no, name)"]), &source(), &project);
    let Change::PutObjectType(kind) = &suggested.changes[0].0 else { panic!("no object type") };
    assert_eq!((kind.id.as_str(), kind.name.as_str(), kind.plural.as_str()), ("company", "Company", "Companies"));
    assert_eq!((kind.origin.table().expect("a table").name.as_str(), kind.icon.as_str()), ("rows", "business"));
}

/// The project with its source as a file of this name.
fn file(name: &str) -> Project {
    let mut project = project();
    let file = project.sources.get_mut(&source()).expect("the source");
    (file.name, file.upload) = (name.to_owned(), access::UploadId::new("u1").ok());
    project
}

#[test]
fn a_file_gets_the_column_that_is_called_like_an_id_as_its_key_and_its_line_only_with_a_warning() {
    let table = [
        ("rows(*line:i, !note, !org_no, name)", "org_no", "In every row org_no is filled"),
        ("rows(*line:i, !note, !org_no, !id:i)", "id", "In every row id is filled"),
        ("rows(*line:i, !kontonummer, name)", "kontonummer", "In every row kontonummer is filled"),
        ("rows(*line:i, !note, org_no)", "line", "known by its line"),
    ];
    for (rows, key, reason) in table {
        let suggested = suggest(&catalogue(&[rows]), &source(), &file("Companies"));
        let [(Change::PutObjectType(kind), said)] = suggested.changes.as_slice() else {
            panic!("{rows}: {suggested:?}")
        };
        assert_eq!(kind.key.iter().map(PropertyId::as_str).collect::<Vec<_>>(), [key], "{rows}");
        assert!(said.contains(reason), "{rows}: {said}");
    }
}

#[test]
fn a_database_that_declares_nothing_gets_keys_and_links_by_the_names_of_its_columns() {
    let mut project = project();
    let tables = [
        "customers(id:i, name)",
        "orders(order_id:i, customer_id:i, total:d)",
        "customer_orders(customer_id:i, orders:i)",
        "notes(note_id:i, customer_id, order_id:i)",
    ];
    let suggested = suggest(&catalogue(&tables), &source(), &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    let keys = project.object_types.values().map(|kind| format!("{}: {}", kind.id, kind.key[0]));
    assert_eq!(keys.collect::<Vec<_>>(), ["customer: id", "note: note_id", "order: order_id"]);
    let links = project.link_types.values().map(|link| format!("{}: {} / {}", link.id, link.name, link.reverse));
    // A note's customer is text and no number, and rows of a view without a key are no objects.
    assert_eq!(links.collect::<Vec<_>>(), ["note_order: Order / Notes", "order_customer: Customer / Orders"]);
    let left_out: Vec<_> = suggested.left_out.iter().map(|(table, _)| table.name.as_str()).collect();
    assert_eq!(left_out, ["customer_orders"]);
    let (_, reason) = suggested.changes.last().expect("a link");
    assert_eq!(reason, "Orders may point at Customers (customer_id at id), because the column names match.");
    assert_eq!(suggest(&catalogue(&tables), &source(), &project).changes, [], "nothing is suggested twice");
}

#[test]
fn columns_that_are_called_alike_link_types_of_different_sources_in_both_directions_and_never_too_many() {
    let mut project = project();
    let bank = [
        "account(*account_no, org_no, owner_id:i)",
        "payment(*id:i, account_no)",
        "person(*id:i, name)",
        "reading(*id:i, line:i, org_no:i)",
    ];
    let suggested = suggest(&catalogue(&bank), &source(), &project);
    apply(&mut project, &suggested);
    let within: Vec<_> = project.link_types.keys().map(LinkTypeId::to_string).collect();
    assert_eq!(within, ["payment_account"], "an owner is called neither person nor id");
    let mut register = project.sources.values().next().expect("a source").clone();
    register.id = SourceId::new("register").expect("a slug");
    (register.name, register.upload) = ("Companies".to_owned(), access::UploadId::new("u1").ok());
    project.sources.insert(register.id.clone(), register.clone());
    let suggested = suggest(&catalogue(&["rows(*line:i, !org_no, account_no)"]), &register.id, &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    let links: Vec<_> = project.link_types.values().map(|link| format!("{} {}", link.id, link.name)).collect();
    assert_eq!(links, ["account_company Company", "company_account Account", "payment_account Account"]);

    let many: Vec<String> = (0..150).map(|n| format!("t{n}(*id:i, org_no)")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let source = SourceId::new("data").expect("a slug");
    let suggested = suggest(&catalogue(&many), &source, &project);
    let links = suggested.changes.iter().filter(|(change, _)| matches!(change, Change::PutLinkType(_))).count();
    assert_eq!(links, 100);
}

#[test]
fn whole_numbers_called_like_a_year_are_written_without_marks_between_their_digits() {
    let mut project = project();
    let columns = "firm(*id:i, name, year:i, founded_year:i, FiscalYear:i, år:i, regnskapsaar:i, years:i, \
        income_per_year:i, year_text, yearly:i, fee_year:d)";
    let suggested = suggest(&catalogue(&[columns]), &source(), &project);
    apply(&mut project, &suggested);
    assert_eq!(check(&project), []);
    let firm = object(&project, "firm");
    let plain = firm.properties.iter().filter(|property| property.format == Some(crate::Format::Plain));
    let columns: Vec<&str> = plain.map(|property| property.column.as_str()).collect();
    assert_eq!(columns, ["year", "founded_year", "FiscalYear", "år", "regnskapsaar"]);
}
