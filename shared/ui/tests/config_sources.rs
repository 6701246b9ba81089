//! Sources by keyboard and pointer: adding, testing, saving, what they contain, and a first model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod support;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use egui_kittest::kittest::{NodeT, Queryable};
use model::change::Change;
use model::completeness::{Cause, Completeness};
use support::{Screen, bank};
use ui::look::Theme;
use wire::frame::{Close, Frame, Head, Open, PartRows};
use wire::project::{ChangeProject, ReadProject, Saved, Scope};
use wire::session::{Me, WhoAmI};
use wire::source::*;
use wire::{Code, Fault};

const SIZE: (f32, f32) = (1280.0, 720.0);

fn open(path: &str, me: &Me, project: model::project::Project) -> Screen {
    let mut screen = Screen::open(path, me, SIZE, Theme::Dark);
    screen.server.answer::<ReadProject>(&bank::visible(project));
    screen.server.answer::<SourceKinds>(&bank::kinds());
    screen.run();
    screen
}

fn step(name: &str, found: &str, fault: Option<Fault>) -> TestStep {
    TestStep { name: name.to_owned(), found: found.to_owned(), fault, millis: 12 }
}

#[test]
fn an_empty_project_says_what_to_do_first_and_a_source_is_added_tested_and_saved() {
    let mut screen = open("/p/bank/config", &bank::owner(), bank::empty_project());
    assert!(screen.shows("There is no source yet."));
    screen.click_first("Add source…");
    screen.click("PostgreSQL");
    screen.click("Save for everyone");
    assert!(screen.shows("Fill in what is marked."), "nothing is sent while something is missing");
    screen.fill("Name", "Core banking");
    screen.fill("Host", "db.bank.example");
    screen.fill("Database", "core");
    screen.fill("User", "clew");
    screen.fill("Password", "s3cret");
    screen.click("Test the connection");
    let fault = Fault::new(Code::SourceFailed, "The password was refused.", "Check user and password.");
    let steps = vec![step("Reach db.bank.example:5432", "TLS 1.3", None), step("Sign in as clew", "", Some(fault))];
    let tested: TestSource = screen.server.answer::<TestSource>(&TestReport { steps, ok: false, rights: None });
    assert_eq!(tested.source.settings["host"], "db.bank.example");
    assert_eq!(tested.secrets["password"].reveal(), "s3cret");
    screen.run();
    for text in ["Reach db.bank.example:5432", "TLS 1.3", "The password was refused.", "Check user and password."] {
        assert!(screen.shows(text), "{text}");
    }
    screen.click("Save for everyone");
    let fault = Fault::new(Code::Conflict, "Somebody else changed this.", "Look again, then save.");
    let saved: SaveSource = screen.server.refuse::<SaveSource>(fault);
    assert_eq!((saved.source.id.as_str(), saved.base), ("core-banking", 7));
    screen.run();
    assert!(screen.shows("Somebody else changed this.") && screen.shows("Test the connection"), "the draft stays");
    screen.click("Save for everyone");
    screen.server.answer::<SaveSource>(&Saved { revision: 8 });
    screen.run();
    let mut project = bank::empty_project();
    project.sources.insert(saved.source.id.clone(), saved.source);
    screen.server.answer::<WhoAmI>(&bank::owner());
    screen.server.answer::<ReadProject>(&bank::visible(project));
    screen.run();
    assert!(screen.shows("Set-up") && !screen.shows("Fill in what is marked."));
}

#[test]
fn a_reader_sees_sources_but_is_told_which_right_is_missing() {
    let screen = open("/p/bank/config/sources", &bank::reader(), bank::project());
    let add = screen.harness.get_by_label("Add source…");
    assert!(add.accesskit_node().is_disabled());
    assert!(!screen.harness.get_by_label("Upload file…").accesskit_node().is_disabled());
}

