//! The graph through its steps: what is added, merged, removed, hidden, and taken back.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

use graph::{
    Amount, Bundle, Fault, Graph, Group, GroupId, History, LONGEST_NOTE, MOST_NOTES, NewLink, NewNode, NodeId, NodeKey,
    Note, NoteId, NoteKind, Place, Step,
};
use proptest::prelude::*;

fn key(name: &str) -> NodeKey {
    NodeKey { object_type: "account".into(), key: vec![name.into()] }
}

fn node(name: &str) -> NewNode {
    NewNode { key: key(name), label: format!("Account {name}"), sub_label: String::new() }
}

fn link(from: &str, to: &str, count: u64, sum: &str) -> NewLink {
    NewLink {
        link_type: "transfer".into(),
        from: key(from),
        to: key(to),
        directed: true,
        label: String::new(),
        count,
        sum: Amount::parse(sum),
        first_micros: Some(count as i64 * 10),
        last_micros: Some(count as i64 * 100),
    }
}

fn undirected(from: &str, to: &str) -> NewLink {
    NewLink { link_type: "shares address".into(), directed: false, ..link(from, to, 1, "") }
}

fn add(names: &[&str], links: Vec<NewLink>) -> Step {
    Step::Add { nodes: names.iter().map(|name| node(name)).collect(), links }
}

fn graph(names: &[&str], links: Vec<NewLink>) -> Graph {
    let mut graph = Graph::default();
    add(names, links).apply(&mut graph).expect("a graph");
    graph
}

fn id(graph: &Graph, name: &str) -> NodeId {
    graph.find(&key(name)).expect("a node")
}

fn names(graph: &Graph, ids: &[NodeId]) -> String {
    ids.iter().map(|&id| graph.node(id).expect("a node").key.key.concat()).collect()
}

/// Everything that can be seen of a graph, for comparing.
fn seen(graph: &Graph) -> String {
    let nodes: Vec<_> = graph.nodes().map(|(id, node)| (id, node.clone(), graph.flags(id), graph.place(id))).collect();
    let links: Vec<_> = graph.links().collect();
    let groups: Vec<_> = graph.groups().collect();
    let of: Vec<_> = nodes.iter().map(|(id, ..)| (graph.group_of(*id), graph.item_of(*id))).collect();
    format!("{nodes:?} {links:?} {:?} {groups:?} {of:?}", graph.bundles())
}

#[test]
fn rows_of_one_link_add_up_within_a_step_and_are_replaced_by_the_next() {
    let mut graph =
        graph(&["a", "b"], vec![link("a", "b", 2, "0.10"), link("a", "b", 3, "0.2"), link("b", "a", 1, "5")]);
    let shown: Vec<_> = graph.links().map(|(_, link)| (link.count, link.sum.unwrap().to_string())).collect();
    assert_eq!(shown, [(5, "0.30".to_owned()), (1, "5".to_owned())]);
    let (_, first) = graph.links().next().unwrap();
    assert_eq!((first.first_micros, first.last_micros), (Some(20), Some(300)));

    add(&[], vec![link("a", "b", 2, "0.10")]).apply(&mut graph).unwrap();
    let (_, first) = graph.links().next().unwrap();
    assert_eq!((first.count, first.sum.unwrap().to_string()), (2, "0.10".to_owned()));
}

#[test]
fn a_link_without_direction_is_the_same_both_ways() {
    let graph = graph(&["a", "b"], vec![undirected("b", "a"), undirected("a", "b")]);
    assert_eq!(graph.links().count(), 1);
    let bundles = graph.bundles();
    assert!(!bundles[0].points_to_a && !bundles[0].points_to_b);
}

#[test]
fn parallel_links_are_one_line_with_parts_by_type() {
    let links = vec![link("a", "b", 2, "1.5"), link("b", "a", 3, ""), undirected("a", "b"), link("b", "c", 1, "1")];
    let graph = graph(&["a", "b", "c"], links);
    let bundles = graph.bundles();
    assert_eq!(bundles.len(), 2);
    let Bundle { points_to_a, points_to_b, count, parts, .. } = &bundles[0];
    assert!(*points_to_a && *points_to_b);
    assert_eq!((*count, parts.len(), parts[0].links.len()), (6, 2, 2));
    assert_eq!((parts[0].sum.unwrap().to_string(), parts[0].unsummed), ("1.5".to_owned(), 3));
    assert_eq!(graph.bundle(id(&graph, "b"), id(&graph, "a")).as_ref(), bundles.first());
    assert_eq!(graph.bundle(id(&graph, "a"), id(&graph, "c")), None);
}

