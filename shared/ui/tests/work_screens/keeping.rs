//! What was kept of an investigation is never lost: not by a source that is down, nor by a graph that is too large.

use egui::vec2;
use model::query::Direction;
use model::style::{Of, Rule, Says};
use proptest::collection::vec;
use proptest::num::f32::ANY;
use proptest::prelude::*;
use serde_json::{Value, json};
use ui::app::{Command as AppCommand, ConfigPage, Route, View};
use ui::look::Theme;
use ui::work::{Command, Expand, ObjectRef};
use wire::project::{Missing, Work, WorkGroup, WorkLink, WorkNote, WorkNoteKind, WorkObject};
use wire::{Code, Fault};

use crate::work_case::{Bank, Case, Refuses};

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: kind.to_owned().try_into().unwrap(), key: vec![key.to_owned()] }
}

fn kept_object(kind: &str, key: &str) -> WorkObject {
    let ObjectRef { object_type, key } = object(kind, key);
    WorkObject { object_type, key, x: 10.0, y: 20.0, pinned: true, hidden: false }
}

fn kept_link(link: &str, from: u32, to: u32) -> WorkLink {
    WorkLink { link: link.to_owned().try_into().unwrap(), from, to }
}

/// A company with its two directors.
fn kept() -> Work {
    Work {
        searches: vec!["nordfjord".to_owned()],
        objects: [("company", "918224553"), ("person", "p-1002"), ("person", "p-1003")]
            .map(|(kind, key)| kept_object(kind, key))
            .to_vec(),
        links: vec![kept_link("directs", 1, 0), kept_link("directs", 2, 0)],
        ..Work::default()
    }
}

/// The list of projects, with this kept for the bank and these requests refused.
fn before(kept: Work, refuses: Option<Refuses>) -> Case {
    let case = Case::new(Bank { kept, ..Bank::default() }, "/", vec2(1280.0, 720.0), Theme::Dark);
    case.server.borrow_mut().refuses = refuses;
    case
}

fn down(name: &'static str) -> Option<Refuses> {
    let fault = || Fault::new(Code::SourceFailed, "The source did not answer.", "Tell whoever runs it.");
    Some(Box::new(move |asked: &str, _: &Value| (asked == name).then(fault)))
}

fn add(case: &mut Case) {
    case.run(Command::Put(vec![object("person", "p-1004")]));
    case.harness.run_steps(40);
}

#[test]
fn whatever_cannot_be_read_of_what_was_kept_is_said_and_not_written_over() {
    for (call, missing) in [
        ("read_work", "Your investigation could not be read."),
        ("run_query", "Your investigation has 3 objects and 2 links"),
        ("expand", "Your investigation has 3 objects and 2 links"),
    ] {
        let mut case = before(kept(), down(call));
        case.click("Harbour Bank");
        assert!(case.has_part(missing), "{call}: {:?}", case.texts());
        assert!(case.has("The source did not answer.") && case.has("not put together again"), "{call}");
        add(&mut case);
        assert!(case.requests("keep_work").is_empty(), "{call}: nothing is kept over it");

        case.server.borrow_mut().refuses = None;
        case.click("Try again");
        let (objects, links) = case.on_graph();
        assert!(objects >= 3 && links == 2, "{call}: {:?}", case.texts());
        assert!(!case.has_part("could not be"), "{call}");
    }
}

#[test]
fn beginning_anew_gives_up_what_was_kept() {
    let mut case = before(kept(), down("run_query"));
    case.click("Harbour Bank");
    case.click("Begin anew");
    case.harness.run_steps(40);
    assert_eq!(case.requests("keep_work")[0]["work"]["objects"], json!([]));
    assert_eq!(case.on_graph(), (0, 0));
}