#[test]
fn a_source_shows_its_tables_columns_and_some_rows() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    screen.click("Contents");
    let asked: ReadCatalogue = screen.server.answer::<ReadCatalogue>(&bank::catalogue());
    assert_eq!(asked.source.as_str(), "core");
    screen.run();
    screen.click("transfer");
    assert!(screen.shows("→ core.account") && screen.shows("numeric(18,2)"));
    screen.click("Sample rows");
    let column: ArrayRef = Arc::new(StringArray::from(vec!["T-1", "T-2"]));
    let batch = RecordBatch::try_from_iter([("transfer_id", column)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let mut completeness = Completeness::exact();
    completeness.note(Cause::RowLimit(2));
    let frames = [
        Frame::Head(Head { wire: wire::VERSION, question: "1".to_owned() }),
        Frame::Open(0, Open { rows: PartRows::Figures, source: Some(bank::source_id("core")) }),
        Frame::Arrow(0, bytes),
        Frame::Close(0, Close { rows: 2, completeness, ..Close::default() }),
        Frame::Done,
    ];
    let asked: SampleTable = screen.server.answer_stream::<SampleTable>(&frames);
    assert_eq!(asked.table, bank::table("transfer"));
    screen.run();
    assert!(screen.shows("2 rows · Cut at the limit of 2 rows"), "a sample is not all that the table has");
    screen.shot("config_contents");
}

#[test]
fn a_suggested_model_is_added_as_far_as_it_is_ticked_and_links_wait_for_their_objects() {
    let mut project = bank::project();
    project.object_types.clear();
    project.link_types.clear();
    let mut screen = open("/p/bank/config/sources", &bank::owner(), project);
    screen.click("Suggested model");
    screen.click("Suggest a model");
    screen.server.answer::<SuggestModel>(&bank::suggestion());
    screen.run();
    assert!(screen.shows("Add 5:") && screen.shows("A view without a key"));
    screen.click("Object type Person");
    assert!(screen.shows("needs the object type person") && screen.shows("Add 3:"));
    screen.click("Save for everyone");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    assert_eq!((asked.scope, asked.changes.len()), (Scope::Everyone, 3));
    assert!(matches!(&asked.changes[0], Change::PutObjectType(kind) if kind.id.as_str() == "company"));
}

#[test]
fn a_source_that_is_needed_is_not_removed_and_one_that_is_not_goes_after_a_question() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    screen.click("Remove…");
    assert!(screen.shows("It is still needed by: Accounts, Companies, People, paid to."));
    screen.click("Cancel");
    screen.click("Sanctions list");
    screen.click("Remove…");
    screen.click("Remove");
    let asked: ChangeProject = screen.server.answer::<ChangeProject>(&Saved { revision: 8 });
    assert_eq!(asked.changes, [Change::RemoveSource(bank::source_id("sanctions"))]);
}

#[test]
fn a_secret_comes_from_a_variable_of_the_server_instead_of_being_typed() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    screen.click("Edit");
    screen.fill("User", "clew");
    screen.click("A variable of the server");
    let suggested = "CLEW_SOURCE_BANK__CORE_BANKING_PASSWORD";
    assert!(screen.shows_value(suggested), "the project's own prefix, the source and the field");
    assert!(screen.shows("The name begins with CLEW_SOURCE_BANK__"));
    for other in ["PGPASSWORD", "CLEW_SOURCE_CORE", "CLEW_SOURCE_BANK_2__PASSWORD", "CLEW_SOURCE_BANK__A__B"] {
        screen.fill("Variable for Password", other);
        screen.click("Save for everyone");
        assert!(screen.shows("may come from a variable like CLEW_SOURCE_BANK__PASSWORD, no other."), "{other}");
        assert!(screen.shows("Fill in what is marked."), "{other}");
        assert!(!screen.server.waiting().contains(&"save_source"), "{other} is not sent");
    }
    screen.fill("Variable for Password", "CLEW_SOURCE_BANK__CORE");
    screen.click("Save for everyone");
    let saved: SaveSource = screen.server.refuse::<SaveSource>(Fault::new(Code::Conflict, "Somebody was faster.", ""));
    let variables: Vec<(&str, &str)> =
        saved.source.secrets_from.iter().map(|(field, name)| (field.as_str(), name.as_str())).collect();
    assert_eq!((variables, saved.secrets.len()), (vec![("password", "CLEW_SOURCE_BANK__CORE")], 0));
    screen.run();
    screen.click("What is typed here");
    screen.fill("Password", "s3cret");
    screen.click("Save for everyone");
    let saved: SaveSource = screen.server.answer::<SaveSource>(&Saved { revision: 8 });
    assert_eq!((saved.source.secrets_from.len(), saved.secrets["password"].reveal()), (0, "s3cret"));
}

