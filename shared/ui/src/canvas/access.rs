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
/// Of the links of what one is at, so many are looked at.
const MOST_NEAR: usize = 10_000;
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
    for index in nodes_in_picture(canvas, rect, scene) {
        if let (Some(node), Some(place)) = (scene.node(index), canvas.place_of(scene, index)) {
            let id = node_id(response.id, index);
            let bounds = Rect::from_center_size(place, Vec2::splat(2.0 * canvas.view.radius()));
            let name = spoken_node(node, canvas.wiring.degree(index), paint);
            let asked = one(&mut group, response, (id, bounds.intersect(rect)), &name, node.selected);
            if let Some(asked) = asked {
                canvas.focus = Some(index);
                asks.push(match asked {
                    Asked::Click => CanvasAsk::Select(vec![index]),
                    Asked::Menu => CanvasAsk::Menu { over: Over::Node(index), at: place },
                });
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

/// The node that has the keyboard, and then the most important ones.
fn nodes_in_picture(canvas: &Canvas, rect: Rect, scene: Scene<'_>) -> Vec<u32> {
    let places = canvas.places(scene);
    let near = canvas.ground.important(&places, &canvas.wiring, rect);
    let others = if near.is_empty() { &canvas.wiring.by_importance } else { &near };
    let others = others.iter().copied().filter(|node| Some(*node) != canvas.focus);
    let in_picture = |index: &u32| places.of(*index).is_some_and(|at| rect.contains(at));
    canvas.focus.into_iter().chain(others).filter(in_picture).take(MOST_NODES).collect()
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
    for (index, link, at) in links_in_picture(canvas, rect, scene) {
        let (Some(from), Some(to)) = (scene.node(link.from), scene.node(link.to)) else { continue };
        let id = response.id.with(("link", index));
        let bounds = Rect::from_center_size(at, Vec2::splat(LINK)).intersect(rect);
        let asked = one(&mut group, response, (id, bounds), &spoken_link(link, from, to, paint), link.selected);
        asks.extend(asked.map(|asked| match asked {
            Asked::Click => CanvasAsk::SelectLink(index),
            Asked::Menu => CanvasAsk::Menu { over: Over::Link(index), at },
        }));
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
        let name = format!("{} {}", hull.kind, hull.label);
        let Some(asked) = one(&mut group, response, (id, bounds), &name, hull.selected) else { continue };
        asks.push(CanvasAsk::Select(hull.members.clone()));
        if asked == Asked::Menu {
            asks.push(CanvasAsk::Menu { over: Over::Hull(index), at: bounds.center() });
        }
    }
}

/// Links with the place of their middle, those of what one is at first.
fn links_in_picture<'a>(canvas: &Canvas, rect: Rect, scene: Scene<'a>) -> Vec<(u32, &'a Link, Pos2)> {
    let places = canvas.places(scene);
    let chosen = &canvas.chosen;
    let at = canvas.focus.iter().chain(&chosen.nodes).flat_map(|node| canvas.wiring.links_of(*node));
    let mut near: Vec<u32> = chosen.link.iter().chain(at).copied().take(MOST_NEAR).collect();
    near.sort_unstable();
    near.dedup();
    let middle = |index: u32| {
        let link = scene.links.get(index as usize)?;
        let middle = places.of(link.from)?.lerp(places.of(link.to)?, 0.5);
        rect.contains(middle).then_some((index, link, middle))
    };
    let few = canvas.ground.few_links_in(&places, &canvas.wiring, rect);
    let all = 0..if few.is_some() { 0 } else { scene.links.len() as u32 };
    let far = few.into_iter().flatten().chain(all).filter(|link| near.binary_search(link).is_err());
    near.iter().copied().chain(far).filter_map(middle).take(MOST_LINKS).collect()
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

/// What is asked of one of them through assistive technology.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Click,
    Menu,
}

/// Names one at its place, and tells what is asked of it; the keyboard comes to the graph then.
fn one(ui: &mut Ui, graph: &Response, (id, bounds): (Id, Rect), name: &str, selected: bool) -> Option<Asked> {
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
    let is_asked = |action| ui.input(|input| input.has_accesskit_action_request(id, action));
    let asked = if is_asked(Action::Click) {
        Asked::Click
    } else if is_asked(Action::ShowContextMenu) {
        Asked::Menu
    } else {
        return None;
    };
    graph.request_focus();
    Some(asked)
}