#[test]
fn an_object_that_its_source_no_longer_has_stays_by_its_key() {
    let mut work = kept();
    work.objects.push(kept_object("person", "p-9999"));
    work.links.push(kept_link("directs", 3, 0));
    let mut case = before(work, None);
    case.click("Harbour Bank");
    assert_eq!(case.on_graph(), (4, 2));
    assert!(case.has("1 object is no longer in its source."), "{:?}", case.texts());
    assert!(case.has("1 link is no longer in its source."));
    add(&mut case);
    let kept = case.requests("keep_work").pop().unwrap();
    assert!(kept["work"]["objects"].to_string().contains("p-9999"));
}

fn note(from: [f32; 2], text: &str) -> WorkNote {
    WorkNote { kind: WorkNoteKind::Arrow, from, to: [40.0, 40.0], text: text.to_owned(), colour: 1 }
}

fn rule(icon: &str) -> Rule {
    Rule { of: Of::Objects(None), when: None, says: Says::Icon(icon.to_owned()) }
}

fn group(name: &str, objects: Vec<u32>) -> WorkGroup {
    WorkGroup { name: name.to_owned(), open: true, objects }
}

#[test]
fn what_no_graph_takes_is_left_out_and_said_and_all_else_comes_back() {
    let mut work = kept();
    work.objects[0].x = f32::NAN;
    work.objects[1].y = f32::INFINITY;
    work.links.push(kept_link("directs", 9, 0));
    work.notes = vec![note([f32::NAN, 0.0], "lost"), note([5.0, 6.0], "see page 3"), note([0.0, -1e38], "far")];
    work.rules = vec![rule("star"), rule(&"x".repeat(501))];
    work.groups = vec![group("nobody", vec![77]), group("directors", vec![1, 2, 78])];
    work.missing = Missing { expansions: 2, notes: 1, ..Missing::default() };
    let mut case = before(work, None);
    case.click("Harbour Bank");
    assert_eq!(case.on_graph(), (3, 2), "{:?}", case.texts());
    let because = |what: &str, of: &str| format!("{what}, because what was kept of {of} cannot be read.");
    for said in [
        because("1 link could not be put back", "it"),
        because("1 rule of the look could not be put back", "it"),
        because("3 notes could not be put back", "them"),
        because("1 group could not be put back", "it"),
        because("2 expansions can no longer be taken back", "them"),
    ] {
        assert!(case.has(&said), "{said}: {:?}", case.texts());
    }
    add(&mut case);
    let kept: Work = serde_json::from_value(case.requests("keep_work").pop().unwrap()["work"].clone()).unwrap();
    assert_eq!(kept.notes, [note([5.0, 6.0], "see page 3")]);
    assert_eq!(kept.rules, [rule("star")]);
    let groups: Vec<&str> = kept.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["directors"]);
    assert!(kept.objects.iter().all(|object| object.x.is_finite() && object.y.is_finite()), "both were laid out");
    assert_eq!((kept.objects[2].x, kept.objects[2].y), (10.0, 20.0), "where it lay");
    assert!(kept.missing.is_nothing());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn numbers_of_a_kept_investigation_that_make_no_sense_lose_nothing_that_does(
        places in vec((ANY, ANY), 3),
        links in vec((any::<u32>(), 0_u32..4), 0..4),
        members in vec(vec(0_u32..6, 0..5), 0..4),
        notes in vec((ANY, ANY), 0..4),
    ) {
        let mut work = kept();
        for (object, (x, y)) in work.objects.iter_mut().zip(places) {
            (object.x, object.y) = (x, y);
        }
        work.links.extend(links.into_iter().map(|(from, to)| kept_link("directs", from.saturating_add(3), to)));
        work.groups = members.into_iter().map(|members| group("some", members)).collect();
        work.notes = notes.into_iter().map(|(x, y)| note([x, y], "somewhere")).collect();
        work.notes.push(note([1.0, 2.0], "fine"));
        let mut case = before(work, None);
        case.click("Harbour Bank");
        prop_assert_eq!(case.on_graph(), (3, 2));
        add(&mut case);
        let kept: Work = serde_json::from_value(case.requests("keep_work").pop().unwrap()["work"].clone()).unwrap();
        prop_assert!(kept.notes.contains(&note([1.0, 2.0], "fine")));
        prop_assert!(kept.objects.iter().all(|object| object.x.is_finite() && object.y.is_finite()));
    }
}