#[test]
fn a_link_to_an_unknown_object_changes_nothing() {
    let mut graph = graph(&["a"], vec![]);
    let before = seen(&graph);
    let fault = add(&["b"], vec![link("b", "nobody", 1, "1")]).apply(&mut graph).unwrap_err();
    assert!(matches!(fault, Fault::UnknownEnd { .. }), "{fault}");
    assert_eq!(seen(&graph), before);
}

#[test]
fn undo_and_redo_walk_through_every_step_with_places() {
    let mut graph = Graph::default();
    let mut history = History::default();
    let mut run = |graph: &mut Graph, title: &str, step: Step| history.run(graph, title, step).unwrap();
    let mut states = vec![seen(&graph)];
    run(&mut graph, "search", add(&["a"], vec![]));
    graph.set_places([(NodeId(0), [5.0, 6.0])]);
    graph.set_placed(&[NodeId(0)]);
    states.push(seen(&graph));
    for (title, step) in [
        ("expand", add(&["b", "c"], vec![link("a", "b", 1, "1"), link("b", "c", 1, "2")])),
        ("move", Step::Move(vec![(NodeId(1), [9.0, 9.0])])),
        ("hide", Step::Hide(vec![NodeId(2)])),
        ("pin", Step::Pin(vec![NodeId(0)])),
        ("remove", Step::Remove { nodes: vec![NodeId(1)], links: vec![] }),
        ("put back", add(&["b"], vec![])),
        ("show", Step::Show(vec![NodeId(2)])),
        ("unpin", Step::Unpin(vec![NodeId(0)])),
    ] {
        run(&mut graph, title, step);
        states.push(seen(&graph));
    }
    assert_eq!((history.position(), history.undo_title()), ((9, 9), Some("unpin")));
    for state in states.iter().rev().skip(1) {
        history.undo(&mut graph).unwrap().expect("a step to undo");
        assert_eq!(&seen(&graph), state);
    }
    assert_eq!((history.undo(&mut graph), history.position()), (Ok(None), (0, 9)));
    for state in states.iter().skip(1) {
        history.redo(&mut graph).unwrap().expect("a step to redo");
        assert_eq!(&seen(&graph), state);
    }
}

#[test]
fn a_new_step_ends_redo_and_old_steps_are_forgotten() {
    let mut graph = Graph::default();
    let mut history = History::new(2);
    for name in ["a", "b", "c"] {
        history.run(&mut graph, name, add(&[name], vec![])).unwrap();
    }
    assert_eq!(history.position(), (3, 3));
    history.undo(&mut graph).unwrap();
    assert_eq!((history.position(), history.redo_title()), ((2, 3), Some("c")));
    history.run(&mut graph, "d", add(&["d"], vec![])).unwrap();
    assert_eq!((history.position(), history.redo_title()), ((3, 3), None));
    while history.undo(&mut graph).unwrap().is_some() {}
    assert_eq!(graph.nodes().count(), 1, "the first step was forgotten and stays");
}

#[test]
fn numbers_stay_the_same_when_an_object_comes_back() {
    let mut graph = graph(&["a", "b"], vec![link("a", "b", 1, "1")]);
    let b = id(&graph, "b");
    Step::Remove { nodes: vec![b], links: vec![] }.apply(&mut graph).unwrap();
    assert_eq!((graph.find(&key("b")), graph.links().count()), (None, 0));
    add(&["c", "b"], vec![]).apply(&mut graph).unwrap();
    assert_eq!(id(&graph, "b"), b);
}

