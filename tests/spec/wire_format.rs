//! What crosses the network, byte by byte: one value of every request, reply and frame.

use std::fmt::Write as _;

use access::{Caller, Grantee, Policy, ProjectPolicy, ProjectRole, SourceId};
use model::catalogue::{Catalogue, CatalogueTable, Column, ForeignKey};
use model::change::{Change, Misfit};
use model::check::Finding;
use model::completeness::{Cause, Completeness};
use model::kind::Kind;
use model::project::{ColumnPair, Join, LinkType, Matching, PropertyPair, Table};
use model::query::{
    Answer, Cursor, Direction, Field, Filter, From, GroupColumn, GroupSort, Groups, Measure, Query, Rows, Sort, Test,
};
use model::withheld::{Withheld, WithheldLinkType, WithheldObjectType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::versions::Reading;
use wire::data::{ExportRows, PictureStamp, RunQuery};
use wire::form::{About, FormField, Input};
use wire::frame::{Close, ColumnRole, Counted, Decoder, Frame, Head, LinkCount, Open, PartRows, Progress};
use wire::local::OneTimeLink;
use wire::owner::ProjectName;
use wire::people::{Ended, Local, PersonLine, SessionLine};
use wire::project::{Saved, SecretState, VisibleProject};
use wire::session::{Colours, Me, Preferences, ProjectCard, SignedOut};
use wire::source::{AccountRights, CheckedQuery, Suggestion, TestReport, TestStep, WrongQuery};
use wire::upload::{Accepted, FilePreview, FileProblem, FileProblems, FileReport, UnfitCell, UnreadableCells};
use wire::view::ViewedAs;
use wire::{Code, Fault};

use crate::golden::golden;
use crate::replies::{replies_about_keys, replies_about_the_audit, replies_of_the_administration};
use crate::samples::{external, file, layout, object_type, put_object_type, put_query, samples};
use crate::world::{ParseId as _, grant, project, role};

/// A value's JSON, after it was read back both ways and found the same.
pub(crate) fn same<T: Serialize + DeserializeOwned>(value: &T) -> Value {
    let written = serde_json::to_value(value).expect("JSON");
    for reading in [Reading::Strict, Reading::Lenient] {
        let read: T = reading.read(written.to_string().as_bytes()).expect("what was written can be read");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), written, "{reading:?}");
    }
    written
}

fn page(entries: Vec<(String, Value)>) -> String {
    let mut text = format!("Wire version {}.\n", wire::VERSION);
    for (name, value) in entries {
        let value = serde_json::to_string_pretty(&value).expect("JSON");
        write!(text, "\n## {name}\n{value}\n").expect("text");
    }
    text
}

#[test]
fn requests_look_as_they_always_did() {
    let mut entries: Vec<(String, Value)> =
        samples().into_iter().map(|sample| (sample.title(), sample.request)).collect();
    for (about, query) in queries() {
        entries.push((format!("run_query ({about})"), same(&RunQuery { project: "bank".parse_id(), query })));
    }
    golden("wire-requests.txt", &page(entries));
}

