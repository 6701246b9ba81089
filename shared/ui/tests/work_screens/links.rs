//! A selected link, the ways to it, and the shortest way between two objects.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use model::query::Direction;
use ui::work::{Command, Expand, ObjectRef};

use crate::work_case::{Bank, Case, id};

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
    let near = |pixel: &[u8]| pixel.iter().zip(accent).take(3).all(|(a, b)| a.abs_diff(b) < 45);
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
fn the_way_is_marked_on_the_graph_and_each_of_its_steps_opens() {
    let mut case = company_with_directors();
    let company = object("company", "918224553");
    let directors = [object("person", "p-1002"), object("person", "p-1003")];
    select(&mut case, &[company.clone(), directors[0].clone(), directors[1].clone()]);
    let objects_only = accented(&mut case);
    select(&mut case, &directors);
    case.click("Shortest way");
    let with_links = accented(&mut case);
    assert!(with_links > objects_only + 25, "the links, too: {objects_only} became {with_links}");
    let sentence = "Jonas Eide – director of → Nordfjord Shipping AS ← directed by – Marit Solberg";
    assert!(case.has("Way of 2 links") && case.has(sentence), "{:?}", case.texts());
    // The first is the step of the way; the link types among the selection stand below.
    case.harness.get_all_by_label("director of").next().unwrap().click();
    case.settle();
    assert!(case.app().model().work.board.link.is_some() && case.has("Show the rows"), "a link of the way");
    assert!(accented(&mut case) > 60, "the way stays marked while one looks at a step of it");
    case.click("Way of 2 links");
    assert!(case.has(sentence));
    case.click("Nordfjord Shipping AS");
    assert!(case.has("Organisation number"), "an object of the way");
    case.click("Way of 2 links");
    select(&mut case, &[company, directors[0].clone()]);
    assert!(case.app().model().work.board.way().is_some(), "part of the way");
    case.run(Command::Select(Vec::new()));
    select(&mut case, &directors);
    assert!(case.app().model().work.board.way().is_none() && !case.has(sentence), "it was left");
}

#[test]
fn no_way_and_too_few_objects_are_said() {
    let mut case = company_with_directors();
    case.run(Command::Put(vec![object("account", "5520.48.11906")]));
    select(&mut case, &[object("company", "918224553"), object("account", "5520.48.11906")]);
    case.click("Shortest way");
    assert!(case.has_part("There is no way between them"));
    select(&mut case, &[object("company", "918224553")]);
    case.run(Command::FindWays(ui::work::Wanted::new(ui::work::Ways::Shortest, false)));
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

/// A bank whose first account was paid in two currencies.
fn two_currencies() -> Bank {
    let mut bank = Bank::default();
    let transfer = bank.project.link_types.values_mut().find(|link| link.id.as_str() == "transfer").unwrap();
    transfer.currency = Some(id("currency"));
    transfer.properties.iter_mut().for_each(|property| property.unit = None);
    let row = |amount: &str, currency: &str| {
        let cells = [("from", "8101.33.70052"), ("to", "1503.61.00417"), ("booked", "2024-01-02T08:00:00")];
        let cells = cells.into_iter().chain([("amount", amount), ("currency", currency), ("text", "")]);
        cells.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    };
    let rows = bank.links.get_mut("transfer").unwrap();
    rows.extend([row("1000.00", "EUR"), row("200.00", "EUR"), row("300.00", "USD")]);
    bank
}

#[test]
fn amounts_in_several_currencies_are_summed_for_each() {
    let mut case = Case::new(two_currencies(), "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, &account, "transfer", Direction::Backward);
    let asked = case.requests("run_query").into_iter().filter(|ask| ask["query"]["answer"]["groups"].is_object());
    assert_eq!(asked.count(), 1, "once per expansion");
    let link = {
        let board = &case.app().model().work.board;
        let payer = board.shown(&object("account", "8101.33.70052")).unwrap();
        board.graph.links_at(payer).next().unwrap()
    };
    case.run(Command::SelectLink(link));
    assert!(case.has("EUR 1,200.00 + USD 300.00"), "the link: {:?}", case.texts());
    select(&mut case, &[account.clone(), object("account", "8101.33.70052")]);
    assert!(case.has("2 selected · EUR 1,200.00 + USD 300.00"), "the selection: {:?}", case.texts());
    case.shot("currencies");
}

#[test]
fn what_is_not_known_of_currencies_is_said_and_no_wrong_sum_shown() {
    let mut case = Case::new(two_currencies(), "/p/bank", egui::vec2(1280.0, 720.0), ui::look::Theme::Dark);
    case.server.borrow_mut().refuses = Some(Box::new(|_, body| {
        let is_sum = body["query"]["answer"]["groups"].is_object();
        is_sum.then(|| wire::Fault::new(wire::Code::SourceFailed, "It took too long.", ""))
    }));
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, &account, "transfer", Direction::Backward);
    case.press(Modifiers::NONE, Key::A);
    assert!(case.has_part("currencies may differ"), "{:?}", case.texts());
}
