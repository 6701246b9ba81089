//! The graph for those who do not see it: each node in the picture is a button with name, number of links, place and
//! menu, and so is each link, with what it says, its ends and its sum.

use egui::accesskit::{Action, HasPopup, Role};
use egui::{Id, Pos2, Rect, Response, Sense, Ui, UiBuilder, Vec2};

use super::{Canvas, CanvasAsk, Link, Node, Over, Paint, Scene, groups};

/// More would cost more than they help; the most important come first.
const MOST_NODES: usize = 300;
/// The same for links; those of what one is at come first.
const MOST_LINKS: usize = 150;
/// The same for open groups.
const MOST_HULLS: usize = 100;
/// The size of a link's place, in points.
const LINK: f32 = 16.0;

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
                &spoken_node(node, canvas.wiring.degree(index), paint),
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
    describe_links(canvas, ui, response, scene, paint, asks);
    describe_hulls(canvas, ui, response, scene, paint, asks);
    if let Some(focus) = canvas.focus {
        let focus = node_id(response.id, focus).accesskit_id();
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_active_descendant(focus));
    }
}

/// Names the links in the picture: first the selected one and those of the node that has the keyboard or is selected.
fn describe_links(
    canvas: &Canvas,
    ui: &mut Ui,
    response: &Response,
    scene: Scene<'_>,
    paint: &Paint,
    asks: &mut Vec<CanvasAsk>,
) {
    let rect = response.rect;
    let mut group = ui.new_child(UiBuilder::new().id_salt("graph links").max_rect(rect).accessibility_role(Role::List));
    let is_selected = |index: u32| scene.node(index).is_some_and(|node| node.selected);
    let is_at = |index: u32| canvas.focus == Some(index) || is_selected(index);
    let is_near = |link: &Link| link.selected || is_at(link.from) || is_at(link.to);
    let all = || (0u32..).zip(scene.links);
    let near = all().filter(|(_, link)| is_near(link));
    let far = all().filter(|(_, link)| !is_near(link));
    let placed = |(index, link)| Some((index, link, in_picture(canvas, rect, scene, link)?));
    let shown = near.chain(far).filter_map(placed).take(MOST_LINKS);
    for (index, link, at) in shown.collect::<Vec<_>>() {
        let (Some(from), Some(to)) = (scene.node(link.from), scene.node(link.to)) else { continue };
        let id = response.id.with(("link", index));
        let bounds = Rect::from_center_size(at, Vec2::splat(LINK)).intersect(rect);
        one(&mut group, id, bounds, &spoken_link(link, from, to, paint), link.selected);
        if group.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            response.request_focus();
            asks.push(CanvasAsk::SelectLink(index));
        }
        if group.input(|input| input.has_accesskit_action_request(id, Action::ShowContextMenu)) {
            asks.push(CanvasAsk::Menu { over: Over::Link(index), at });
        }
    }
}

/// Names the open groups in the picture, at the places of their names.
fn describe_hulls(
    canvas: &Canvas,
    ui: &mut Ui,
    response: &Response,
    scene: Scene<'_>,
    paint: &Paint,
    asks: &mut Vec<CanvasAsk>,
) {
    let rect = response.rect;
    let mut group =
        ui.new_child(UiBuilder::new().id_salt("graph groups").max_rect(rect).accessibility_role(Role::List));
    let names = groups::names(canvas, group.painter(), paint, scene).into_iter();
    let seen = names.map(|(index, name)| (index, name.intersect(rect))).filter(|(_, name)| name.is_positive());
    for (index, bounds) in seen.take(MOST_HULLS) {
        let Some(hull) = scene.hulls.get(index as usize) else { continue };
        let id = response.id.with(("hull", index));
        one(&mut group, id, bounds, &format!("{} {}", hull.kind, hull.label), hull.selected);
        if group.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            response.request_focus();
            asks.push(CanvasAsk::Select(hull.members.clone()));
        }
        if group.input(|input| input.has_accesskit_action_request(id, Action::ShowContextMenu)) {
            asks.push(CanvasAsk::Select(hull.members.clone()));
            asks.push(CanvasAsk::Menu { over: Over::Hull(index), at: bounds.center() });
        }
    }
}

/// The middle of a link, if that is to be seen and so are its ends.
fn in_picture(canvas: &Canvas, rect: Rect, scene: Scene<'_>, link: &Link) -> Option<Pos2> {
    let place = |index: u32| canvas.place_of(index).filter(|_| scene.node(index).is_some_and(|node| !node.hidden));
    let middle = place(link.from)?.lerp(place(link.to)?, 0.5);
    rect.contains(middle).then_some(middle)
}

/// `paid to, from 1503.61.00417 to Nordfjord Shipping AS, 12 · 3.2M`; `knows, between Ingrid Moe and Jonas Eide`
fn spoken_link(link: &Link, from: &Node, to: &Node, paint: &Paint) -> String {
    let words = &paint.words;
    let (first, second) = if link.directed { (words.from, words.to) } else { (words.between, words.and) };
    // Where there is nothing to add up, the text on the line begins with what the link says.
    let rest = link.label.strip_prefix(&*link.kind).unwrap_or(&link.label).trim_start_matches(" · ");
    let rest = if rest.is_empty() { String::new() } else { format!(", {rest}") };
    format!("{}, {first} {} {second} {}{rest}", link.kind, from.label, to.label)
}

fn node_id(canvas: Id, index: u32) -> Id {
    canvas.with(("node", index))
}

/// `Company Nordfjord Shipping AS, 3 links`; `Company 918224553 (not in your sources), 1 link`
fn spoken_node(node: &Node, links: u32, paint: &Paint) -> String {
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