#[test]
fn parts_neighbours_and_selection_sums_count_what_is_shown() {
    let links = vec![link("a", "b", 2, "1.05"), link("b", "a", 1, "2"), undirected("a", "c"), link("a", "a", 1, "9")];
    let graph = graph(&["x", "a", "b", "c"], links);
    let a = id(&graph, "a");
    let parts: Vec<String> = graph.components().iter().map(|part| names(&graph, part)).collect();
    assert_eq!(parts, ["abc", "x"]);
    assert_eq!(names(&graph, &graph.neighbours(a)), "bc");
    assert_eq!(graph.degree(a), 4);
    let pair = graph.links_within(&[a, id(&graph, "b")]);
    let totals = graph.sum_links(pair);
    let transfer = totals[&graph.link_type_id("transfer").unwrap()];
    assert_eq!((transfer.links, transfer.rows, transfer.sum.unwrap().to_string()), (3, 4, "12.05".to_owned()));
    assert_eq!(graph.count_types(&[a, a, NodeId(99)]).into_values().collect::<Vec<_>>(), [2]);
}

#[test]
fn a_sum_that_does_not_fit_says_so() {
    let most = "99999999999999999999999999999999999999";
    let graph = graph(&["a", "b"], vec![link("a", "b", 1, most), link("a", "b", 4, most)]);
    let (_, link) = graph.links().next().unwrap();
    assert_eq!((link.count, link.sum.unwrap().to_string(), link.unsummed), (5, most.to_owned(), 4));
}

#[test]
fn the_layout_sees_only_what_is_shown_and_one_pair_for_parallel_links() {
    let links = vec![link("a", "b", 1, "1"), link("b", "a", 1, "1"), link("b", "c", 1, "1"), link("c", "c", 1, "1")];
    let mut graph = graph(&["h", "a", "b", "c"], links);
    Step::Hide(vec![NodeId(0)]).apply(&mut graph).unwrap();
    Step::Pin(vec![NodeId(2)]).apply(&mut graph).unwrap();
    graph.set_placed(&[NodeId(1)]);
    let (items, places, pairs) = graph.layout_input(false, false);
    let ids: Vec<NodeId> = items.into_iter().flat_map(|item| graph.members(item)).collect();
    assert_eq!((names(&graph, &ids), pairs), ("abc".to_owned(), vec![[0, 1], [1, 2]]));
    assert_eq!(places.fixed, [true, true, false]);
    assert_eq!(graph.layout_input(true, false).1.fixed, [false, true, false]);
}

fn any_step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(vec!["a", "b", "c", "d", "e"]);
    let ids = || prop::collection::vec((0u32..6).prop_map(NodeId), 0..4);
    prop_oneof![
        (prop::collection::vec((name(), name()), 0..5)).prop_map(|ends| {
            let links: Vec<NewLink> = ends.iter().map(|(from, to)| link(from, to, 1, "0.1")).collect();
            let names: Vec<&str> = ends.iter().flat_map(|(from, to)| [*from, *to]).collect();
            add(&names, links)
        }),
        ids().prop_map(|nodes| Step::Remove { nodes, links: vec![graph::LinkId(0)] }),
        ids().prop_map(Step::Hide),
        ids().prop_map(Step::Show),
        ids().prop_map(Step::Pin),
        (ids(), any::<bool>()).prop_map(|(members, is_open)| {
            Step::Group(vec![Group { is_open, ..Group::closed("some".into(), members) }])
        }),
        (0u32..4).prop_map(|id| Step::Ungroup(vec![GroupId(id)])),
        (0u32..4).prop_map(|id| Step::OpenGroups(vec![GroupId(id)])),
        (0u32..4).prop_map(|id| Step::CloseGroups(vec![GroupId(id)])),
        (0u32..4).prop_map(|id| Step::NameGroup(GroupId(id), "other".into())),
        ids().prop_map(|ids| Step::Move(ids.into_iter().map(|id| (id, [id.0 as f32, 1.0])).collect())),
    ]
}

proptest! {
    #[test]
    fn any_steps_can_be_taken_back_and_done_again(steps in prop::collection::vec(any_step(), 1..12)) {
        let mut graph = Graph::default();
        let mut history = History::default();
        let mut states = vec![seen(&graph)];
        for step in steps {
            history.run(&mut graph, "step", step).unwrap();
            let drawn: Vec<NodeId> = graph.items().into_iter().flat_map(|item| graph.members(item)).collect();
            let shown: std::collections::BTreeSet<NodeId> = graph.shown().map(|(id, _)| id).collect();
            prop_assert_eq!(drawn.len(), shown.len(), "each shown node is drawn once, by itself or in its group");
            prop_assert_eq!(drawn.into_iter().collect::<std::collections::BTreeSet<_>>(), shown);
            states.push(seen(&graph));
        }
        for state in states.iter().rev().skip(1) {
            history.undo(&mut graph).unwrap();
            prop_assert_eq!(&seen(&graph), state);
        }
        for state in states.iter().skip(1) {
            history.redo(&mut graph).unwrap();
            prop_assert_eq!(&seen(&graph), state);
        }
    }
}

