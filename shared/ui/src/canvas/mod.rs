//! The graph drawing: reads nodes and links, keeps only its own view, and returns what the person asked for.

mod access;
mod card;
mod chosen;
mod density;
mod discs;
mod dots;
mod drag;
mod easel;
mod frame;
mod ground;
mod groups;
mod journey;
mod kept;
mod keys;
mod labels;
mod links;
mod lively;
mod overview;
mod pen;
mod places;
mod pointer;
mod push;
mod stamps;
mod still;
mod taken;
mod trace;
mod view;
mod wiring;
mod words;

use std::sync::Arc;

use egui::{Color32, FontFamily, Mesh, Pos2, Rect, Sense, Ui, Vec2};

pub use card::{Card, OnCard};
pub use drag::Dragging;
#[cfg(target_arch = "wasm32")]
pub(crate) use easel::{Easel, Failed, Job};
pub use kept::Lies;
pub use keys::next_link;
pub use view::View;
pub use words::Words;

use graph::Place;

use crate::picture::{Picture, of_ui};
use chosen::Chosen;
use drag::Drag;
use frame::{Few, Frame};
use ground::Ground;
use journey::Journey;
use lively::Lively;
use places::Places;
use stamps::Stamps;
use wiring::Wiring;

/// From this zoom on the second lines are shown.
pub const SECOND_LINE_ZOOM: f32 = 1.3;
/// The radius of a dot where so many are seen from near that they are drawn as from afar, in points.
const LARGEST_DOT: f32 = 5.0;

/// One object on the graph.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Index into [`Paint::colours`]; larger ones begin again.
    pub colour: usize,
    /// A character of [`Paint::icon_font`].
    pub icon: char,
    pub label: String,
    /// A second line, shown when zoomed in, and always where the object is missing.
    pub sub_label: String,
    /// The name of the object's type, for those who listen.
    pub kind: Arc<str>,
    pub selected: bool,
    pub pinned: bool,
    pub hidden: bool,
    /// A dashed ring: a risk indicator of the object says so.
    pub alert: bool,
    /// No source has it: a dotted ring, and the second line always.
    pub missing: bool,
    /// How much larger than usual: 0 for not at all, 1 for twice the size.
    pub larger: f32,
    /// How many more there are to expand.
    pub badge: Option<u32>,
    /// A closed group, with how many objects are in it: a square that opens.
    pub members: Option<u32>,
}

/// The frame around the members of an open group.
#[derive(Clone, Debug, Default)]
pub struct Hull {
    pub label: String,
    /// What it is, for those who listen: `Open group of 4 objects`.
    pub kind: Arc<str>,
    /// Indices into the nodes; those that are not there or hidden are left out.
    pub members: Vec<u32>,
    /// Index into [`Paint::colours`]; none is a quiet colour.
    pub colour: Option<usize>,
    /// Whether all of its members are selected.
    pub selected: bool,
}

impl Node {
    /// Of its disc, compared with the usual one.
    fn size(&self) -> f32 {
        1.0 + if self.larger.is_finite() { self.larger.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// How many members a closed group has, or how many there are to expand.
    pub fn badge_text(&self) -> Option<String> {
        let sign = if self.members.is_some() { "" } else { "+" };
        let count = self.members.or(self.badge).filter(|count| *count > 0)?;
        Some(if count > 999 { "999+".to_owned() } else { format!("{sign}{count}") })
    }
}

/// One drawn line: all parallel links of one type and direction, or a single one.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// Indices into the nodes; a link to a node that is not there is not drawn.
    pub from: u32,
    pub to: u32,
    /// The whole text: `412 · 18.2M`, `director`.
    pub label: String,
    /// What it says of its ends, read from the first to the second: `paid to`.
    pub kind: Arc<str>,
    /// 0 for a thin line, up to 1 for the widest: see [`weight_of_sum`].
    pub weight: f32,
    pub directed: bool,
    /// Index into [`Paint::colours`], for money the account's colour; none is the quiet colour of other links.
    pub colour: Option<usize>,
    pub selected: bool,
    /// Drawn like a selected one: it lies on the way that is shown.
    pub marked: bool,
}

impl Link {
    fn stands_out(&self) -> bool {
        self.selected || self.marked
    }
}

/// The share of the widest line that a sum of money gets, by its logarithm; both sums in the same currency.
pub fn weight_of_sum(sum: f64, largest: f64) -> f32 {
    if sum <= 0.0 || largest <= 0.0 {
        return 0.0;
    }
    (((1.0 + sum).ln() / (1.0 + largest).ln()) as f32).clamp(0.0, 1.0)
}

/// What is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scene<'a> {
    pub nodes: &'a [Node],
    /// Where each node lies, in points at zoom 1, x to the right and y down.
    pub places: &'a [Place],
    pub links: &'a [Link],
    /// Open groups, in the order in which they are drawn.
    pub hulls: &'a [Hull],
    /// Changes whenever nodes or links are added, removed or reordered; places may move without it.
    pub wiring: u64,
    /// Changes whenever a node or a link looks different, other than by its place.
    pub look: u64,
    /// Changes whenever a node has another place.
    pub placing: u64,
}

