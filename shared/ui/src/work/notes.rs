//! What is written and drawn onto the graph, as it is kept.

use graph::{Note, NoteId, NoteKind, Step};
use wire::project::{WorkNote, WorkNoteKind};

/// A note as it is kept.
pub(super) fn kept(note: &Note) -> WorkNote {
    let kind = match note.kind {
        NoteKind::Text => WorkNoteKind::Text,
        NoteKind::Arrow => WorkNoteKind::Arrow,
        NoteKind::Frame => WorkNoteKind::Frame,
    };
    WorkNote { kind, from: note.from, to: note.to, text: note.text.clone(), colour: note.colour }
}

/// The step that puts kept notes back.
pub(super) fn step(notes: &[WorkNote]) -> Step {
    let note = |note: &WorkNote| {
        let kind = match note.kind {
            WorkNoteKind::Text => NoteKind::Text,
            WorkNoteKind::Arrow => NoteKind::Arrow,
            WorkNoteKind::Frame => NoteKind::Frame,
        };
        Note { kind, from: note.from, to: note.to, text: note.text.clone(), colour: note.colour }
    };
    Step::Note((0..).map(NoteId).zip(notes.iter().map(|kept| Some(note(kept)))).collect())
}
