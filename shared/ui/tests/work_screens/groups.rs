//! Groups of what is on the graph: made, opened, closed, named, found in, moved, taken back, kept.

use egui::accesskit::{Action, ActionRequest, Role};
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use graph::{Item, NodeId, Note, NoteId, NoteKind};
use model::query::Direction;
use model::style::{Of, Rule, Says};
use ui::look::Theme;
use ui::work::{Command, Expand, Grouping, ObjectRef};

use crate::exchange::export;
use crate::work_case::{Bank, Case, id};

fn object(kind: &str, key: &str) -> ObjectRef {
    ObjectRef { object_type: id(kind), key: vec![key.to_owned()] }
}

fn expand(case: &mut Case, of: &[ObjectRef], link: &str, direction: Direction) {
    case.run(Command::Expand(Expand {
        objects: of.to_vec(),
        link: id(link),
        direction,
        order: wire::data::ExpandOrder::Sum,
        limit: 25,
    }));
}

/// An account with what paid to it and what it paid to, and who holds those.
fn accounts(theme: Theme) -> Case {
    let mut case = Case::new(Bank::default(), "/p/bank", vec2(1280.0, 720.0), theme);
    let account = object("account", "1503.61.00417");
    case.run(Command::Put(vec![account.clone()]));
    expand(&mut case, std::slice::from_ref(&account), "transfer", Direction::Backward);
    expand(&mut case, std::slice::from_ref(&account), "transfer", Direction::Forward);
    let all = ["1503.61.00417", "1503.44.18820", "3000.12.87765"].map(|key| object("account", key));
    expand(&mut case, &all, "has-account", Direction::Backward);
    expand(
        &mut case,
        &[object("account", "9710.22.55103"), object("account", "1207.05.44210")],
        "holds",
        Direction::Backward,
    );
    case.run(Command::Select(Vec::new()));
    case
}

fn nodes(case: &Case, kind: &str) -> Vec<NodeId> {
    let graph = &case.app().model().work.board.graph;
    graph.shown().filter(|(_, node)| graph.object_type(node.object_type) == kind).map(|(id, _)| id).collect()
}

/// How many things are drawn.
fn drawn(case: &Case) -> usize {
    case.app().model().work.board.graph.items().len()
}

fn group_accounts(case: &mut Case) -> usize {
    let accounts = nodes(case, "account");
    case.run(Command::Select(accounts.clone()));
    case.press(Modifiers::COMMAND, Key::G);
    accounts.len()
}

fn act(case: &mut Case, label: &str, action: Action) {
    let (target_node, target_tree) =
        case.harness.get_all_by_label_contains(label).next().unwrap().accesskit_node().locate();
    let request = ActionRequest { action, target_tree, target_node, data: None };
    case.harness.event(Event::AccessKitActionRequest(request));
    case.settle();
}

#[test]
fn what_is_selected_becomes_one_thing_that_opens_and_closes_by_key() {
    let mut case = accounts(Theme::Dark);
    let (objects, links) = case.on_graph();
    let accounts = group_accounts(&mut case);
    assert_eq!(drawn(&case), objects - accounts + 1);
    assert!(case.has_part(&format!("Closed group of {accounts} objects Accounts")), "{:?}", case.texts());
    assert_eq!(case.on_graph(), (objects, links), "the graph is the same");
    case.shot("group_closed");
    case.press(Modifiers::NONE, Key::O);
    assert_eq!(drawn(&case), objects);
    assert!(case.has_part(&format!("Open group of {accounts} objects Accounts")), "{:?}", case.texts());
    case.shot("group_open");
    case.press(Modifiers::NONE, Key::O);
    assert_eq!(drawn(&case), objects - accounts + 1);
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert_eq!((drawn(&case), case.app().model().work.board.graph.groups().count()), (objects, 0));
    case.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(drawn(&case), objects - accounts + 1, "dissolving is a step");
    assert!(case.has("Undo: Close the group"), "{:?}", case.texts());
}

#[test]
fn in_light_and_far_and_as_a_picture() {
    let mut case = accounts(Theme::Light);
    group_accounts(&mut case);
    case.shot("group_closed_light");
    let people = nodes(&case, "company");
    case.run(Command::Group(Grouping::Group(people)));
    case.press(Modifiers::NONE, Key::O);
    case.shot("group_open_light");
    case.run(Command::Select(Vec::new()));
    for _ in 0..7 {
        case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("Zoom out");
        case.settle();
        case.press(Modifiers::NONE, Key::Enter);
    }
    case.shot("group_far_light");
}

