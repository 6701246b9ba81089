//! The expand menu: whole names, what it will bring, order and limit by keyboard.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use model::query::Direction;
use serde_json::json;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::{Bank, Case, id};

fn account(case: &mut Case) {
    case.open_first("1503.61.00417");
    case.press(egui::Modifiers::NONE, Key::E);
}

#[test]
fn the_menu_says_before_anything_is_fetched_what_it_will_bring() {
    let mut case = Case::open();
    account(&mut case);
    let line = case.harness.get_by_role_and_label(Role::MenuItem, "received from");
    line.focus();
    case.settle();
    assert!(case.has("4 accounts"), "all that there are");
    for name in ["First by", "At most"] {
        assert!(case.harness.query_by_role_and_label(Role::RadioGroup, name).is_some(), "{name}");
    }
    assert!(case.requests("expand").is_empty());
}

#[test]
fn order_and_limit_are_chosen_by_keyboard_and_said_in_the_request() {
    let mut case = Case::open();
    account(&mut case);
    for choice in ["newest", "10"] {
        case.harness.get_by_role_and_label(Role::RadioButton, choice).focus();
        case.harness.run_ok();
        case.press(egui::Modifiers::NONE, Key::Space);
    }
    case.harness.get_by_role_and_label(Role::MenuItem, "received from").focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, Key::Enter);
    let asked = &case.requests("expand")[0];
    assert_eq!((&asked["order"], &asked["limit"]), (&json!("time"), &json!(10)));
}

#[test]
fn an_order_that_the_links_of_a_line_do_not_have_says_so_and_is_not_asked_for() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    case.press(egui::Modifiers::NONE, Key::E);
    case.harness.get_by_role_and_label(Role::MenuItem, "registered at").focus();
    case.settle();
    let sum = case.harness.get_by_role_and_label(Role::RadioButton, "sum").accesskit_node().description();
    assert_eq!(sum.as_deref(), Some("“registered at” has no amount to order by"));
    case.press(egui::Modifiers::NONE, Key::Enter);
    assert_eq!(case.requests("expand")[0]["order"], json!("count"));
}

#[test]
fn shift_and_enter_expand_every_line_that_fits() {
    let mut case = Case::open();
    account(&mut case);
    let lines = case.harness.query_all_by_role(Role::MenuItem).count();
    case.press(egui::Modifiers::SHIFT, Key::Enter);
    let first: Vec<_> = case.requests("expand").into_iter().filter(|ask| ask["only"] == json!([])).collect();
    assert_eq!(first.len(), lines, "each line once");
}

#[test]
fn one_is_called_by_its_name_and_more_by_their_plural() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    case.press(egui::Modifiers::NONE, Key::E);
    case.harness.get_by_role_and_label(Role::MenuItem, "registered at").click();
    case.settle();
    assert!(case.has("1 address added"));
    assert!(case.has_part("2 objects · 1 link"), "{:?}", case.texts());
}

#[test]
fn a_name_that_is_too_long_ends_in_an_ellipsis_and_is_told_in_full() {
    let mut bank = Bank::default();
    let long = "was mentioned, in the reports of the years before the merger, as an adviser to the board of";
    let directs: model::LinkTypeId = "directs".to_owned().try_into().unwrap();
    let link = bank.project.link_types.get_mut(&directs).unwrap();
    link.reverse = long.to_owned();
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    case.open_first("nordfjord");
    case.press(egui::Modifiers::NONE, Key::E);
    let line = case.harness.get_by_role_and_label(Role::MenuItem, long);
    assert!(line.rect().width() <= 620.0, "{:?}", line.rect());
    line.hover();
    case.harness.run_steps(8);
    assert!(case.harness.query_all_by_label(long).count() > 1, "the whole name on hover");
}

#[test]
fn the_menu_stays_beside_its_object_when_the_window_changes() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    case.press(egui::Modifiers::NONE, Key::E);
    let apart = |case: &Case| {
        let menu = case.harness.get_by_role_and_label(Role::MenuItem, "directed by").rect();
        menu.min - case.harness.get_by_label("Company Nordfjord Shipping AS, 0 links").rect().center()
    };
    let before = apart(&case);
    case.harness.set_size(egui::vec2(1480.0, 800.0));
    case.settle();
    let after = apart(&case);
    assert!((after - before).length() < 2.0, "{before:?} became {after:?}");
}

/// An account that five hundred others paid to.
fn hub() -> Case {
    let mut bank = Bank::default();
    let text = |cells: [(&str, String); 3]| cells.map(|(name, text)| (name.to_owned(), text)).into_iter().collect();
    let accounts = bank.rows.get_mut("account").unwrap();
    for number in 0..500 {
        let key = format!("7000.00.{number:05}");
        accounts.push(text([("number", key), ("holder", "Somebody".to_owned()), ("opened", "2020-01-01".to_owned())]));
    }
    let row = |number: usize| -> std::collections::BTreeMap<String, String> {
        [
            ("from", format!("7000.00.{number:05}")),
            ("to", "1503.61.00417".to_owned()),
            ("booked", "2024-03-01T10:00:00".to_owned()),
            ("amount", format!("{}.00", 1_000 + number)),
            ("currency", "NOK".to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text))
        .into()
    };
    bank.links.get_mut("transfer").unwrap().extend((0..500).map(row));
    let mut case = Case::new(bank, "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    account(&mut case);
    case
}

fn choose(case: &mut Case, name: &str) {
    case.harness.get_by_role_and_label(Role::RadioButton, name).focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, Key::Space);
}