/// How the drawing comes onto the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Painting {
    /// By a graphics card, which keeps all but what follows the pointer. Where the window hands in no [`Card`], all of it is
    /// made anew in each frame.
    #[default]
    Card,
    /// Once by the processor, as a picture that is moved with the view and made anew where it has come to rest: what
    /// draws triangles in software takes as long for the picture as for nothing.
    Processor,
}

impl<'a> Scene<'a> {
    fn node(&self, index: u32) -> Option<&'a Node> {
        self.nodes.get(index as usize)
    }

    /// Where a node lies that is not hidden.
    fn place(&self, index: u32) -> Option<Place> {
        let place = self.places.get(index as usize).copied();
        place.filter(|_| self.node(index).is_some_and(|node| !node.hidden))
    }

    /// The places of all nodes that are not hidden and are wanted.
    fn places_of(self, wanted: impl Fn(&Node) -> bool) -> impl Iterator<Item = Place> {
        let shown = self.nodes.iter().zip(self.places).filter(move |(node, _)| !node.hidden && wanted(node));
        shown.map(|(_, place)| *place)
    }

    fn selected(&self) -> Vec<u32> {
        self.indices(|node| node.selected && !node.hidden)
    }

    fn indices(&self, wanted: impl Fn(&Node) -> bool) -> Vec<u32> {
        (0u32..).zip(self.nodes).filter(|(_, node)| wanted(node)).map(|(index, _)| index).collect()
    }
}

/// The colour of values that have none of their own, and the first of a scale, in [`Paint::colours`].
pub const REST: usize = 6;
pub const FIRST_STEP: usize = 7;
/// How many colours there are in all.
pub const COLOURS: usize = 12;

/// Colours, fonts and words, from the one place that makes them.
#[derive(Clone, Debug)]
pub struct Paint {
    pub background: Color32,
    pub panel: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    pub accent: Color32,
    pub bad: Color32,
    /// Those of types; at [`REST`] that of values without one of their own; from [`FIRST_STEP`] on a scale from few to many.
    pub colours: [Color32; COLOURS],
    pub text_font: FontFamily,
    pub icon_font: FontFamily,
    pub pin_icon: char,
    pub words: Words,
}

impl Paint {
    fn type_colour(&self, index: usize) -> Color32 {
        self.colours.get(index % self.colours.len()).copied().unwrap_or(self.faint)
    }
}

/// What the person asked for; the caller turns it into commands.
#[derive(Clone, Debug, PartialEq)]
pub enum CanvasAsk {
    /// These, and only these, are to be selected.
    Select(Vec<u32>),
    SelectLink(u32),
    /// Show the single links behind a drawn line.
    OpenLink(u32),
    Open(u32),
    /// Show the expand menu beside this node.
    Expand {
        node: u32,
    },
    Menu {
        over: Over,
        at: Pos2,
    },
    Hide(Vec<u32>),
    Pin(Vec<u32>),
    Isolate(Vec<u32>),
    /// Select what is joined to these, too.
    Neighbours(Vec<u32>),
    Remove(Vec<u32>),
    /// Remove what hangs on these alone.
    Collapse(Vec<u32>),
    /// Remove what the newest expansion of these brought.
    TakeBack(Vec<u32>),
    /// Open the closed groups among these, or close those that they are in.
    ToggleGroup(Vec<u32>),
    /// Dragged to new places, in the coordinates of [`Scene::places`].
    Moved {
        nodes: Vec<u32>,
        places: Vec<[f32; 2]>,
    },
}

/// What the pointer is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    #[default]
    Nothing,
    Node(u32),
    Link(u32),
    /// The name of an open group.
    Hull(u32),
}

/// Where the view is to go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fit {
    All,
    Selection,
    /// To what lies in this rectangle of the graph, too.
    Include(Rect),
}

