//! Filters by list and by link, and tabs that are moved and stand side by side.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use model::Kind;
use model::project::{Join, Matching, PropertyPair};
use serde_json::{Value, json};
use ui::look::Theme;
use ui::work::{About, Command, Wishes};
use wire::{Code, Fault};

use crate::work_case::{Bank, Case, id};

/// What the field of a list is called.
const LIST: &str = "Values, one a line or separated by ;";

fn open(case: &mut Case, object_type: &str) {
    let about = About::Objects(object_type.to_owned().try_into().unwrap());
    case.run(Command::OpenTable(about, Wishes::default()));
}

fn filter(case: &Case) -> Value {
    let mut asked = case.requests("run_query").into_iter().map(|ask| ask["query"].clone());
    asked.rfind(|query| query["answer"]["rows"].is_object()).unwrap()["filter"].clone()
}

#[test]
fn has_and_has_no_link_are_filters() {
    let mut case = Case::open();
    open(&mut case, "company");
    for (name, present) in [("has “owned by”", true), ("has no “owned by”", false)] {
        case.click("+ Filter");
        case.harness.get_by_role_and_label(Role::MenuItem, name).click_accesskit();
        case.settle();
        let linked = json!({ "linked": { "link": "owns", "direction": "backward", "present": present } });
        assert_eq!(filter(&case), json!({ "all": [linked] }));
        assert!(case.has(name), "the filter is a chip");
        let owned = owned_companies();
        let count = if present { owned } else { 5 - owned };
        assert!(case.has(&format!("Showing {count} of {count} · exact")), "{name}: {:?}", case.texts());
        case.click(&format!("Remove {name}"));
    }
}

fn owned_companies() -> usize {
    let bank = crate::work_case::Bank::default();
    bank.links["owns"].iter().map(|row| row["to"].clone()).collect::<std::collections::BTreeSet<_>>().len()
}

#[test]
fn a_list_of_values_is_a_filter_and_every_value_is_checked() {
    let mut case = Case::open();
    open(&mut case, "company");
    case.click("+ Filter");
    case.harness.get_by_role_and_label(Role::MenuItem, "Employees").click();
    case.settle();
    case.click("one of");
    let field = |case: &mut Case, text: &str| {
        case.harness.get_by_role_and_label(Role::MultilineTextInput, LIST).type_text(text);
        case.settle();
        case.press(Modifiers::COMMAND, Key::Enter);
    };
    field(&mut case, "0\nx");
    assert!(case.has("This is no number"));
    case.press(Modifiers::COMMAND, Key::A);
    // Of a long list only a part is seen, and below it what is wrong.
    field(&mut case, &format!("x\n{}", "1\n".repeat(40)));
    let wrong = case.harness.get_by_label("This is no number").rect();
    assert!(wrong.bottom() < case.harness.get_by_label("Apply").rect().top() + 1.0, "{wrong:?}");
    let list = case.harness.get_by_role_and_label(Role::MultilineTextInput, LIST).rect();
    assert!(list.height() > 200.0 && wrong.top() > 0.0, "{list:?}");
    case.press(Modifiers::COMMAND, Key::A);
    field(&mut case, "0; 2;\n0");
    let is = json!({ "is": { "field": { "own": "employees" }, "test": { "in": ["0", "2"] } } });
    assert_eq!(filter(&case), json!({ "all": [is] }));
    assert!(case.has("Employees one of 0; 2"), "{:?}", case.texts());
}

#[test]
fn the_form_gives_its_field_the_keyboard_every_time() {
    let mut case = Case::open();
    open(&mut case, "company");
    for _ in 0..2 {
        case.click("+ Filter");
        case.harness.get_by_role_and_label(Role::MenuItem, "Name").click();
        case.settle();
        assert!(case.harness.get_by_role_and_label(Role::TextInput, "Value").is_focused());
        case.press(Modifiers::NONE, Key::Escape);
        case.press(Modifiers::NONE, Key::Escape);
    }
}

fn tab_names(case: &Case) -> Vec<String> {
    use egui_kittest::kittest::NodeT;
    let tabs = case.harness.query_all_by_role(Role::Tab);
    tabs.filter_map(|tab| tab.accesskit_node().label()).collect()
}

#[test]
fn a_tab_is_dragged_to_another_place() {
    let mut case = Case::open();
    for object_type in ["person", "company", "account"] {
        open(&mut case, object_type);
    }
    assert_eq!(tab_names(&case), ["People", "Companies", "Accounts"]);
    drag(&mut case, "Accounts", |case| case.harness.get_by_role_and_label(Role::Tab, "People").rect().left_center());
    assert_eq!(tab_names(&case), ["Accounts", "People", "Companies"]);
    let tables = &case.app().model().work.tables;
    assert_eq!(tables.shown, 0, "it is still the one that is shown");
}