#[test]
fn groups_sizes_icons_and_notes_are_in_a_picture_of_vectors_as_on_the_screen() {
    let mut case = accounts(Theme::Light);
    group_accounts(&mut case);
    let companies = nodes(&case, "company");
    case.run(Command::Group(Grouping::Group(companies.clone())));
    case.run(Command::Group(Grouping::Toggle(companies.clone())));
    let rule = |says| Rule { of: Of::Objects(Some(id("company"))), when: None, says };
    case.run(Command::Style(vec![rule(Says::Size(4)), rule(Says::Icon("flag".to_owned()))]));
    let [x, y] = case.app().model().work.board.graph.place(companies[0]);
    let text = "Seen together in May, and again in the harbour in the week before the ship left".to_owned();
    let note = Note { from: [x + 60.0, y - 110.0], to: [x + 60.0, y - 110.0], text, ..Note::default() };
    case.run(Command::SetNote(NoteId(0), note));
    let arrow =
        Note { kind: NoteKind::Arrow, from: [x - 160.0, y - 90.0], to: [x - 30.0, y - 20.0], ..Note::default() };
    case.run(Command::SetNote(NoteId(1), arrow));
    case.run(Command::Select(Vec::new()));
    case.shot("groups_before_export");
    for format in ["PNG", "SVG", "PDF"] {
        let (_, bytes) = export(&mut case, &[format]);
        if let Some(folder) = option_env!("CLEW_SHOTS") {
            std::fs::write(format!("{folder}/groups.{}", format.to_lowercase()), &bytes).unwrap();
        }
        if format == "SVG" {
            let svg = String::from_utf8(bytes).unwrap();
            let graph = &case.app().model().work.board.graph;
            let names: Vec<&str> = graph.groups().map(|(_, group)| group.name.as_str()).collect();
            assert_eq!(names, ["Accounts", "Companies"]);
            for said in [">Accounts<", ">Companies<", ">Size · Companies<", ">Seen together in May, and again in<"] {
                assert!(svg.contains(said), "{said} in {svg}");
            }
            let discs = svg.matches("<circle").count();
            assert_eq!(discs, drawn(&case) - 1 + 5, "one of them is a square, and the legend has five");
            assert!(svg.contains(" r=\"35.2\""), "twice the size: {svg}");
        }
    }
}

#[test]
fn lines_to_a_closed_group_have_count_and_sum_of_all_links_and_list_them() {
    let mut case = accounts(Theme::Dark);
    let payers: Vec<NodeId> = {
        let board = &case.app().model().work.board;
        let keys = ["9710.22.55103", "1503.44.18820", "3000.12.87765", "1207.05.44210"];
        keys.iter().filter_map(|key| board.shown(&object("account", key))).collect()
    };
    case.run(Command::Group(Grouping::Group(payers.clone())));
    let board = &case.app().model().work.board;
    let account = board.shown(&object("account", "1503.61.00417")).unwrap();
    let lines = board.graph.lines(board.parallel);
    let line = lines.iter().find(|line| line.to == Item::Node(account)).expect("one line");
    assert_eq!(line.links.len(), payers.len());
    let rows: u64 = line.links.iter().map(|link| board.graph.link(*link).unwrap().count).sum();
    let links = line.links.to_vec();
    assert!(case.has_part(&format!("paid to, from Accounts to 1503.61.00417, {rows} · ")), "{:?}", case.texts());
    case.run(Command::SelectLinks(links));
    assert!(case.has("4 links in one line"), "{:?}", case.texts());
    assert!(case.has_part("9710.22.55103 → 1503.61.00417"), "each of them is listed");
    case.shot("group_line");
    case.harness.get_by_label("9710.22.55103 → 1503.61.00417").click();
    case.settle();
    assert!(case.has("Show the rows"), "one of them opens: {:?}", case.texts());
}

#[test]
fn a_closed_group_is_selected_hidden_pinned_and_moved_as_its_members() {
    let mut case = accounts(Theme::Dark);
    let accounts = group_accounts(&mut case);
    case.run(Command::Select(Vec::new()));
    act(&mut case, "Closed group of", Action::Click);
    assert_eq!(case.app().model().work.board.selected.len(), accounts);
    assert!(case.has(&format!("{accounts} objects selected")), "{:?}", case.texts());
    let before: Vec<_> = {
        let graph = &case.app().model().work.board.graph;
        nodes(&case, "account").iter().map(|id| graph.place(*id)).collect()
    };
    case.press(Modifiers::COMMAND, Key::ArrowRight);
    let graph = &case.app().model().work.board.graph;
    let after: Vec<_> = nodes(&case, "account").iter().map(|id| graph.place(*id)).collect();
    let moved: Vec<f32> = before.iter().zip(&after).map(|(before, after)| after[0] - before[0]).collect();
    assert!(moved.iter().all(|by| *by > 1.0 && (by - moved[0]).abs() < 0.01), "{moved:?}");
    case.press(Modifiers::NONE, Key::P);
    assert!(nodes(&case, "account").iter().all(|id| case.app().model().work.board.graph.flags(*id).pinned));
    case.press(Modifiers::NONE, Key::H);
    assert!(nodes(&case, "account").is_empty());
}