/// The state of one graph view: where one looks, what is being dragged, which node has the keyboard.
#[derive(Default)]
pub struct Canvas {
    pub view: View,
    /// What dragging on empty ground does.
    pub dragging: Dragging,
    /// How long the view takes to get elsewhere, in seconds.
    pub glide_secs: f32,
    /// What tools at the top of the picture take of it, in points.
    pub tools: f32,
    pub painting: Painting,
    /// Whether the whole graph is shown in a corner while only a part of it is in view.
    pub has_overview: bool,
    journey: Option<Journey>,
    focus: Option<u32>,
    over: Over,
    drag: Drag,
    fit: Option<Fit>,
    show: Option<u32>,
    started: bool,
    wiring: Wiring,
    chosen: Chosen,
    ground: Ground,
    outlines: groups::Outlines,
    /// The part of the screen that it was drawn on last, and how much there was drawn.
    pane: Option<Rect>,
    detail: view::Detail,
    stamps: Option<Stamps>,
    mesh: Arc<Mesh>,
    still: still::Still,
    retained: card::Retained,
    overview: overview::Overview,
}

impl Canvas {
    /// One that shows the whole graph in a corner while only a part of it is in view.
    pub fn with_overview() -> Self {
        Self { has_overview: true, ..Self::default() }
    }

    /// One that shows what is seen from here, and not everything at first.
    pub fn looking(view: View) -> Self {
        Self { view, started: true, ..Self::default() }
    }

    /// Brings everything into view at the next frame.
    pub fn fit(&mut self) {
        self.fit = Some(Fit::All);
    }

    /// Brings the selected nodes into view at the next frame.
    pub fn fit_selection(&mut self) {
        self.fit = Some(Fit::Selection);
    }

    /// Brings what lies at these places into view at the next frame, by no more than it takes.
    pub fn include(&mut self, places: impl Iterator<Item = [f32; 2]>) {
        self.fit = view::around(places).map(Fit::Include).or(self.fit);
    }

    /// Whether all of these places are seen in `rect`, under no tool.
    pub fn sees(&self, rect: Rect, places: impl Iterator<Item = [f32; 2]>) -> bool {
        view::around(places).is_none_or(|bounds| self.view.sees(rect, self.tools, bounds))
    }

    /// Zooms about the middle; a factor above 1 comes nearer.
    pub fn zoom(&mut self, factor: f32) {
        self.view.zoom_by(factor);
    }

    /// Gives a node the keyboard and moves the picture only if it is outside.
    pub fn show(&mut self, node: u32) {
        self.focus = Some(node);
        self.show = Some(node);
    }

    /// Draws the graph into all the space of `ui` and says what the person asked for.
    pub fn ui(&mut self, ui: &mut Ui, scene: Scene<'_>, paint: &Paint) -> Vec<CanvasAsk> {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        ui.ctx().allow_widget_id_changes_in(rect);
        self.pane = Some(rect);
        self.wiring.keep_up(scene);
        self.chosen.keep_up(scene);
        self.ground.keep_up(scene);
        self.settle(ui, rect, scene);
        self.outline(scene);
        let mut asks = Vec::new();
        pointer::act(self, ui, &response, scene, paint, &mut asks);
        keys::act(self, ui, &response, scene, &mut asks);
        self.outline(scene);
        self.draw(ui, rect, scene, paint, response.has_focus());
        overview::ui(self, ui, rect, scene, paint);
        access::describe(self, ui, &response, scene, paint, &mut asks);
        asks
    }

    /// Carries out what was put off until the size was known.
    fn settle(&mut self, ui: &Ui, rect: Rect, scene: Scene<'_>) {
        self.focus = self.focus.filter(|&node| scene.node(node).is_some_and(|node| !node.hidden));
        self.travel(ui, rect, scene);
        if let Some([x, y]) = self.show.take().and_then(|index| scene.place(index)) {
            self.view.reveal(rect, self.tools, x, y);
        }
    }

    fn places<'a>(&'a self, scene: Scene<'a>) -> Places<'a> {
        Places::new(scene, self.view, self.pane.unwrap_or(Rect::ZERO), &self.drag, &self.chosen)
    }

    /// Looks for the corners of open groups, where nodes have moved.
    fn outline(&mut self, scene: Scene<'_>) {
        let is_dragged = matches!(self.drag, Drag::Nodes { .. } | Drag::Pushed { .. });
        let mut outlines = std::mem::take(&mut self.outlines);
        outlines.keep_up(&self.places(scene), is_dragged);
        self.outlines = outlines;
    }

    /// The nodes that a key is about: the selection, or the one with the keyboard if it is not among them.
    fn meant(&self) -> Vec<u32> {
        let selected = &self.chosen.nodes;
        match self.focus.filter(|focus| selected.binary_search(focus).is_err()) {
            Some(focus) => vec![focus],
            None => selected.clone(),
        }
    }

