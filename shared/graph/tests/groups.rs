//! Groups, the lines between what is drawn, and what lies near.
#![expect(clippy::expect_used, reason = "what does not hold fails the test, as it should")]

use graph::{Amount, Graph, Group, GroupId, History, Item, NewLink, NewNode, NodeId, NodeKey, Parallel, Step};

fn key(name: &str) -> NodeKey {
    NodeKey { object_type: "account".into(), key: vec![name.into()] }
}

fn link(link_type: &str, from: &str, to: &str, sum: &str) -> NewLink {
    NewLink {
        link_type: link_type.into(),
        from: key(from),
        to: key(to),
        directed: link_type != "knows",
        label: String::new(),
        count: 2,
        sum: Amount::parse(sum),
        first_micros: None,
        last_micros: None,
    }
}

/// One letter for each node.
fn graph(names: &str, links: Vec<NewLink>) -> Graph {
    let mut graph = Graph::default();
    let node = |name: char| NewNode { key: key(&name.to_string()), label: name.to_string(), sub_label: String::new() };
    Step::Add { nodes: names.chars().map(node).collect(), links }.apply(&mut graph).expect("a graph");
    graph
}

fn ids(graph: &Graph, names: &str) -> Vec<NodeId> {
    names.chars().map(|name| graph.find(&key(&name.to_string())).expect("a node")).collect()
}

fn names(graph: &Graph, ids: &[NodeId]) -> String {
    ids.iter().map(|&id| graph.node(id).expect("a node").label.clone()).collect()
}

/// What is drawn, groups by their members in brackets.
fn drawn(graph: &Graph) -> String {
    let one = |item: Item| match item {
        Item::Node(_) => names(graph, &graph.members(item)),
        Item::Group(_) => format!("({})", names(graph, &graph.members(item))),
    };
    graph.items().into_iter().map(one).collect()
}

fn group(graph: &mut Graph, members: &str, is_open: bool) {
    let members = ids(graph, members);
    Step::Group(vec![Group { is_open, ..Group::closed("some".into(), members) }]).apply(graph).expect("a group");
}

fn apply(graph: &mut Graph, step: Step) {
    step.apply(graph).expect("a step");
}

#[test]
fn a_closed_group_is_drawn_as_one_and_an_open_one_is_not() {
    let mut graph = graph("abcde", vec![]);
    group(&mut graph, "bd", false);
    assert_eq!(drawn(&graph), "a(bd)ce");
    apply(&mut graph, Step::OpenGroups(vec![GroupId(0)]));
    assert_eq!(drawn(&graph), "abcde");
    apply(&mut graph, Step::CloseGroups(vec![GroupId(0)]));
    apply(&mut graph, Step::Ungroup(vec![GroupId(0)]));
    assert_eq!((drawn(&graph), graph.has_closed()), ("abcde".to_owned(), false));
}

#[test]
fn who_joins_another_group_leaves_the_first_and_an_empty_one_is_gone() {
    let mut graph = graph("abcd", vec![]);
    group(&mut graph, "abc", false);
    group(&mut graph, "cd", false);
    assert_eq!(drawn(&graph), "(ab)(cd)");
    group(&mut graph, "abd", false);
    assert_eq!((drawn(&graph), graph.groups().count()), ("(abd)(c)".to_owned(), 2));
    let removed = ids(&graph, "c");
    apply(&mut graph, Step::Remove { nodes: removed, links: vec![] });
    assert_eq!((drawn(&graph), graph.groups().count()), ("(abd)".to_owned(), 1));
    let hidden = ids(&graph, "b");
    apply(&mut graph, Step::Hide(hidden));
    assert_eq!(drawn(&graph), "(ad)", "who is hidden stays a member, and is not drawn");
}

#[test]
fn removing_a_member_and_taking_that_back_puts_it_into_its_group_again() {
    let (mut graph, mut history) = (graph("abc", vec![]), History::default());
    group(&mut graph, "ab", false);
    let removed = ids(&graph, "a");
    history.run(&mut graph, "remove", Step::Remove { nodes: removed, links: vec![] }).expect("removed");
    assert_eq!(drawn(&graph), "(b)c");
    history.undo(&mut graph).expect("undone");
    assert_eq!(drawn(&graph), "(ab)c");
}

#[test]
fn a_closed_group_lies_at_the_middle_of_its_members_and_they_move_with_it() {
    let mut graph = graph("abc", vec![]);
    let [a, b, c] = ids(&graph, "abc").try_into().expect("three");
    apply(&mut graph, Step::Move(vec![(a, [0.0, 0.0]), (b, [100.0, 40.0]), (c, [500.0, 0.0])]));
    group(&mut graph, "ab", false);
    let group = Item::Group(GroupId(0));
    assert_eq!(graph.item_place(group), [50.0, 20.0]);
    let moves = graph.moves([(group, [250.0, 20.0]), (Item::Node(c), [1.0, 2.0])]);
    assert_eq!(moves, [(a, [200.0, 0.0]), (b, [300.0, 40.0]), (c, [1.0, 2.0])]);
}

