//! What takes long: how far it is, and the way to end it.

use egui::{Key, vec2};
use egui_kittest::kittest::Queryable;
use ui::look::Theme;
use ui::work::{About, Command, ObjectRef, Wishes};
use wire::project::{Work, WorkObject};

use crate::work_case::{Bank, Case, id};

fn hold(case: &Case, stream: &'static str, note: &str) {
    let mut server = case.server.borrow_mut();
    (server.holds, server.note) = (Some(stream), note.to_owned());
}

/// Opens the table of all companies; its answer is on its way.
fn open_companies(case: &mut Case) {
    let about = About::Objects("company".to_owned().try_into().unwrap());
    case.harness
        .state_mut()
        .as_mut()
        .unwrap()
        .run(ui::app::Command::Work(Command::OpenTable(about, Wishes::default())));
    case.harness.run_steps(4);
}

#[test]
fn an_expansion_says_how_far_it_is_and_can_be_cancelled() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    hold(&case, "expand", "Waiting for a place at Core banking, 2 before.");
    case.harness.key_press(Key::E);
    case.settle();
    case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, "directed by").click();
    case.harness.run_steps(3);
    assert!(
        case.has_part("Expanding: directed by · waiting for a place at Core banking, 2 before"),
        "{:?}",
        case.texts()
    );
    assert!(!case.has("Cancel"), "not at once");
    case.harness.run_steps(10);
    case.harness.get_by_label("Cancel").click();
    case.harness.run_steps(4);
    assert_eq!(case.server.borrow().stopped, 1, "the request was dropped");
    assert!(!case.has_part("Expanding"));
    assert_eq!(case.on_graph(), (1, 0));
}

#[test]
fn a_table_says_how_far_it_is_and_keeps_its_rows_when_stopped() {
    let mut case = Case::open();
    hold(&case, "run_query", "Reading keys of Company register.");
    open_companies(&mut case);
    case.harness.run_steps(8);
    let told = case.texts().into_iter().find(|text| text.starts_with("Company register: waiting, ")).unwrap();
    assert!(told.ends_with(" s · reading keys of Company register…"), "where and how long one waits: {told}");
    case.harness.get_by_label("Stop").click();
    case.harness.run_steps(4);
    assert!(case.has_part("stopped"));
    case.server.borrow_mut().release();
    case.harness.run_steps(4);
    assert!(case.has_part("stopped"), "what comes after that is not heard");
}

#[test]
fn a_table_without_words_from_its_source_says_how_many_rows_there_are() {
    let mut case = Case::open();
    hold(&case, "run_query", "");
    open_companies(&mut case);
    assert!(case.has_part(" · 3 rows so far…"), "{:?}", case.texts());
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.has("Showing 5 of 5 · exact"), "{:?}", case.texts());
}

#[test]
fn a_search_can_be_stopped_after_two_seconds() {
    let mut case = Case::open();
    hold(&case, "search", "Waiting for a place at Core banking, 2 before.");
    case.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
    case.harness.run_ok();
    case.harness.get_by_role(egui::accesskit::Role::SearchInput).type_text("ferry");
    case.harness.run_steps(6);
    assert!(case.has_part("waiting for a place"), "{:?}", case.texts());
    assert!(!case.has("Stop"));
    case.harness.run_steps(12);
    case.harness.get_by_label("Stop").click();
    case.harness.run_steps(4);
    assert_eq!(case.server.borrow().stopped, 1);
    assert!(case.has("Stopped. These are the hits so far."), "{:?}", case.texts());
}

#[test]
fn what_waits_for_its_turn_has_it_when_something_is_stopped() {
    let mut case = Case::open();
    hold(&case, "run_query", "");
    for kind in ["person", "company", "account"] {
        let about = About::Objects(kind.to_owned().try_into().unwrap());
        let open = ui::app::Command::Work(Command::OpenTable(about, Wishes::default()));
        case.harness.state_mut().as_mut().unwrap().run(open);
    }
    case.harness.run_steps(4);
    assert_eq!(case.requests("run_query").len(), 4, "rows and number of two tables; those of the third wait");
    for id in [1, 2] {
        case.harness.state_mut().as_mut().unwrap().run(ui::app::Command::Work(Command::StopTable(id)));
    }
    assert_eq!(case.requests("run_query").len(), 6, "the third table is asked for at once");
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.has("Showing 9 of 9 · exact"), "{:?}", case.texts());
}

#[test]
fn counts_that_another_count_stopped_are_asked_for_when_their_object_is_opened_again() {
    let mut case = Case::open();
    let of = |kind: &str, key: &str| ObjectRef { object_type: id(kind), key: vec![key.to_owned()] };
    let company = of("company", "918224553");
    hold(&case, "count_links", "");
    case.run(Command::OpenObject(company.clone()));
    case.run(Command::CountLinks(vec![of("company", "921447018"), of("company", "919030411")]));
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.app().model().work.counts_of(std::slice::from_ref(&company)).is_none(), "it gave way");
    case.run(Command::OpenObject(company.clone()));
    let counts = case.app().model().work.counts_of(&[company]).expect("counted");
    assert!(!counts.is_running && !counts.links.is_empty(), "{counts:?}");
}