    /// How often the drawing that is kept was made: painted by the processor, or handed to the card.
    pub fn paintings(&self) -> u64 {
        self.still.count + self.retained.count
    }

    /// The node with the keyboard.
    pub fn focused(&self) -> Option<u32> {
        self.focus
    }

    /// The share of the pane in which nothing of the graph is drawn yet, because what is kept does not reach there.
    pub fn bare(&self) -> f32 {
        let pane = self.pane.unwrap_or(Rect::ZERO);
        match self.painting {
            Painting::Processor => self.still.bare(self.view, pane),
            Painting::Card => self.retained.bare(self.view, pane).unwrap_or(0.0),
        }
    }

    /// How many nodes and links, or groups of them, the last search for what is under the pointer looked at.
    pub fn looked_at(&self) -> usize {
        self.ground.looked.get()
    }

    fn place_of(&self, scene: Scene<'_>, node: u32) -> Option<Pos2> {
        self.places(scene).of(node)
    }

    fn draw(&mut self, ui: &Ui, rect: Rect, scene: Scene<'_>, paint: &Paint, has_keyboard: bool) {
        let painter = ui.painter().with_clip_rect(rect);
        // What the other way of painting keeps is given back.
        if self.painting == Painting::Card {
            self.still = still::Still::default();
            painter.rect_filled(rect, 0.0, paint.background);
        } else {
            self.retained = card::Retained::default();
        }
        let stamps = Stamps::for_screen(&mut self.stamps, ui.ctx());
        let places = Places::new(scene, self.view, rect, &self.drag, &self.chosen);
        let mut frame = Frame {
            scene,
            paint,
            rect,
            painter: &painter,
            places,
            wiring: &self.wiring,
            chosen: &self.chosen,
            ground: &self.ground,
            outlines: &self.outlines,
            zoom: self.view.zoom,
            radius: self.view.radius(),
            detail: self.view.detail(),
            over: self.over,
            focus: self.focus.filter(|_| has_keyboard),
            has_selection: self.chosen.has_any(),
            reaching: scene.links.len(),
            passing: None,
            few: None,
            is_above: false,
        };
        let mut pen = pen::Pen::new(stamps, std::mem::take(&mut self.mesh));
        let lively = Lively::of(&frame);
        let kept = match self.painting {
            Painting::Processor => Some(self.still.draw(&frame, &lively, &mut pen)),
            Painting::Card => self.retained.draw(&frame, &lively, &mut pen),
        };
        let few = if let Some(detail) = kept {
            frame.reaching = lively.few.links.len();
            frame.draw_as(detail);
            frame.is_above = true;
            Some(lively.few)
        } else {
            let seen = self.ground.seen(&places, &self.wiring, rect);
            frame.look(&seen);
            seen.few
        };
        self.detail = frame.detail;
        frame.few = few.as_ref();
        let texts = sketch(&frame, &mut pen);
        match &self.drag {
            Drag::Box { from, to } => pen.frame(Rect::from_two_pos(*from, *to), paint.accent),
            Drag::Loop(way) => pen.closed(way, paint.accent),
            _ => {}
        }
        self.mesh = pen.put_down(&painter);
        texts.put_down(&painter);
    }
}

/// Draws the shapes, and gives the texts that lie on them.
fn sketch(frame: &Frame<'_>, pen: &mut pen::Pen<'_>) -> labels::Texts {
    let mut texts = labels::Texts::default();
    // What moves is drawn above the picture, and the frames of groups are in that.
    if !frame.is_above {
        groups::draw_hulls(frame, pen);
    }
    let drawn = links::draw(frame, pen);
    let mut room = taken::Room::new(frame, &drawn.arrows);
    if !frame.is_above {
        groups::name_hulls(frame, pen, &mut texts, &mut room);
    }
    discs::draw(frame, pen, &mut texts, &mut room);
    labels::of_nodes(frame, pen, &mut texts, &mut room);
    labels::of_links(frame, &drawn.wishes, pen, &mut texts, &mut room);
    links::draw_arrows(&drawn.arrows, pen);
    texts
}

/// The whole graph as a picture of `size` points, `pixels_per_point` times sharper, beside what is on the screen.
pub fn picture(ctx: &egui::Context, scene: Scene<'_>, paint: &Paint, size: Vec2, pixels_per_point: f32) -> Picture {
    let mut canvas = Canvas::default();
    of_ui(ctx, size, pixels_per_point, paint.background, |ui| {
        canvas.ui(ui, scene, paint);
    })
}
