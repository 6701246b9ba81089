//! Mouse, wheel and pinch.

use egui::{CursorIcon, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::drag::{Drag, Dragging};
use super::trace::{Ends, Trace};
use super::view::Detail;
use super::{Canvas, CanvasAsk, Over, Paint, Scene, groups};

/// How near the pointer must be to a line.
const LINE_REACH: f32 = 5.0;
/// The largest disc, compared with the usual one.
const LARGEST: f32 = 2.0;
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
    canvas.ground.looked.set(0);
    let (places, reach) = (canvas.places(scene), canvas.view.radius().max(6.0) + 2.0);
    let near = canvas.ground.nodes_in(&places, around(pos, LARGEST * reach));
    let reach_of = |node: u32| scene.node(node).map_or(reach, |node| reach * node.size());
    let is_hit = |node: &u32| places.of(*node).is_some_and(|place| place.distance(pos) <= reach_of(*node));
    let hit = near.into_iter().rfind(is_hit);
    if let Some(node) = hit {
        return Over::Node(node);
    }
    if canvas.detail == Detail::Far || canvas.view.detail() == Detail::Far {
        return Over::Nothing;
    }
    nearest_link(canvas, scene, rect, pos).map_or(Over::Nothing, Over::Link)
}

fn around(pos: Pos2, reach: f32) -> Rect {
    Rect::from_center_size(pos, Vec2::splat(2.0 * reach))
}

