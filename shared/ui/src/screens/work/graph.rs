//! The graph pane: tools, the canvas, and what the person asks of it turned into commands.

use std::collections::HashSet;

use egui::{Key, Modifiers, Pos2, Rect, Sense, Ui, vec2};
use graph::{LinkId, NodeId, Place};

use super::glide::Glide;
use super::scene::Drawn;
use super::{expand_menu, find, go, going, graph_menu, graph_tools, restoring, show_table};
use crate::app::{Commands, Model, View};
use crate::canvas::{Canvas, CanvasAsk, Over, Painting, SECOND_LINE_ZOOM, Scene, next_link};
use crate::frame::search_id;
use crate::look::{Look, icons};
use crate::screens::paints;
use crate::widgets::empty_state;
use crate::words::Word;
use crate::work::{About, Command, Wishes};

/// Half of a disc, in points on the screen; menus open beside it.
const DISC: f32 = 22.0;
/// About half of a letter of a name, in points, and the most letters that are drawn.
const HALF_LETTER: f32 = 3.2;
const LONGEST_NAME: usize = 26;

/// The view of the graph.
pub(super) struct Draft {
    pub(super) canvas: Canvas,
    pub(super) drawn: Drawn,
    glide: Glide,
    pub(super) expand: expand_menu::Draft,
    pub(super) find: find::Draft,
    pub(super) menu: Option<(Over, Pos2)>,
    pane: Rect,
    /// The revision of the graph that the view was last held against, and what was shown then.
    seen: (u64, HashSet<NodeId>),
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            canvas: Canvas::with_overview(),
            drawn: Drawn::default(),
            glide: Glide::default(),
            expand: expand_menu::Draft::default(),
            find: find::Draft::default(),
            menu: None,
            pane: Rect::ZERO,
            seen: (0, HashSet::new()),
        }
    }
}

impl Draft {
    /// The link after the selected one, of the selected objects.
    pub(super) fn next_link(&self, model: &Model) -> Option<LinkId> {
        let board = &model.work.board;
        let selected = (0u32..).zip(&self.drawn.ids).filter(|(_, id)| board.selected.contains(id));
        let nodes: Vec<u32> = selected.map(|(at, _)| at).collect();
        let line = next_link(Scene { links: &self.drawn.links, ..Scene::default() }, &nodes)?;
        self.drawn.link(line)
    }

    /// Adds the object with the keyboard to the selection, or takes it out.
    pub(super) fn toggle_focused(&self, model: &Model, commands: &mut Commands) {
        if let Some(id) = self.canvas.focused().and_then(|place| self.drawn.ids.get(place as usize)) {
            let mut selected = model.work.board.selected.clone();
            if !selected.remove(id) {
                selected.insert(*id);
            }
            commands.work(Command::Select(selected.into_iter().collect()));
        }
    }

    /// Brings an object into view, and gives it the keyboard of the graph.
    pub(super) fn show(&mut self, object: NodeId) {
        if let Some(place) = self.drawn.ids.iter().position(|id| *id == object) {
            self.canvas.show(place as u32);
        }
    }

    /// Opens the expand menu for what is selected, where it is seen.
    pub(super) fn open_expand(&mut self, model: &Model, commands: &mut Commands) {
        self.expand.open(model, model.work.board.selected.first().copied(), commands);
    }
}

/// Draws the pane.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if model.work.board.arranging.needs_frames() {
        commands.work(Command::StepLayout);
        ui.ctx().request_repaint();
    }
    // What could not be put together again is said before anything else: nothing is kept until that is dealt with.
    let has_failed = model.work.restoring.as_ref().is_some_and(|restoring| restoring.fault().is_some());
    let is_empty = has_failed || model.work.board.graph.shown().next().is_none();
    draft.drawn.keep_up(model);
    (draft.canvas.glide_secs, draft.canvas.tools) = (Look::of(ui.ctx()).glide_secs(), graph_tools::HEIGHT);
    let pane = ui.available_rect_before_wrap();
    let before = std::mem::replace(&mut draft.pane, pane);
    show_what_is_new(model, draft, before);
    if is_empty {
        empty_ui(ui, model, commands);
    } else {
        canvas_ui(ui, model, draft, commands);
    }
    graph_tools::ui(ui, model, draft, pane, commands);
    going::ui(ui, model, pane, commands);
    if !is_empty {
        find::ui(ui, model, draft, pane, commands);
        let surface = ui.interact(pane, ui.scope_id().with("surface"), Sense::hover());
        if let Some(node) = draft.expand.node() {
            draft.expand.beside = beside(model, node, on_screen(draft, pane, model.work.board.graph.place(node)));
        }
        expand_menu::ui(&surface, model, &mut draft.expand, commands);
        if let Some(ask) = graph_menu::ui(&surface, model, draft, commands) {
            act(&surface.ctx, model, draft, ask, commands);
        }
    }
}

