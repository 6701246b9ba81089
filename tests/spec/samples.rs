//! One well-formed request for every call, and more than one where what it contains decides the right.

use access::{Action, Grant, Grantee, Need, ProjectRole, UploadId};
use model::change::Change;
use model::project::{Limits, ObjectType, Property, Source, Table};
use model::query::{Direction, Query};
use serde_json::Value;
use wire::Request;
use wire::audit::{AuditFilters, AuditFormat, AuditOutcome, ExportAudit, SearchAudit, VerifyAudit};
use wire::data::{
    AnnouncePicture, CountLinks, Expand, ExpandOrder, ExportRows, PictureFormat, PictureScope, RunQuery, Search,
};
use wire::environment::ReadEnvironment;
use wire::health::{LookAtHealth, ReadFigures};
use wire::keeping::{BackUp, CheckStore, StoreState, VerifyBackup};
use wire::key::{KeyState, RollKey};
use wire::local::{AddPerson, DisablePerson, ResetPerson, ResetSecondFactor, SetPersonRoles};
use wire::owner::{NameOwner, ProjectsWithoutOwner};
use wire::people::{
    EndAllSessions, EndMyOtherSessions, EndMySession, EndSession, EndSessionsOf, MySessions, People, SessionsOf,
};
use wire::project::{
    ChangeProject, CreateProject, KeepWork, Missing, ReadProject, ReadWork, Scope, Work, WorkExpansion, WorkGroup,
    WorkLink, WorkNote, WorkNoteKind, WorkObject,
};
use wire::secret::SecretText;
use wire::session::{KeepPreferences, Language, Panels, Preferences, SignOut, WhoAmI};
use wire::set_up::{SignInSettings, TryClaims, TryIssuer};
use wire::source::{
    CheckQuery, ProbeRights, ReadCatalogue, SampleTable, SaveSource, SourceKinds, SuggestModel, TestSource,
};
use wire::upload::{AcceptFile, FileColumn, FileLayout, PreviewFile, UploadFile};
use wire::view::{ViewAs, Viewer};

use crate::world::{ParseId as _, role};

/// A request for the tables.
pub(crate) struct Sample {
    /// The call's name.
    pub(crate) call: &'static str,
    /// What is special about this one, if the call has more than one.
    pub(crate) about: &'static str,
    /// The request.
    pub(crate) request: Value,
    /// The rights that it names.
    pub(crate) needs: Vec<Need>,
    /// Rights that the server finds in its content.
    pub(crate) content: &'static [Action],
}

impl Sample {
    fn of<R: Request>(about: &'static str, request: &R) -> Self {
        let json = serde_json::to_value(request).expect("JSON");
        Self { call: R::NAME, about, request: json, needs: request.needs(), content: &[] }
    }

    fn with_content(self, content: &'static [Action]) -> Self {
        Self { content, ..self }
    }

    /// How it is called in the tables.
    pub(crate) fn title(&self) -> String {
        if self.about.is_empty() { self.call.to_owned() } else { format!("{} ({})", self.call, self.about) }
    }
}

/// Every sample, in the order of the table of calls; all about the project `bank`.
pub(crate) fn samples() -> Vec<Sample> {
    let mut all = session_and_project();
    all.extend(administration());
    all.extend(kept_work());
    all.extend(sources_and_files());
    all.extend(questions());
    all.extend(audit());
    all
}

/// The name of a session that nobody has.
fn session() -> String {
    "00112233445566778899aabbccddeeff".to_owned()
}

fn audit() -> Vec<Sample> {
    let time = |text: &str| Some(text.to_owned());
    let filters = AuditFilters {
        from: time("2026-11-19T00:00:00Z"),
        until: time("2026-11-20T00:00:00Z"),
        person: Some("ada".to_owned()),
        call: Some("search".to_owned()),
        project: Some("bank".to_owned()),
        outcome: Some(AuditOutcome::Denied),
    };
    let end = format!("4711:{}", "0f".repeat(32));
    vec![
        Sample::of("", &SearchAudit { filters: filters.clone(), before: Some(4_711), limit: 100 }),
        Sample::of("of everything", &SearchAudit { limit: 10, ..SearchAudit::default() }),
        Sample::of("", &VerifyAudit { anchors: vec![end] }),
        Sample::of("", &ExportAudit { filters, before: None, format: AuditFormat::JsonLines }),
    ]
}

