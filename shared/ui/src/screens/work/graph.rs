//! The graph pane: tools, the canvas, and what the person asks of it turned into commands.

use egui::{Id, Key, Margin, Modifiers, Pos2, Rect, Sense, Ui, vec2};
use graph::{LinkId, NodeId, Place};

use super::scene::Drawn;
use super::{expand_menu, go};
use crate::app::{Commands, Model, View};
use crate::canvas::{Canvas, CanvasAsk, Over, Scene};
use crate::frame::search_id;
use crate::look::{Look, icons};
use crate::screens::paints;
use crate::widgets::{
    Button, ListRow, Segment, empty_state, menu_row, popover_beside, segmented, tool_group, tool_row,
};
use crate::words::Word;
use crate::work::{About, Command, Wishes};

/// Larger graphs are not looked through at every frame: only new objects are brought into view.
const MOST_WATCHED: usize = 2_000;
/// Half of a disc, in points on the screen; menus open beside it.
const DISC: f32 = 22.0;

/// The view of the graph.
pub(super) struct Draft {
    pub(super) canvas: Canvas,
    pub(super) drawn: Drawn,
    glide: Glide,
    pub(super) expand: expand_menu::Draft,
    menu: Option<(Over, Pos2)>,
    pane: Rect,
    /// How many objects the view has been fitted to.
    fitted: usize,
    /// Whether everything was seen when places were last settled, and which places these were.
    saw_all: bool,
    settled: u64,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            canvas: Canvas::default(),
            drawn: Drawn::default(),
            glide: Glide::default(),
            expand: expand_menu::Draft::default(),
            menu: None,
            pane: Rect::ZERO,
            fitted: 0,
            saw_all: false,
            settled: 0,
        }
    }
}

impl Draft {
    /// Opens the expand menu for what is selected, where it is seen.
    pub(super) fn open_expand(&mut self, model: &Model, commands: &mut Commands) {
        let node = model.work.board.selected.first().copied();
        let at = node.map_or(self.pane.center(), |id| on_screen(self, self.pane, model.work.board.graph.place(id)));
        self.expand.open(model, node, disc(at), commands);
    }
}

/// Places on their way from where they were to where the layout wants them.
#[derive(Default)]
struct Glide {
    from: Vec<(NodeId, Place)>,
    shown: Vec<(NodeId, Place)>,
    revision: u64,
    began_secs: f64,
}

impl Glide {
    /// The places of this frame.
    fn places(&mut self, ui: &Ui, model: &Model, drawn: &Drawn) -> Vec<Place> {
        let now = ui.input(|input| input.time);
        let board = &model.work.board;
        if self.revision != board.graph.places_revision() {
            self.revision = board.graph.places_revision();
            (self.from, self.began_secs) = (std::mem::take(&mut self.shown), now);
        }
        let wanted = drawn.places(model);
        let lasts = f64::from(Look::of(ui.ctx()).glide_secs());
        let share = if lasts > 0.0 { ((now - self.began_secs) / lasts).clamp(0.0, 1.0) as f32 } else { 1.0 };
        let places = if share < 1.0 && !self.from.is_empty() {
            ui.ctx().request_repaint();
            let from: std::collections::HashMap<NodeId, Place> = self.from.iter().copied().collect();
            let between = |(id, to): (&NodeId, &Place)| match from.get(id) {
                Some([x, y]) => [x + (to[0] - x) * share, y + (to[1] - y) * share],
                None => *to,
            };
            drawn.ids.iter().zip(&wanted).map(between).collect()
        } else {
            wanted
        };
        self.shown = drawn.ids.iter().copied().zip(places.iter().copied()).collect();
        places
    }
}