#[test]
fn what_the_last_step_added_is_known_and_what_it_only_changed_is_not_among_it() {
    let (mut graph, mut history) = (Graph::default(), History::default());
    assert!(history.added().is_empty());
    history.run(&mut graph, "first", add(&["a", "b"], vec![])).expect("added");
    history.run(&mut graph, "second", add(&["b", "c"], vec![link("b", "c", 1, "")])).expect("added");
    assert_eq!(names(&graph, &history.added()), "c");
    history.undo(&mut graph).expect("undone");
    assert_eq!(names(&graph, &history.added()), "ab", "the step before is the last one now");
    let pinned = vec![id(&graph, "a")];
    history.run(&mut graph, "third", Step::Pin(pinned)).expect("pinned");
    assert!(history.added().is_empty());
}

fn note(text: &str) -> Note {
    Note { kind: NoteKind::Arrow, from: [0.0, 0.0], to: [10.0, 5.0], text: text.into(), colour: 1 }
}

#[test]
fn notes_are_written_changed_and_taken_away_and_every_step_is_taken_back() {
    let mut graph = graph(&["a"], Vec::new());
    let mut history = History::default();
    let id = graph.new_note();
    let written = |graph: &Graph| graph.notes().map(|(id, note)| (id, note.clone())).collect::<Vec<_>>();
    history.run(&mut graph, "write", Step::Note(vec![(id, Some(note("see page 3")))])).expect("a step");
    history
        .run(&mut graph, "move", Step::Note(vec![(id, Some(note("see page 3").moved([5.0, 1.0])))]))
        .expect("a step");
    history.run(&mut graph, "take away", Step::Note(vec![(id, None)])).expect("a step");
    assert_eq!(written(&graph), []);
    history.undo(&mut graph).expect("undone");
    assert_eq!(written(&graph), [(id, Note { from: [5.0, 1.0], to: [15.0, 6.0], ..note("see page 3") })]);
    history.undo(&mut graph).expect("undone");
    history.undo(&mut graph).expect("undone");
    assert_eq!(written(&graph), []);
    for _ in 0..3 {
        history.redo(&mut graph).expect("done again");
    }
    assert_eq!(written(&graph), []);
    assert_eq!(graph.structure(), 1 + 6, "only what is put back counts as a change of structure");
}

#[test]
fn notes_without_a_place_too_long_or_too_many_change_nothing() {
    let mut graph = Graph::default();
    let nowhere = Note { to: [f32::NAN, 0.0], ..note("") };
    let far = Note { from: [0.0, 1e30], ..note("") };
    for bad in [nowhere, far, note(&"x".repeat(LONGEST_NOTE + 1))] {
        let two = vec![(NoteId(0), Some(note("good"))), (NoteId(1), Some(bad))];
        assert_eq!(Step::Note(two).apply(&mut graph), Err(Fault::TooManyNotes));
    }
    let many = |count: usize| (0..count as u32).map(|at| (NoteId(at), Some(note("n")))).collect();
    assert_eq!(Step::Note(many(MOST_NOTES + 1)).apply(&mut graph), Err(Fault::TooManyNotes));
    assert_eq!(graph.notes().count(), 0);
    Step::Note(many(MOST_NOTES)).apply(&mut graph).expect("as many as there may be");
    Step::Note(many(MOST_NOTES)).apply(&mut graph).expect("written over");
    assert_eq!(graph.new_note(), NoteId(MOST_NOTES as u32));
}

