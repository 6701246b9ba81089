//! Mouse, wheel and pinch.

use egui::{CursorIcon, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::drag::{Drag, Dragging};
use super::trace::{Ends, Trace};
use super::view::Detail;
use super::{Canvas, CanvasAsk, Over, Paint, Scene, groups};

/// How near the pointer must be to a line.
const LINE_REACH: f32 = 5.0;
const WHEEL_POINTS_PER_E: f32 = 240.0;

pub(super) fn act(
    canvas: &mut Canvas,
    ui: &Ui,
    response: &Response,
    scene: Scene<'_>,
    paint: &Paint,
    asks: &mut Vec<CanvasAsk>,
) {
    if response.hovered() {
        wheel(canvas, ui, response);
    }
    if matches!(canvas.drag, Drag::Nothing) {
        let over = |pos| target(canvas, ui, (scene, paint), response.rect, pos);
        canvas.over = response.hover_pos().map_or(Over::Nothing, over);
    }
    drags(canvas, ui, response, (scene, paint), asks);
    clicks(canvas, ui, response, scene, asks);
    ui.ctx().output_mut(|output| {
        if response.hovered() || response.dragged() {
            output.cursor_icon = cursor(canvas);
        }
    });
}

fn cursor(canvas: &Canvas) -> CursorIcon {
    match (&canvas.drag, canvas.over) {
        (Drag::Picture | Drag::Nodes { .. }, _) => CursorIcon::Grabbing,
        (Drag::Box { .. } | Drag::Loop(_), _) => CursorIcon::Crosshair,
        (Drag::Nothing | Drag::Pushed { .. }, Over::Nothing) => CursorIcon::Default,
        (Drag::Nothing | Drag::Pushed { .. }, _) => CursorIcon::PointingHand,
    }
}

fn wheel(canvas: &mut Canvas, ui: &Ui, response: &Response) {
    let (scrolled, pinched, pos) = ui.input_mut(|input| {
        let scrolled = std::mem::take(&mut input.smooth_scroll_delta);
        (scrolled.y, input.zoom_delta(), input.pointer.hover_pos())
    });
    let factor = (scrolled / WHEEL_POINTS_PER_E).exp() * pinched;
    if factor != 1.0 {
        canvas.view.zoom_at(response.rect, pos.unwrap_or(response.rect.center()), factor);
    }
}

/// The topmost node under the pointer, else the name of an open group, else the nearest line.
fn target(canvas: &Canvas, ui: &Ui, (scene, paint): (Scene<'_>, &Paint), rect: Rect, pos: Pos2) -> Over {
    let over = over(canvas, scene, rect, pos);
    if matches!(over, Over::Node(_)) || scene.hulls.is_empty() {
        return over;
    }
    groups::name_at(canvas, ui.painter(), paint, scene, pos).map_or(over, Over::Hull)
}

/// The topmost node under the pointer, else the nearest line.
fn over(canvas: &Canvas, scene: Scene<'_>, rect: Rect, pos: Pos2) -> Over {
    let reach = canvas.view.radius().max(6.0) + 2.0;
    let nodes = (0u32..).zip(scene.nodes).zip(&canvas.places);
    let hit = nodes.rev_hit(|((_, node), place)| !node.hidden && place.distance(pos) <= reach);
    if let Some(node) = hit {
        return Over::Node(node);
    }
    if canvas.view.detail() == Detail::Far {
        return Over::Nothing;
    }
    nearest_link(canvas, scene, rect, pos).map_or(Over::Nothing, Over::Link)
}

/// The last of an iterator over numbered nodes that is hit: it was drawn on top.
trait LastHit<'a>: Iterator<Item = ((u32, &'a super::Node), &'a Pos2)> + Sized {
    fn rev_hit(self, is_hit: impl Fn(&Self::Item) -> bool) -> Option<u32> {
        self.filter(is_hit).last().map(|((index, _), _)| index)
    }
}

impl<'a, I: Iterator<Item = ((u32, &'a super::Node), &'a Pos2)>> LastHit<'a> for I {}

fn nearest_link(canvas: &Canvas, scene: Scene<'_>, rect: Rect, pos: Pos2) -> Option<u32> {
    let radius = canvas.view.radius();
    let shown = |node: u32| scene.node(node).filter(|node| !node.hidden).and(canvas.place_of(node));
    let distances = scene.links.iter().enumerate().filter_map(|(index, link)| {
        let (from, to) = (shown(link.from)?, shown(link.to)?);
        let near = Rect::from_two_pos(from, to).expand(3.0 * radius + LINE_REACH);
        if !near.contains(pos) || !rect.contains(pos) {
            return None;
        }
        let bend = canvas.wiring.bend(index);
        let trace = Trace::new(Ends { from, to, radius, bend, arrow: 0.0, is_loop: link.from == link.to })?;
        Some((index as u32, trace.distance_to(pos)))
    });
    let nearest = distances.filter(|(_, distance)| *distance <= LINE_REACH).min_by(|a, b| a.1.total_cmp(&b.1));
    nearest.map(|(index, _)| index)
}