#[test]
fn enter_and_what_expands_an_object_open_a_closed_group() {
    let mut case = accounts(Theme::Dark);
    let accounts = group_accounts(&mut case);
    let closed = drawn(&case);
    case.press(Modifiers::NONE, Key::Enter);
    assert_eq!(drawn(&case), closed + accounts - 1);
    case.press(Modifiers::NONE, Key::O);
    let asked = case.requests("count_links").len();
    // What a double click asks for, too.
    case.press(Modifiers::NONE, Key::E);
    assert_eq!(drawn(&case), closed + accounts - 1, "{:?}", case.texts());
    assert_eq!(case.requests("count_links").len(), asked, "a group has no expand menu");
}

#[test]
fn finding_reaches_into_a_closed_group_and_opens_it() {
    let mut case = accounts(Theme::Dark);
    group_accounts(&mut case);
    case.run(Command::Select(Vec::new()));
    case.press(Modifiers::COMMAND, Key::F);
    case.harness.get_by_role_and_label(Role::SearchInput, "Find on the graph").type_text("9710");
    case.settle();
    assert!(case.has("1 found"), "{:?}", case.texts());
    case.press(Modifiers::NONE, Key::Enter);
    let found = case.app().model().work.board.shown(&object("account", "9710.22.55103")).unwrap();
    assert_eq!(case.app().model().work.board.selected.iter().copied().collect::<Vec<_>>(), [found]);
    assert!(case.has("Opened: Accounts") && case.has_part("Open group of"), "{:?}", case.texts());
}

#[test]
fn the_shortest_way_opens_the_groups_that_it_leads_through() {
    let mut case = accounts(Theme::Dark);
    group_accounts(&mut case);
    let [one, other] = [object("company", "918224553"), object("person", "p-1001")]
        .map(|end| case.app().model().work.board.shown(&end).unwrap());
    case.run(Command::Select(vec![one, other]));
    case.run(Command::FindWays(ui::work::Wanted::new(ui::work::Ways::Shortest, false)));
    let board = &case.app().model().work.board;
    assert!(board.way().is_some_and(|way| way.nodes.len() > 2), "{:?}", case.texts());
    assert!(!board.graph.has_closed());
}