#[test]
fn a_tab_dragged_to_the_right_half_stands_beside_the_others_and_comes_back() {
    let mut case = Case::open();
    open(&mut case, "person");
    open(&mut case, "company");
    drag(&mut case, "Companies", |case| {
        let pane = case.harness.get_by_role_and_label(Role::Tab, "People").rect();
        egui::pos2(pane.left() + 700.0, pane.bottom() + 60.0)
    });
    let tables = &case.app().model().work.tables;
    assert_eq!(tables.beside().map(|tab| tab.id), Some(2));
    assert_eq!(case.harness.query_all_by_label("Showing 7 of 7 · exact").count(), 1);
    assert_eq!(case.harness.query_all_by_label("Showing 5 of 5 · exact").count(), 1, "both are seen");
    drag(&mut case, "Companies", |case| {
        let pane = case.harness.get_by_role_and_label(Role::Tab, "People").rect();
        egui::pos2(pane.left() + 40.0, pane.bottom() + 60.0)
    });
    assert!(case.app().model().work.tables.beside().is_none());
}

fn drag(case: &mut Case, tab: &str, to: impl Fn(&Case) -> egui::Pos2) {
    let from = case.harness.get_by_role_and_label(Role::Tab, tab).rect().left_center() + egui::vec2(24.0, 0.0);
    let to = to(case) + egui::vec2(4.0, 0.0);
    case.harness.drag_at(from);
    case.harness.run_steps(1);
    for share in [0.3, 0.7, 1.0] {
        case.harness.hover_at(from.lerp(to, share));
        case.harness.run_steps(1);
    }
    case.harness.drop_at(to);
    case.settle();
}

#[test]
fn in_a_narrow_pane_the_filters_stand_above_the_rest() {
    let mut case = Case::open();
    for object_type in ["person", "company"] {
        open(&mut case, object_type);
    }
    case.run(Command::Beside(Some(1)));
    for name in ["has “owned by”", "has “holds account”"] {
        let button = case.harness.query_all_by_label("+ Filter").next().unwrap();
        button.click();
        case.settle();
        case.harness.get_by_role_and_label(Role::MenuItem, name).click_accesskit();
        case.settle();
    }
    let chip = case.harness.get_by_role_and_label(Role::Button, "has “holds account”").rect();
    let told = case.harness.query_all_by_label_contains("Showing").map(|node| node.rect());
    assert!(told.into_iter().all(|told| !told.intersects(chip)), "nothing is drawn over a filter");
}

/// A bank whose companies have a whole number as their key.
fn bank_of_integers() -> Bank {
    let mut bank = Bank::default();
    let company = bank.project.object_types.values_mut().find(|kind| kind.id.as_str() == "company").unwrap();
    company.properties[0].kind = Kind::Integer;
    for row in bank.rows.get_mut("company").unwrap() {
        row.insert("employees".to_owned(), "1234567".to_owned());
    }
    bank
}

#[test]
fn numbers_that_name_something_have_no_marks_between_their_digits() {
    let joined = |mut bank: Bank| {
        let pair = PropertyPair { from: id("employees"), to: id("employees") };
        let mut alike = bank.project.link_types.values().find(|link| link.id.as_str() == "owns").unwrap().clone();
        (alike.id, alike.from) = (id("alike"), id("company"));
        alike.join = Join::Properties { pairs: vec![pair], matching: Matching::Exact };
        bank.project.link_types.insert(alike.id.clone(), alike);
        bank
    };
    for (bank, shown) in [(bank_of_integers(), "1,234,567"), (joined(bank_of_integers()), "1234567")] {
        let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), Theme::Dark);
        open(&mut case, "company");
        assert!(case.has("918224553") && !case.has("918,224,553"), "the key: {:?}", case.texts());
        assert!(case.has(shown), "{:?}", case.texts());
    }
}

#[test]
fn rows_that_were_cut_and_not_counted_say_that_there_are_more() {
    let mut case = Case::open();
    case.server.borrow_mut().refuses = Some(Box::new(|_, body| {
        (body["query"]["answer"] == "count").then(|| Fault::new(Code::SourceFailed, "Counting took too long.", ""))
    }));
    let wishes = Wishes { limit_rows: 2, ..Wishes::default() };
    case.run(Command::OpenTable(About::Objects(id("company")), wishes));
    assert!(case.has("first 2, more exist"), "{:?}", case.texts());
}

fn is_selected(case: &Case, row: &str) -> bool {
    use egui_kittest::kittest::NodeT;
    let row = case.harness.query_by_role_and_label(Role::Row, row);
    row.is_some_and(|row| row.accesskit_node().is_selected() == Some(true))
}

