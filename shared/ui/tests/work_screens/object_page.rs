//! The page of one object: it shows the object of its address, and what is opened on it leads to where that is seen.

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use ui::app::View;
use ui::look::Theme;
use ui::work::ObjectRef;

use crate::work_case::{Bank, Case, id};

fn company_page() -> Case {
    Case::new(Bank::default(), "/p/bank/o/company/918224553", vec2(1280.0, 720.0), Theme::Dark)
}

fn person(key: &str) -> ObjectRef {
    ObjectRef { object_type: id("person"), key: vec![key.to_owned()] }
}

/// Opens the first director in the small table.
fn open_director(case: &mut Case) {
    case.harness.get_by_role_and_label(Role::ListItem, "directed by").click();
    case.settle();
    case.harness.get_by_role_and_label(Role::Row, "Row 1").click();
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
}

fn open(case: &Case) -> Option<&ObjectRef> {
    case.app().model().work.details.open.as_ref()
}

fn view(case: &Case) -> &View {
    case.app().model().route.view().unwrap()
}

#[test]
fn a_linked_object_opened_on_a_page_has_its_own_address() {
    let mut case = company_page();
    case.search("ferry");
    case.press(Modifiers::NONE, Key::Escape);
    open_director(&mut case);
    assert_eq!(case.requests("address").last().unwrap(), "/p/bank/o/person/p-1002");
    assert_eq!(open(&case), Some(&person("p-1002")));
    assert!(case.has("Jonas Eide"), "{:?}", case.texts());
    let work = &case.app().model().work;
    assert_eq!(work.board.graph.shown().count(), 0, "nobody put it on the graph");
    assert!(work.searches.is_empty(), "nobody opened what was searched for: {:?}", work.searches);
}

#[test]
fn a_linked_object_opened_at_the_side_stays_off_the_graph() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    open_director(&mut case);
    assert_eq!(open(&case), Some(&person("p-1002")));
    assert_eq!((view(&case), case.on_graph()), (&View::Graph, (1, 0)));
}

#[test]
fn a_page_shows_the_object_of_its_address_whatever_is_opened_meanwhile() {
    let mut case = company_page();
    case.search("ingrid moe");
    case.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(case.on_graph(), (1, 0), "it lies on the graph");
    assert!(case.has("Company · 918224553"), "one stays where one is: {:?}", case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(open(&case), Some(&person("p-1001")));
    assert_eq!(case.requests("address").last().unwrap(), "/p/bank/o/person/p-1001");
}

#[test]
fn a_table_asked_for_on_a_page_is_shown() {
    let mut case = company_page();
    case.harness.get_by_role_and_label(Role::ListItem, "directed by").click();
    case.settle();
    case.click("Show as table");
    assert_eq!(view(&case), &View::Table);
    assert!(case.has("Showing 2 of 2 · exact"), "{:?}", case.texts());

    let mut case = company_page();
    case.search("ingrid");
    case.click("Show as table: People");
    assert_eq!(view(&case), &View::Table);
    assert!(case.has("Showing 7 of 7 · exact"), "{:?}", case.texts());
}