#[test]
fn a_layout_can_be_stopped_and_begun_again() {
    let mut case = Case::open();
    for text in ["nordfjord", "ingrid"] {
        case.open_first(text);
    }
    let app = case.harness.state_mut().as_mut().unwrap();
    app.run(ui::app::Command::Work(Command::LayOutAgain));
    assert!(app.model().work.board.arranging.is_running());
    app.run(ui::app::Command::Work(Command::StopLayout));
    assert!(!app.model().work.board.arranging.is_running());
    let before = app.model().work.board.history.position();
    case.harness.run_steps(4);
    assert_eq!(case.app().model().work.board.history.position(), before, "nothing was moved");
    case.run(Command::LayOutAgain);
    assert_eq!(case.app().model().work.board.history.position().0, before.0 + 1);
}

/// Saves the rows of the table that is open.
fn export(case: &mut Case) {
    let id = case.app().model().work.tables.tab().unwrap().id;
    case.harness.state_mut().as_mut().unwrap().run(ui::app::Command::Work(Command::ExportTable(id)));
    case.harness.run_steps(4);
}

#[test]
fn an_export_says_how_much_has_come_and_can_be_cancelled() {
    let mut case = Case::open();
    open_companies(&mut case);
    case.settle();
    hold(&case, "export_rows", "");
    export(&mut case);
    assert!(case.has("Exporting · 12.0 MB"), "{:?}", case.texts());
    assert!(!case.has("Cancel"), "not at once");
    case.tell(ui::app::Command::Go(ui::app::Route::Work {
        project: "bank".to_owned().try_into().unwrap(),
        view: ui::app::View::Table,
    }));
    case.harness.run_steps(12);
    assert!(case.has("Exporting · 12.0 MB"), "also where the graph is not seen: {:?}", case.texts());
    case.harness.get_by_label("Cancel").click();
    case.harness.run_steps(4);
    assert_eq!(case.server.borrow().stopped, 1, "the request was dropped");
    assert!(!case.has_part("Exporting"));
    case.server.borrow_mut().release();
    case.settle();
    assert!(case.saved.borrow().is_empty() && !case.has_part("cut off"), "{:?}", case.texts());
}

#[test]
fn an_export_says_what_was_saved_and_what_broke_off() {
    let mut case = Case::open();
    open_companies(&mut case);
    case.settle();
    hold(&case, "export_rows", "");
    export(&mut case);
    case.server.borrow_mut().release();
    case.harness.run_steps(4);
    assert!(case.has("bank.csv is saved · 24.0 MB"), "{:?}", case.texts());
    assert!(!case.has_part("Exporting"));

    case.server.borrow_mut().fails = Some("export_rows");
    export(&mut case);
    assert!(case.has_part("The file was cut off, so it was not saved."), "{:?}", case.texts());
    assert!(!case.has_part("Exporting"));
}

#[test]
fn an_export_that_another_project_ends_is_said_to_have_ended() {
    let mut case = Case::open();
    open_companies(&mut case);
    case.settle();
    hold(&case, "export_rows", "");
    export(&mut case);
    case.tell(ui::app::Command::Go(ui::app::Route::Work {
        project: "other".to_owned().try_into().unwrap(),
        view: ui::app::View::Graph,
    }));
    assert_eq!(case.server.borrow().stopped, 1, "the request was dropped");
    assert!(case.has_part("The export was stopped"), "{:?}", case.texts());
}

#[test]
fn objects_that_are_fetched_for_the_graph_say_so_and_can_be_cancelled() {
    let mut case = Case::open();
    hold(&case, "run_query", "Waiting for a place at Core banking, 2 before.");
    let person = ObjectRef { object_type: "person".to_owned().try_into().unwrap(), key: vec!["p-1001".to_owned()] };
    case.harness.state_mut().as_mut().unwrap().run(ui::app::Command::Work(Command::Put(vec![person])));
    case.harness.run_steps(12);
    assert!(case.has("Fetching: People · waiting for a place at Core banking, 2 before"), "{:?}", case.texts());
    case.harness.get_by_label("Cancel").click();
    case.harness.run_steps(4);
    case.server.borrow_mut().release();
    case.settle();
    assert!(!case.has_part("Fetching"));
    assert_eq!(case.on_graph(), (0, 0));
}

#[test]
fn putting_an_investigation_together_can_be_stopped_and_loses_nothing() {
    let object = WorkObject {
        object_type: "company".to_owned().try_into().unwrap(),
        key: vec!["918224553".to_owned()],
        x: 10.0,
        y: 20.0,
        pinned: false,
        hidden: false,
    };
    let kept = Work { objects: vec![object], ..Work::default() };
    let mut case = Case::new(Bank { kept, ..Bank::default() }, "/", vec2(1280.0, 720.0), Theme::Dark);
    hold(&case, "run_query", "");
    case.click("Harbour Bank");
    case.harness.run_steps(12);
    assert!(case.has("Putting the graph together again"), "{:?}", case.texts());
    case.harness.get_by_label("Stop").click();
    case.harness.run_steps(4);
    assert_eq!(case.server.borrow().stopped, 1, "the request was dropped");
    assert!(case.has_part("You stopped this before all of it had come."), "{:?}", case.texts());
    case.server.borrow_mut().release();
    case.harness.run_steps(40);
    assert!(case.requests("keep_work").is_empty(), "nothing is kept over it");
    case.click("Try again");
    assert_eq!(case.on_graph(), (1, 0));
}
