//! The dialog that takes the graph out: as what, how much of it, and how sharp.

use std::collections::HashSet;

use access::{Action, Need};
use egui::{Id, RichText, Ui};
use graph::NodeId;
use graph::exchange::Entry;
use wire::data::{PictureFormat, PictureScope};

use super::graph::Draft as View;
use super::picture;
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize};
use crate::picture::{LONGEST_BANDED_SIDE_PX, MOST_BANDED_PX, fits, pixels};
use crate::widgets::{Answer, DialogButtons, Segment, dialog, segmented};
use crate::words::{Word, Words};
use crate::work::{Command, Export};

const FORMATS: [(PictureFormat, &str, Word); 5] = [
    (PictureFormat::Png, "PNG", Word::ExportPngWhy),
    (PictureFormat::Svg, "SVG", Word::ExportSvgWhy),
    (PictureFormat::Pdf, "PDF", Word::ExportPdfWhy),
    (PictureFormat::GraphMl, "GraphML", Word::ExportGraphMlWhy),
    (PictureFormat::Json, "JSON", Word::ExportJsonWhy),
];
const SCOPES: [(PictureScope, Word); 3] = [
    (PictureScope::Shown, Word::ExportShown),
    (PictureScope::View, Word::ExportView),
    (PictureScope::Selection, Word::ExportSelection),
];
const TIMES: [u8; 6] = [1, 2, 3, 4, 6, 8];

/// What is chosen in the dialog; it is remembered until the workspace is left.
pub(super) struct Draft {
    is_open: bool,
    format: usize,
    scope: usize,
    times: usize,
    held: Option<Held>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { is_open: false, format: 0, scope: 0, times: 1, held: None }
    }
}

/// What would be taken out, found once for each choice.
struct Held {
    scope: usize,
    revision: u64,
    nodes: Vec<NodeId>,
    links: u64,
    legend: Vec<Entry>,
}

impl Draft {
    /// Opens it; what is selected is offered first where something is.
    pub(super) fn open(&mut self) {
        (self.is_open, self.held) = (true, None);
    }

    fn format(&self) -> PictureFormat {
        FORMATS.get(self.format).map(|format| format.0).unwrap_or_default()
    }

    fn scope(&self) -> PictureScope {
        SCOPES.get(self.scope).map(|scope| scope.0).unwrap_or_default()
    }

    fn times(&self) -> u8 {
        TIMES.get(self.times).copied().unwrap_or(1)
    }
}

/// Whether there is a graph, and this person may take it out.
pub(super) fn is_possible(model: &Model) -> bool {
    let may = model.route.project().is_some_and(|id| model.may(&Need::project(Action::Export, id)).is_ok());
    may && model.work.board.graph.shown().next().is_some()
}

/// Draws the dialog while it is open.
pub(super) fn ui(ui: &Ui, model: &Model, draft: &mut Draft, graph: &View, commands: &mut Commands) {
    if !draft.is_open {
        return;
    }
    if !is_possible(model) {
        draft.is_open = false;
        return;
    }
    let words = model.words;
    if draft.scope() == PictureScope::Selection && model.work.board.selected.is_empty() {
        draft.scope = 0;
    }
    hold(ui, model, draft, graph);
    let size = size_px(ui, draft, graph, draft.times());
    let is_picture = draft.format() == PictureFormat::Png;
    let has_any = draft.held.as_ref().is_some_and(|held| !held.nodes.is_empty());
    let ready = has_any && (!is_picture || fits(size));
    let buttons = DialogButtons { yes: words.t(Word::SaveFile), dangerous: false, ready };
    let answer = dialog(ui.ctx(), words, Id::unique("export graph"), words.t(Word::ExportGraphTitle), buttons, |ui| {
        choices_ui(ui, model, draft);
        told_ui(ui, model, draft);
        if is_picture {
            size_ui(ui, words, draft, graph, size);
        }
        small(ui, words.t(Word::ExportStamp));
    });
    match answer {
        Some(Answer::Yes) => {
            draft.is_open = false;
            let nodes = draft.held.take().map(|held| held.nodes).unwrap_or_default();
            let wanted = Export { format: draft.format(), scope: draft.scope(), nodes, times: draft.times() };
            commands.work(Command::Export(wanted));
        }
        Some(Answer::No) => draft.is_open = false,
        None => {}
    }
}

