//! The graph for those who do not see it: each node in the picture is a button with name, number of links, place and
//! menu.

use egui::accesskit::{Action, HasPopup, Role};
use egui::{Id, Rect, Response, Sense, Ui, UiBuilder, Vec2};

use super::{Canvas, CanvasAsk, Node, Over, Paint, Scene};

/// More would cost more than they help; the most important come first.
const MOST_NODES: usize = 300;

/// Names the nodes in the picture, and turns a click through assistive technology into an ask. Its menu leaves the
/// selection as it is, so that one can add to it there.
pub(super) fn describe(
    canvas: &mut Canvas,
    ui: &mut Ui,
    response: &Response,
    scene: Scene<'_>,
    paint: &Paint,
    asks: &mut Vec<CanvasAsk>,
) {
    let rect = response.rect;
    let name = ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Group);
        node.set_label(paint.words.graph);
    });
    if name.is_none() {
        return;
    }
    let mut group = ui.new_child(UiBuilder::new().id_salt("graph nodes").max_rect(rect).accessibility_role(Role::List));
    let in_picture = |index: &u32| {
        scene.node(*index).is_some_and(|node| !node.hidden)
            && canvas.place_of(*index).is_some_and(|at| rect.contains(at))
    };
    let others = canvas.wiring.by_importance.iter().copied().filter(|node| Some(*node) != canvas.focus);
    let shown: Vec<u32> = canvas.focus.into_iter().chain(others).filter(in_picture).take(MOST_NODES).collect();
    for index in shown {
        if let (Some(node), Some(place)) = (scene.node(index), canvas.place_of(index)) {
            let id = node_id(response.id, index);
            let bounds = Rect::from_center_size(place, Vec2::splat(2.0 * canvas.view.radius()));
            one(
                &mut group,
                id,
                bounds.intersect(rect),
                &spoken(node, canvas.wiring.degree(index), paint),
                node.selected,
            );
            if ui.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
                canvas.focus = Some(index);
                response.request_focus();
                asks.push(CanvasAsk::Select(vec![index]));
            }
            if ui.input(|input| input.has_accesskit_action_request(id, Action::ShowContextMenu)) {
                canvas.focus = Some(index);
                response.request_focus();
                asks.push(CanvasAsk::Menu { over: Over::Node(index), at: place });
            }
        }
    }
    if let Some(focus) = canvas.focus {
        let focus = node_id(response.id, focus).accesskit_id();
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_active_descendant(focus));
    }
}

fn node_id(canvas: Id, index: u32) -> Id {
    canvas.with(("node", index))
}

/// `Company Nordfjord Shipping AS, 3 links`; `Company 918224553 (not in your sources), 1 link`
fn spoken(node: &Node<'_>, links: u32, paint: &Paint) -> String {
    let word = if links == 1 { paint.words.link } else { paint.words.links };
    let missing = if node.missing { format!(" {}", node.sub_label) } else { String::new() };
    format!("{} {}{missing}, {links} {word}", node.kind, node.label)
}

fn one(ui: &mut Ui, id: Id, bounds: Rect, name: &str, selected: bool) {
    ui.interact(bounds, id, Sense::hover());
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(Role::Button);
        node.set_label(name);
        node.set_bounds(egui::accesskit::Rect {
            x0: bounds.min.x.into(),
            y0: bounds.min.y.into(),
            x1: bounds.max.x.into(),
            y1: bounds.max.y.into(),
        });
        node.set_selected(selected);
        node.add_action(Action::Click);
        node.set_has_popup(HasPopup::Menu);
        node.add_action(Action::ShowContextMenu);
    });
}