#[test]
fn rows_that_come_after_their_object_was_selected_are_selected_too() {
    let mut case = Case::open();
    case.open_first("viktor");
    let viktor = *case.app().model().work.board.selected.first().unwrap();
    case.run(Command::Select(Vec::new()));
    {
        let mut server = case.server.borrow_mut();
        (server.holds, server.frames) = (Some("run_query"), 2);
    }
    open(&mut case, "person");
    case.run(Command::Select(vec![viktor]));
    assert!(case.has("Row 3") && !case.has("Row 5"), "half of them are here: {:?}", case.texts());
    case.server.borrow_mut().release();
    case.settle();
    assert!(is_selected(&case, "Row 5") && !is_selected(&case, "Row 1"), "{:?}", case.texts());
    case.harness.get_by_role_and_label(Role::ColumnHeader, "City").click();
    case.settle();
    let mut rows = (1..=7).map(|number| format!("Row {number}"));
    assert!(rows.any(|row| is_selected(&case, &row)), "also in another order");
}

#[test]
fn the_menu_of_a_row_copies_all_that_are_selected() {
    let mut case = Case::open();
    open(&mut case, "person");
    case.harness.get_by_role_and_label(Role::Row, "Row 1").click();
    case.settle();
    case.harness.get_by_role_and_label(Role::Row, "Row 3").click_modifiers(Modifiers::SHIFT);
    case.settle();
    case.harness.get_by_role_and_label(Role::Row, "Row 2").click_secondary();
    case.settle();
    case.harness.get_by_role_and_label(Role::MenuItem, "Copy").click();
    case.settle();
    assert!(case.has("3 rows copied"), "{:?}", case.texts());
}

#[test]
fn the_thirteenth_table_says_that_the_oldest_was_closed() {
    let mut case = Case::open();
    for number in 1..=13 {
        let wishes = Wishes { text: Some(format!("text {number}")), ..Wishes::default() };
        case.run(Command::OpenTable(About::Objects(id("person")), wishes));
        let is_said = case.has("The oldest table was closed: at most 12 are open at once.");
        assert_eq!(is_said, number == 13, "after {number}: {:?}", case.texts());
    }
}

#[test]
fn sums_that_have_no_room_are_counted() {
    let mut bank = Bank::default();
    let company = bank.project.object_types.values_mut().find(|kind| kind.id.as_str() == "company").unwrap();
    let employees = company.properties.iter().find(|property| property.id.as_str() == "employees").unwrap();
    let more =
        ["offices", "ships"].map(|name| model::Property { id: id(name), name: name.to_owned(), ..employees.clone() });
    company.properties.extend(more);
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), Theme::Dark);
    open(&mut case, "company");
    case.harness.get_by_role_and_label(Role::Row, "Row 1").click();
    case.settle();
    case.harness.get_by_role_and_label(Role::Row, "Row 2").click_modifiers(Modifiers::SHIFT);
    case.settle();
    assert!(case.has_part(" · and 2 more"), "{:?}", case.texts());
}

#[test]
fn a_sum_is_called_one_and_told_for_two_rows_or_more() {
    let mut case = Case::open();
    open(&mut case, "company");
    case.harness.get_by_role_and_label(Role::Row, "Row 1").click();
    case.settle();
    assert!(case.has("1 selected"), "{:?}", case.texts());
    case.harness.get_by_role_and_label(Role::Row, "Row 2").click_modifiers(Modifiers::SHIFT);
    case.settle();
    assert!(case.has_part("2 selected · sum of Employees: "), "{:?}", case.texts());
}

#[test]
fn a_filter_says_how_many_rows_it_leaves_of_how_many() {
    let mut case = Case::open();
    open(&mut case, "company");
    assert!(!case.has_part("of 5 rows"), "{:?}", case.texts());
    let counted = |case: &Case| {
        case.requests("run_query").iter().filter(|ask| ask["query"]["answer"].as_str() == Some("count")).count()
    };
    let before = counted(&case);
    case.click("+ Filter");
    case.harness.get_by_role_and_label(Role::MenuItem, "Employees").click();
    case.settle();
    case.click("is filled");
    case.click("Apply");
    let left = case.app().model().work.tables.tab().unwrap().total.clone().unwrap().0;
    assert!(case.has(&format!("{left} of 5 rows")), "{:?}", case.texts());
    assert_eq!(counted(&case), before + 1, "the number without filters is not counted again");
    let id = case.app().model().work.tables.tab().unwrap().id;
    case.run(Command::AskAgain(id));
    assert!(case.app().model().work.tables.tab().unwrap().unfiltered.is_none());
    assert!(!case.has_part("of 5 rows"), "{:?}", case.texts());
}