#[test]
fn all_of_very_many_is_asked_about_first_and_the_first_ones_by_an_order_are_offered() {
    let mut case = hub();
    choose(&mut case, "all");
    case.harness.get_by_role_and_label(Role::MenuItem, "received from").click();
    case.settle();
    assert!(case.has_part("“received from” leads to 504 accounts."), "{:?}", case.texts());
    assert!(case.requests("expand").is_empty(), "nothing was fetched yet");
    case.shot("expand_guard");
    choose(&mut case, "newest");
    case.harness.get_by_role_and_label(Role::MenuItem, "The first 100").click();
    case.settle();
    let asked = &case.requests("expand")[0];
    assert_eq!(
        (&asked["order"], &asked["limit"], &asked["direction"]),
        (&json!("time"), &json!(100), &json!("backward"))
    );
}

#[test]
fn what_is_not_too_much_is_expanded_whole_without_a_question_and_very_many_after_it() {
    let mut case = hub();
    choose(&mut case, "all");
    case.harness.get_by_role_and_label(Role::MenuItem, "paid to").click();
    case.settle();
    assert_eq!(case.requests("expand")[0]["limit"], json!(1_000), "one account: all of it");
    case.press(egui::Modifiers::NONE, Key::E);
    choose(&mut case, "all");
    case.harness.get_by_role_and_label(Role::MenuItem, "received from").click();
    case.settle();
    case.click("Back to the links");
    assert!(case.has("paid to"), "{:?}", case.texts());
    case.harness.get_by_role_and_label(Role::MenuItem, "received from").click();
    case.settle();
    case.harness.get_by_role_and_label(Role::MenuItem, "504 accounts").click();
    case.settle();
    let asked = case.requests("expand");
    let last = asked.iter().rfind(|ask| ask["direction"] == json!("backward")).unwrap();
    assert_eq!(last["limit"], json!(1_000));
    assert!(case.on_graph().0 > 500, "{:?}", case.on_graph());
}

/// The accounts on the picture, by their rectangles.
fn accounts(case: &Case) -> Vec<egui::Rect> {
    let all = case.harness.query_all_by_role(Role::Button);
    let is_account = |node: &egui_kittest::Node<'_>| {
        node.accesskit_node().label().is_some_and(|label| label.starts_with("Account ") && label.contains("link"))
    };
    all.filter(is_account).map(|node| node.rect()).collect()
}

#[test]
fn what_an_expansion_brings_is_seen_under_no_tool_and_the_picture_stays_where_it_can() {
    let mut case = Case::open();
    case.open_first("1503.61.00417");
    let before = accounts(&case);
    let expand = |case: &mut Case, direction| {
        case.run(Command::Expand(Expand {
            objects: vec![ObjectRef { object_type: id("account"), key: vec!["1503.61.00417".to_owned()] }],
            link: id("transfer"),
            direction,
            order: wire::data::ExpandOrder::Sum,
            limit: 25,
        }));
    };
    expand(&mut case, Direction::Forward);
    let after = accounts(&case);
    assert!(after.len() > 1 && after.iter().any(|rect| rect.center().distance(before[0].center()) < 1.0), "{after:?}");
    for _ in 0..6 {
        case.press(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::P);
        case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("Zoom in");
        case.settle();
        case.press(egui::Modifiers::NONE, Key::Enter);
    }
    let apart = |rects: &[egui::Rect]| rects.iter().map(|rect| rect.width()).fold(0.0, f32::max);
    assert!(apart(&accounts(&case)) > 1.2 * apart(&after), "it is nearer now");
    expand(&mut case, Direction::Backward);
    let (objects, _) = case.on_graph();
    let seen = accounts(&case);
    assert!(objects > after.len() && seen.len() == objects, "{} of {objects} are seen", seen.len());
    let tools = case.harness.get_by_label("Lay out again").rect().bottom();
    assert!(seen.iter().all(|rect| rect.top() > tools), "{seen:?} lie below {tools}");
}

/// Every text that is painted.
fn painted(case: &Case) -> Vec<String> {
    fn texts(shape: &egui::Shape, found: &mut Vec<String>) {
        match shape {
            egui::Shape::Text(text) => found.push(text.galley.text().to_owned()),
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    case.harness.output().shapes.iter().for_each(|clipped| texts(&clipped.shape, &mut found));
    found
}

#[test]
fn from_near_an_object_shows_its_first_properties_under_its_name() {
    let mut case = Case::open();
    case.open_first("nordfjord");
    // At the side they stand each for itself.
    let told = "918224553 · 14 Mar 2019";
    assert!(!painted(&case).iter().any(|text| text == told), "{:?}", painted(&case));
    let place = case.harness.get_by_label("Company Nordfjord Shipping AS, 0 links").rect().center();
    case.harness.hover_at(place);
    case.harness.run_ok();
    for _ in 0..3 {
        case.harness.event(egui::Event::Zoom(1.6));
        case.harness.run_ok();
    }
    case.settle();
    assert!(painted(&case).iter().any(|text| text == told), "{:?}", painted(&case));
}