fn queries() -> Vec<(&'static str, Query)> {
    let own = |id: &str| Field::Own(id.parse_id());
    let is = |id: &str, test| Filter::Is { field: own(id), test };
    let (link, forward) = (|| "owns".parse_id(), Direction::Forward);
    let tests = [
        Test::Equals("a".to_owned()),
        Test::Differs("a".to_owned()),
        Test::In(vec!["a".to_owned()]),
        Test::Contains("a".to_owned()),
        Test::StartsWith("a".to_owned()),
        Test::Below("1".to_owned()),
        Test::AtMost("1".to_owned()),
        Test::Above("1".to_owned()),
        Test::AtLeast("1".to_owned()),
        Test::Empty,
        Test::Filled,
    ];
    let filter = Filter::All(vec![
        Filter::Any(tests.into_iter().map(|test| is("number", test)).collect()),
        Filter::Not(Box::new(Filter::Linked { link: link(), direction: forward, present: true })),
    ]);
    let rows = Rows {
        fields: vec![
            own("number"),
            Field::Through { link: link(), direction: Direction::Backward, property: "name".parse_id() },
            Field::OfLink { link: link(), direction: forward, property: "share".parse_id() },
        ],
        sort: vec![Sort { field: own("number"), descending: true }],
        limit: 100,
        after: Some(Cursor("opaque".to_owned())),
    };
    let groups = Groups {
        by: vec![Field::End { end: forward, property: "country".parse_id() }],
        measures: vec![
            Measure::Count,
            Measure::Distinct(own("number")),
            Measure::Sum(own("amount")),
            Measure::Min(own("amount")),
            Measure::Max(own("amount")),
            Measure::Average(own("amount")),
        ],
        sort: vec![
            GroupSort { by: GroupColumn::Measure(2), descending: true },
            GroupSort { by: GroupColumn::Value(0), descending: false },
        ],
        limit: 10,
    };
    let keys = || vec![vec!["1".to_owned()], vec!["2".to_owned(), "b".to_owned()]];
    let object_type = || "account".parse_id();
    vec![
        (
            "rows",
            Query {
                text: Some("ada".to_owned()),
                filter,
                ..Query::new(From::Objects(object_type()), Answer::Rows(rows))
            },
        ),
        ("keys", Query::new(From::Keys { object_type: object_type(), keys: keys() }, Answer::Count)),
        ("groups", Query::new(From::Links(link()), Answer::Groups(groups))),
        ("links of", Query::new(From::LinksOf { link: link(), direction: forward, keys: keys() }, Answer::Count)),
        ("neighbours", Query::new(From::Neighbours { link: link(), direction: forward, keys: keys() }, Answer::Count)),
    ]
}

#[test]
fn changes_look_as_they_always_did() {
    let by_table = link_type(Join::Table {
        source: "files".parse_id(),
        table: Table { schema: Some("public".to_owned()), name: "owners".to_owned() },
        from: vec![ColumnPair { column: "person".to_owned(), property: "number".parse_id() }],
        to: vec![ColumnPair { column: "account".to_owned(), property: "number".parse_id() }],
        matching: Matching::Folded,
    });
    let pairs = vec![PropertyPair { from: "number".parse_id(), to: "number".parse_id() }];
    let by_properties = link_type(Join::Properties { pairs, matching: Matching::Exact });
    let changes = [
        Change::Describe { name: "Bank".to_owned(), description: "A bank.".to_owned() },
        Change::PutSource(Box::new(external("ledger"))),
        Change::PutSource(Box::new(file("files"))),
        Change::RemoveSource("ledger".parse_id()),
        put_object_type("person", "files"),
        put_query("late", "ledger"),
        Change::RemoveObjectType("person".parse_id()),
        Change::PutLinkType(Box::new(by_table)),
        Change::PutLinkType(Box::new(by_properties)),
        Change::RemoveLinkType("owns".parse_id()),
        Change::PutGrant(grant(&"ada".parse_id(), ProjectRole::Orchestrate)),
        Change::RemoveGrant(Grantee::Email("ada@example.org".to_owned())),
        Change::RemoveGrant(Grantee::Role(role("Bank.Analyst"))),
    ];
    let entries = changes.iter().map(|change| {
        let written = same(change);
        let name = written.as_object().and_then(|object| object.keys().next()).expect("a name").clone();
        (name, written)
    });
    golden("wire-changes.txt", &page(entries.collect()));
}

fn link_type(join: Join) -> LinkType {
    LinkType {
        id: "owns".parse_id(),
        name: "owns".to_owned(),
        reverse: "is owned by".to_owned(),
        plural: "ownerships".to_owned(),
        from: "person".parse_id(),
        to: "account".parse_id(),
        directed: true,
        join,
        key: Vec::new(),
        properties: Vec::new(),
        time: None,
        amount: None,
        currency: None,
    }
}

#[test]
fn replies_look_as_they_always_did() {
    let mut entries = replies_about_people();
    entries.extend(replies_about_keys());
    entries.extend(replies_of_the_administration());
    entries.extend(replies_about_sources());
    entries.extend(replies_about_the_audit());
    let faults = ALL_CODES.map(|code| {
        let fault = same(&Fault::new(code, "What could not be done.", "What to do."));
        (format!("fault, status {}", code.status()), fault)
    });
    entries.extend(faults);
    golden("wire-replies.txt", &page(entries));
}