#[test]
fn everything_is_grouped_by_type_and_all_groups_are_opened_and_closed() {
    let mut case = accounts(Theme::Dark);
    let objects = case.on_graph().0;
    let command = |case: &mut Case, name: &str| {
        case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text(name);
        case.settle();
        case.press(Modifiers::NONE, Key::Enter);
    };
    command(&mut case, "Group by type");
    let alone = [nodes(&case, "person"), nodes(&case, "company"), nodes(&case, "account")];
    let wanted: usize = alone.iter().map(|of_type| of_type.len().min(1)).sum();
    assert_eq!(drawn(&case), wanted, "each type once: {:?}", case.texts());
    case.shot("group_by_type");
    command(&mut case, "Open all groups");
    assert_eq!(drawn(&case), objects);
    case.shot("group_by_type_open");
    command(&mut case, "Close all groups");
    assert_eq!(drawn(&case), wanted);
    for _ in 0..3 {
        case.press(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(case.app().model().work.board.graph.groups().count(), 0);
}

#[test]
fn objects_are_grouped_by_what_they_share() {
    let mut case = Case::open();
    case.run(Command::Put((1..8).map(|number| object("person", &format!("p-100{number}"))).collect()));
    case.click("Group by");
    case.shot("group_by_menu");
    case.harness.get_by_role_and_label(Role::MenuItem, "City").click();
    case.settle();
    let graph = &case.app().model().work.board.graph;
    let groups: Vec<(&str, usize)> =
        graph.groups().map(|(_, group)| (group.name.as_str(), group.members.len())).collect();
    assert_eq!(groups, [("Førde", 2)], "two of them live in one place");
    assert_eq!(drawn(&case), 6);
    let all = nodes(&case, "person");
    case.run(Command::Group(Grouping::ByProperty(all, id("born"))));
    assert!(case.has_part("No two of these objects share a value there"), "{:?}", case.texts());
}

#[test]
fn groups_come_with_their_names_and_one_object_alone_is_none() {
    let mut case = accounts(Theme::Dark);
    let (accounts, people) = (nodes(&case, "account"), nodes(&case, "person"));
    let named = vec![("The ring".to_owned(), accounts.clone()), ("Alone".to_owned(), people)];
    case.run(Command::Group(Grouping::Named(named)));
    let graph = &case.app().model().work.board.graph;
    let groups: Vec<(&str, usize)> =
        graph.groups().map(|(_, group)| (group.name.as_str(), group.members.len())).collect();
    assert_eq!(groups, [("The ring", accounts.len())]);
}

#[test]
fn a_group_is_named_at_the_side() {
    let mut case = accounts(Theme::Dark);
    group_accounts(&mut case);
    let field = case.harness.get_by_role_and_label(Role::TextInput, "Name of the group");
    field.focus();
    case.harness.run_ok();
    case.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    case.harness.run_ok();
    case.harness.get_by_role_and_label(Role::TextInput, "Name of the group").type_text("The ring");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    assert!(case.has_part("Closed group of") && case.has_part("The ring"), "{:?}", case.texts());
    case.run(Command::Undo);
    assert!(!case.has_part("The ring"), "{:?}", case.texts());
}

#[test]
fn the_list_has_groups_with_their_members() {
    let mut case = accounts(Theme::Dark);
    let accounts = group_accounts(&mut case);
    let objects = case.on_graph().0;
    case.click("Outline");
    let lines = |case: &Case| case.harness.query_all_by_role(Role::TreeItem).count();
    assert_eq!(lines(&case), objects - accounts + 1);
    let first = case.harness.query_all_by_role(Role::TreeItem).next().unwrap();
    assert!(first.accesskit_node().label().unwrap_or_default().contains("Accounts"));
    first.focus();
    case.harness.run_ok();
    case.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(lines(&case), objects + 1);
    case.shot("group_outline");
    case.run(Command::Select(Vec::new()));
    case.harness.query_all_by_role(Role::TreeItem).next().unwrap().click();
    case.settle();
    assert_eq!(case.app().model().work.board.selected.len(), accounts);
}

#[test]
fn a_layout_places_a_closed_group_as_one_and_its_members_go_with_it() {
    let mut case = accounts(Theme::Dark);
    group_accounts(&mut case);
    let around = |case: &Case| -> Vec<[f32; 2]> {
        let graph = &case.app().model().work.board.graph;
        let [x, y] = graph.item_place(graph.item_of(nodes(case, "account")[0]));
        nodes(case, "account").iter().map(|id| graph.place(*id)).map(|at| [at[0] - x, at[1] - y]).collect()
    };
    let before = around(&case);
    case.run(Command::LayOut(ui::work::Shape::Rows));
    case.harness.run_steps(20);
    for (before, after) in before.iter().zip(around(&case)) {
        assert!((before[0] - after[0]).abs() < 0.1 && (before[1] - after[1]).abs() < 0.1, "{before:?} {after:?}");
    }
}

#[test]
fn groups_are_kept_and_come_back() {
    let mut case = accounts(Theme::Dark);
    let accounts = group_accounts(&mut case);
    case.run(Command::DrawParallel(graph::Parallel::AsOne));
    case.harness.run_steps(40);
    let kept = case.requests("keep_work").pop().expect("it was kept");
    let kept: wire::project::Work = serde_json::from_value(kept["work"].clone()).unwrap();
    assert_eq!(kept.groups.len(), 1);
    assert_eq!((kept.groups[0].name.as_str(), kept.groups[0].objects.len()), ("Accounts", accounts));
    assert!(!kept.groups[0].open && kept.links_as_one);
    let objects = kept.objects.len();
    let mut case = Case::new(Bank { kept, ..Bank::default() }, "/p/bank", vec2(1280.0, 720.0), Theme::Dark);
    assert_eq!(drawn(&case), objects - accounts + 1, "{:?}", case.texts());
    assert_eq!(case.app().model().work.board.parallel, graph::Parallel::AsOne);
    let nodes = nodes(&case, "account");
    case.run(Command::Group(Grouping::Toggle(nodes)));
    assert_eq!(drawn(&case), objects);
}

#[test]
fn links_between_two_are_drawn_as_one_where_that_is_chosen() {
    let mut case = Case::open();
    let company = object("company", "918224553");
    case.run(Command::Put(vec![company.clone()]));
    expand(&mut case, std::slice::from_ref(&company), "directs", Direction::Backward);
    expand(&mut case, std::slice::from_ref(&company), "owns", Direction::Backward);
    assert!(case.has("director of, from Jonas Eide to Nordfjord Shipping AS"), "{:?}", case.texts());
    assert!(case.has("owns, from Jonas Eide to Nordfjord Shipping AS"), "{:?}", case.texts());
    case.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    case.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text("as one");
    case.settle();
    case.press(Modifiers::NONE, Key::Enter);
    case.shot("links_as_one");
    assert!(!case.has("owns, from Jonas Eide to Nordfjord Shipping AS"), "{:?}", case.texts());
    assert!(case.has("director of + owns, from Jonas Eide to Nordfjord Shipping AS"), "{:?}", case.texts());
}