/// Draws the pane.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if model.work.board.arranging.needs_frames() {
        commands.work(Command::StepLayout);
        ui.ctx().request_repaint();
    }
    let is_empty = model.work.board.graph.shown().next().is_none();
    draft.drawn.keep_up(model);
    let pane = ui.available_rect_before_wrap();
    let before = std::mem::replace(&mut draft.pane, pane);
    show_what_is_new(model, draft, before);
    if is_empty {
        empty_ui(ui, model, commands);
    } else {
        canvas_ui(ui, model, draft, commands);
    }
    tools_ui(ui, model, draft, pane, commands);
    if !is_empty {
        let surface = ui.interact(pane, ui.scope_id().with("surface"), Sense::hover());
        expand_menu::ui(&surface, model, &mut draft.expand, commands);
        menu_ui(&surface, model, draft, commands);
    }
}

/// Once the layout has settled, objects that came and lie outside of the view are brought into it; the same when
/// everything was seen before, and the layout has spread it or the pane has become smaller. A whole layout may run
/// between two frames of a slow machine, so that what counts is whether places changed.
fn show_what_is_new(model: &Model, draft: &mut Draft, before: Rect) {
    if model.work.board.arranging.is_running() || before == Rect::ZERO {
        return;
    }
    let graph = &model.work.board.graph;
    let (count, places) = (graph.shown().count(), graph.places_revision());
    let is_changed = places != draft.settled || before.size() != draft.pane.size();
    let wants_all = count > draft.fitted || (is_changed && draft.saw_all);
    let inside = draft.pane.shrink(DISC);
    let sees_all = (wants_all || count <= MOST_WATCHED)
        && graph.shown().all(|(id, _)| inside.contains(on_screen(draft, draft.pane, graph.place(id))));
    if wants_all && !sees_all {
        draft.canvas.fit();
    }
    (draft.saw_all, draft.settled, draft.fitted) = (wants_all || sees_all, places, count);
}

fn empty_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
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
    let places = draft.glide.places(ui, model, &draft.drawn);
    let asks = {
        let nodes = draft.drawn.nodes(model, &places, true);
        let links = draft.drawn.links();
        let scene = Scene { nodes: &nodes, links: &links, wiring: draft.drawn.wiring() };
        let mut asks = draft.canvas.ui(ui, scene, &paint);
        asks.extend(keys_of_selection(ui, model, draft, &places));
        asks
    };
    for ask in asks {
        act(ui.ctx(), model, draft, ask, commands);
    }
}

/// The letters work on the selection also while nothing has the keyboard: after opening something from the search.
fn keys_of_selection(ui: &Ui, model: &Model, draft: &Draft, places: &[Place]) -> Option<CanvasAsk> {
    if ui.memory(|memory| memory.focused().is_some()) || egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    let selected = &model.work.board.selected;
    let nodes: Vec<u32> =
        (0u32..).zip(&draft.drawn.ids).filter(|(_, id)| selected.contains(id)).map(|(at, _)| at).collect();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::A) {
        return Some(CanvasAsk::Select((0u32..).zip(&draft.drawn.ids).map(|(at, _)| at).collect()));
    }
    let one = *nodes.first()?;
    let at = places.get(one as usize).map(|place| on_screen(draft, draft.pane, *place)).unwrap_or_default();
    let acts = [
        (Key::E, CanvasAsk::Expand { node: one, at }),
        (Key::Enter, CanvasAsk::Open(one)),
        (Key::H, CanvasAsk::Hide(nodes.clone())),
        (Key::P, CanvasAsk::Pin(nodes.clone())),
        (Key::I, CanvasAsk::Isolate(nodes.clone())),
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
        CanvasAsk::Expand { node, at: beside } => {
            let nodes = at(&[node]);
            draft.expand.open(model, nodes.first().copied(), disc(beside), commands);
        }
        CanvasAsk::Menu { over, at } => {
            draft.menu = Some((over, at));
            ctx.request_repaint();
        }
        CanvasAsk::Hide(nodes) => commands.work(Command::Hide(at(&nodes))),
        CanvasAsk::Pin(nodes) => commands.work(Command::Pin(at(&nodes))),
        CanvasAsk::Isolate(nodes) => commands.work(Command::Isolate(at(&nodes).into_iter().collect())),
        CanvasAsk::Remove(nodes) => commands.work(Command::Remove(at(&nodes))),
        CanvasAsk::Moved { nodes, places } => {
            let moved: Vec<(NodeId, Place)> = at(&nodes).into_iter().zip(places).collect();
            // Put down by hand: there is nothing to glide.
            draft.glide.revision = model.work.board.graph.places_revision() + 1;
            draft.settled = draft.glide.revision;
            for (id, place) in &mut draft.glide.shown {
                if let Some((_, to)) = moved.iter().find(|(other, _)| other == id) {
                    *place = *to;
                }
            }
            commands.work(Command::Move(moved));
        }
    }
}