fn session_and_project() -> Vec<Sample> {
    let project = "bank".parse_id();
    let create = CreateProject { id: "fresh".parse_id(), name: "Fresh".to_owned(), description: String::new() };
    vec![
        Sample::of("", &WhoAmI {}),
        Sample::of("", &KeepPreferences { preferences: preferences() }),
        Sample::of("", &SignOut {}),
        Sample::of("", &MySessions {}),
        Sample::of("", &EndMySession { session: session() }),
        Sample::of("", &EndMyOtherSessions {}),
        Sample::of("", &People {}),
        Sample::of("", &SessionsOf { person: "ada".parse_id() }),
        Sample::of("", &EndSession { person: "ada".parse_id(), session: session() }),
        Sample::of("", &EndSessionsOf { person: "ada".parse_id() }),
        Sample::of("", &EndAllSessions {}),
        Sample::of("", &AddPerson { name: "eve".to_owned(), email: None, roles: vec![role("Task.Read")] }),
        Sample::of("", &SetPersonRoles { name: "nobody".to_owned(), roles: vec![role("Task.Read")] }),
        Sample::of("", &DisablePerson { name: "nobody".to_owned(), disabled: true }),
        Sample::of("", &ResetPerson { name: "nobody".to_owned() }),
        Sample::of("", &ResetSecondFactor { name: "nobody".to_owned() }),
        Sample::of("", &create),
        Sample::of("", &ReadProject { project }),
        Sample::of(
            "a role",
            &view_as(Viewer::Roles { app: vec![role("Task.Read")], project: Some(ProjectRole::Read) }),
        ),
        Sample::of("a person", &view_as(Viewer::Person("ada".parse_id()))),
        Sample::of("a type for oneself", &change(Scope::Mine, put_object_type("person", "files"))),
        Sample::of("a type for everyone", &change(Scope::Everyone, put_object_type("person", "files"))),
        Sample::of("a query for oneself", &change(Scope::Mine, put_query("late", "old"))),
        Sample::of("a query for everyone", &change(Scope::Everyone, put_query("late", "old"))),
        Sample::of("an external source", &change(Scope::Everyone, Change::PutSource(Box::new(external("ledger"))))),
        Sample::of("a source's role", &change(Scope::Everyone, Change::PutSource(Box::new(files_with_role()))))
            .with_content(&[Action::SetSourceRole]),
        Sample::of("removes an external source", &change(Scope::Everyone, Change::RemoveSource("old".parse_id())))
            .with_content(&[Action::ManageExternalSources]),
        Sample::of("access", &change(Scope::Everyone, Change::PutGrant(grant_to_role()))),
        Sample::of("", &ProjectsWithoutOwner {}),
        Sample::of("", &NameOwner { project: "bank".parse_id(), to: Grantee::Email("eve@example.org".to_owned()) }),
        Sample::of("", &KeyState {}),
        Sample::of("", &RollKey {}),
        Sample::of("", &ReadEnvironment {}),
    ]
}

fn administration() -> Vec<Sample> {
    let claims = Some("{\"sub\":\"ada\",\"roles\":[\"Task.Read\"]}".to_owned());
    vec![
        Sample::of("", &StoreState {}),
        Sample::of("", &CheckStore {}),
        Sample::of("", &VerifyBackup { name: "clew.db.before-roll-20261120T100000Z".to_owned() }),
        Sample::of("", &BackUp {}),
        Sample::of("", &LookAtHealth { again: false }),
        Sample::of("", &ReadFigures {}),
        Sample::of("", &SignInSettings {}),
        Sample::of("", &TryIssuer {}),
        Sample::of("", &TryClaims { claims }),
        Sample::of("of the own sign-in", &TryClaims { claims: None }),
    ]
}

fn kept_work() -> Vec<Sample> {
    vec![
        Sample::of("", &KeepWork { project: "bank".parse_id(), work: work() }),
        Sample::of("", &ReadWork { project: "bank".parse_id() }),
    ]
}

fn view_as(viewer: Viewer) -> ViewAs {
    ViewAs { project: "bank".parse_id(), viewer }
}

