//! The keyboard: every act of the mouse has a key.

use egui::{EventFilter, Key, Modifiers, Pos2, Rect, Response, Ui, Vec2};

use super::{Canvas, CanvasAsk, Over, Scene, pointer, push};

const STEP_POINTS: f32 = 64.0;
const ZOOM_STEP: f32 = 1.25;
pub(super) const ARROWS: [(Key, Vec2); 4] = [
    (Key::ArrowLeft, Vec2::new(-1.0, 0.0)),
    (Key::ArrowRight, Vec2::new(1.0, 0.0)),
    (Key::ArrowUp, Vec2::new(0.0, -1.0)),
    (Key::ArrowDown, Vec2::new(0.0, 1.0)),
];

pub(super) fn act(canvas: &mut Canvas, ui: &Ui, response: &Response, scene: Scene<'_>, asks: &mut Vec<CanvasAsk>) {
    push::act(canvas, ui, response, scene, asks);
    if !response.has_focus() {
        return;
    }
    // Tab leaves the graph when no node has the keyboard, so that nobody is caught in it.
    let on_node = canvas.focus.is_some();
    let filter = EventFilter { tab: on_node, horizontal_arrows: true, vertical_arrows: true, escape: on_node };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    look_around(canvas, ui, response.rect);
    move_focus(canvas, ui, response.rect, scene);
    if let Some(ask) = ask(canvas, ui, scene) {
        asks.push(ask);
    }
}

pub(super) fn pressed(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}

fn look_around(canvas: &mut Canvas, ui: &Ui, rect: Rect) {
    if pressed(ui, Modifiers::SHIFT, Key::F) && !canvas.chosen.nodes.is_empty() {
        canvas.fit_selection();
    } else if pressed(ui, Modifiers::NONE, Key::F) {
        canvas.fit();
    }
    for (key, factor) in [(Key::Plus, ZOOM_STEP), (Key::Equals, ZOOM_STEP), (Key::Minus, 1.0 / ZOOM_STEP)] {
        if pressed(ui, Modifiers::NONE, key) || pressed(ui, Modifiers::SHIFT, key) {
            canvas.view.zoom_at(rect, rect.center(), factor);
        }
    }
    if canvas.fit.is_some() {
        ui.ctx().request_repaint();
    }
}

/// Arrows go to the next node in their direction, or move the picture while no node has the keyboard or Shift is held.
fn move_focus(canvas: &mut Canvas, ui: &Ui, rect: Rect, scene: Scene<'_>) {
    for (key, direction) in ARROWS {
        if pressed(ui, Modifiers::SHIFT, key) {
            canvas.view.pan(-direction * STEP_POINTS);
        } else if pressed(ui, Modifiers::NONE, key) {
            match canvas.focus {
                Some(focus) => step(canvas, scene, next_towards(canvas, scene, focus, direction)),
                None => canvas.view.pan(-direction * STEP_POINTS),
            }
        }
    }
    if canvas.focus.is_some() && pressed(ui, Modifiers::NONE, Key::Escape) {
        canvas.focus = None;
    }
    for (modifiers, forward) in [(Modifiers::SHIFT, false), (Modifiers::NONE, true)] {
        if canvas.focus.is_some() && pressed(ui, modifiers, Key::Tab) {
            let next = next_in_reading_order(canvas, scene, rect, forward);
            if next.is_none() {
                canvas.focus = None;
            }
            step(canvas, scene, next);
        }
    }
}

fn step(canvas: &mut Canvas, scene: Scene<'_>, next: Option<u32>) {
    if let Some(next) = next.filter(|&next| scene.node(next).is_some()) {
        canvas.show(next);
    }
}