#[test]
fn a_saved_secret_stays_with_its_address_and_the_form_says_so_at_once() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    let host = bank::project().sources[&bank::source_id("core")].settings["host"].clone();
    let lost = "belongs to the address before; enter it again";
    screen.click("Edit");
    assert!(!screen.shows(lost));
    screen.fill("Host", "elsewhere.example");
    assert!(screen.shows(lost));
    screen.fill("Host", &host);
    assert!(!screen.shows(lost), "nothing is lost where it was");
    screen.fill("Host", "elsewhere.example");
    assert!(screen.shows(lost));
    screen.fill("Password", "s3cret");
    assert!(!screen.shows(lost), "it was entered again");
}

#[test]
fn what_was_heard_from_a_source_last_stands_in_the_list() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    assert!(!screen.shows("reachable"));
    screen.click("Test the connection");
    screen.server.answer::<TestSource>(&TestReport { steps: vec![step("Reach it", "", None)], ok: true, rights: None });
    screen.run();
    assert!(screen.harness.query_all_by_label("reachable").count() >= 1);
    screen.click("Contents");
    screen.server.refuse::<ReadCatalogue>(Fault::new(Code::SourceFailed, "It does not answer.", "Try again."));
    screen.run();
    assert!(screen.harness.query_all_by_label("not reachable").count() >= 1);
}

#[test]
fn a_way_that_is_not_protected_stands_in_the_list_and_on_the_page_of_its_source() {
    let table = [
        ("off", Some(("not encrypted", "The way to this source is not encrypted"))),
        ("unverified", Some(("certificate not checked", "Nobody checks who answers for this source"))),
        ("require", None),
    ];
    for (tls, expected) in table {
        let mut project = bank::project();
        let core = project.sources.get_mut(&bank::source_id("core")).unwrap();
        core.settings.insert("host".to_owned(), "db.bank.example".to_owned());
        core.settings.insert("tls".to_owned(), tls.to_owned());
        let mut screen = open("/p/bank/config/sources", &bank::owner(), project);
        screen.click_first("Core banking");
        for (word, sentence) in [
            ("not encrypted", "The way to this source is not encrypted"),
            ("certificate not checked", "Nobody checks who answers for this source"),
        ] {
            let is_expected = expected == Some((word, sentence));
            assert_eq!((screen.shows(word), screen.shows(sentence)), (is_expected, is_expected), "{tls}: {word}");
        }
        // Also while another source is open: it stands in the list.
        screen.click_first("Company register");
        if let Some((word, _)) = expected {
            let row = screen.harness.query_all_by_label("Core banking").next().unwrap();
            assert_eq!(row.accesskit_node().description().as_deref(), Some(word), "{tls}");
            screen.shot(&format!("config_way_{tls}"));
        }
    }
}

