//! The graph as a picture: announced to the server first, so that taking it out is written down.

use std::collections::BTreeSet;

use access::{LinkTypeId, ObjectTypeId};
use wire::data::{AnnouncePicture, PictureStamp};

use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// A picture that may be taken: the screen draws it, with this line under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shot {
    /// Who, when, which project, from which sources and how complete.
    pub line: String,
}

/// Says that a picture is about to be saved.
pub(super) fn announce(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.route.project().cloned() else { return };
    let graph = &model.work.board.graph;
    let (objects, links) = (graph.shown().count() as u64, graph.shown_links().count() as u64);
    let object_types: BTreeSet<&str> = graph.shown().map(|(_, node)| graph.object_type(node.object_type)).collect();
    let link_types: BTreeSet<&str> = graph.shown_links().map(|(_, link)| graph.link_type(link.link_type)).collect();
    let announced = AnnouncePicture {
        project,
        objects,
        links,
        object_types: object_types.into_iter().filter_map(|id| ObjectTypeId::new(id).ok()).collect(),
        link_types: link_types.into_iter().filter_map(|id| LinkTypeId::new(id).ok()).collect(),
        cut: model.work.cut().count() as u64,
    };
    outbox.call(&announced, |model, _, reply| match reply {
        Ok(PictureStamp { line }) => model.work.shot = Some(Shot { line }),
        Err(fault) => model.notify_fault(&fault),
    });
}

/// Saves what the screen drew; nothing was drawn where there are no bytes.
pub(super) fn save(model: &mut Model, outbox: &Outbox, png: Vec<u8>) {
    model.work.shot = None;
    if png.is_empty() {
        model.notify(model.words.t(Word::PictureFailed));
        return;
    }
    let name = model.route.project().map(|project| format!("{project}-graph.png")).unwrap_or_default();
    outbox.client().save(&name, "image/png", png);
    model.notify(model.words.t(Word::PictureSaved));
}