/// The node that is nearest along `direction`; being off to the side counts double.
fn next_towards(canvas: &Canvas, scene: Scene<'_>, from: u32, direction: Vec2) -> Option<u32> {
    let places = canvas.places(scene);
    let start = places.of(from)?;
    let cost = |place: Pos2| {
        let way = place - start;
        let along = way.dot(direction);
        (along > 1.0).then(|| along + 2.0 * way.dot(direction.rot90()).abs())
    };
    let others = (0..scene.nodes.len() as u32).filter(|index| *index != from);
    let costs = others.filter_map(|index| places.of(index).and_then(cost).map(|cost| (index, cost)));
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// From top to bottom, from left to right, of what is in the picture.
fn next_in_reading_order(canvas: &Canvas, scene: Scene<'_>, rect: Rect, forward: bool) -> Option<u32> {
    let places = canvas.places(scene);
    let key = |index: u32| places.of(index).map(|place| ((place.y / 24.0).floor(), place.x, index));
    let here = canvas.focus.and_then(key)?;
    let is_after = |a: (f32, f32, u32), b: (f32, f32, u32)| if forward { a > b } else { a < b };
    let shown = canvas.ground.nodes_in(&places, rect).into_iter().filter_map(key);
    let shown = shown.filter(|(_, _, index)| places.of(*index).is_some_and(|place| rect.contains(place)));
    let candidates = shown.filter(|other| is_after(*other, here));
    let nearest = candidates.reduce(|best, other| if is_after(best, other) { other } else { best });
    nearest.map(|(_, _, index)| index)
}

/// What the letters and Enter ask for, of the node with the keyboard or of the selection.
fn ask(canvas: &mut Canvas, ui: &Ui, scene: Scene<'_>) -> Option<CanvasAsk> {
    if pressed(ui, Modifiers::COMMAND, Key::A) || pressed(ui, Modifiers::NONE, Key::A) {
        return Some(CanvasAsk::Select(scene.indices(|node| !node.hidden)));
    }
    let selected = &canvas.chosen.nodes;
    if pressed(ui, Modifiers::NONE, Key::Escape) && !selected.is_empty() {
        return Some(CanvasAsk::Select(Vec::new()));
    }
    if let Some(focus) = canvas.focus
        && pressed(ui, Modifiers::COMMAND, Key::Space)
    {
        return pointer::select(selected, scene, Over::Node(focus), true);
    }
    let one = canvas.focus.or(selected.first().copied());
    if one.is_none() && canvas.chosen.link.is_none() && pressed(ui, Modifiers::NONE, Key::Enter) {
        canvas.focus =
            canvas.wiring.by_importance.iter().copied().find(|&node| !scene.node(node).is_none_or(|n| n.hidden));
        return None;
    }
    if pressed(ui, Modifiers::NONE, Key::L) {
        return next_link(scene, &one.into_iter().collect::<Vec<_>>()).map(CanvasAsk::SelectLink);
    }
    if let (true, Some(link)) = (canvas.focus.is_none() && selected.is_empty(), canvas.chosen.link)
        && pressed(ui, Modifiers::NONE, Key::Enter)
    {
        return Some(CanvasAsk::OpenLink(link));
    }
    let one = one?;
    let all = canvas.meant();
    let of_one = [
        (Key::Enter, CanvasAsk::Open(one)),
        (Key::E, CanvasAsk::Expand { node: one }),
        (Key::Space, CanvasAsk::Select(vec![one])),
    ];
    let of_all = [
        (Key::H, CanvasAsk::Hide(all.clone())),
        (Key::P, CanvasAsk::Pin(all.clone())),
        (Key::I, CanvasAsk::Isolate(all.clone())),
        (Key::N, CanvasAsk::Neighbours(all.clone())),
        (Key::C, CanvasAsk::Collapse(all.clone())),
        (Key::O, CanvasAsk::ToggleGroup(all.clone())),
        (Key::Delete, CanvasAsk::Remove(all.clone())),
    ];
    if pressed(ui, Modifiers::SHIFT, Key::E) {
        return Some(CanvasAsk::TakeBack(all));
    }
    if pressed(ui, Modifiers::SHIFT, Key::F10) {
        return Some(CanvasAsk::Menu { over: Over::Node(one), at: canvas.place_of(scene, one).unwrap_or_default() });
    }
    of_one.into_iter().chain(of_all).find(|(key, _)| pressed(ui, Modifiers::NONE, *key)).map(|(_, ask)| ask)
}

fn selected_link(scene: Scene<'_>) -> Option<u32> {
    (0u32..).zip(scene.links).find(|(_, link)| link.selected).map(|(index, _)| index)
}

/// The line after the selected one, among those of `nodes`; without any, of the two ends of the selected line.
pub fn next_link(scene: Scene<'_>, nodes: &[u32]) -> Option<u32> {
    let selected = selected_link(scene);
    let ends = selected.and_then(|index| scene.links.get(index as usize)).map(|link| [link.from, link.to]);
    let is_end = |node: u32| nodes.contains(&node) || nodes.is_empty() && ends.is_none_or(|ends| ends.contains(&node));
    let touching = (0u32..).zip(scene.links).filter(|(_, link)| is_end(link.from) || is_end(link.to));
    let all: Vec<u32> = touching.map(|(index, _)| index).collect();
    let after = all.iter().find(|index| selected.is_some_and(|selected| **index > selected));
    after.or(all.first()).copied()
}
