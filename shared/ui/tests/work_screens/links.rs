//! A selected link, the ways to it, and the shortest way between two objects.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use model::query::Direction;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::Case;

fn object(object_type: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: object_type.to_owned().try_into().unwrap(), key: vec![key.to_owned()] }
}

fn expand(case: &mut Case, of: &ObjectRef, link: &str, direction: Direction) {
    case.run(Command::Expand(Expand {
        objects: vec![of.clone()],
        link: link.to_owned().try_into().unwrap(),
        direction,
        order: wire::data::ExpandOrder::Sum,
        limit: 25,
    }));
}

fn company_with_directors() -> Case {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    expand(&mut case, &company, "directs", Direction::Backward);
    case
}

fn select(case: &mut Case, objects: &[ObjectRef]) {
    let board = &case.app().model().work.board;
    let nodes = objects.iter().map(|object| board.shown(object).unwrap()).collect();
    case.run(Command::Select(nodes));
}

#[test]
fn links_are_reached_by_key_and_enter_opens_their_rows() {
    let mut case = company_with_directors();
    select(&mut case, &[object("company", "918224553")]);
    case.press(Modifiers::NONE, Key::L);
    let first = case.app().model().work.board.link.expect("a link is selected");
    assert!(case.has("director of") && case.has("Show the rows"), "the side tells of it");
    case.press(Modifiers::NONE, Key::L);
    let second = case.app().model().work.board.link.unwrap();
    assert_ne!(first, second);
    case.press(Modifiers::NONE, Key::Enter);
    let query = case.requests("run_query").pop().unwrap();
    assert!(query["query"]["from"]["links_of"].is_object(), "{query}");
}

#[test]
fn a_selected_link_is_drawn_in_the_accent() {
    let mut case = Case::open();
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, &account, "transfer", Direction::Forward);
    case.run(Command::Select(Vec::new()));
    let before = accented(&mut case);
    let link = case.app().model().work.board.graph.shown_links().next().unwrap().0;
    case.run(Command::SelectLink(link));
    let after = accented(&mut case);
    assert!(after > before + 60, "{before} points in the accent became {after}");
}

/// How many points of the graph's pane are in the accent.
fn accented(case: &mut Case) -> usize {
    let picture = case.camera.shoot(&case.harness.ctx, case.harness.output());
    let accent = ui::look::Look::of(&case.harness.ctx).colours.accent.to_array();
    let near = |pixel: &[u8]| pixel.iter().zip(accent).take(3).all(|(a, b)| a.abs_diff(b) < 12);
    let (width, height) = (picture.width, picture.height);
    let inside = |at: usize| (80..width - 420).contains(&(at % width)) && (120..height - 40).contains(&(at / width));
    picture.rgba.chunks(4).enumerate().filter(|(at, pixel)| inside(*at) && near(pixel)).count()
}

#[test]
fn the_shortest_way_is_selected_and_its_length_told() {
    let mut case = company_with_directors();
    let directors: Vec<ObjectRef> = {
        let board = &case.app().model().work.board;
        let people = board.graph.shown().filter_map(|(id, _)| board.object(id));
        people.filter(|object| object.object_type.as_str() == "person").collect()
    };
    assert_eq!(directors.len(), 2);
    select(&mut case, &directors);
    case.click("Shortest way");
    assert!(case.has("The shortest way has 2 links; it is selected."), "{:?}", case.texts());
    assert_eq!(case.app().model().work.board.selected.len(), 3, "the company between them, too");
    assert!(case.has("3 objects selected"));
}

#[test]
fn no_way_and_too_few_objects_are_said() {
    let mut case = company_with_directors();
    case.run(Command::Put(vec![object("account", "5520.48.11906")]));
    select(&mut case, &[object("company", "918224553"), object("account", "5520.48.11906")]);
    case.click("Shortest way");
    assert!(case.has_part("There is no way between them"));
    select(&mut case, &[object("company", "918224553")]);
    case.run(Command::ShortestPath);
    assert!(case.has("Select two objects to find the way between them."));
}

#[test]
fn undo_names_what_it_takes_back() {
    let mut case = company_with_directors();
    assert!(case.harness.query_by_label("Undo: Expand directed by").is_some(), "{:?}", case.texts());
    case.press(Modifiers::COMMAND, Key::Z);
    assert!(case.harness.query_by_label("Redo: Expand directed by").is_some());
    assert!(case.harness.query_by_label("Undo: Open Nordfjord Shipping AS").is_some());
}