#[test]
fn a_closed_group_lies_beside_what_is_at_the_middle_of_its_members() {
    let mut graph = graph("abcd", vec![]);
    let [a, b, c, d] = ids(&graph, "abcd").try_into().expect("four");
    apply(&mut graph, Step::Move(vec![(a, [-100.0, 0.0]), (b, [100.0, 0.0]), (c, [0.0, 5.0]), (d, [60.0, 0.0])]));
    group(&mut graph, "ab", false);
    let closed = Item::Group(GroupId(0));
    let near = |graph: &Graph, other: NodeId| {
        let ([x, y], [far_x, far_y]) = (graph.item_place(closed), graph.place(other));
        (x - far_x).hypot(y - far_y)
    };
    assert!(near(&graph, c) >= 80.0 && near(&graph, d) >= 80.0, "{:?}", graph.item_place(closed));
    let [x, y] = graph.item_place(closed);
    assert_eq!(graph.moves([(closed, [x + 10.0, y])]), [(a, [-90.0, 0.0]), (b, [110.0, 0.0])]);
    apply(&mut graph, Step::OpenGroups(vec![GroupId(0)]));
    assert_eq!(graph.place(a), [-100.0, 0.0], "who is in it stays");
    apply(&mut graph, Step::Move(vec![(c, [900.0, 0.0]), (d, [990.0, 0.0])]));
    apply(&mut graph, Step::CloseGroups(vec![GroupId(0)]));
    assert_eq!(graph.item_place(closed), [0.0, 0.0], "nothing lies there any more");
}

#[test]
fn a_layout_places_a_closed_group_as_one() {
    let links = vec![link("paid", "a", "c", ""), link("paid", "b", "c", ""), link("paid", "a", "b", "")];
    let mut graph = graph("abc", links);
    let placed = ids(&graph, "a");
    graph.set_placed(&placed);
    group(&mut graph, "ab", false);
    let (items, places, pairs) = graph.layout_input(false, false);
    assert_eq!((items.len(), pairs), (2, vec![[0, 1]]));
    assert_eq!(places.fixed, [false, false], "not all of it has a place");
    let pinned = ids(&graph, "b");
    apply(&mut graph, Step::Pin(pinned));
    assert_eq!(graph.layout_input(true, false).1.fixed, [true, false]);
}

#[test]
fn links_into_a_closed_group_are_one_line_for_each_type_and_direction() {
    let links = vec![
        link("paid", "a", "c", "10"),
        link("paid", "b", "c", "5"),
        link("paid", "c", "a", "1"),
        link("owns", "a", "c", ""),
        link("paid", "a", "b", "7"),
        link("knows", "c", "b", ""),
    ];
    let mut graph = graph("abc", links);
    let told = |graph: &Graph, parallel| -> Vec<(usize, bool)> {
        graph.lines(parallel).iter().map(|line| (line.links.len(), line.directed)).collect()
    };
    assert_eq!(told(&graph, Parallel::Apart), [(1, true), (1, true), (1, true), (1, true), (1, true), (1, false)]);
    group(&mut graph, "ab", false);
    let lines = graph.lines(Parallel::Apart);
    assert_eq!(told(&graph, Parallel::Apart), [(2, true), (1, true), (1, true), (1, false)], "none within the group");
    let first = lines.get(0).expect("a line");
    assert_eq!(first.from, Item::Group(GroupId(0)));
    let total = *graph.sum_links(first.links.iter().copied()).values().next().expect("a total");
    assert_eq!((total.rows, total.sum), (4, Amount::parse("15")));
    let second = first.links.last().copied().expect("a link");
    assert_eq!(lines.line_of(second), Some(0));
    assert_eq!(told(&graph, Parallel::AsOne), [(5, false)], "they lead both ways, so the line has no arrow");
}

#[test]
fn links_between_two_are_one_line_where_that_is_chosen_and_loops_stay() {
    let links = vec![link("paid", "a", "b", "10"), link("owns", "a", "b", ""), link("paid", "b", "b", "1")];
    let graph = graph("ab", links);
    let lines = graph.lines(Parallel::AsOne);
    let told: Vec<(usize, bool)> = lines.iter().map(|line| (line.links.len(), line.directed)).collect();
    assert_eq!(told, [(2, true), (1, true)], "all lead the same way, so the arrow stays");
    let last = lines.get(1).expect("a line");
    assert_eq!(last.from, last.to);
    assert_eq!(graph.lines(Parallel::Apart).len(), 3);
}

#[test]
fn what_lies_within_some_steps_is_reached_and_hidden_ones_lead_no_further() {
    let links = [("a", "b"), ("c", "b"), ("c", "d"), ("a", "e"), ("e", "f")];
    let mut graph = graph("abcdef", links.map(|(from, to)| link("paid", from, to, "")).to_vec());
    let hidden = ids(&graph, "e");
    apply(&mut graph, Step::Hide(hidden));
    for (steps, reached) in [(0, "a"), (1, "ab"), (2, "abc"), (3, "abcd"), (9, "abcd")] {
        let within = graph.within(ids(&graph, "a"), steps);
        assert_eq!(names(&graph, &within), reached, "{steps}");
    }
    assert_eq!(names(&graph, &graph.hidden_beside(&ids(&graph, "ab"))), "e");
    assert!(graph.hidden_beside(&ids(&graph, "cd")).is_empty());
}

#[test]
fn what_hangs_on_an_object_alone_is_known_and_what_is_pinned_is_not_among_it() {
    let links = [("a", "b"), ("a", "c"), ("a", "d"), ("d", "e"), ("c", "c"), ("a", "f")];
    let mut graph = graph("abcdef", links.map(|(from, to)| link("paid", from, to, "")).to_vec());
    let pinned = ids(&graph, "f");
    apply(&mut graph, Step::Pin(pinned));
    assert_eq!(names(&graph, &graph.hanging_on(&ids(&graph, "a"))), "bc");
    assert_eq!(names(&graph, &graph.hanging_on(&ids(&graph, "ad"))), "bce");
    assert!(graph.hanging_on(&ids(&graph, "b")).is_empty(), "its neighbour has others");
}
