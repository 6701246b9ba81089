//! Round trips of a project through text, and what is refused on the way in.

use access::{AppRole, Grantee, LinkTypeId, ObjectTypeId, PersonId, ProjectRole, PropertyId, SourceId};

use super::*;
use crate::kind::Kind;
use crate::project::{
    ColumnPair, Join, Limits, LinkType, Matching, ObjectType, Origin, Property, PropertyPair, Source, Table,
};

fn property(id: &str, kind: Kind) -> Property {
    Property {
        id: PropertyId::new(id).expect("a slug"),
        name: format!("The {id}"),
        column: id.to_uppercase(),
        kind,
        format: crate::format::Format::ALL.into_iter().find(|format| format.fits(kind)),
        unit: (kind == Kind::Decimal).then(|| "NOK".to_owned()),
        searchable: kind == Kind::Text,
        hidden: kind == Kind::Bytes,
    }
}

fn properties() -> Vec<Property> {
    Kind::ALL.iter().map(|kind| property(kind.name(), *kind)).collect()
}

fn link(id: &str, join: Join) -> LinkType {
    let account = ObjectTypeId::new("account").expect("a slug");
    LinkType {
        id: LinkTypeId::new(id).expect("a slug"),
        name: "paid to".to_owned(),
        reverse: "received \"from\"".to_owned(),
        plural: "payments".to_owned(),
        from: account.clone(),
        to: account,
        directed: true,
        join,
        key: vec![PropertyId::new("integer").expect("a slug")],
        properties: properties(),
        time: PropertyId::new("instant").ok(),
        amount: PropertyId::new("decimal").ok(),
        currency: None,
    }
}

fn project() -> Project {
    let id = |text: &str| PropertyId::new(text).expect("a slug");
    let bank = SourceId::new("bank").expect("a slug");
    let table = |name: &str| Table { schema: Some("public".to_owned()), name: name.to_owned() };
    let source = Source {
        id: bank.clone(),
        name: "Bank 'north'\nside".to_owned(),
        kind: "postgresql".to_owned(),
        settings: [("host", "db.example.org"), ("ca", "-----BEGIN\n\tx\\y\u{1}🦀'''\"\"\"\r\n")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        secrets_from: [("password".to_owned(), "CLEW_SOURCE_BANK".to_owned())].into(),
        upload: None,
        required_role: AppRole::new("Bank.Read").ok(),
        keep_model_visible: true,
        private_to: None,
        limits: Limits::default(),
    };
    let object = ObjectType {
        id: ObjectTypeId::new("account").expect("a slug"),
        name: "Account".to_owned(),
        plural: "Accounts".to_owned(),
        icon: "account_balance".to_owned(),
        colour: 2,
        source: bank.clone(),
        origin: Origin::Table(table("konto \"x\"")),
        key: vec![id("text")],
        title: "{text}".to_owned(),
        properties: properties(),
    };
    let pairs = vec![PropertyPair { from: id("text"), to: id("text") }];
    let column = |name: &str| vec![ColumnPair { column: name.to_owned(), property: id("text") }];
    let links = [
        link("same", Join::Properties { pairs, matching: Matching::Folded }),
        link(
            "paid",
            Join::Table {
                source: bank.clone(),
                table: table("transfers"),
                from: column("from_account"),
                to: column("to_account"),
                matching: Matching::Exact,
            },
        ),
    ];
    Project {
        id: ProjectId::new("case-7").expect("a slug"),
        name: "Case 7".to_owned(),
        description: "Two\nlines".to_owned(),
        sources: [(bank, source)].into(),
        object_types: [(object.id.clone(), object)].into(),
        link_types: links.into_iter().map(|link| (link.id.clone(), link)).collect(),
        grants: vec![
            Grant { to: Grantee::Role(AppRole::new("Task.Read").expect("a role")), role: ProjectRole::Own },
            Grant { to: Grantee::Person(PersonId::new("p1").expect("a slug")), role: ProjectRole::Own },
            Grant { to: Grantee::Email("a@example.org".to_owned()), role: ProjectRole::Own },
        ],
    }
}

#[test]
fn export_import_export_is_the_same_bytes() {
    let empty = Project {
        sources: BTreeMap::new(),
        object_types: BTreeMap::new(),
        link_types: BTreeMap::new(),
        grants: Vec::new(),
        description: String::new(),
        ..project()
    };
    for project in [project(), empty] {
        let files = write(&project).expect("text");
        let mut turned = files.clone();
        turned.reverse();
        let back = read(&turned).expect("a project");
        assert_eq!(back, project);
        assert_eq!(write(&back).expect("text"), files);
    }
}

#[test]
fn the_files_are_named_by_what_is_in_them() {
    let files = write(&project()).expect("text");
    let paths: Vec<_> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "access.toml",
            "link_types/paid.toml",
            "link_types/same.toml",
            "object_types/account.toml",
            "project.toml",
            "sources/bank.toml"
        ]
    );
    let (_, head) = &files[4];
    assert_eq!(head, "id = \"case-7\"\nname = \"Case 7\"\ndescription = \"\"\"\nTwo\nlines\"\"\"\n");
}

#[test]
fn a_format_is_one_line_and_its_absence_none() {
    let mut project = project();
    let kind = project.object_types.values_mut().next().expect("a type");
    kind.properties.retain(|property| ["text", "integer"].contains(&property.id.as_str()));
    let files = write(&project).expect("text");
    let (_, account) = &files[3];
    let (_, properties) = account.split_once("[[properties]]").expect("properties");
    assert_eq!(
        properties,
        "\nid = \"text\"\nname = \"The text\"\ncolumn = \"TEXT\"\nkind = \"text\"\nsearchable = true\n\n\
         [[properties]]\nid = \"integer\"\nname = \"The integer\"\ncolumn = \"INTEGER\"\nkind = \"integer\"\n\
         format = \"plain\"\n"
    );
}

#[test]
fn what_is_not_known_is_refused_with_file_and_line() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let head = || file("project.toml", "id = \"p\"\nname = \"P\"\n");
    let source = "id = \"bank\"\nname = \"B\"\nkind = \"csv\"\n";
    let long = "#".repeat(MOST_FILE_BYTES + 1);
    for (files, shown) in [
        (vec![], "project.toml: It is missing"),
        (vec![file("project.toml", "id = \"p\"\nname = \"P\"\ncolour = 1\n")], "project.toml, line 3: unknown field"),
        (vec![file("project.toml", "id = \"p\"\nname = \n")], "project.toml, line 2: "),
        (vec![file("project.toml", "id = \"../p\"\nname = \"P\"\n")], "project.toml, line 1: not a project id"),
        (vec![head(), head()], "project.toml: It is there twice"),
        (vec![head(), file("readme.md", "")], "readme.md: It is no file of a project"),
        (vec![head(), file("sources", "")], "sources: It is no file of a project"),
        (vec![head(), file("../project.toml", "")], "../project.toml: It is no file"),
        (vec![head(), file("sources/other.toml", source)], "sources/other.toml: Its id is \"bank\""),
        (
            vec![head(), file("sources/bank.toml", &format!("{source}password = \"x\"\n"))],
            "sources/bank.toml, line 4: ",
        ),
        (vec![head(), file("access.toml", &long)], "access.toml: It is longer than 1 MiB"),
    ] {
        let text = read(&files).expect_err(shown).to_string();
        assert!(text.starts_with(shown), "{text} is not {shown}");
    }
    let many = vec![head(); MOST_FILES + 1];
    assert_eq!(read(&many).expect_err("too many").to_string(), "There are more than 10000 files.");
}
