//! What takes long: how far it is, and the way to end it.

use egui::Key;
use egui_kittest::kittest::Queryable;
use ui::work::{About, Command, ObjectRef, Wishes};

use crate::work_case::{Case, id};

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