/// Once the layout has settled, objects that came and lie outside of the view are brought into it together with the
/// selection; everything is, when the pane has become smaller and everything was seen before.
fn show_what_is_new(model: &Model, draft: &mut Draft, before: Rect) {
    let graph = &model.work.board.graph;
    let is_known = draft.seen.0 == graph.revision();
    let is_smaller = before.size() != draft.pane.size();
    if model.work.board.arranging.is_running() || before == Rect::ZERO || (is_known && !is_smaller) {
        return;
    }
    let all = || graph.shown().map(|(id, _)| graph.place(id));
    if is_smaller && draft.canvas.sees(before, all()) && !draft.canvas.sees(draft.pane, all()) {
        draft.canvas.fit();
    }
    if is_known {
        return;
    }
    let shown: HashSet<NodeId> = graph.shown().map(|(id, _)| id).collect();
    let known = std::mem::replace(&mut draft.seen, (graph.revision(), shown)).1;
    let came: Vec<NodeId> = draft.seen.1.difference(&known).copied().collect();
    if known.is_empty() {
        draft.canvas.include(all());
    } else if !came.is_empty() {
        let selected = model.work.board.selected.iter().copied();
        draft.canvas.include(came.into_iter().chain(selected).map(|id| graph.place(id)));
    }
}

fn empty_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    if let Some(restoring) = &model.work.restoring {
        restoring::ui(ui, model, restoring, commands);
        return;
    }
    let has_hidden = model.work.board.graph.nodes().next().is_some();
    let button = words.t(if has_hidden { Word::ShowHidden } else { Word::Search });
    let clicked = empty_state(ui, icons::HUB, words.t(Word::GraphEmptyTitle), words.t(Word::GraphEmpty), Some(button));
    if clicked && has_hidden {
        commands.work(Command::ShowAll);
    } else if clicked {
        ui.memory_mut(|memory| memory.request_focus(search_id()));
    }
}

fn canvas_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let paint = paints::of_graph(ui, model.words);
    draft.glide.keep_up(ui, model, &draft.drawn);
    let (view, pane) = (draft.canvas.view, draft.pane);
    if view.zoom >= SECOND_LINE_ZOOM {
        let on_screen = |[x, y]: Place| pane.center() + vec2(x - view.x, y - view.y) * view.zoom;
        draft.drawn.tell(model, draft.glide.places(), |place| pane.contains(on_screen(place)));
    }
    let asks = {
        let (drawn, glide) = (&draft.drawn, &draft.glide);
        let scene = Scene {
            nodes: &drawn.nodes,
            places: glide.places(),
            links: &drawn.links,
            wiring: drawn.wiring(),
            look: drawn.look(),
            placing: glide.placing(),
        };
        draft.canvas.painting = Painting::of(scene, !model.appearance.without_card);
        let mut asks = draft.canvas.ui(ui, scene, &paint);
        asks.extend(keys_of_selection(ui, model, draft, scene));
        asks
    };
    for ask in asks {
        act(ui.ctx(), model, draft, ask, commands);
    }
}

