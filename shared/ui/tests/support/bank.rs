//! The project of the drawings: Harbour Bank, its people, companies, accounts and sources.

use access::*;
use model::catalogue::*;
use model::change::Change;
use model::kind::Kind;
use model::project::*;
use wire::form::{About, FormField, Input};
use wire::project::{SecretState, VisibleProject};
use wire::session::{Me, ProjectCard};
use wire::source::Suggestion;

pub fn project_id() -> ProjectId {
    ProjectId::new("bank").unwrap()
}

pub fn source_id(text: &str) -> SourceId {
    SourceId::new(text).unwrap()
}

pub fn type_id(text: &str) -> ObjectTypeId {
    ObjectTypeId::new(text).unwrap()
}

fn property_id(text: &str) -> PropertyId {
    PropertyId::new(text).unwrap()
}

pub fn property(id: &str, name: &str, kind: Kind) -> Property {
    Property {
        id: property_id(id),
        name: name.to_owned(),
        column: id.to_owned(),
        kind,
        format: None,
        unit: None,
        searchable: kind == Kind::Text,
        hidden: false,
    }
}

pub fn table(name: &str) -> Table {
    Table { schema: Some("core".to_owned()), name: name.to_owned() }
}

pub fn source(id: &str, name: &str, kind: &str) -> Source {
    let settings = match kind {
        "postgresql" => &[("host", "db.bank.example"), ("port", "5432"), ("database", "core"), ("tls", "require")][..],
        _ => &[],
    };
    Source {
        id: source_id(id),
        name: name.to_owned(),
        kind: kind.to_owned(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        secrets_from: Default::default(),
        upload: (kind == "csv").then(|| UploadId::new(format!("upload-{id}")).unwrap()),
        required_role: None,
        keep_model_visible: false,
        private_to: None,
        limits: Limits::default(),
    }
}

pub fn object_type(id: &str, names: (&str, &str), icon: &str, colour: u8, properties: Vec<Property>) -> ObjectType {
    ObjectType {
        id: type_id(id),
        name: names.0.to_owned(),
        plural: names.1.to_owned(),
        icon: icon.to_owned(),
        colour,
        source: source_id("core"),
        origin: Origin::Table(table(id)),
        key: properties.first().map(|first| first.id.clone()).into_iter().collect(),
        title: "{name}".to_owned(),
        properties,
    }
}

fn link_type(
    id: &str,
    names: (&str, &str, &str),
    ends: (&str, &str),
    join: Join,
    properties: Vec<Property>,
) -> LinkType {
    let has = |id: &str| properties.iter().find(|property| property.id.as_str() == id).map(|found| found.id.clone());
    LinkType {
        id: LinkTypeId::new(id).unwrap(),
        name: names.0.to_owned(),
        reverse: names.1.to_owned(),
        plural: names.2.to_owned(),
        from: type_id(ends.0),
        to: type_id(ends.1),
        directed: true,
        join,
        key: has("transfer_id").into_iter().collect(),
        time: has("booked"),
        amount: has("amount"),
        currency: has("currency"),
        properties,
    }
}

fn column_pair(column: &str, property: &str) -> Vec<ColumnPair> {
    vec![ColumnPair { column: column.to_owned(), property: property_id(property) }]
}

fn types() -> Vec<ObjectType> {
    let person = vec![
        property("person_id", "Person id", Kind::Text),
        property("name", "Name", Kind::Text),
        property("born", "Born", Kind::Date),
        property("address", "Address", Kind::Text),
        property("income", "Income", Kind::Decimal),
    ];
    let company = vec![
        property("org_no", "Organisation number", Kind::Text),
        property("name", "Name", Kind::Text),
        property("registered", "Registered", Kind::Date),
    ];
    let account = vec![
        property("account_no", "Account number", Kind::Text),
        property("name", "Name", Kind::Text),
        property("holder", "Holder", Kind::Text),
    ];
    vec![
        object_type("person", ("Person", "People"), "person", 0, person),
        object_type("company", ("Company", "Companies"), "apartment", 1, company),
        object_type("account", ("Account", "Accounts"), "account_balance", 2, account),
    ]
}

fn links() -> Vec<LinkType> {
    let holds = Join::Properties {
        pairs: vec![PropertyPair { from: property_id("person_id"), to: property_id("holder") }],
        matching: Matching::Exact,
    };
    let transfers = Join::Table {
        source: source_id("core"),
        table: table("transfer"),
        from: column_pair("from_account", "account_no"),
        to: column_pair("to_account", "account_no"),
        matching: Matching::Exact,
    };
    let properties = vec![
        property("transfer_id", "Transfer id", Kind::Text),
        property("booked", "Booked", Kind::Instant),
        property("amount", "Amount", Kind::Decimal),
        property("currency", "Currency", Kind::Text),
    ];
    vec![
        link_type("holds", ("holds account", "held by", "accounts"), ("person", "account"), holds, Vec::new()),
        link_type("paid", ("paid to", "received from", "transfers"), ("account", "account"), transfers, properties),
    ]
}

pub fn empty_project() -> Project {
    Project {
        id: project_id(),
        name: "Harbour Bank".to_owned(),
        description: String::new(),
        sources: Default::default(),
        object_types: Default::default(),
        link_types: Default::default(),
        grants: Vec::new(),
    }
}

pub fn project() -> Project {
    let sources = [
        source("core", "Core banking", "postgresql"),
        source("register", "Company register", "csv"),
        source("sanctions", "Sanctions list", "csv"),
    ];
    let grants = vec![
        Grant { to: Grantee::Role(AppRole::new("Bank.Analyst").unwrap()), role: ProjectRole::Read },
        Grant { to: Grantee::Person(PersonId::new("ada").unwrap()), role: ProjectRole::Own },
        Grant { to: Grantee::Email("jonas.eide@bank.example".to_owned()), role: ProjectRole::Manage },
    ];
    Project {
        sources: sources.map(|source| (source.id.clone(), source)).into(),
        object_types: types().into_iter().map(|kind| (kind.id.clone(), kind)).collect(),
        link_types: links().into_iter().map(|link| (link.id.clone(), link)).collect(),
        grants,
        ..empty_project()
    }
}

pub fn visible(project: Project) -> VisibleProject {
    let secret = |set| SecretState { source: source_id("core"), field: "password".to_owned(), set, variable: None };
    let secrets = if project.sources.contains_key(&source_id("core")) { vec![secret(true)] } else { Vec::new() };
    VisibleProject {
        revision: 7,
        findings: model::check::check(&project),
        project,
        own: Vec::new(),
        misfits: Vec::new(),
        secrets,
        grantees: vec![(Grantee::Person(PersonId::new("ada").unwrap()), "Astrid Lund".to_owned())],
        files: Vec::new(),
        rights: Vec::new(),
        withheld: model::Withheld::default(),
    }
}

pub fn me(role: ProjectRole, app_roles: &[&str]) -> Me {
    let person = PersonId::new("ada").unwrap();
    let app_role = |role: &&str| AppRole::new(*role).unwrap();
    let sources = project().sources.into_keys().map(|id| (id, SourcePolicy::default())).collect();
    let grants = vec![Grant { to: Grantee::Person(person.clone()), role }];
    let projects = [(project_id(), ProjectPolicy { grants, sources })].into();
    let card = ProjectCard {
        id: project_id(),
        name: "Harbour Bank".to_owned(),
        description: String::new(),
        sources: 3,
        object_types: 3,
    };
    Me {
        name: "Astrid Lund".to_owned(),
        email: None,
        caller: Caller::new(person, app_roles.iter().map(app_role)),
        policy: Policy { projects, ..Policy::default() },
        projects: vec![card],
        version: "0.1.0".to_owned(),
        embedded_issuer: true,
        preferences: wire::session::Preferences::default(),
        known_roles: ["Task.Read", "Task.Manage", "Bank.Analyst", "Bank.Fraud"].iter().map(app_role).collect(),
    }
}

/// Somebody who may do everything in the project.
pub fn owner() -> Me {
    me(ProjectRole::Own, &["Task.Read", "Task.Manage"])
}

/// Somebody who only reads.
pub fn reader() -> Me {
    me(ProjectRole::Read, &["Task.Read"])
}

fn field(name: &str, label: &str, help: &str, input: Input, required: bool, default: &str) -> FormField {
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        input,
        required,
        default: default.to_owned(),
    }
}