fn nearest_link(canvas: &Canvas, scene: Scene<'_>, rect: Rect, pos: Pos2) -> Option<u32> {
    if !rect.contains(pos) {
        return None;
    }
    let (places, radius) = (canvas.places(scene), canvas.view.radius());
    // A bent line, and one that loops, lies this far beside the straight way between its ends.
    let reach = 3.0 * radius + LINE_REACH;
    let links = canvas.ground.links_in(&places, &canvas.wiring, around(pos, reach));
    let distances = links.into_iter().filter_map(|index| {
        let link = scene.links.get(index as usize)?;
        let (from, to) = (places.of(link.from)?, places.of(link.to)?);
        if !Rect::from_two_pos(from, to).expand(reach).contains(pos) {
            return None;
        }
        let bend = canvas.wiring.bend(index as usize);
        let radii = [link.from, link.to].map(|end| radius * scene.node(end).map_or(1.0, super::Node::size));
        let trace = Trace::new(Ends { from, to, radii, bend, arrow: 0.0, is_loop: link.from == link.to })?;
        Some((index, trace.distance_to(pos)))
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
            Drag::Nodes { nodes: canvas.chosen.nodes.clone(), moved: Vec2::ZERO }
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
            let places = canvas.places(scene);
            let mut wanted = canvas.ground.nodes_in(&places, drag.bounds());
            wanted.retain(|node| places.of(*node).is_some_and(|place| drag.catches(place)));
            if add {
                wanted.extend(&canvas.chosen.nodes);
                wanted.sort_unstable();
                wanted.dedup();
            }
            asks.push(CanvasAsk::Select(wanted));
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
        asks.extend(select(&canvas.chosen.nodes, scene, target, toggle));
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
    let mut members = scene.hulls.get(hull as usize).map(|hull| hull.members.clone()).unwrap_or_default();
    // What is held is looked up by its number.
    members.sort_unstable();
    members
}

pub(super) fn select(selected: &[u32], scene: Scene<'_>, target: Over, toggle: bool) -> Option<CanvasAsk> {
    let mut selected = selected.to_vec();
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

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};
    use graph::{Chance, Place};

    use super::super::{Link, Node};
    use super::*;

    struct Case {
        nodes: Vec<Node>,
        places: Vec<Place>,
        links: Vec<Link>,
    }

    /// Nodes in clusters of a hundred, some hidden, one nowhere; links that are short, long, parallel, and loops.
    fn case(count: u32) -> Case {
        let mut chance = Chance::seeded(u64::from(count));
        let side = (count as f32).sqrt() * 90.0;
        let mut clusters = Vec::new();
        let mut place = |index: u32| {
            if index.is_multiple_of(100) {
                clusters.push([(); 2].map(|()| chance.centred() * side));
            }
            let middle = clusters.last().copied().unwrap_or_default();
            middle.map(|along| along + chance.centred() * 500.0)
        };
        let mut places: Vec<Place> = (0..count).map(&mut place).collect();
        places[7] = [f32::NAN, 0.0];
        let node = |index: u32| Node { hidden: index % 23 == 5, ..Node::default() };
        let mut chance = Chance::seeded(1);
        let mut end = move |near: u32| {
            let far = chance.below(count as usize) as u32;
            if chance.below(10) == 0 { far } else { (near / 100 * 100 + far % 100).min(count - 1) }
        };
        let link = |index: u32| Link { from: index / 3, to: end(index / 3), ..Link::default() };
        Case { nodes: (0..count).map(node).collect(), places, links: (0..3 * count).map(link).collect() }
    }

    const PANE: Rect = Rect { min: pos2(20.0, 10.0), max: pos2(1_420.0, 910.0) };

    fn canvas(scene: Scene<'_>, zoom: f32) -> Canvas {
        let mut canvas = Canvas { pane: Some(PANE), ..Canvas::default() };
        canvas.wiring.keep_up(scene);
        canvas.chosen.keep_up(scene);
        canvas.ground.keep_up(scene);
        canvas.view.zoom = zoom;
        canvas
    }

    /// Looks at every node and every link.
    fn plainly_over(canvas: &Canvas, scene: Scene<'_>, pos: Pos2) -> Over {
        let places = canvas.places(scene);
        let reach = canvas.view.radius().max(6.0) + 2.0;
        let is_hit = |node: &u32| places.of(*node).is_some_and(|place| place.distance(pos) <= reach);
        if let Some(node) = (0..scene.nodes.len() as u32).rfind(is_hit) {
            return Over::Node(node);
        }
        let radius = canvas.view.radius();
        let distance = |(index, link): (u32, &Link)| {
            let (from, to) = (places.of(link.from)?, places.of(link.to)?);
            let bend = canvas.wiring.bend(index as usize);
            let radii = [link.from, link.to].map(|end| radius * scene.node(end).map_or(1.0, Node::size));
            let trace = Trace::new(Ends { from, to, radii, bend, arrow: 0.0, is_loop: link.from == link.to })?;
            let is_near = Rect::from_two_pos(from, to).expand(3.0 * radius + LINE_REACH).contains(pos);
            Some((index, trace.distance_to(pos))).filter(|(_, distance)| is_near && *distance <= LINE_REACH)
        };
        let nearest = (0..).zip(scene.links).filter_map(distance).min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map_or(Over::Nothing, |(index, _)| Over::Link(index))
    }

    #[test]
    fn what_is_under_the_pointer_is_what_a_look_at_everything_finds() {
        let case = case(2_000);
        let scene = Scene { nodes: &case.nodes, places: &case.places, links: &case.links, ..Scene::default() };
        let mut chance = Chance::seeded(9);
        let (mut nodes, mut links) = (0, 0);
        for zoom in [0.3, 0.7, 2.0] {
            let mut canvas = canvas(scene, zoom);
            for step in 0..400_u32 {
                // Beside a node, where there is something to be found.
                let [x, y] = case.places[(step as usize * 37 + 11) % 2_000];
                (canvas.view.x, canvas.view.y) = (x, y);
                let pos = PANE.center() + vec2(chance.centred(), chance.centred()) * 120.0;
                let found = over(&canvas, scene, PANE, pos);
                assert_eq!(found, plainly_over(&canvas, scene, pos), "zoom {zoom}, step {step}");
                nodes += usize::from(matches!(found, Over::Node(_)));
                links += usize::from(matches!(found, Over::Link(_)));
            }
        }
        assert!(nodes > 50 && links > 50, "{nodes} nodes and {links} links were hit");
    }

    #[test]
    fn a_box_and_a_loop_select_what_a_look_at_everything_finds() {
        let case = case(3_000);
        let scene = Scene { nodes: &case.nodes, places: &case.places, links: &case.links, ..Scene::default() };
        let canvas = canvas(scene, 0.25);
        let mut chance = Chance::seeded(4);
        let mut corner = || PANE.center() + vec2(chance.centred(), chance.centred()) * 1_200.0;
        let mut caught = 0;
        for step in 0..40 {
            let drag = || {
                if step % 2 == 0 {
                    Drag::Box { from: corner(), to: corner() }
                } else {
                    Drag::Loop(vec![corner(), corner(), corner()])
                }
            };
            let drag = {
                let mut drag = drag;
                drag()
            };
            let places = canvas.places(scene);
            let all = 0..scene.nodes.len() as u32;
            let expected: Vec<u32> = all.filter(|node| places.of(*node).is_some_and(|at| drag.catches(at))).collect();
            caught += expected.len();
            let mut asks = Vec::new();
            end(drag, &canvas, scene, false, &mut asks);
            assert_eq!(asks, [CanvasAsk::Select(expected)], "step {step}");
        }
        assert!(caught > 1_000, "{caught} nodes were caught");
    }

    #[test]
    fn among_a_hundred_thousand_nodes_few_are_looked_at() {
        let case = case(100_000);
        let scene = Scene { nodes: &case.nodes, places: &case.places, links: &case.links, ..Scene::default() };
        let mut canvas = canvas(scene, 1.0);
        let mut looked: Vec<usize> = (0..100_usize)
            .map(|step| {
                [canvas.view.x, canvas.view.y] = case.places[step * 991 + 8];
                over(&canvas, scene, PANE, PANE.center() + vec2(30.0, 30.0));
                canvas.looked_at()
            })
            .collect();
        looked.sort_unstable();
        // A tenth of the links lead across the whole graph, so that thousands of their boxes lie around every point.
        assert!(looked[50] < 20_000 && looked[0] > 0, "{} of 400,000 looked at, at most {}", looked[50], looked[99]);
    }
}