const ALL_CODES: [Code; 15] = [
    Code::SignedOut,
    Code::Forbidden,
    Code::NotFound,
    Code::Malformed,
    Code::Invalid,
    Code::TooLarge,
    Code::Conflict,
    Code::KeyRolling,
    Code::Busy,
    Code::OtherVersion,
    Code::SourceFailed,
    Code::SourceSlow,
    Code::AuditUnavailable,
    Code::StoreUnavailable,
    Code::Internal,
];

fn replies_about_people() -> Vec<(String, Value)> {
    let policy =
        ProjectPolicy { grants: vec![grant(&"ada".parse_id(), ProjectRole::Read)], ..ProjectPolicy::default() };
    let me = Me {
        name: "Ada".to_owned(),
        email: Some("ada@example.org".to_owned()),
        caller: Caller::new("ada".parse_id(), [role("Task.Read")]),
        policy: Policy { projects: [("bank".parse_id(), policy)].into(), ..Policy::default() },
        projects: vec![ProjectCard {
            id: "bank".parse_id(),
            name: "Bank".to_owned(),
            description: String::new(),
            sources: 1,
            object_types: 1,
        }],
        version: "0.1.0".to_owned(),
        embedded_issuer: true,
        preferences: Preferences { colours: Some(Colours::Dark), ..Preferences::default() },
        known_roles: vec![role("Task.Read")],
    };
    let ownerless = ProjectName { id: "old".parse_id(), name: "Old".to_owned() };
    let mut bank = project("bank", &"ada".parse_id());
    bank.sources.insert("files".parse_id(), file("files"));
    bank.object_types.insert("account".parse_id(), object_type("account", "files"));
    let report = FileReport {
        rows: 9,
        problems: FileProblems { listed: Vec::new(), total: 1 },
        unreadable: vec![UnreadableCells { column: "born".to_owned(), cells: 2 }],
    };
    let visible = VisibleProject {
        revision: 7,
        project: bank,
        own: vec![Change::RemoveLinkType("owns".parse_id())],
        misfits: vec![(0, Misfit::Absent { what: "link type".to_owned(), id: "owns".to_owned() })],
        findings: vec![Finding { place: "project".to_owned(), sentence: "Give it a name.".to_owned() }],
        secrets: vec![SecretState {
            source: "ledger".parse_id(),
            field: "password".to_owned(),
            set: true,
            variable: Some("CLEW_SOURCE_BANK__PASSWORD".to_owned()),
        }],
        grantees: vec![(Grantee::Person("ada".parse_id()), "Ada".to_owned())],
        files: vec![("files".parse_id(), report)],
        rights: vec![("ledger".parse_id(), rights())],
        withheld: withheld(),
    };
    let viewed = ViewedAs {
        caller: Caller::new("eve".parse_id(), [role("Task.Read")]),
        policy: Policy::default(),
        project: Some(Box::new(VisibleProject { own: Vec::new(), misfits: Vec::new(), ..visible.clone() })),
    };
    let absent = ViewedAs { project: None, ..viewed.clone() };
    vec![
        ("who_am_i".to_owned(), same(&me)),
        ("sign_out".to_owned(), same(&SignedOut { provider: Some("https://issuer.example/out".to_owned()) })),
        ("create_project, change_project, save_source, name_owner".to_owned(), same(&Saved { revision: 8 })),
        ("read_project".to_owned(), same(&visible)),
        ("view_as".to_owned(), same(&viewed)),
        ("view_as (not there)".to_owned(), same(&absent)),
        ("projects_without_owner".to_owned(), same(&vec![ownerless])),
        ("my_sessions, sessions_of".to_owned(), same(&vec![session_line()])),
        ("add_person, reset_person".to_owned(), same(&OneTimeLink { link: "https://clew.example.org/x".to_owned() })),
        ("people".to_owned(), same(&vec![person_line()])),
        ("end_my_session, end_session, end_all_sessions, ...".to_owned(), same(&Ended { sessions: 2 })),
    ]
}

fn withheld() -> Withheld {
    let kind = WithheldObjectType {
        id: "payment".parse_id(),
        name: "Payment".to_owned(),
        plural: "Payments".to_owned(),
        icon: "payments".to_owned(),
        fields: vec!["Amount".to_owned()],
    };
    let link = WithheldLinkType {
        id: "paid".parse_id(),
        name: "paid".to_owned(),
        reverse: "was paid by".to_owned(),
        plural: "payments".to_owned(),
        from: "account".parse_id(),
        to: "payment".parse_id(),
        fields: vec!["When".to_owned()],
    };
    Withheld { object_types: vec![kind], link_types: vec![link] }
}