/// The letters work on the selection also while nothing has the keyboard: after opening something from the search.
fn keys_of_selection(ui: &Ui, model: &Model, draft: &Draft, scene: Scene<'_>) -> Option<CanvasAsk> {
    if ui.memory(|memory| memory.focused().is_some()) || egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    if !ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, .. }))) {
        return None;
    }
    let selected = &model.work.board.selected;
    let nodes: Vec<u32> =
        (0u32..).zip(&draft.drawn.ids).filter(|(_, id)| selected.contains(id)).map(|(at, _)| at).collect();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::A) {
        return Some(CanvasAsk::Select((0u32..).zip(&draft.drawn.ids).map(|(at, _)| at).collect()));
    }
    let link = model.work.board.link;
    if pressed(Key::L) {
        return next_link(scene, &nodes).map(CanvasAsk::SelectLink);
    }
    if let Some(line) = link.and_then(|link| draft.drawn.line_of(link))
        && pressed(Key::Enter)
    {
        return Some(CanvasAsk::OpenLink(line));
    }
    let one = *nodes.first()?;
    let acts = [
        (Key::E, CanvasAsk::Expand { node: one }),
        (Key::Enter, CanvasAsk::Open(one)),
        (Key::H, CanvasAsk::Hide(nodes.clone())),
        (Key::P, CanvasAsk::Pin(nodes.clone())),
        (Key::I, CanvasAsk::Isolate(nodes.clone())),
        (Key::N, CanvasAsk::Neighbours(nodes.clone())),
        (Key::Delete, CanvasAsk::Remove(nodes)),
    ];
    acts.into_iter().find(|(key, _)| pressed(*key)).map(|(_, ask)| ask)
}

fn on_screen(draft: &Draft, pane: Rect, [x, y]: Place) -> Pos2 {
    let view = draft.canvas.view;
    pane.center() + vec2(x - view.x, y - view.y) * view.zoom
}

fn act(ctx: &egui::Context, model: &Model, draft: &mut Draft, ask: CanvasAsk, commands: &mut Commands) {
    let at = |places: &[u32]| draft.drawn.nodes_at(places);
    match ask {
        CanvasAsk::Select(nodes) => commands.work(Command::Select(at(&nodes))),
        CanvasAsk::SelectLink(line) => {
            if let Some(link) = draft.drawn.link(line) {
                commands.work(Command::SelectLink(link));
            }
        }
        CanvasAsk::OpenLink(line) => {
            if let Some(link) = draft.drawn.link(line) {
                show_rows(model, link, commands);
            }
        }
        CanvasAsk::Open(node) => {
            let object = at(&[node]).first().and_then(|id| model.work.board.object(*id));
            if let Some(object) = object {
                go(model, View::Object { object_type: object.object_type, key: object.key }, commands);
            }
        }
        CanvasAsk::Expand { node } => draft.expand.open(model, at(&[node]).first().copied(), commands),
        CanvasAsk::Menu { over, at } => {
            draft.menu = Some((over, at));
            ctx.request_repaint();
        }
        CanvasAsk::Hide(nodes) => commands.work(Command::Hide(at(&nodes))),
        CanvasAsk::Pin(nodes) => commands.work(Command::Pin(at(&nodes))),
        CanvasAsk::Isolate(nodes) => commands.work(Command::Isolate(at(&nodes).into_iter().collect())),
        CanvasAsk::Neighbours(nodes) => commands.work(Command::SelectNeighbours(at(&nodes))),
        CanvasAsk::Remove(nodes) => commands.work(Command::Remove(at(&nodes))),
        CanvasAsk::Moved { nodes, places } => {
            let moved: Vec<(NodeId, Place)> = at(&nodes).into_iter().zip(places).collect();
            draft.glide.put_down(model, &moved);
            commands.work(Command::Move(moved));
        }
    }
}

/// The disc with its name: a menu opens beside both, and covers neither.
fn beside(model: &Model, node: NodeId, at: Pos2) -> Rect {
    let letters = model.work.board.graph.node(node).map_or(0, |node| node.label.chars().count());
    let half = (letters.min(LONGEST_NAME) as f32 * HALF_LETTER).max(DISC);
    Rect::from_center_size(at, vec2(2.0 * half, 2.0 * DISC))
}

/// Opens a table with the single rows behind a drawn link.
pub(super) fn show_rows(model: &Model, link: LinkId, commands: &mut Commands) {
    let graph = &model.work.board.graph;
    let Some(found) = graph.link(link) else { return };
    let ends = (graph.node(found.from), graph.node(found.to));
    if let (Ok(id), (Some(from), Some(to))) = (access::LinkTypeId::new(graph.link_type(found.link_type)), ends) {
        let about = About::Between(id, from.key.key.clone(), to.key.key.clone());
        show_table(model, about, Wishes::default(), commands);
    }
}
