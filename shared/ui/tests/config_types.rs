//! Object types, link types, access, own changes and files: what is typed becomes the change that is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use access::{Grant, Grantee, ProjectRole, UploadId};
use egui_kittest::kittest::{NodeT, Queryable};
use model::change::Change;
use model::kind::Kind;
use model::project::Join;
use support::{Screen, bank};
use ui::look::Theme;
use wire::project::{ChangeProject, Saved, Scope, VisibleProject};
use wire::session::WhoAmI;
use wire::upload::*;
use wire::{Code, Fault};

fn whole() -> VisibleProject {
    bank::visible(bank::project())
}

#[test]
fn an_object_type_is_edited_with_findings_beside_it_and_nothing_is_lost_when_saving_fails() {
    let mut screen = Screen::open_config("object-types", &bank::owner(), &whole(), Theme::Dark);
    screen.click("People");
    screen.fill("Name", "Customer");
    screen.fill("Title", "{nobody}");
    assert!(screen.shows("The title names {nobody}, which is no property of it."));
    screen.fill("Title", "{name}");
    screen.click("Add the other columns");
    screen.click("Accounts");
    assert!(screen.shows("not saved") || screen.harness.query_by_label("People").is_some());
    screen.click("People");
    screen.click("Save for everyone");
    screen.server.refuse::<ChangeProject>(Fault::new(Code::Conflict, "Somebody was faster.", "Look again."));
    screen.run();
    assert!(screen.shows("Somebody was faster."));
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutObjectType(kind)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!((kind.id.as_str(), kind.name.as_str(), asked.scope), ("person", "Customer", Scope::Everyone));
    assert_eq!(kind.properties.last().unwrap().id.as_str(), "email");
}

#[test]
fn a_new_object_type_gets_its_ids_from_names_and_a_reader_saves_it_for_oneself() {
    let mut screen = Screen::open_config("object-types", &bank::reader(), &whole(), Theme::Dark);
    screen.click("New object type…");
    screen.fill("Name", "Shipping Company");
    screen.fill("Plural", "Shipping companies");
    screen.fill("Table or view", "core.company");
    screen.click("Add property");
    screen.fill("Name of property 1", "Org number");
    screen.fill("Column of property 1", "org_no");
    screen.click("Org number is part of the key");
    screen.click("Save for me");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 7 });
    let [Change::PutObjectType(kind)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!((kind.id.as_str(), asked.scope), ("shipping-company", Scope::Mine));
    assert_eq!(
        (kind.key[0].as_str(), kind.origin.table().expect("a table").schema.as_deref()),
        ("org_number", Some("core"))
    );
}

#[test]
fn a_format_is_chosen_among_those_of_the_kind_and_goes_with_another_kind() {
    let mut screen = Screen::open_config("object-types", &bank::reader(), &whole(), Theme::Dark);
    screen.click("New object type…");
    screen.fill("Name", "Firm");
    screen.fill("Plural", "Firms");
    screen.fill("Table or view", "core.firm");
    screen.click("Add property");
    screen.fill("Name of property 1", "Founded");
    screen.fill("Column of property 1", "founded");
    assert!(screen.harness.query_by_label("Format of property 1").is_none(), "a text has none");
    let choose = |screen: &mut Screen, select: &str, option: &str| {
        screen.click(select);
        screen.click(option);
    };
    choose(&mut screen, "Kind of property 1", "whole number");
    choose(&mut screen, "Format of property 1", "2019");
    screen.click("Save for me");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutObjectType(kind)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    assert_eq!(kind.properties[0].format, Some(model::Format::Plain));
    choose(&mut screen, "Kind of property 1", "date");
    assert!(screen.harness.query_by_label("Format of property 1").is_none());
}

#[test]
fn a_link_type_goes_back_as_it_came_but_for_what_was_changed() {
    let mut screen = Screen::open_config("link-types", &bank::owner(), &whole(), Theme::Dark);
    screen.click("paid to");
    screen.fill("Many of them", "payments");
    screen.click("Ignore upper and lower case when comparing");
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutLinkType(link)] = asked.changes.as_slice() else { panic!("{asked:?}") };
    let mut wanted = bank::project().link_types[&link.id].clone();
    wanted.plural = "payments".to_owned();
    if let Join::Table { matching, .. } = &mut wanted.join {
        *matching = model::project::Matching::Folded;
    }
    assert_eq!(**link, wanted);
}

