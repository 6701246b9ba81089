//! The page gets what changed and nothing else, and what is done there reaches the widget.

use super::{DomOp, Element, Gathered, Kept, LIMIT_ELEMENTS, MirrorPlugin, Shared, Tag, gather, request};
use crate::{
    look,
    widgets::{Button, TextField, checkbox},
    words::Words,
};
use egui::accesskit::{self, Action, Node, NodeId, Role, TreeUpdate};
use egui::{Context, RawInput, mutex::Mutex};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A screen with a button, a field, a checkbox and a counter, driven without a window.
struct Bench {
    ctx: Context,
    shared: Arc<Mutex<Shared>>,
    woken: Arc<AtomicUsize>,
    kept: Kept,
    clicks: u32,
    name: String,
    on: bool,
}

impl Bench {
    fn new() -> Self {
        let ctx = Context::default();
        look::install_fonts(&ctx);
        look::apply(&ctx, look::Appearance::default());
        let shared = Arc::new(Mutex::new(Shared::default()));
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let wake = Box::new(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        ctx.add_plugin(MirrorPlugin::new(Arc::clone(&shared), wake));
        Self { ctx, shared, woken, kept: Kept::default(), clicks: 0, name: "Ada".to_owned(), on: false }
    }

    /// One frame and one look of the page at it.
    fn frame(&mut self) -> Vec<DomOp> {
        let Self { ctx, clicks, name, on, .. } = self;
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            *clicks += u32::from(ui.add(Button::new("Expand")).clicked());
            TextField::new("Name", name).show(ui, Words::default());
            checkbox(ui, on, "Pinned");
            ui.label(format!("{clicks} clicks"));
        });
        output.textures_delta.clear();
        let (update, zoom) = self.shared.lock().take_latest().expect("a description of the frame");
        self.kept.diff(gather(&update, zoom).elements)
    }

    fn find(&self, ops: &[DomOp], role: &str, name: &str) -> u64 {
        let is =
            |element: &Element, key: &str, value: &str| element.attributes.iter().any(|(k, v)| *k == key && v == value);
        let found = ops.iter().find_map(|op| match op {
            DomOp::Create { element, .. } if is(element, "role", role) && is(element, "aria-label", name) => {
                Some(element.id)
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no {role} {name} in {ops:#?}"))
    }

    fn act(&mut self, id: u64, action: Action, value: Option<&str>) {
        self.shared.lock().push_request(request(id, action, value));
    }
}

#[test]
fn everything_on_the_screen_has_a_role_and_a_name() {
    let mut bench = Bench::new();
    let ops = bench.frame();
    for (role, name) in [("button", "Expand"), ("textbox", "Name"), ("checkbox", "Pinned")] {
        bench.find(&ops, role, name);
    }
    let field = bench.find(&ops, "textbox", "Name");
    let kept = bench.kept.get(field).expect("kept");
    assert_eq!((kept.tag, kept.value.as_deref()), (Tag::Input, Some("Ada")));
    assert!(kept.bounds[2] > 50 && kept.bounds[3] > 20, "{:?}", kept.bounds);
    let texts: Vec<&str> = ops
        .iter()
        .filter_map(|op| if let DomOp::Create { element, .. } = op { element.text.as_deref() } else { None })
        .collect();
    assert!(texts.contains(&"0 clicks"), "{texts:?}");
}

#[test]
fn a_screen_at_rest_changes_nothing_in_the_page() {
    let mut bench = Bench::new();
    bench.frame();
    bench.frame();
    assert_eq!(bench.frame(), []);
    assert_eq!(bench.woken.load(Ordering::Relaxed), 3);
}

#[test]
fn what_is_done_to_an_element_reaches_its_widget() {
    let mut bench = Bench::new();
    let ops = bench.frame();
    bench.frame();
    let button = bench.find(&ops, "button", "Expand");
    bench.act(button, Action::Click, None);
    let changed = bench.frame();
    assert_eq!(bench.clicks, 1);
    assert!(changed.iter().any(|op| matches!(op, DomOp::SetText { text, .. } if text == "1 clicks")), "{changed:?}");

    let pinned = bench.find(&ops, "checkbox", "Pinned");
    bench.act(pinned, Action::Click, None);
    bench.frame();
    let changed = bench.frame();
    assert!(bench.on);
    let checked = DomOp::SetAttribute { id: pinned, key: "aria-checked", value: "true".to_owned() };
    assert!(changed.contains(&checked) || bench.kept.get(pinned).is_some_and(|e| format!("{e:?}").contains("true")));

    let name = bench.find(&ops, "textbox", "Name");
    bench.act(name, Action::SetValue, Some("Zoë Ωmega 你好"));
    bench.frame();
    bench.frame();
    assert_eq!(bench.name, "Zoë Ωmega 你好");
    assert_eq!(bench.kept.get(name).and_then(|e| e.value.as_deref()), Some("Zoë Ωmega 你好"));

    bench.act(name, Action::Focus, None);
    bench.frame();
    bench.frame();
    let focused = bench.kept.get(name).expect("kept").attributes.contains(&("data-focused", "true".to_owned()));
    assert!(focused);
}

fn plain(id: u64, label: &str) -> Element {
    let attributes = vec![("aria-label", label.to_owned()), ("role", "button".to_owned())];
    Element { id, tag: Tag::Div, attributes, value: None, text: None, bounds: [0, 0, 10, 10] }
}

#[test]
fn the_order_of_reading_is_kept_with_few_moves() {
    let list = |ids: &[u64]| ids.iter().map(|id| plain(*id, "x")).collect::<Vec<_>>();
    for (old, new) in [
        (&[1, 2, 3, 4][..], &[1, 2, 3, 4][..]),
        (&[1, 2, 3], &[3, 1, 2]),
        (&[1, 2, 3], &[2, 3, 1]),
        (&[1, 2, 3], &[3, 2, 1]),
        (&[1, 2, 3, 4, 5], &[1, 9, 4, 2, 5]),
        (&[], &[1, 2]),
        (&[1, 2], &[]),
    ] {
        let mut kept = Kept::default();
        let mut page: Vec<u64> = Vec::new();
        apply(&mut page, kept.diff(list(old)));
        assert_eq!(page, old);
        let ops = kept.diff(list(new));
        assert!(ops.len() <= old.len() + new.len());
        apply(&mut page, ops);
        assert_eq!(page, new, "from {old:?}");
    }
}

fn apply(page: &mut Vec<u64>, ops: Vec<DomOp>) {
    let insert = |page: &mut Vec<u64>, id: u64, after: Option<u64>| {
        let at = after.map_or(0, |after| page.iter().position(|other| *other == after).expect("there") + 1);
        page.insert(at, id);
    };
    for op in ops {
        match op {
            DomOp::Create { element, after } => insert(page, element.id, after),
            DomOp::Move { id, after } => {
                page.retain(|other| *other != id);
                insert(page, id, after);
            }
            DomOp::Remove { id } => page.retain(|other| *other != id),
            _ => {}
        }
    }
}

#[test]
fn an_element_of_another_kind_is_made_anew() {
    let mut kept = Kept::default();
    kept.diff(vec![plain(1, "x")]);
    let field = Element { tag: Tag::Input, ..plain(1, "x") };
    let ops = kept.diff(vec![field.clone()]);
    assert_eq!(ops, [DomOp::Remove { id: 1 }, DomOp::Create { element: field, after: None }]);
}

#[test]
fn the_page_never_has_more_than_the_limit() {
    let ctx = Context::default();
    ctx.enable_accesskit();
    let mut output = ctx.run_ui(RawInput::default(), |ui| {
        for number in 0..2_000 {
            let rect = egui::Rect::from_min_size(egui::pos2(number as f32, 0.0), egui::vec2(10.0, 10.0));
            let response = ui.interact(rect, egui::Id::unique(("many", number)), egui::Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, number));
        }
    });
    output.textures_delta.clear();
    let update = output.platform_output.accesskit_update.clone().expect("accesskit is on");
    assert_eq!(gather(&update, 1.0).elements.len(), LIMIT_ELEMENTS);
}

/// The elements of a tree: number, role, children; number 1 is the window around it.
fn tree(nodes: &[(u64, Role, &[u64])], focus: u64) -> Gathered {
    let node = |(id, role, children): &(u64, Role, &[u64])| {
        let mut node = Node::new(*role);
        node.set_label(format!("{role:?} {id}"));
        node.set_children(children.iter().map(|child| NodeId(*child)).collect::<Vec<_>>());
        (NodeId(*id), node)
    };
    let nodes = nodes.iter().map(node).collect();
    let tree = Some(accesskit::TreeInfo::new(NodeId(1)));
    gather(&TreeUpdate { nodes, tree, tree_id: accesskit::TreeId::ROOT, focus: NodeId(focus) }, 1.0)
}

fn owned(gathered: &Gathered, id: u64) -> &str {
    let element = gathered.elements.iter().find(|element| element.id == id).expect("it is there");
    element.attributes.iter().find(|(key, _)| *key == "aria-owns").map_or("", |(_, ids)| ids)
}

#[test]
fn what_is_in_a_table_a_list_a_menu_or_a_row_of_tabs_says_so() {
    let inside = Role::GenericContainer;
    let gathered = tree(
        &[
            (1, Role::Window, &[2, 10, 20, 30, 40]),
            (2, Role::Table, &[3, 4]),
            (3, Role::Row, &[5, 6]),
            (4, inside, &[7]),
            (5, Role::ColumnHeader, &[]),
            (6, Role::ColumnHeader, &[]),
            (7, Role::Row, &[8]),
            (8, Role::Cell, &[]),
            (10, Role::List, &[11]),
            (11, Role::ListItem, &[12]),
            (12, Role::Button, &[]),
            (20, Role::Menu, &[21, 22]),
            (21, inside, &[]),
            (22, Role::MenuItem, &[]),
            (30, Role::TabList, &[31]),
            (31, Role::Tab, &[32]),
            (32, Role::Button, &[]),
            (40, Role::Tree, &[41]),
            (41, Role::TreeItem, &[]),
        ],
        1,
    );
    for (id, ids) in [
        (2, "m3 m7"),
        (3, "m5 m6"),
        (7, "m8"),
        (10, "m11"),
        (11, "m12"),
        (20, "m22"),
        // A tab is a leaf: its button stands beside it.
        (30, "m31 m32"),
        (40, "m41"),
        (8, ""),
    ] {
        assert_eq!(owned(&gathered, id), ids, "of {id}");
    }
    for element in &gathered.elements {
        assert!(element.attributes.is_sorted_by_key(|(key, _)| *key), "{element:?}");
    }
    assert_eq!(gathered.focus, None, "the window as a whole is nothing to point at");
}

#[test]
fn what_has_the_keyboard_is_always_there_to_be_pointed_at() {
    let gathered = tree(&[(1, Role::Window, &[2]), (2, Role::Button, &[])], 2);
    assert_eq!(gathered.focus, Some(2));
    // More than the page may have; the last of them has the keyboard.
    let children: Vec<u64> = (3..1_003).collect();
    let mut nodes = vec![(1, Role::Window, &[2][..]), (2, Role::List, &children[..])];
    nodes.extend(children.iter().map(|id| (*id, Role::ListItem, &[][..])));
    let gathered = tree(&nodes, 1_002);
    assert_eq!((gathered.elements.len(), gathered.focus), (LIMIT_ELEMENTS, Some(1_002)));
    assert!(gathered.elements.iter().any(|element| element.id == 1_002));
    let ids = owned(&gathered, 2);
    assert!(ids.split(' ').all(|id| gathered.elements.iter().any(|element| format!("m{}", element.id) == id)), "{ids}");
}

#[test]
fn in_a_graph_the_keyboard_is_on_the_object_that_it_was_moved_to() {
    let mut nodes: Vec<(NodeId, Node)> = Vec::new();
    for (id, role, children) in [(1, Role::Window, vec![2]), (2, Role::Group, vec![3]), (3, Role::Button, vec![])] {
        let mut node = Node::new(role);
        node.set_label("x");
        node.set_children(children.into_iter().map(NodeId).collect::<Vec<_>>());
        if id == 2 {
            node.set_active_descendant(NodeId(3));
        }
        nodes.push((NodeId(id), node));
    }
    let tree = Some(accesskit::TreeInfo::new(NodeId(1)));
    let update = TreeUpdate { nodes, tree, tree_id: accesskit::TreeId::ROOT, focus: NodeId(2) };
    assert_eq!(gather(&update, 1.0).focus, Some(3));
}
