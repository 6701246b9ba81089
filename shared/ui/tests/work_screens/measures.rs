//! Measures of the graph at the side, and what becomes of them.

use egui_kittest::kittest::Queryable;
use model::query::Direction;
use model::style::{By, Measure, Measuring, Of, Rule, Says};
use ui::work::{Command, Expand, ObjectRef};

use super::work_case::{Case, id};

pub(crate) fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: id(kind), key: vec![key.to_owned()] }
}

pub(crate) fn expand(case: &mut Case, of: ObjectRef, link: &str, direction: Direction) {
    case.run(Command::Expand(Expand {
        objects: vec![of],
        link: id(link),
        direction,
        order: wire::data::ExpandOrder::Count,
        limit: 25,
    }));
    case.settle();
}

/// An account with all that paid to it and were paid by it.
pub(crate) fn accounts() -> Case {
    put_accounts(Case::open())
}

/// The same in a window of another kind.
pub(crate) fn put_accounts(mut case: Case) -> Case {
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, account.clone(), "transfer", Direction::Backward);
    expand(&mut case, account, "transfer", Direction::Forward);
    expand(&mut case, object("account", "4202.10.99318"), "transfer", Direction::Forward);
    expand(&mut case, object("account", "6011.90.22117"), "transfer", Direction::Forward);
    case.run(Command::Select(Vec::new()));
    case
}

pub(crate) fn choose(case: &mut Case, name: &str) {
    case.harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Measure").click();
    case.settle();
    // By keyboard: a long list brings what is chosen into view.
    case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, name).focus();
    case.harness.run_ok();
    case.press(egui::Modifiers::NONE, egui::Key::Enter);
}

#[test]
fn a_measure_is_taken_when_it_is_chosen_and_says_what_it_is_of() {
    let mut case = accounts();
    let (objects, links) = case.on_graph();
    case.click("Measures");
    assert!(case.has(&format!("{objects} objects, {links} links · exact")), "{:?}", case.texts());
    assert!(case.has("How many links an object has."));
    let highest = case.texts().into_iter().find(|text| text.starts_with("1503.61.00417")).expect("it is listed");
    let graph = &case.app().model().work.board.graph;
    let most = graph.shown().map(|(id, _)| graph.links_at(id).count()).max().unwrap();
    assert!(highest.contains(&most.to_string()), "{highest}");
    case.shot("measures");
    choose(&mut case, "Betweenness");
    assert!(case.has_part("go-betweens are high"), "{:?}", case.texts());
    case.shot("measures-betweenness");
}

#[test]
fn choosing_an_object_of_the_list_selects_it_and_keeps_the_list() {
    let mut case = accounts();
    case.click("Measures");
    let line = case.texts().into_iter().find(|text| text.starts_with("4202.10.99318")).expect("it is listed");
    case.click(&line);
    let board = &case.app().model().work.board;
    assert_eq!(board.selected_objects(), [object("account", "4202.10.99318")]);
    assert!(case.has("How many links an object has."));
}

#[test]
fn after_a_change_of_the_graph_it_is_measured_anew() {
    let mut case = accounts();
    case.click("Measures");
    let (objects, _) = case.on_graph();
    let gone = case.app().model().work.board.shown(&object("account", "4202.10.99318")).unwrap();
    case.run(Command::Hide(vec![gone]));
    let links = case.on_graph().1;
    assert!(case.has(&format!("{} objects, {links} links · exact", objects - 1)), "{:?}", case.texts());
    assert!(case.has("What is not shown on the graph does not count."));
}

#[test]
fn communities_are_listed_with_their_sizes_and_choosing_one_selects_its_members() {
    let mut case = accounts();
    case.click("Measures");
    choose(&mut case, "Communities");
    let line = case.texts().into_iter().find(|text| text.starts_with("Community 1")).expect("a community");
    let of = Measuring::of(Measure::Community);
    let found = case.app().model().work.measures.found(&of).unwrap();
    let first = found.all().filter(|(_, group)| *group == 0.0).count();
    case.click(&line);
    assert_eq!(case.app().model().work.board.selected.len(), first);
    case.shot("communities");
}