#[test]
fn access_is_given_to_a_person_by_mail_and_the_last_own_stays() {
    let mut screen = Screen::open_config("access", &bank::owner(), &whole(), Theme::Dark);
    assert!(screen.shows("The last Own stays"));
    screen.click("To a person");
    screen.fill("E-mail", "marit@bank.example");
    screen.click("Give");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let to = Grantee::Email("marit@bank.example".to_owned());
    assert_eq!(asked.changes, [Change::PutGrant(Grant { to, role: ProjectRole::Read })]);
    let screen = Screen::open_config("access", &bank::reader(), &whole(), Theme::Dark);
    assert!(screen.shows("Only an Own of the project sees and changes who has access."));
}

#[test]
fn own_changes_are_listed_with_what_no_longer_fits_and_can_be_forgotten() {
    let mut visible = whole();
    visible.own = vec![Change::RemoveLinkType(access::LinkTypeId::new("gone").unwrap())];
    let misfit = model::change::Misfit::Absent { what: "link type".to_owned(), id: "gone".to_owned() };
    visible.misfits = vec![(0, misfit)];
    let mut screen = Screen::open_config("access", &bank::reader(), &visible, Theme::Dark);
    assert!(screen.shows("You have 1 change of your own.") && screen.shows("1 no longer fits"));
    screen.click("Show my changes");
    assert!(screen.shows("There is no link type \"gone\" in this project."));
    screen.click("Forget: Without link type gone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 7 });
    assert_eq!((asked.forget, asked.changes, asked.scope), (vec![0], Vec::new(), Scope::Mine));
}

fn preview(delimiter: char) -> FilePreview {
    let column = |name: &str, kind| FileColumn { name: name.to_owned(), kind };
    let row = |cells: [&str; 4]| cells.map(|cell| Some(cell.to_owned())).to_vec();
    let rows = |n| {
        let mut cells =
            row([&format!("918 224 {n:03}"), "Nordfjord Shipping AS", "2019-03-14", &format!("{n}2000.50")]);
        if n == 1 {
            cells[2] = None;
        }
        cells
    };
    let problem = |line, sentence: &str| FileProblem { line, sentence: sentence.to_owned() };
    FilePreview {
        upload: UploadId::new("u1").unwrap(),
        layout: FileLayout {
            encoding: "windows-1252".to_owned(),
            delimiter,
            quote: Some('"'),
            header: true,
            null_words: vec!["NULL".to_owned()],
            columns: vec![
                column("org_no", Kind::Text),
                column("name", Kind::Text),
                column("registered", Kind::Date),
                column("turnover", Kind::Decimal),
            ],
        },
        rows: (0..30).map(rows).collect(),
        rows_total: 1_240,
        notes: vec!["The last byte is an old end-of-file mark and was left out.".to_owned()],
        problems: FileProblems {
            listed: vec![
                problem(17, "The row has 5 cells instead of 4; the last was left out."),
                problem(42, "A quote is not closed; the row ends at the line."),
            ],
            total: 12,
        },
        unfit: vec![UnfitCell { row: 1, column: 2, text: "soon".to_owned() }],
        unreadable: vec![UnreadableCells { column: "registered".to_owned(), cells: 3 }],
    }
}

fn brought_in(theme: Theme) -> Screen {
    let mut screen = Screen::open_config("sources", &bank::owner(), &whole(), theme);
    screen.click("Upload file…");
    screen.server.choose_file("ship-owners.csv", b"org_no,name");
    screen.run();
    assert!(screen.shows("Bringing in ship-owners.csv"));
    let (asked, file) = screen.server.answer_upload::<UploadFile>(&preview(','));
    assert_eq!((asked.name.as_str(), file.as_slice()), ("ship-owners.csv", &b"org_no,name"[..]));
    screen.run();
    screen
}

#[test]
fn a_file_is_brought_in_corrected_and_accepted_with_a_report() {
    let mut screen = brought_in(Theme::Dark);
    screen.shot("config_file_dark");
    let cells = ["registered: 3 cells do not fit their kind and are empty in the source.", "soon · does not fit"];
    for text in ["12 problems", "line 17", "and 10 more", "old end-of-file mark", "id ship-owners"].iter().chain(&cells)
    {
        assert!(screen.shows(text), "{text}");
    }
    screen.click("The first row names the columns");
    let asked: PreviewFile = screen.server.answer::<PreviewFile>(&preview(';'));
    assert!(!asked.layout.header);
    screen.run();
    screen.click("Add for everyone");
    let accepted =
        Accepted { saved: Saved { revision: 8 }, rows: 5_000, problems: preview(',').problems, unreadable: 3 };
    let asked: AcceptFile = screen.server.answer::<AcceptFile>(&accepted);
    assert_eq!((asked.source.as_str(), asked.name.as_str()), ("ship-owners", "Ship owners"));
    assert_eq!((asked.layout.delimiter, asked.scope, asked.base), (';', Scope::Everyone, 7));
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::owner());
    assert!(screen.shows("Ship owners is in: 5,000 rows") && screen.shows("3 cells did not fit"));
    screen.shot("config_file_accepted");
    screen.click("Done");
    assert!(screen.shows("Set-up"));
}