fn preferences() -> Preferences {
    let panels = Panels { side_open: true, side_points: 400, graph_thousandths: 620, left_table_thousandths: 500 };
    Preferences { language: Some(Language::Norwegian), panels: Some(panels), ..Preferences::default() }
}

fn sources_and_files() -> Vec<Sample> {
    let secrets = || [("password".to_owned(), SecretText::new("not-a-real-password".to_owned()))].into();
    let catalogue = |source: &str| ReadCatalogue { project: "bank".parse_id(), source: source.parse_id() };
    let accept = |scope| AcceptFile {
        project: "bank".parse_id(),
        upload: absent_upload(),
        layout: layout(),
        source: "people".parse_id(),
        name: "People".to_owned(),
        scope,
        base: 1,
        replaces: false,
    };
    let upload = UploadFile { project: "bank".parse_id(), name: "people.csv".to_owned() };
    let preview = PreviewFile { project: "bank".parse_id(), upload: absent_upload(), layout: layout() };
    let sample = SampleTable {
        project: "bank".parse_id(),
        source: "files".parse_id(),
        table: Table { schema: None, name: "rows".to_owned() },
        limit: 10,
    };
    let (project, source) = ("bank".parse_id(), external("ledger"));
    let check = CheckQuery {
        project: "bank".parse_id(),
        source: "files".parse_id(),
        text: "select number from rows".to_owned(),
    };
    let save = |typed_name: &str| SaveSource {
        project: "bank".parse_id(),
        base: 1,
        source: external("ledger"),
        secrets: secrets(),
        typed_name: typed_name.to_owned(),
    };
    vec![
        Sample::of("", &SourceKinds {}),
        Sample::of("", &TestSource { project, source, secrets: secrets() }),
        Sample::of("", &save("")),
        Sample::of("of an account that may do everything", &save("ledger")),
        Sample::of("", &ProbeRights { project: "bank".parse_id(), source: "files".parse_id() }),
        Sample::of("", &catalogue("files")),
        Sample::of("of a hidden source", &catalogue("closed")),
        Sample::of("", &SuggestModel { project: "bank".parse_id(), source: "files".parse_id() }),
        Sample::of("", &check),
        Sample::of("", &sample),
        Sample::of("", &upload),
        Sample::of("", &preview),
        Sample::of("for oneself", &accept(Scope::Mine)),
        Sample::of("for everyone", &accept(Scope::Everyone)),
    ]
}

fn questions() -> Vec<Sample> {
    let keys = || vec![vec!["1".to_owned()]];
    let query = || Query::rows(&"account".parse_id(), 100);
    let search = Search {
        project: "bank".parse_id(),
        text: "ada".to_owned(),
        texts: Vec::new(),
        object_types: Vec::new(),
        limit: 10,
    };
    let texts = vec!["ada".to_owned(), "4417".to_owned()];
    let values = Search { text: String::new(), texts, ..search.clone() };
    let expand = Expand {
        project: "bank".parse_id(),
        link: "owns".parse_id(),
        direction: Direction::Forward,
        keys: keys(),
        order: ExpandOrder::Sum,
        limit: 50,
        only: Vec::new(),
    };
    let count = CountLinks { project: "bank".parse_id(), object_type: "account".parse_id(), keys: keys() };
    vec![
        Sample::of("", &search),
        Sample::of("for a list of values", &values),
        Sample::of("", &RunQuery { project: "bank".parse_id(), query: query() }),
        Sample::of("", &count),
        Sample::of("", &expand),
        Sample::of("", &ExportRows { project: "bank".parse_id(), query: query() }),
        Sample::of(
            "",
            &AnnouncePicture {
                project: "bank".parse_id(),
                format: PictureFormat::Pdf,
                scope: PictureScope::Selection,
                objects: 12,
                links: 30,
                object_types: vec!["account".parse_id()],
                link_types: vec!["transfer".parse_id()],
                cut: 2,
            },
        ),
    ]
}

/// A change of `bank`.
pub(crate) fn change(scope: Scope, change: Change) -> ChangeProject {
    ChangeProject { project: "bank".parse_id(), scope, base: 1, changes: vec![change], forget: Vec::new() }
}

/// Adds an object type with one property.
pub(crate) fn put_object_type(id: &str, source: &str) -> Change {
    Change::PutObjectType(Box::new(object_type(id, source)))
}