#[test]
fn what_takes_long_says_what_it_is_and_can_be_cancelled() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    screen.click("Test the connection");
    assert!(!screen.shows("Cancel"), "not for what may be over at once");
    screen.harness.run_steps(12);
    assert!(screen.shows("Testing the connection…"));
    screen.click("Cancel");
    screen.run();
    assert_eq!(screen.server.stopped(), ["test_source"]);
    screen.server.answer::<TestSource>(&TestReport { steps: Vec::new(), ok: true, rights: None });
    screen.run();
    assert!(!screen.shows("reachable"), "an answer to what was cancelled counts for nothing");
    screen.click("Contents");
    screen.harness.run_steps(12);
    screen.click("Cancel");
    screen.run();
    assert_eq!(screen.server.stopped(), ["test_source", "read_catalogue"]);
    assert!(screen.shows("Reading the source was stopped."));
    screen.click("Try again");
    screen.server.answer::<ReadCatalogue>(&bank::catalogue());
    screen.server.answer::<ReadCatalogue>(&bank::catalogue());
    screen.run();
    assert!(screen.shows("transfer"));
    screen.click("Upload file…");
    screen.server.choose_file("people.csv", b"id;name");
    screen.run();
    screen.harness.run_steps(12);
    assert!(screen.shows("Bringing in people.csv"));
    screen.click("Cancel");
    screen.run();
    assert_eq!(screen.server.stopped().last(), Some(&"upload_file"));
    assert!(screen.shows("Upload file…") && !screen.shows("Bringing in people.csv"));
}

fn norwegian() -> Me {
    let mut me = bank::owner();
    me.preferences.language = Some(wire::session::Language::Norwegian);
    me
}

#[test]
fn in_norwegian_also_what_the_server_and_the_model_say_is_told() {
    let mut visible = bank::visible(bank::project());
    let gone = Change::RemoveSource("gone".to_owned().try_into().unwrap());
    let misfit = model::change::Misfit::Absent { what: "source".to_owned(), id: "gone".to_owned() };
    (visible.own, visible.misfits) = (vec![gone], vec![(0, misfit)]);
    let mut screen = Screen::open("/p/bank/config/object-types", &norwegian(), SIZE, Theme::Dark);
    screen.server.answer::<ReadProject>(&visible);
    screen.server.answer::<SourceKinds>(&bank::kinds());
    screen.run();
    screen.click("People");
    screen.fill("Tittel", "{nowhere}");
    screen.click("Vis endringene mine");
    for text in ["Tittelen nevner {nowhere}, som ikke er en egenskap ved den.", "Det er ingen kilde «gone»"] {
        assert!(screen.shows(text), "{text}");
    }
    assert!(!screen.shows("which is no property") && !screen.shows("Somebody may have"));

    let mut screen = open("/p/bank/config/sources", &norwegian(), bank::project());
    screen.click("Test forbindelsen");
    let fault = Fault::new(Code::SourceFailed, "The password was refused.", "Check user and password.");
    let steps = vec![step("Read the settings", "Complete.", None), step("Knock", "Quite new.", Some(fault))];
    screen.server.answer::<TestSource>(&TestReport { steps, ok: false, rights: None });
    screen.run();
    for text in [
        "Les innstillingene",
        "Komplett.",
        "Tjeneren sier: «Knock»",
        "Tjeneren sier: «Quite new.»",
        "En kilde kunne ikke svare.",
        "Tjeneren sier: «The password was refused. Check user and password.»",
    ] {
        assert!(screen.shows(text), "{text}");
    }
}

#[test]
fn a_catalogue_that_was_refused_after_the_session_ended_is_asked_for_again() {
    let mut screen = open("/p/bank/config/sources", &bank::owner(), bank::project());
    screen.click("Contents");
    screen.server.refuse::<ReadCatalogue>(Fault::new(Code::SignedOut, "Nobody is signed in.", "Sign in."));
    screen.run();
    assert!(screen.shows("Nothing on the screen is lost") && !screen.shows("Nobody is signed in."));
    screen.harness.key_press(egui::Key::Escape);
    screen.run();
    screen.server.answer::<WhoAmI>(&bank::owner());
    screen.server.answer::<ReadProject>(&bank::visible(bank::project()));
    screen.run();
    screen.server.answer::<ReadCatalogue>(&bank::catalogue());
    screen.run();
    assert!(!screen.shows("Nobody is signed in."));
}