#[test]
fn notes_go_along_with_what_they_lie_at_when_everything_is_laid_out_anew() {
    let mut graph = graph(&["a", "b", "c", "far"], Vec::new());
    let ids: Vec<NodeId> = graph.nodes().map(|(id, _)| id).collect();
    let lay = |places: [Place; 4]| ids.iter().copied().zip(places).collect::<Vec<_>>();
    let before = [[0.0, 0.0], [100.0, 0.0], [200.0, 100.0], [5_000.0, 0.0]];
    Step::Move(lay(before)).apply(&mut graph).expect("moved");
    let note = |kind, from, to| Note { kind, from, to, ..note("n") };
    let notes = [
        note(NoteKind::Text, [10.0, 40.0], [10.0, 40.0]),
        note(NoteKind::Text, [-2_000.0, 0.0], [-2_000.0, 0.0]),
        note(NoteKind::Arrow, [95.0, -60.0], [100.0, -20.0]),
        note(NoteKind::Arrow, [-900.0, 0.0], [-20.0, 0.0]),
        note(NoteKind::Arrow, [20.0, 0.0], [4_980.0, 0.0]),
        note(NoteKind::Frame, [110.0, 30.0], [-20.0, -40.0]),
        note(NoteKind::Frame, [900.0, 0.0], [950.0, 60.0]),
    ];
    Step::Note((0..).map(NoteId).zip(notes.iter().cloned().map(Some)).collect()).apply(&mut graph).expect("written");
    let mut history = History::default();
    let after = [[0.0, 500.0], [300.0, 700.0], [200.0, 100.0], [6_000.0, 10.0]];
    history.run(&mut graph, "rows", Step::LayOut(lay(after))).expect("laid out");
    let now: Vec<(Place, Place)> = graph.notes().map(|(_, note)| (note.from, note.to)).collect();
    assert_eq!(now[0].0, [10.0, 540.0], "beside its object");
    assert_eq!(now[1].0, [-2_000.0, 0.0], "near none");
    assert_eq!(now[2], ([295.0, 640.0], [300.0, 680.0]), "both ends with the object that it points at");
    assert_eq!(now[3], ([-900.0, 500.0], [-20.0, 500.0]), "the end that is near none goes along with the other one");
    assert_eq!(now[4], ([20.0, 500.0], [5_980.0, 10.0]), "each end with its own");
    assert_eq!(now[5], ([310.0, 730.0], [-20.0, 460.0]), "around the same objects, with the same room");
    assert_eq!(now[6], ([900.0, 0.0], [950.0, 60.0]), "around nothing");
    history.undo(&mut graph).expect("undone");
    let back: Vec<Note> = graph.notes().map(|(_, note)| note.clone()).collect();
    assert_eq!(back, notes, "in the same step");
    assert_eq!(graph.place(ids[1]), before[1]);
}

#[test]
fn a_note_at_a_closed_group_goes_along_with_the_group() {
    let mut graph = graph(&["a", "b", "c"], Vec::new());
    let ids: Vec<NodeId> = graph.nodes().map(|(id, _)| id).collect();
    Step::Move(vec![(ids[0], [0.0, 0.0]), (ids[1], [1_000.0, 0.0]), (ids[2], [3_000.0, 0.0])])
        .apply(&mut graph)
        .expect("moved");
    Step::Group(vec![Group::closed("two".into(), ids[..2].to_vec())]).apply(&mut graph).expect("grouped");
    let item = graph.item_of(ids[0]);
    assert_eq!(graph.item_place(item), [500.0, 0.0]);
    let at_the_group = Note { from: [510.0, 50.0], to: [510.0, 50.0], ..note("both") };
    Step::Note(vec![(NoteId(0), Some(at_the_group))]).apply(&mut graph).expect("written");
    let moves = graph.moves([(item, [500.0, 800.0])]);
    Step::LayOut(moves).apply(&mut graph).expect("laid out");
    assert_eq!(graph.note(NoteId(0)).map(|note| note.from), Some([510.0, 850.0]));
}

#[test]
fn how_it_looks_is_a_step_too() {
    let mut graph = graph(&["a"], Vec::new());
    let mut history = History::default();
    let style = |text: &str| Step::Style(Some(text.into()));
    history.run(&mut graph, "colour", style("red")).expect("a step");
    history.run(&mut graph, "colour", style("blue")).expect("a step");
    assert_eq!(graph.style().map(|style| style.to_string()), Some("blue".to_owned()));
    history.undo(&mut graph).expect("undone");
    assert_eq!(graph.style().map(|style| style.to_string()), Some("red".to_owned()));
    history.undo(&mut graph).expect("undone");
    assert_eq!(graph.style(), None);
    history.redo(&mut graph).expect("done again");
    history.redo(&mut graph).expect("done again");
    assert_eq!(graph.style().map(|style| style.to_string()), Some("blue".to_owned()));
}
