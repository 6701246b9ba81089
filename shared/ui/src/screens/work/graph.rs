//! The graph pane: tools, the canvas, and what the person asks of it turned into commands.

use std::collections::HashSet;

use egui::{Pos2, Rect, Sense, Ui, vec2};
use graph::{Item, LinkId, NodeId, NoteKind, Place};

use super::glide::Glide;
use super::scene::Drawn;
use super::{
    expand_menu, find, go, going, graph_keys, graph_menu, graph_tools, legend, notes, restoring, show_table, time_axis,
};
use crate::app::{Commands, Model, View};
use crate::canvas::{Canvas, CanvasAsk, Over, Painting, SECOND_LINE_ZOOM, Scene, next_link};
use crate::frame::search_id;
use crate::look::{Look, icons};
use crate::screens::paints;
use crate::widgets::empty_state;
use crate::words::Word;
use crate::work::{About, Command, Grouping, Wishes};

/// Half of a disc, in points on the screen; menus open beside it.
const DISC: f32 = 22.0;
/// About half of a letter of a name, in points, and the most letters that are drawn.
const HALF_LETTER: f32 = 3.2;
const LONGEST_NAME: usize = 26;

/// Which dialog about files is to open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    Export,
    Import,
}

/// The view of the graph.
pub(super) struct Draft {
    pub(super) canvas: Canvas,
    pub(super) drawn: Drawn,
    glide: Glide,
    pub(super) expand: expand_menu::Draft,
    pub(super) find: find::Draft,
    pub(super) menu: Option<(Over, Pos2)>,
    /// Whether the legend is open; unless somebody decided, it is where the look is not the usual one.
    pub(super) legend_open: Option<bool>,
    time: time_axis::Draft,
    notes: notes::Draft,
    pub(super) pane: Rect,
    /// Whether the graph is to be taken out, or one brought in: both have a dialog of the workspace.
    pub(super) asked: Option<Exchange>,
    /// The revision of the graph that the view was last held against, and what was shown then.
    seen: (u64, HashSet<Item>),
    /// How often everything had been laid out anew when the view was last held against it.
    wholes: u64,
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
            legend_open: None,
            time: time_axis::Draft::default(),
            notes: notes::Draft::default(),
            pane: Rect::ZERO,
            asked: None,
            seen: (0, HashSet::new()),
            wholes: 0,
        }
    }
}

impl Draft {
    /// The links of the line after the selected one, of the selected objects.
    pub(super) fn next_link(&self) -> &[LinkId] {
        let line = next_link(self.drawn.scene(), &self.drawn.selected());
        line.map(|line| self.drawn.links_of(line)).unwrap_or_default()
    }

    /// Adds the object with the keyboard to the selection, or takes it out.
    pub(super) fn toggle_focused(&self, model: &Model, commands: &mut Commands) {
        if let Some(item) = self.canvas.focused().and_then(|place| self.drawn.items.get(place as usize)) {
            let members = model.work.board.graph.members(*item);
            let mut selected = model.work.board.selected.clone();
            let was_selected = members.iter().all(|id| selected.remove(id));
            if !was_selected {
                selected.extend(members);
            }
            commands.work(Command::Select(selected.into_iter().collect()));
        }
    }

    /// Brings an object into view, and gives it the keyboard of the graph.
    pub(super) fn show(&mut self, model: &Model, object: NodeId) {
        if let Some(place) = self.drawn.place_of(model, object) {
            self.canvas.show(place);
        }
    }

    /// Where the graph lies on the screen.
    fn ground(&self) -> notes::Ground {
        notes::Ground { view: self.canvas.view, pane: self.pane }
    }

    /// Writes or draws something new onto the graph.
    pub(super) fn add_note(&mut self, model: &Model, kind: NoteKind, commands: &mut Commands) {
        let ground = self.ground();
        notes::add(model, &mut self.notes, kind, ground, commands);
    }

    /// Whether the legend is to be seen.
    pub(super) fn shows_legend(&self, model: &Model) -> bool {
        self.legend_open.unwrap_or(!model.work.board.rules().is_empty())
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
        time_axis::ui(ui, model, &mut draft.time, draft.canvas.view, pane);
        legend_ui(ui, model, draft, pane, commands);
        find::ui(ui, model, draft, pane, commands);
        let surface = ui.interact(pane, ui.scope_id().with("surface"), Sense::hover());
        let ground = draft.ground();
        notes::ui(ui, model, &mut draft.notes, ground, &surface, commands);
        if let Some(node) = draft.expand.node() {
            draft.expand.beside = beside(model, node, on_screen(draft, pane, model.work.board.graph.place(node)));
        }
        expand_menu::ui(&surface, model, &mut draft.expand, commands);
        if let Some(ask) = graph_menu::ui(&surface, model, draft, commands) {
            act(&surface.ctx, model, draft, ask, commands);
        }
    }
}