pub fn kinds() -> Vec<About> {
    let tls = [("require", "Required, certificate checked"), ("off", "Off")];
    let tls = tls.map(|(value, name)| (value.to_owned(), name.to_owned())).to_vec();
    let postgresql = vec![
        field("host", "Host", "The name or address of the server.", Input::Text, true, ""),
        field("port", "Port", "", Input::Number { least: 1, most: 65535 }, false, "5432"),
        field("database", "Database", "", Input::Text, true, ""),
        field("user", "User", "A user that may only read.", Input::Text, true, ""),
        field("password", "Password", "", Input::Secret, true, ""),
        field("tls", "Encryption", "How the way to the server is protected.", Input::Choice(tls), false, "require"),
    ];
    let about = |kind: &str, name: &str, help: &str, internal, fields| About {
        kind: kind.to_owned(),
        name: name.to_owned(),
        help: help.to_owned(),
        internal,
        accounts: kind == "postgresql",
        fields,
    };
    let file = vec![field("file", "File", "Its name in the folder that IT has set.", Input::Text, true, "")];
    vec![
        about("postgresql", "PostgreSQL", "A PostgreSQL database, version 12 or later.", false, postgresql),
        about("sqlite", "SQLite", "A SQLite file on the server, opened for reading only.", false, file),
        about("csv", "CSV file", "An uploaded file.", true, Vec::new()),
    ]
}