fn session_line() -> SessionLine {
    SessionLine {
        name: "00112233445566778899aabbccddeeff".to_owned(),
        created: 1_763_632_800,
        last_seen: 1_763_636_400,
        ends: 1_763_676_000,
        is_this: true,
        address: Some("10.1.2.3".to_owned()),
        agent: Some("Mozilla/5.0".to_owned()),
    }
}

fn person_line() -> PersonLine {
    PersonLine {
        person: Some("ada".parse_id()),
        name: "Ada".to_owned(),
        email: Some("ada@example.org".to_owned()),
        roles: vec![role("Task.Read")],
        sessions: 2,
        last_seen: Some(1_763_636_400),
        local: Some(Local { name: "ada".to_owned(), disabled: false, has_password: true, second_factor: true }),
    }
}

fn rights() -> AccountRights {
    AccountRights {
        at: 1_795_000_000,
        account: "clew".to_owned(),
        writable: 12,
        tables: vec!["public.account".to_owned()],
        remedy: vec!["GRANT CONNECT ON DATABASE \"bank\" TO clew_reader;".to_owned()],
        ..AccountRights::default()
    }
}

/// A kind of source with every kind of field.
fn about() -> About {
    let input = |input| FormField {
        name: "field".to_owned(),
        label: "Field".to_owned(),
        help: "What to enter.".to_owned(),
        input,
        required: true,
        default: String::new(),
    };
    let choice = Input::Choice(vec![("require".to_owned(), "Encrypted".to_owned())]);
    let inputs = [Input::Text, Input::Secret, Input::Number { least: 1, most: 65_535 }, choice, Input::Lines];
    About {
        kind: "postgresql".to_owned(),
        name: "PostgreSQL".to_owned(),
        help: "A database.".to_owned(),
        internal: false,
        accounts: false,
        fields: inputs.map(input).into(),
    }
}

fn replies_about_sources() -> Vec<(String, Value)> {
    let table = Table { schema: Some("public".to_owned()), name: "account".to_owned() };
    let column = Column { name: "id".to_owned(), kind: Kind::Integer, native: "bigint".to_owned(), nullable: false };
    let key = ForeignKey { columns: vec!["owner".to_owned()], table: table.clone(), referenced: vec!["id".to_owned()] };
    let catalogue = Catalogue {
        tables: vec![CatalogueTable {
            table: table.clone(),
            view: false,
            rows_about: Some(1_000),
            columns: vec![column.clone()],
            primary_key: vec!["id".to_owned()],
            unique: vec![vec!["iban".to_owned()]],
            foreign_keys: vec![key],
        }],
        cut: false,
    };
    let wrong = WrongQuery {
        line: 2,
        column: 8,
        fault: Fault::invalid("The column does not exist.", "Correct it."),
        said: Some("column \"x\" does not exist".to_owned()),
    };
    let checked = CheckedQuery { columns: vec![column], wrong: Some(wrong) };
    let step = TestStep { name: "Reach it".to_owned(), found: "yes".to_owned(), fault: None, millis: 3 };
    let problem = FileProblem { line: 3, sentence: "2 cells instead of 3".to_owned() };
    let problems = FileProblems { listed: vec![problem], total: 1 };
    let preview = FilePreview {
        upload: "0f".parse_id(),
        layout: layout(),
        rows: vec![vec![Some("1".to_owned()), None]],
        rows_total: 40,
        notes: vec!["A note.".to_owned()],
        problems: problems.clone(),
        unfit: vec![UnfitCell { row: 0, column: 1, text: "soon".to_owned() }],
        unreadable: vec![UnreadableCells { column: "born".to_owned(), cells: 2 }],
    };
    let suggestion = Suggestion {
        changes: vec![Change::RemoveSource("old".parse_id())],
        reasons: vec!["It has a key.".to_owned()],
        left_out: vec![(table, "No columns.".to_owned())],
    };
    let accepted = Accepted { saved: Saved { revision: 9 }, rows: 2, problems, unreadable: 1 };
    vec![
        ("source_kinds".to_owned(), same(&vec![about()])),
        ("test_source".to_owned(), same(&TestReport { steps: vec![step], ok: true, rights: Some(rights()) })),
        ("probe_rights".to_owned(), same(&Some(rights()))),
        ("check_query".to_owned(), same(&checked)),
        ("read_catalogue".to_owned(), same(&catalogue)),
        ("suggest_model".to_owned(), same(&suggestion)),
        ("upload_file, preview_file".to_owned(), same(&preview)),
        ("accept_file".to_owned(), same(&accepted)),
        ("announce_picture".to_owned(), same(&PictureStamp { line: "Ada, 2026-11-20".to_owned() })),
    ]
}