fn drags(
    canvas: &mut Canvas,
    ui: &Ui,
    response: &Response,
    (scene, paint): (Scene<'_>, &Paint),
    asks: &mut Vec<CanvasAsk>,
) {
    if response.drag_started() {
        response.request_focus();
        let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(response.rect.center());
        let begun = begin(canvas, ui, response, (scene, paint), origin);
        let pushed = std::mem::replace(&mut canvas.drag, begun);
        end(pushed, canvas, scene, false, asks);
    }
    let zoom = canvas.view.zoom;
    match &mut canvas.drag {
        Drag::Picture => canvas.view.pan(response.drag_delta()),
        Drag::Box { .. } | Drag::Loop(_) => {
            response.interact_pointer_pos().into_iter().for_each(|at| canvas.drag.goes_to(at));
        }
        Drag::Nodes { moved, .. } => *moved += response.drag_delta() / zoom,
        Drag::Nothing | Drag::Pushed { .. } => return,
    }
    if response.drag_stopped() || !(response.dragged() || response.drag_started()) {
        let add = ui.input(|input| input.modifiers.command);
        end(std::mem::take(&mut canvas.drag), canvas, scene, add, asks);
    }
}

fn begin(canvas: &Canvas, ui: &Ui, response: &Response, (scene, paint): (Scene<'_>, &Paint), origin: Pos2) -> Drag {
    let (shift, alt) = ui.input(|input| (input.modifiers.shift, input.modifiers.alt));
    if !response.drag_started_by(PointerButton::Primary) {
        return Drag::Picture;
    }
    match target(canvas, ui, (scene, paint), response.rect, origin) {
        Over::Node(node) if scene.node(node).is_some_and(|node| node.selected) => {
            Drag::Nodes { nodes: scene.selected(), moved: Vec2::ZERO }
        }
        Over::Node(node) => Drag::Nodes { nodes: vec![node], moved: Vec2::ZERO },
        // By its name a whole group is dragged.
        Over::Hull(hull) => Drag::Nodes { nodes: members(scene, hull), moved: Vec2::ZERO },
        _ => match canvas.dragging {
            _ if shift && alt => Drag::Loop(vec![origin]),
            Dragging::Loops if !shift => Drag::Loop(vec![origin]),
            Dragging::Moves if !shift => Drag::Picture,
            _ => Drag::Box { from: origin, to: origin },
        },
    }
}

pub(super) fn end(drag: Drag, canvas: &Canvas, scene: Scene<'_>, add: bool, asks: &mut Vec<CanvasAsk>) {
    match drag {
        Drag::Box { .. } | Drag::Loop(_) => {
            let inside = |index: u32| canvas.place_of(index).is_some_and(|place| drag.catches(place));
            let wanted = (0u32..)
                .zip(scene.nodes)
                .filter(|(index, node)| !node.hidden && (inside(*index) || (add && node.selected)));
            asks.push(CanvasAsk::Select(wanted.map(|(index, _)| index).collect()));
        }
        Drag::Nodes { nodes, moved } | Drag::Pushed { nodes, moved } if moved != Vec2::ZERO => {
            let places = nodes.iter().filter_map(|&node| scene.place(node));
            let places = places.map(|[x, y]| [x + moved.x, y + moved.y]).collect();
            asks.push(CanvasAsk::Moved { nodes, places });
        }
        _ => {}
    }
}

fn clicks(canvas: &mut Canvas, ui: &Ui, response: &Response, scene: Scene<'_>, asks: &mut Vec<CanvasAsk>) {
    let Some(at) = response.interact_pointer_pos() else { return };
    let target = canvas.over;
    if response.clicked() || response.secondary_clicked() {
        response.request_focus();
        canvas.focus = if let Over::Node(node) = target { Some(node) } else { None };
    }
    if response.double_clicked() {
        match target {
            Over::Node(node) => asks.push(CanvasAsk::Expand { node }),
            Over::Link(link) => asks.push(CanvasAsk::OpenLink(link)),
            Over::Hull(hull) => asks.push(CanvasAsk::ToggleGroup(members(scene, hull))),
            Over::Nothing => {}
        }
    } else if response.clicked() {
        let toggle = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        asks.extend(select(scene, target, toggle));
    } else if response.secondary_clicked() {
        if let Over::Node(node) = target
            && !scene.node(node).is_some_and(|node| node.selected)
        {
            asks.push(CanvasAsk::Select(vec![node]));
        }
        if let Over::Hull(hull) = target {
            asks.push(CanvasAsk::Select(members(scene, hull)));
        }
        asks.push(CanvasAsk::Menu { over: target, at });
    }
}

fn members(scene: Scene<'_>, hull: u32) -> Vec<u32> {
    scene.hulls.get(hull as usize).map(|hull| hull.members.clone()).unwrap_or_default()
}

pub(super) fn select(scene: Scene<'_>, target: Over, toggle: bool) -> Option<CanvasAsk> {
    let mut selected = scene.selected();
    match target {
        Over::Node(node) if toggle => {
            match selected.iter().position(|other| *other == node) {
                Some(place) => drop(selected.remove(place)),
                None => selected.push(node),
            }
            Some(CanvasAsk::Select(selected))
        }
        Over::Node(node) => Some(CanvasAsk::Select(vec![node])),
        Over::Link(link) => Some(CanvasAsk::SelectLink(link)),
        Over::Hull(hull) if toggle => {
            selected.extend(members(scene, hull));
            Some(CanvasAsk::Select(selected))
        }
        Over::Hull(hull) => Some(CanvasAsk::Select(members(scene, hull))),
        Over::Nothing if toggle || selected.is_empty() => None,
        Over::Nothing => Some(CanvasAsk::Select(Vec::new())),
    }
}