fn legend_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, pane: Rect, commands: &mut Commands) {
    let before = draft.shows_legend(model);
    let mut is_open = before;
    legend::ui(ui, model, draft.drawn.legend(), &mut is_open, pane, commands);
    if is_open != before {
        draft.legend_open = Some(is_open);
    }
}

/// Once the layout has settled, objects that came and lie outside of the view are brought into it together with the
/// selection; everything is when it was laid out anew, and when the pane has become smaller and everything was seen before.
fn show_what_is_new(model: &Model, draft: &mut Draft, before: Rect) {
    let graph = &model.work.board.graph;
    let is_known = draft.seen.0 == graph.revision();
    let is_smaller = before.size() != draft.pane.size();
    if model.work.board.arranging.is_running() || before == Rect::ZERO || (is_known && !is_smaller) {
        return;
    }
    let all = || draft.drawn.items.iter().map(|item| graph.item_place(*item));
    let wholes = model.work.board.arranging.wholes();
    if draft.wholes != wholes {
        draft.wholes = wholes;
        // Where they will be: they are still on their way there.
        draft.canvas.include(all());
    }
    if is_smaller && draft.canvas.sees(before, all()) && !draft.canvas.sees(draft.pane, all()) {
        draft.canvas.fit();
    }
    if is_known {
        return;
    }
    let shown: HashSet<Item> = draft.drawn.items.iter().copied().collect();
    let known = std::mem::replace(&mut draft.seen, (graph.revision(), shown)).1;
    let came: Vec<Item> = draft.seen.1.difference(&known).copied().collect();
    if known.is_empty() {
        draft.canvas.include(all());
    } else if !came.is_empty() {
        let selected = model.work.board.selected.iter().map(|id| graph.item_of(*id));
        draft.canvas.include(came.into_iter().chain(selected).map(|item| graph.item_place(item)));
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
        let scene = Scene { places: glide.places(), placing: glide.placing(), ..drawn.scene() };
        draft.canvas.painting = if model.appearance.without_card { Painting::Processor } else { Painting::Card };
        let mut asks = draft.canvas.ui(ui, scene, &paint);
        asks.extend(graph_keys::of_selection(ui, model, drawn));
        asks
    };
    for ask in asks {
        act(ui.ctx(), model, draft, ask, commands);
    }
}

fn on_screen(draft: &Draft, pane: Rect, [x, y]: Place) -> Pos2 {
    let view = draft.canvas.view;
    pane.center() + vec2(x - view.x, y - view.y) * view.zoom
}

fn act(ctx: &egui::Context, model: &Model, draft: &mut Draft, ask: CanvasAsk, commands: &mut Commands) {
    let graph = &model.work.board.graph;
    let items = |places: &[u32]| draft.drawn.items_at(places);
    let at =
        |places: &[u32]| -> Vec<NodeId> { items(places).into_iter().flat_map(|item| graph.members(item)).collect() };
    match ask {
        CanvasAsk::Select(nodes) => commands.work(Command::Select(at(&nodes))),
        CanvasAsk::SelectLink(line) => commands.work(Command::SelectLinks(draft.drawn.links_of(line).to_vec())),
        CanvasAsk::OpenLink(line) => match draft.drawn.links_of(line) {
            [one] => show_rows(model, *one, commands),
            // At the side they are listed, each with its rows.
            several => commands.work(Command::SelectLinks(several.to_vec())),
        },
        CanvasAsk::Open(node) | CanvasAsk::Expand { node } if is_group(&items(&[node])) => {
            commands.work(Command::Group(Grouping::Toggle(at(&[node]))));
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
        CanvasAsk::Neighbours(nodes) => commands.work(Command::SelectWithin(at(&nodes), 1)),
        CanvasAsk::Remove(nodes) => commands.work(Command::Remove(at(&nodes))),
        CanvasAsk::Collapse(nodes) => commands.work(Command::Collapse(at(&nodes))),
        CanvasAsk::TakeBack(nodes) => commands.work(Command::TakeBackNewest(at(&nodes))),
        CanvasAsk::ToggleGroup(nodes) => commands.work(Command::Group(Grouping::Toggle(at(&nodes)))),
        CanvasAsk::Moved { nodes, places } => {
            let moved: Vec<(Item, Place)> = items(&nodes).into_iter().zip(places).collect();
            draft.glide.put_down(model, &moved);
            commands.work(Command::Move(graph.moves(moved)));
        }
    }
}

fn is_group(items: &[Item]) -> bool {
    matches!(items, [Item::Group(_)])
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