fn disc(at: Pos2) -> Rect {
    Rect::from_center_size(at, vec2(2.0 * DISC, 2.0 * DISC))
}

/// Opens a table with the single rows behind a drawn link.
pub(super) fn show_rows(model: &Model, link: LinkId, commands: &mut Commands) {
    let graph = &model.work.board.graph;
    let Some(found) = graph.link(link) else { return };
    let ends = (graph.node(found.from), graph.node(found.to));
    if let (Ok(id), (Some(from), Some(to))) = (access::LinkTypeId::new(graph.link_type(found.link_type)), ends) {
        let about = About::Between(id, from.key.key.clone(), to.key.key.clone());
        commands.work(Command::OpenTable(about, Wishes::default()));
    }
}

fn tools_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, pane: Rect, commands: &mut Commands) {
    let words = model.words;
    let place = Rect::from_min_size(pane.min, vec2(pane.width(), 58.0));
    ui.scope_builder(egui::UiBuilder::new().id_salt("tools").max_rect(place), |ui| {
        egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            tool_row(ui, |ui| {
                let mut tool = usize::from(draft.canvas.drag_selects);
                let tools = [
                    Segment::icon(icons::ARROW_SELECTOR_TOOL, words.t(Word::PanTool), None),
                    Segment::icon(icons::SELECT, words.t(Word::SelectTool), Some("Shift")),
                ];
                segmented(ui, words.t(Word::SelectTool), &tools, &mut tool);
                draft.canvas.drag_selects = tool == 1;
                steps_ui(ui, model, commands);
                view_ui(ui, model, draft, commands);
            });
        });
    });
}

fn steps_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let steps = [
        Segment::icon(icons::UNDO, words.t(Word::Undo), Some("Ctrl Z")),
        Segment::icon(icons::REDO, words.t(Word::Redo), Some("Ctrl Shift Z")),
    ];
    match tool_group(ui, words.t(Word::Undo), &steps) {
        Some(0) => commands.work(Command::Undo),
        Some(_) => commands.work(Command::Redo),
        None => {}
    }
}

fn view_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let views = [
        Segment::icon(icons::FIT_SCREEN, words.t(Word::Fit), Some("F")),
        Segment::icon(icons::CENTER_FOCUS_STRONG, words.t(Word::FitSelection), Some("Shift F")),
    ];
    match tool_group(ui, words.t(Word::Fit), &views) {
        Some(0) => draft.canvas.fit(),
        Some(_) => draft.canvas.fit_selection(),
        None => {}
    }
    if ui.add(Button::new(words.t(Word::LayOutAgain)).icon(icons::GRAPH_3)).clicked() {
        commands.work(Command::LayOutAgain);
    }
    let graph = &model.work.board.graph;
    let has_hidden = graph.nodes().any(|(id, _)| graph.flags(id).hidden);
    if has_hidden && ui.add(Button::new(words.t(Word::ShowHidden)).icon(icons::VISIBILITY)).clicked() {
        commands.work(Command::ShowAll);
    }
}