#[test]
fn a_newer_file_replaces_that_of_a_source_when_it_has_the_columns_that_the_model_reads() {
    let mut project = whole().project;
    let sanctions = bank::source_id("sanctions");
    let mut listed = project.object_types.values().next().unwrap().clone();
    (listed.id, listed.source) = (bank::type_id("listed"), sanctions.clone());
    let property = |id| bank::property(id, id, Kind::Integer);
    listed.properties = vec![property("org_no"), property("since")];
    project.object_types.insert(listed.id.clone(), listed);
    let mut screen = Screen::open_config("sources", &bank::owner(), &bank::visible(project), Theme::Dark);
    screen.click("Sanctions list");
    screen.click("Replace the file…");
    screen.server.choose_file("sanctions-june.csv", b"org_no,name");
    screen.run();
    screen.server.answer_upload::<UploadFile>(&preview(','));
    screen.run();
    let fitted: PreviewFile = screen.server.answer::<PreviewFile>(&preview(','));
    assert_eq!(fitted.layout.columns[0].kind, Kind::Integer, "read as the model reads it");
    screen.run();
    assert!(screen.shows("In place of the file of Sanctions list"));
    assert!(screen.shows("First 30 of 1,240 rows · read as windows-1252 · comma , · 4 columns"));
    assert!(screen.shows("The model reads columns that this file does not have: since"));
    assert!(screen.harness.get_by_label("Replace for everyone").accesskit_node().is_disabled());
    screen.fill("Name of column 2", "since");
    let mut named = preview(',');
    named.layout.columns[1].name = "since".to_owned();
    let fitted: PreviewFile = screen.server.answer::<PreviewFile>(&named);
    assert_eq!(fitted.layout.columns[1].name, "since");
    screen.run();
    screen.click("Replace for everyone");
    let accepted =
        Accepted { saved: Saved { revision: 8 }, rows: 12, problems: FileProblems::default(), unreadable: 0 };
    let asked: AcceptFile = screen.server.answer::<AcceptFile>(&accepted);
    assert_eq!((asked.source, asked.replaces, asked.scope), (sanctions, true, Scope::Everyone));
    screen.run();
    assert!(screen.shows("Sanctions list has a newer file: 12 rows"));
}

#[test]
fn the_source_of_a_file_gets_another_name() {
    let mut screen = Screen::open_config("sources", &bank::owner(), &whole(), Theme::Dark);
    screen.click("Sanctions list");
    assert!(!screen.shows("Save for everyone"), "nothing has changed");
    screen.fill("Name", "EU sanctions");
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    let [Change::PutSource(source)] = asked.changes.as_slice() else { panic!("{:?}", asked.changes) };
    assert_eq!((source.id.as_str(), source.name.as_str(), asked.scope), ("sanctions", "EU sanctions", Scope::Everyone));
    assert!(source.upload.is_some(), "and keeps its file");
}

#[test]
fn the_source_of_a_file_says_what_the_file_lost() {
    let mut visible = whole();
    let report = FileReport {
        rows: 4_988,
        problems: preview(',').problems,
        unreadable: vec![UnreadableCells { column: "since".to_owned(), cells: 1 }],
    };
    visible.files.push((bank::source_id("sanctions"), report));
    let mut screen = Screen::open_config("sources", &bank::owner(), &visible, Theme::Dark);
    screen.click("Sanctions list");
    let said = ["4,988 rows", "12 problems", "line 17", "and 10 more", "since: 1 cell does not fit its kind"];
    for text in said {
        assert!(screen.shows(text), "{text}");
    }
}

#[test]
fn a_file_looks_right_in_light() {
    brought_in(Theme::Light).shot("config_file_light");
}