/// Finds what the choice means, once.
fn hold(ui: &Ui, model: &Model, draft: &mut Draft, view: &View) {
    let graph = &model.work.board.graph;
    let revision = graph.revision();
    if draft.held.as_ref().is_some_and(|held| held.scope == draft.scope && held.revision == revision) {
        return;
    }
    let is_wanted = |id: &NodeId| match draft.scope() {
        PictureScope::Shown => true,
        PictureScope::View => view.canvas.sees(view.pane, std::iter::once(graph.place(*id))),
        PictureScope::Selection => model.work.board.selected.contains(id),
    };
    let nodes: Vec<NodeId> = graph.shown().map(|(id, _)| id).filter(is_wanted).collect();
    let wanted: HashSet<NodeId> = nodes.iter().copied().collect();
    let between = |link: &graph::Link| wanted.contains(&link.from) && wanted.contains(&link.to);
    let links = graph.shown_links().filter(|(_, link)| between(link)).count() as u64;
    let legend = picture::legend_of(ui, model, &nodes);
    draft.held = Some(Held { scope: draft.scope, revision, nodes, links, legend });
}

fn size_px(ui: &Ui, draft: &Draft, graph: &View, times: u8) -> [usize; 2] {
    let legend = draft.held.as_ref().map(|held| held.legend.as_slice()).unwrap_or_default();
    pixels(picture::size(ui, draft.scope(), graph.pane, legend), f32::from(times))
}

fn choices_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    let words = model.words;
    let formats = FORMATS.map(|(_, name, _)| Segment::text(name));
    labelled(ui, words.t(Word::ExportFormat), |ui, name| segmented(ui, name, &formats, &mut draft.format));
    if let Some((.., why)) = FORMATS.get(draft.format) {
        small(ui, words.t(*why));
    }
    let is_empty = model.work.board.selected.is_empty();
    let scopes = SCOPES.map(|(scope, word)| {
        let why_not = (scope == PictureScope::Selection && is_empty).then(|| words.t(Word::NothingSelected));
        Segment::text(words.t(word)).unless(why_not)
    });
    labelled(ui, words.t(Word::ExportWhat), |ui, name| segmented(ui, name, &scopes, &mut draft.scope));
}

fn labelled<R>(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui, &str) -> R) -> R {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.label(RichText::new(name).color(Look::of(ui.ctx()).colours.dim));
        content(ui, name)
    })
    .inner
}

fn small(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(TextSize::Small.regular()).color(Look::of(ui.ctx()).colours.dim));
}

/// How much it is, and what is missing in it.
fn told_ui(ui: &mut Ui, model: &Model, draft: &Draft) {
    let words = model.words;
    let (nodes, links) = draft.held.as_ref().map_or((0, 0), |held| (held.nodes.len() as u64, held.links));
    ui.label(words.with(Word::ExportHolds, &[&words.count(nodes), &words.count(links)]));
    let cut = model.work.cut().count() as u64;
    if cut > 0 {
        let text = words.with(Word::ExportCut, &[&words.count(cut)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.warn));
    }
}

fn size_ui(ui: &mut Ui, words: Words, draft: &mut Draft, graph: &View, size: [usize; 2]) {
    let names = TIMES.map(|times| words.with(Word::ExportTimes, &[&times.to_string()]));
    let segments: Vec<Segment<'_>> = names.iter().map(|name| Segment::text(name)).collect();
    labelled(ui, words.t(Word::ExportSharpness), |ui, name| segmented(ui, name, &segments, &mut draft.times));
    let [width, height] = size.map(|side| words.count(side as u64));
    if fits(size) {
        small(ui, &words.with(Word::ExportPixels, &[&width, &height]));
        return;
    }
    let largest = TIMES.into_iter().rev().find(|times| fits(size_px(ui, draft, graph, *times))).unwrap_or(1);
    let [side, all] = [LONGEST_BANDED_SIDE_PX, MOST_BANDED_PX].map(|limit| words.count(limit as u64));
    let text = words.with(Word::ExportTooLarge, &[&width, &height, &side, &all, &largest.to_string()]);
    ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.bad));
}