/// The menu of the right mouse button.
fn menu_ui(surface: &egui::Response, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Some((over, at)) = draft.menu else { return };
    let mut open = true;
    let beside = Rect::from_center_size(at, vec2(2.0, 2.0));
    let words = model.words;
    let chosen = popover_beside(surface, Id::unique("graph menu"), beside, &mut open, words.t(Word::More), |ui| {
        ui.set_min_width(230.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        match over {
            Over::Node(node) => node_menu_ui(ui, model, node),
            Over::Link(line) => menu_row(ui, ListRow::new(words.t(Word::ShowRows)).icon(icons::TABLE_ROWS))
                .then_some(CanvasAsk::OpenLink(line)),
            Over::Nothing => ground_menu_ui(ui, model, draft, commands),
        }
    });
    if let Some(Some(ask)) = chosen {
        open = false;
        let ask = match ask {
            CanvasAsk::Expand { node, .. } => CanvasAsk::Expand { node, at },
            other => other,
        };
        act(&surface.ctx, model, draft, ask, commands);
    }
    if !open {
        draft.menu = None;
    }
}

fn node_menu_ui(ui: &mut Ui, model: &Model, node: u32) -> Option<CanvasAsk> {
    let words = model.words;
    let one = vec![node];
    let lines = [
        (icons::OPEN_IN_FULL, Word::OpenObject, "Enter", CanvasAsk::Open(node)),
        (icons::ACCOUNT_TREE, Word::Expand, "E", CanvasAsk::Expand { node, at: Pos2::ZERO }),
        (icons::PUSH_PIN, Word::Pin, "P", CanvasAsk::Pin(one.clone())),
        (icons::VISIBILITY_OFF, Word::Hide, "H", CanvasAsk::Hide(one.clone())),
        (icons::CENTER_FOCUS_STRONG, Word::Isolate, "I", CanvasAsk::Isolate(one.clone())),
        (icons::REMOVE, Word::RemoveFromPicture, "Delete", CanvasAsk::Remove(one)),
    ];
    let mut chosen = None;
    for (icon, word, keys, ask) in lines {
        if menu_row(ui, ListRow::new(words.t(word)).icon(icon).detail(keys)) {
            chosen = Some(of_selection(model, ask));
        }
    }
    chosen
}

/// What is chosen for one of several selected objects is meant for all of them.
fn of_selection(model: &Model, ask: CanvasAsk) -> CanvasAsk {
    let graph = &model.work.board.graph;
    let ids: Vec<NodeId> = graph.shown().map(|(id, _)| id).collect();
    let selected = &model.work.board.selected;
    let all: Vec<u32> = (0u32..).zip(&ids).filter(|(_, id)| selected.contains(id)).map(|(at, _)| at).collect();
    let wanted = |one: Vec<u32>| if one.iter().all(|node| all.contains(node)) { all.clone() } else { one };
    match ask {
        CanvasAsk::Pin(one) => CanvasAsk::Pin(wanted(one)),
        CanvasAsk::Hide(one) => CanvasAsk::Hide(wanted(one)),
        CanvasAsk::Isolate(one) => CanvasAsk::Isolate(wanted(one)),
        CanvasAsk::Remove(one) => CanvasAsk::Remove(wanted(one)),
        other => other,
    }
}

fn ground_menu_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<CanvasAsk> {
    let words = model.words;
    let row = |icon, word, keys| ListRow::new(words.t(word)).icon(icon).detail(keys);
    if menu_row(ui, row(icons::FIT_SCREEN, Word::Fit, "F")) {
        draft.canvas.fit();
        ui.close();
    }
    if menu_row(ui, row(icons::GRAPH_3, Word::LayOutAgain, "")) {
        commands.work(Command::LayOutAgain);
        ui.close();
    }
    let all = (0u32..).zip(model.work.board.graph.shown()).map(|(at, _)| at);
    menu_row(ui, row(icons::SELECT_ALL, Word::SelectAll, "A")).then(|| CanvasAsk::Select(all.collect()))
}