pub fn catalogue() -> Catalogue {
    let column = |name: &str, kind: Kind, native: &str, nullable| Column {
        name: name.to_owned(),
        kind,
        native: native.to_owned(),
        nullable,
    };
    let known = |name: &str, rows, columns: Vec<Column>| CatalogueTable {
        table: table(name),
        view: name.ends_with("_view"),
        rows_about: Some(rows),
        primary_key: columns.first().map(|first| first.name.clone()).into_iter().collect(),
        columns,
        unique: Vec::new(),
        foreign_keys: Vec::new(),
    };
    let person = vec![
        column("person_id", Kind::Text, "text", false),
        column("name", Kind::Text, "text", false),
        column("born", Kind::Date, "date", true),
        column("address", Kind::Text, "text", true),
        column("income", Kind::Decimal, "numeric(12,2)", true),
        column("email", Kind::Text, "text", true),
    ];
    let mut transfer = known(
        "transfer",
        500_000,
        vec![
            column("transfer_id", Kind::Text, "text", false),
            column("from_account", Kind::Text, "text", false),
            column("to_account", Kind::Text, "text", false),
            column("booked", Kind::Instant, "timestamptz", false),
            column("amount", Kind::Decimal, "numeric(18,2)", false),
        ],
    );
    for name in ["from_account", "to_account"] {
        transfer.foreign_keys.push(ForeignKey {
            columns: vec![name.to_owned()],
            table: table("account"),
            referenced: vec!["account_no".to_owned()],
        });
    }
    let account = vec![column("account_no", Kind::Text, "text", false), column("holder", Kind::Text, "text", true)];
    Catalogue { tables: vec![known("account", 30_000, account), known("person", 20_000, person), transfer], cut: false }
}

pub fn suggestion() -> Suggestion {
    let types = types();
    let links = links();
    let mut changes: Vec<Change> = types.iter().map(|kind| Change::PutObjectType(Box::new(kind.clone()))).collect();
    changes.extend(links.iter().map(|link| Change::PutLinkType(Box::new(link.clone()))));
    let reasons = [
        "The table core.person has the key person_id.",
        "The table core.company has the key org_no.",
        "The table core.account has the key account_no.",
        "core.account.holder points at core.person.",
        "Each row of core.transfer joins two accounts.",
    ];
    Suggestion {
        changes,
        reasons: reasons.map(str::to_owned).to_vec(),
        left_out: vec![(
            table("audit_view"),
            "A view without a key can be browsed, but its rows cannot be told apart on the graph.".to_owned(),
        )],
    }
}
