//! The graph taken out, as a picture or as data: announced to the server first, so that it is written down.

use std::collections::{BTreeSet, HashSet};

use access::{LinkTypeId, ObjectTypeId};
use graph::NodeId;
use graph::exchange::{Drawing, Errand};
use wire::data::{AnnouncePicture, PictureFormat, PictureScope, PictureStamp};

use super::{desk, going};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// How sharp a picture is where nobody said anything else.
const USUAL_TIMES: u8 = 2;

/// What is to be taken out, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// As what.
    pub format: PictureFormat,
    /// How much of the graph, as the server is told.
    pub scope: PictureScope,
    /// The same by its objects; links are those between them.
    pub nodes: Vec<NodeId>,
    /// How many times sharper than the screen pixels are.
    pub times: u8,
}

impl Export {
    /// Everything that is shown, as a picture.
    pub(super) fn picture(model: &Model) -> Self {
        let nodes = model.work.board.graph.shown().map(|(id, _)| id).collect();
        Self { format: PictureFormat::Png, scope: PictureScope::Shown, nodes, times: USUAL_TIMES }
    }
}

/// A picture that may be taken: the screen draws it, with this line under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Who, when, which project, from which sources and how complete.
    pub line: String,
    /// What it is a picture of.
    pub export: Export,
    /// Under which number it is under way.
    pub number: u64,
}

/// Says that the graph is about to be saved.
pub(super) fn announce(model: &mut Model, outbox: &Outbox, export: Export) {
    let Some(project) = model.route.project().cloned() else { return };
    let graph = &model.work.board.graph;
    let wanted: HashSet<NodeId> = export.nodes.iter().copied().collect();
    let links = || {
        let between = |link: &graph::Link| wanted.contains(&link.from) && wanted.contains(&link.to);
        graph.shown_links().filter(move |(_, link)| between(link))
    };
    let nodes = export.nodes.iter().filter_map(|id| graph.node(*id));
    let object_types: BTreeSet<&str> = nodes.map(|node| graph.object_type(node.object_type)).collect();
    let link_types: BTreeSet<&str> = links().map(|(_, link)| graph.link_type(link.link_type)).collect();
    let announced = AnnouncePicture {
        project: project.clone(),
        format: export.format,
        scope: export.scope,
        objects: export.nodes.len() as u64,
        links: links().count() as u64,
        object_types: object_types.into_iter().filter_map(|id| ObjectTypeId::new(id).ok()).collect(),
        link_types: link_types.into_iter().filter_map(|id| LinkTypeId::new(id).ok()).collect(),
        cut: model.work.cut().count() as u64,
    };
    outbox.call(&announced, move |model, outbox, reply| match reply {
        Ok(_) if model.route.project() != Some(&project) => {}
        Ok(PictureStamp { line }) => begin(model, outbox, line, export),
        Err(fault) => model.notify_fault(&fault),
    });
}

/// Data is written from the graph; a picture is drawn by the screen.
fn begin(model: &mut Model, outbox: &Outbox, line: String, export: Export) {
    stop(model);
    let number = going::begin(model, model.words.t(Word::Exporting).to_owned());
    let errand = match export.format {
        PictureFormat::GraphMl => Errand::GraphMl,
        PictureFormat::Json => Errand::Json,
        PictureFormat::Png | PictureFormat::Svg | PictureFormat::Pdf => {
            model.work.shot = Some(Shot { line, export, number });
            return;
        }
    };
    let wanted: HashSet<NodeId> = export.nodes.iter().copied().collect();
    let mut drawing = Drawing::of_nodes(&model.work.board.graph, |id| wanted.contains(&id));
    (drawing.note, drawing.cut_expansions) = (line, model.work.cut().count() as u64);
    // Texts and numbers: nothing that JSON could refuse.
    let content = serde_json::to_vec(&drawing).unwrap_or_default();
    write(model, outbox, number, errand, &[content]);
}

/// Takes the chart and the fonts that the screen drew, to be written as vectors.
pub(super) fn draw(model: &mut Model, outbox: &Outbox, parts: &[Vec<u8>]) {
    let Some(Shot { export, number, .. }) = model.work.shot.take() else { return };
    let errand = if export.format == PictureFormat::Pdf { Errand::Pdf } else { Errand::Svg };
    write(model, outbox, number, errand, parts);
}

fn write(model: &mut Model, outbox: &Outbox, number: u64, errand: Errand, parts: &[Vec<u8>]) {
    desk::ask(model, outbox, number, errand, parts, move |model, outbox, done| {
        // Whoever stopped it wants no file.
        if !going::end(model, number) {
            return;
        }
        match done {
            Ok(bytes) => save(model, outbox, errand, bytes),
            Err(sentence) => model.notify(model.words.with(Word::ExportFailed, &[&sentence])),
        }
    });
}

fn save(model: &mut Model, outbox: &Outbox, errand: Errand, bytes: Vec<u8>) {
    let (ending, content_type) = match errand {
        Errand::Svg => ("svg", "image/svg+xml"),
        Errand::Pdf => ("pdf", "application/pdf"),
        Errand::GraphMl => ("graphml", "application/xml"),
        Errand::Json | Errand::Read => ("json", "application/json"),
    };
    save_as(model, outbox, ending, content_type, bytes);
}

fn save_as(model: &mut Model, outbox: &Outbox, ending: &str, content_type: &str, bytes: Vec<u8>) {
    let name = model.route.project().map(|project| format!("{project}-graph.{ending}")).unwrap_or_default();
    let size = model.words.bytes(bytes.len() as u64);
    outbox.client().save(&name, content_type, bytes);
    model.notify(model.words.with(Word::FileSaved, &[&name, &size]));
}

/// Notes how many bytes of the picture there are.
pub(super) fn note(model: &mut Model, bytes: u64) {
    if let Some(number) = model.work.shot.as_ref().map(|shot| shot.number) {
        going::note_bytes(model, number, bytes);
    }
}

/// Saves what the screen drew; nothing was drawn where there are no bytes.
pub(super) fn save_picture(model: &mut Model, outbox: &Outbox, png: Vec<u8>) {
    stop(model);
    if png.is_empty() {
        model.notify(model.words.t(Word::PictureFailed));
        return;
    }
    save_as(model, outbox, "png", "image/png", png);
}

/// Forgets the picture that is being drawn.
pub(super) fn stop(model: &mut Model) {
    if let Some(shot) = model.work.shot.take() {
        going::end(model, shot.number);
    }
}