fn frames() -> Vec<Frame> {
    let source = || -> SourceId { "bank".parse_id() };
    let parts = [
        PartRows::Objects("account".parse_id()),
        PartRows::Links("owns".parse_id()),
        PartRows::MergedLinks { link: "owns".parse_id() },
        PartRows::Figures,
        PartRows::Counts,
    ];
    let mut completeness = Completeness::exact();
    let causes = [
        Cause::RowLimit(10),
        Cause::ByteLimit(10),
        Cause::TimeLimit(10),
        Cause::CountLimit(10),
        Cause::SourceFailed { source: source(), sentence: "It is down.".to_owned() },
        Cause::KeyLimit { link: "owns".parse_id(), limit: 10_000 },
        Cause::RowsLeftOut { source: source(), rows: 2 },
        Cause::UnreadableInFile { source: source(), column: "born".to_owned(), cells: 2 },
        Cause::Unreadable { property: "amount".parse_id(), cells: 2 },
        Cause::DuplicateKeys(2),
        Cause::EmptyKeys(2),
        Cause::SeveralUnits("currency".parse_id()),
        Cause::AccentsDiffer(source()),
        Cause::Withheld("payment".parse_id()),
        Cause::LinksWithheld("paid".parse_id()),
    ];
    causes.into_iter().for_each(|cause| completeness.note(cause));
    let count = LinkCount {
        link: "owns".parse_id(),
        direction: Direction::Forward,
        links: Counted { number: 1_000, more: true },
        neighbours: Counted { number: 37, more: false },
    };
    let close = Close {
        rows: 10,
        completeness,
        next: Some(Cursor("opaque".to_owned())),
        millis: 12,
        counts: vec![count],
        found: Some(Counted { number: 120, more: false }),
        fault: Some(Fault::new(Code::SourceSlow, "Too slow.", "Narrow the question.")),
    };
    let mut frames = vec![Frame::Head(Head { wire: wire::VERSION, question: "7f".to_owned() })];
    frames.extend(parts.into_iter().map(|rows| Frame::Open(258, Open { rows, source: Some(source()) })));
    frames.push(Frame::Open(259, Open { rows: PartRows::Objects("payment".parse_id()), source: None }));
    frames.extend([
        Frame::Arrow(258, vec![1, 2, 3]),
        Frame::Progress(258, Progress { rows: 9, note: "waiting".to_owned() }),
        Frame::Close(258, close),
        Frame::Heartbeat,
        Frame::Failed(Fault::new(Code::SourceFailed, "It broke off.", "Try again.")),
        Frame::Done,
    ]);
    frames
}

#[test]
fn frames_look_as_they_always_did() {
    let mut text = String::from("Seven bytes (length, kind, part; little-endian), then the payload.\n\n");
    let mut decoder = Decoder::new();
    for frame in frames() {
        let bytes = frame.to_bytes();
        let (head, payload) = bytes.split_at(wire::frame::HEADER_BYTES);
        let head: Vec<String> = head.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(text, "{}  {}", head.join(" "), payload.escape_ascii()).expect("text");
        decoder.push(&bytes);
        assert_eq!(decoder.next_frame().expect("a frame"), Some(frame));
    }
    let roles = [
        ColumnRole::Key(0),
        ColumnRole::EndKey(Direction::Backward, 1),
        ColumnRole::Field(Field::Own("amount".parse_id())),
        ColumnRole::Count,
        ColumnRole::Sum,
        ColumnRole::First,
        ColumnRole::Last,
        ColumnRole::Measure(2),
    ];
    text.push_str("\nRoles of columns, in the metadata of the schema:\n");
    roles.iter().for_each(|role| writeln!(text, "{}", same(role)).expect("text"));
    golden("wire-frames.txt", &text);
}