#[test]
fn communities_are_more_and_smaller_at_a_higher_resolution_which_is_said_with_them() {
    let mut case = accounts();
    case.click("Measures");
    choose(&mut case, "Communities");
    let count = |case: &Case| case.texts().iter().filter(|text| text.starts_with("Community ")).count();
    let usual = count(&case);
    assert!(case.has_part("at resolution 1"), "{:?}", case.texts());
    let resolution = |case: &mut Case, name: &str| {
        case.harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Resolution").click();
        case.settle();
        case.harness.get_by_role_and_label(egui::accesskit::Role::MenuItem, name).click_accesskit();
        case.settle();
    };
    resolution(&mut case, "10 · more, smaller");
    assert!(count(&case) > usual && case.has_part("at resolution 10"), "{:?}", case.texts());
    case.shot("resolution");
    case.click("Colour by it");
    let fine = Measuring { resolution: Some(1_000), ..Measuring::of(Measure::Community) };
    let says = Says::ColourBy(By::Measure(fine));
    assert_eq!(case.app().model().work.board.rules(), [Rule { of: Of::Objects(None), when: None, says }]);
    case.click("Look");
    assert!(case.has_part("Communities at resolution 10"), "{:?}", case.texts());
}

#[test]
fn single_points_and_links_without_another_way_are_listed() {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    expand(&mut case, company, "directs", Direction::Backward);
    case.click("Measures");
    choose(&mut case, "Single points");
    assert!(case.has("Links without another way"), "{:?}", case.texts());
    assert!(case.has("Jonas Eide — Nordfjord Shipping AS") && case.has("Marit Solberg — Nordfjord Shipping AS"));
    case.click("Jonas Eide — Nordfjord Shipping AS");
    assert!(case.app().model().work.board.link.is_some());
}

#[test]
fn a_measure_colours_the_graph_until_it_is_switched_off_or_taken_back() {
    let mut case = accounts();
    case.click("Measures");
    case.click("Colour by it");
    let rule =
        |measure| Rule { of: Of::Objects(None), when: None, says: Says::ColourBy(By::Measure(Measuring::of(measure))) };
    assert_eq!(case.app().model().work.board.rules(), [rule(Measure::Links)]);
    assert!(case.has("Legend"), "a legend says what the colours mean");
    choose(&mut case, "Communities");
    case.click("Colour by it");
    assert_eq!(case.app().model().work.board.rules(), [rule(Measure::Community)], "one takes the place of the other");
    case.shot("coloured-by-community");
    case.click("Colour by it");
    assert_eq!(case.app().model().work.board.rules(), []);
    case.run(Command::Undo);
    case.run(Command::Undo);
    assert_eq!(case.app().model().work.board.rules(), [rule(Measure::Links)]);
}

#[test]
fn links_that_count_in_one_direction_only_give_other_numbers() {
    let mut case = accounts();
    case.click("Measures");
    choose(&mut case, "PageRank");
    let value = |case: &Case, of: Measuring| {
        let work = &case.app().model().work;
        let id = work.board.shown(&object("account", "1503.61.00417")).unwrap();
        work.measures.found(&of).unwrap().of(id).unwrap()
    };
    let both = Measuring::of(Measure::PageRank);
    case.click("Follow the directions of links");
    let directed = Measuring { directed: true, ..both };
    assert_ne!(value(&case, both), value(&case, directed));
    case.click("Count every row behind a link");
    assert_ne!(value(&case, directed), value(&case, Measuring { by_rows: true, ..directed }));
}

#[test]
fn communities_are_made_groups_by_their_names_in_one_step() {
    let mut case = accounts();
    case.click("Measures");
    choose(&mut case, "Communities");
    let found = case.app().model().work.measures.found(&Measuring::of(Measure::Community)).unwrap();
    let first = found.all().filter(|(_, group)| *group == 0.0).count();
    let steps = case.app().model().work.board.history.position().0;
    case.click("Group by it");
    let board = &case.app().model().work.board;
    assert_eq!(board.history.position().0, steps + 1);
    let (_, group) = board.graph.groups().find(|(_, group)| group.name == "Community 1").expect("a group");
    assert_eq!(group.members.len(), first);
    case.shot("grouped-by-community");
}
