//! What is written and drawn onto the graph, as it is kept.

use graph::{Note, NoteId, NoteKind, Step};
use wire::project::{WorkNote, WorkNoteKind};

use super::board;
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// Writes a note, in place of the one of the same number.
pub(super) fn set(model: &mut Model, outbox: &Outbox, id: NoteId, note: Note) {
    let known = model.work.board.graph.note(id);
    let word = match known {
        Some(known) if known.text == note.text && known.colour == note.colour => Word::StepNoteMoved,
        _ => Word::StepNote,
    };
    if known != Some(&note) {
        board::step(model, outbox, word, Step::Note(vec![(id, Some(note))]));
    }
}

/// Takes a note away.
pub(super) fn remove(model: &mut Model, outbox: &Outbox, id: NoteId) {
    if model.work.board.graph.note(id).is_some() {
        board::step(model, outbox, Word::NoteAway, Step::Note(vec![(id, None)]));
    }
}

/// A note as it is kept.
pub(super) fn kept(note: &Note) -> WorkNote {
    let kind = match note.kind {
        NoteKind::Text => WorkNoteKind::Text,
        NoteKind::Arrow => WorkNoteKind::Arrow,
        NoteKind::Frame => WorkNoteKind::Frame,
    };
    WorkNote { kind, from: note.from, to: note.to, text: note.text.clone(), colour: note.colour }
}

/// Whether a kept note can be put back.
pub(super) fn is_sound(kept: &WorkNote) -> bool {
    note(kept).is_sound()
}

/// The step that puts kept notes back.
pub(super) fn step(notes: &[WorkNote]) -> Step {
    Step::Note((0..).map(NoteId).zip(notes.iter().map(|kept| Some(note(kept)))).collect())
}

fn note(kept: &WorkNote) -> Note {
    let kind = match kept.kind {
        WorkNoteKind::Text => NoteKind::Text,
        WorkNoteKind::Arrow => NoteKind::Arrow,
        WorkNoteKind::Frame => NoteKind::Frame,
    };
    Note { kind, from: kept.from, to: kept.to, text: kept.text.clone(), colour: kept.colour }
}