/// Whether a request with a field too many is refused, where one of a neighbouring version leaves it out.
fn refuses<R: Serialize + DeserializeOwned>(request: &Value) -> bool {
    let mut more = request.clone();
    more["surprise"] = json!({ "a": [1] });
    let lenient: R = Reading::Lenient.read(more.to_string().as_bytes()).expect("the rest of it");
    let without: R = serde_json::from_value(request.clone()).expect("a request");
    assert_eq!(serde_json::to_value(lenient).expect("JSON"), serde_json::to_value(without).expect("JSON"));
    Reading::Strict.read::<R>(more.to_string().as_bytes()).is_err()
}

#[test]
fn a_field_that_nobody_knows_is_refused_in_every_request_and_left_out_in_one_of_a_neighbouring_version() {
    let samples = samples();
    let of = |call: &str| &samples.iter().find(|sample| sample.call == call).expect("a sample").request;
    macro_rules! check {
        ($($module:ident::$type:ident = $call:literal),* $(,)?) => {
            $(assert!(refuses::<wire::$module::$type>(of($call)), $call);)*
            assert_eq!([$($call),*].len(), server::api::table().len(), "name every call here");
        };
    }
    check!(
        session::WhoAmI = "who_am_i",
        session::KeepPreferences = "keep_preferences",
        session::SignOut = "sign_out",
        people::MySessions = "my_sessions",
        people::EndMySession = "end_my_session",
        people::EndMyOtherSessions = "end_my_other_sessions",
        people::People = "people",
        people::SessionsOf = "sessions_of",
        people::EndSession = "end_session",
        people::EndSessionsOf = "end_sessions_of",
        people::EndAllSessions = "end_all_sessions",
        local::AddPerson = "add_person",
        local::SetPersonRoles = "set_person_roles",
        local::DisablePerson = "disable_person",
        local::ResetPerson = "reset_person",
        local::ResetSecondFactor = "reset_second_factor",
        key::KeyState = "key_state",
        key::RollKey = "roll_key",
        environment::ReadEnvironment = "environment",
        keeping::StoreState = "store_state",
        keeping::CheckStore = "check_store",
        keeping::VerifyBackup = "verify_backup",
        keeping::BackUp = "back_up",
        health::LookAtHealth = "look_at_health",
        health::ReadFigures = "read_figures",
        set_up::SignInSettings = "sign_in_settings",
        set_up::TryIssuer = "try_issuer",
        set_up::TryClaims = "try_claims",
        owner::NameOwner = "name_owner",
        owner::ProjectsWithoutOwner = "projects_without_owner",
        project::CreateProject = "create_project",
        project::ReadProject = "read_project",
        view::ViewAs = "view_as",
        project::ChangeProject = "change_project",
        project::KeepWork = "keep_work",
        project::ReadWork = "read_work",
        source::SourceKinds = "source_kinds",
        source::TestSource = "test_source",
        source::SaveSource = "save_source",
        source::ProbeRights = "probe_rights",
        source::CheckQuery = "check_query",
        source::ReadCatalogue = "read_catalogue",
        source::SuggestModel = "suggest_model",
        source::SampleTable = "sample_table",
        upload::UploadFile = "upload_file",
        upload::PreviewFile = "preview_file",
        upload::AcceptFile = "accept_file",
        data::Search = "search",
        data::RunQuery = "run_query",
        data::CountLinks = "count_links",
        data::Expand = "expand",
        data::ExportRows = "export_rows",
        data::AnnouncePicture = "announce_picture",
        audit::SearchAudit = "search_audit",
        audit::VerifyAudit = "verify_audit",
        audit::ExportAudit = "export_audit",
    );
    assert!(serde_json::from_value::<ExportRows>(json!({})).is_err());
}

#[test]
fn a_secret_prints_as_dots_and_no_reply_has_a_place_for_one() {
    let secret = wire::SecretText::new("planted".to_owned());
    assert_eq!(format!("{secret:?}"), "•••");
    let test = samples().into_iter().find(|sample| sample.call == "test_source").expect("a sample").request;
    let request: wire::source::TestSource = serde_json::from_value(test).expect("a request");
    assert!(!format!("{request:?}").contains("not-a-real-password"));
    assert!(!wire::Request::for_audit(&request).to_string().contains("not-a-real-password"));
}