/// Adds an object type that comes from a query.
pub(crate) fn put_query(id: &str, source: &str) -> Change {
    let origin = model::Origin::Query("select number from rows".to_owned());
    Change::PutObjectType(Box::new(ObjectType { origin, ..object_type(id, source) }))
}

/// An object type with one property, its key.
pub(crate) fn object_type(id: &str, source: &str) -> ObjectType {
    let number = Property {
        id: "number".parse_id(),
        name: "Number".to_owned(),
        column: "number".to_owned(),
        kind: model::kind::Kind::Text,
        format: None,
        unit: None,
        searchable: true,
        hidden: false,
    };
    ObjectType {
        id: id.parse_id(),
        name: id.to_owned(),
        plural: format!("{id}s"),
        icon: "circle".to_owned(),
        colour: 1,
        source: source.parse_id(),
        origin: model::Origin::Table(Table { schema: None, name: "rows".to_owned() }),
        key: vec!["number".parse_id()],
        title: "{number}".to_owned(),
        properties: vec![number],
    }
}

/// A source outside Clew that nothing answers at.
pub(crate) fn external(id: &str) -> Source {
    let settings = [("host", "127.0.0.1"), ("port", "9"), ("database", "bank"), ("user", "clew")];
    Source {
        kind: "postgresql".to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        upload: None,
        ..file(id)
    }
}

/// A source that reads a file.
pub(crate) fn file(id: &str) -> Source {
    Source {
        id: id.parse_id(),
        name: format!("Source {id}"),
        kind: "csv".to_owned(),
        settings: std::collections::BTreeMap::new(),
        secrets_from: std::collections::BTreeMap::new(),
        upload: Some(absent_upload()),
        required_role: None,
        keep_model_visible: false,
        private_to: None,
        limits: Limits::default(),
    }
}

fn files_with_role() -> Source {
    Source { required_role: Some(role("Bank.Secret")), ..file("files") }
}

fn grant_to_role() -> Grant {
    Grant { to: Grantee::Role(role("Bank.Analyst")), role: ProjectRole::Read }
}

fn absent_upload() -> UploadId {
    "00000000000000000000000000000000".parse_id()
}

/// How a file with two columns is read.
pub(crate) fn layout() -> FileLayout {
    let column = |name: &str, kind| FileColumn { name: name.to_owned(), kind };
    FileLayout {
        encoding: "UTF-8".to_owned(),
        delimiter: ',',
        quote: Some('"'),
        header: true,
        null_words: Vec::new(),
        columns: vec![column("number", model::kind::Kind::Text), column("amount", model::kind::Kind::Integer)],
    }
}

/// Large accounts by a measure.
fn rule() -> model::style::Rule {
    use model::style::{By, Condition, Measure, Measuring, Of, Rule, Says};
    let links = By::Measure(Measuring { by_rows: true, ..Measuring::of(Measure::Links) });
    let when = Condition { by: By::Property("name".parse_id()), test: model::query::Test::Contains("ada".to_owned()) };
    Rule { of: Of::Objects(Some("account".parse_id())), when: Some(when), says: Says::SizeBy(links) }
}

fn work() -> Work {
    let object = |key: &str, x, hidden| WorkObject {
        object_type: "account".parse_id(),
        key: vec![key.to_owned()],
        x,
        y: -1.5,
        pinned: false,
        hidden,
    };
    Work {
        searches: vec!["ada".to_owned()],
        objects: vec![object("1", 0.0, false), object("2", 10.25, true)],
        links: vec![WorkLink { link: "owns".parse_id(), from: 0, to: 1 }],
        rules: vec![rule()],
        notes: vec![WorkNote {
            kind: WorkNoteKind::Arrow,
            from: [0.0, -1.5],
            to: [10.25, -1.5],
            text: "see page 3".to_owned(),
            colour: 2,
        }],
        groups: vec![WorkGroup { name: "pair".to_owned(), open: false, objects: vec![0, 1] }],
        expansions: vec![WorkExpansion {
            of: vec![0],
            link: "owns".parse_id(),
            direction: model::query::Direction::Forward,
            found: 1,
            all: Some(wire::frame::Counted { number: 4, more: false }),
            extent: model::completeness::Extent::Capped,
            among: true,
            objects: vec![1],
            links: vec![0],
        }],
        links_as_one: true,
        missing: Missing::default(),
    }
}