#[test]
fn what_this_person_does_not_see_now_stays_kept() {
    let mut work = kept();
    work.objects.push(kept_object("vessel", "9074729"));
    work.links.push(kept_link("sails", 3, 0));
    let mut case = before(work, None);
    case.click("Harbour Bank");
    assert_eq!(case.on_graph(), (3, 2));
    add(&mut case);
    let kept: Work = serde_json::from_value(case.requests("keep_work").pop().unwrap()["work"].clone()).unwrap();
    let link = kept.links.iter().find(|link| link.link.as_str() == "sails").expect("the link stays kept");
    let ends = [link.from, link.to].map(|end| kept.objects[end as usize].key[0].clone());
    assert_eq!(ends, ["9074729", "918224553"]);
}

#[test]
fn more_links_than_one_answer_brings_come_back() {
    let mut bank = Bank::default();
    let row = |cells: [(&str, String); 2]| cells.map(|(name, text)| (name.to_owned(), text)).into_iter().collect();
    let mut work = Work { objects: vec![kept_object("company", "918224553")], ..Work::default() };
    for number in 0..1_500_u32 {
        let key = format!("q-{number}");
        work.objects.push(kept_object("person", &key));
        work.links.push(kept_link("owns", number + 1, 0));
        bank.rows.get_mut("person").unwrap().push(row([("id", key.clone()), ("name", key.clone())]));
        bank.links.get_mut("owns").unwrap().push(row([("from", key), ("to", "918224553".to_owned())]));
    }
    bank.kept = work;
    let case = Case::new(bank, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    assert_eq!(case.on_graph(), (1_501, 1_500));
    assert!(!case.has_part("no longer"));
}

#[test]
fn what_is_hidden_stays_hidden_after_a_reload_and_can_be_shown_again() {
    let mut case = before(kept(), None);
    case.click("Harbour Bank");
    let company = case.app().model().work.board.shown(&object("company", "918224553")).unwrap();
    case.run(Command::Isolate([company].into()));
    case.harness.run_steps(40);
    assert_eq!(case.on_graph(), (1, 0));
    let kept = serde_json::from_value(case.requests("keep_work").pop().unwrap()["work"].clone()).unwrap();

    let mut case = before(kept, None);
    case.click("Harbour Bank");
    assert_eq!(case.on_graph(), (1, 0), "{:?}", case.texts());
    case.click("Show hidden");
    assert_eq!(case.on_graph(), (3, 2), "with its links");
}

#[test]
fn a_graph_that_is_too_large_says_once_that_it_is_not_kept() {
    let mut case = Case::open();
    let refuses = |name: &str, _: &Value| {
        (name == "keep_work").then(|| Fault::new(Code::TooLarge, "The request is too large.", "Send less."))
    };
    case.server.borrow_mut().refuses = Some(Box::new(refuses));
    add(&mut case);
    case.harness.run_steps(80);
    assert_eq!(case.requests("keep_work").len(), 1, "it waits for the next change");
    assert!(case.has("not kept"), "{:?}", case.texts());

    case.server.borrow_mut().refuses = None;
    case.run(Command::Put(vec![object("person", "p-1001")]));
    case.harness.run_steps(40);
    assert_eq!(case.requests("keep_work").len(), 2);
    assert!(!case.has("not kept"));
}

#[test]
fn what_was_done_in_the_last_seconds_is_kept_when_the_project_is_left() {
    let mut case = Case::open();
    case.harness.state_mut().as_mut().unwrap().run(AppCommand::Work(Command::Put(vec![object("person", "p-1001")])));
    case.harness.step();
    case.harness.step();
    case.harness.state_mut().as_mut().unwrap().run(AppCommand::Go(Route::Projects));
    let kept = case.requests("keep_work").pop().expect("kept at once");
    assert_eq!(kept["work"]["objects"][0]["key"], json!(["p-1001"]));
}

#[test]
fn going_to_the_configuration_and_back_loses_nothing() {
    let config =
        || AppCommand::Go(Route::Config { project: "bank".to_owned().try_into().unwrap(), page: ConfigPage::Sources });
    let back = || AppCommand::Go(Route::Work { project: "bank".to_owned().try_into().unwrap(), view: View::Graph });
    // While the investigation is put together again.
    let mut case = before(kept(), None);
    case.server.borrow_mut().holds = Some("run_query");
    case.click("Harbour Bank");
    case.tell(config());
    case.server.borrow_mut().holds = None;
    case.tell(back());
    assert_eq!(case.on_graph(), (3, 2), "{:?}", case.texts());

    // While an object, its counts and its links are on their way.
    for held in ["run_query", "count_links"] {
        let mut case = Case::open();
        case.server.borrow_mut().holds = Some(held);
        case.run(Command::OpenObject(object("company", "918224553")));
        let directs = "directs".to_owned().try_into().unwrap();
        case.run(Command::ToggleSection(directs, Direction::Backward));
        case.tell(config());
        case.server.borrow_mut().holds = None;
        case.tell(back());
        assert!(case.has("Nordfjord Shipping AS") && case.has("14 Mar 2019"), "{held}: {:?}", case.texts());
        let counts = case.app().model().work.counts_of(&[object("company", "918224553")]).unwrap();
        assert!(!counts.is_running && counts.faults.is_empty() && !counts.links.is_empty(), "{held}: {counts:?}");
        assert!(!case.has_part("Loading") && !case.has_part("counting"), "{held}: {:?}", case.texts());
    }
    // While something is expanded: it says that it was stopped, and nothing waits for it.
    let mut case = before(kept(), None);
    case.click("Harbour Bank");
    case.server.borrow_mut().holds = Some("expand");
    case.run(Command::Expand(Expand {
        objects: vec![object("company", "918224553")],
        link: "owns".to_owned().try_into().unwrap(),
        direction: Direction::Backward,
        order: wire::data::ExpandOrder::Count,
        limit: 25,
    }));
    case.tell(config());
    assert!(case.app().model().work.going.is_empty());
}

#[test]
fn a_project_that_changed_shows_the_open_object_anew() {
    let mut case = Case::open();
    case.run(Command::OpenObject(object("company", "918224553")));
    let asked = case.requests("run_query").len();
    case.tell(AppCommand::AskAgain);
    assert!(case.requests("run_query").len() > asked);
    assert!(case.has("14 Mar 2019") && !case.has_part("Loading"), "{:?}", case.texts());
}

#[test]
fn after_signing_in_again_everything_that_was_refused_is_asked_for() {
    let mut case = Case::open();
    case.server.borrow_mut().is_signed_out = true;
    case.run(Command::OpenObject(object("company", "918224553")));
    let people = "person".to_owned().try_into().unwrap();
    case.run(Command::OpenTable(ui::work::About::Objects(people), ui::work::Wishes::default()));
    case.run(Command::Search("ingrid".to_owned()));
    case.run(Command::ToggleSection("directs".to_owned().try_into().unwrap(), Direction::Backward));
    case.server.borrow_mut().is_signed_out = false;
    case.click("I have signed in");
    assert!(case.has("14 Mar 2019"), "the object: {:?}", case.texts());
    assert!(case.has("Showing 7 of 7 · exact"), "the table");
    let work = &case.app().model().work;
    assert_eq!(work.search.hits(), 3, "the search");
    assert!(work.details.sections[0].fault.is_none() && work.details.sections[0].rows.len() == 2, "its links");
    assert!(work.counts.iter().all(|counts| counts.faults.is_empty()), "its counts");
}

#[test]
fn after_signing_in_again_what_shows_nowhere_meanwhile_is_done_too() {
    let mut case = Case::open();
    case.run(Command::Put(vec![object("company", "918224553")]));
    let companies = "company".to_owned().try_into().unwrap();
    case.run(Command::OpenTable(ui::work::About::Objects(companies), ui::work::Wishes::default()));
    let table = case.app().model().work.tables.tab().unwrap().id;
    let expand = |objects: Vec<ObjectRef>| {
        let link = "directs".to_owned().try_into().unwrap();
        let order = wire::data::ExpandOrder::Count;
        Command::Expand(Expand { objects, link, direction: Direction::Backward, order, limit: 25 })
    };
    case.server.borrow_mut().is_signed_out = true;
    case.run(Command::Put(vec![object("person", "p-1004")]));
    case.run(expand(vec![object("company", "918224553")]));
    case.run(Command::ExportTable(table));
    case.run(Command::AnnouncePicture);
    assert!(case.has_part("Your session has ended.") && !case.has_part("Nobody is signed in"), "{:?}", case.texts());
    assert_eq!((case.on_graph(), case.saved.borrow().len()), ((1, 0), 0));
    // What was stopped meanwhile is not asked for again.
    let stopped = case.app().model().work.going.last().unwrap().number;
    let waiting = case.app().model().refused.len();
    case.run(expand(vec![object("company", "918224553")]));
    let expanding = case.app().model().work.going.last().unwrap().number;
    assert!(expanding > stopped && case.app().model().refused.len() > waiting);
    case.run(Command::StopGoing(expanding));
    let asked = case.requests("expand").len();

    case.server.borrow_mut().is_signed_out = false;
    case.click("I have signed in");
    case.settle();
    let (objects, links) = case.on_graph();
    assert!(objects >= 4 && links >= 2, "put and expanded: {objects}, {links}");
    let saved: Vec<String> = case.saved.borrow().iter().map(|(name, _)| name.clone()).collect();
    assert!(saved.contains(&"bank.csv".to_owned()) && saved.contains(&"bank-graph.png".to_owned()), "{saved:?}");
    let expansions = case.requests("expand");
    let first = expansions[asked..].iter().filter(|ask| ask["only"].as_array().is_none_or(Vec::is_empty));
    assert_eq!(first.count(), 1, "the one that was not stopped");
    assert!(case.app().model().refused.is_empty() && case.app().model().work.going.is_empty());
}

#[test]
fn how_the_graph_looks_and_what_is_written_onto_it_is_kept_and_put_back() {
    use model::style::{Of, Rule, Says};
    use wire::project::{WorkNote, WorkNoteKind};

    let rule =
        |colour| Rule { of: Of::Objects(Some("person".to_owned().try_into().unwrap())), when: None, says: colour };
    let note = WorkNote {
        kind: WorkNoteKind::Frame,
        from: [0.0, 0.0],
        to: [200.0, 100.0],
        text: "The board".to_owned(),
        colour: 2,
    };
    let work = Work { rules: vec![rule(Says::Colour(4))], notes: vec![note.clone()], ..kept() };
    let mut case = before(work, None);
    case.click("Harbour Bank");
    assert_eq!(case.app().model().work.board.rules(), [rule(Says::Colour(4))]);
    case.run(Command::Style(vec![rule(Says::Colour(1)), rule(Says::Size(2))]));
    case.harness.run_steps(40);
    let kept: Work = serde_json::from_value(case.requests("keep_work").pop().unwrap()["work"].clone()).unwrap();
    assert_eq!(kept.rules, [rule(Says::Colour(1)), rule(Says::Size(2))]);
    assert_eq!(kept.notes, [note]);
    case.run(Command::Undo);
    assert_eq!(
        case.app().model().work.board.rules(),
        [rule(Says::Colour(4))],
        "what was kept is what there was before"
    );
}
