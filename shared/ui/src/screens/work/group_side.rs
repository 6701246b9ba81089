//! The group that is selected as a whole: its name, to be changed, and opening, closing and dissolving it.

use egui::{Key, Modifiers, Ui};
use graph::{GroupId, NodeId};

use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::{Button, TextField};
use crate::words::Word;
use crate::work::{Command, Grouping, LONGEST_NAME};

/// The name that is being typed.
#[derive(Default)]
pub(super) struct Draft {
    of: Option<(GroupId, String)>,
    text: String,
}

/// The group whose shown members are exactly what is selected.
pub(super) fn selected(model: &Model) -> Option<GroupId> {
    let board = &model.work.board;
    let id = board.graph.group_of(*board.selected.first()?)?;
    let members = board.graph.group(id)?.members.iter().filter(|id| board.graph.is_shown(**id));
    members.eq(board.selected.iter()).then_some(id)
}

/// Draws it above what is told of the selection.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, id: GroupId, commands: &mut Commands) {
    let words = model.words;
    let Some(group) = model.work.board.graph.group(id) else { return };
    let now = Some((id, group.name.clone()));
    if draft.of != now {
        (draft.of, draft.text) = (now, group.name.clone());
    }
    let field = TextField::new(words.t(Word::GroupNameField), &mut draft.text).limit_chars(LONGEST_NAME);
    if field.show(ui, words).lost_focus() {
        // Enter has done its work, and does not open the group, too.
        ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        if draft.text.trim().is_empty() {
            draft.text.clone_from(&group.name);
        } else if draft.text.trim() != group.name {
            commands.work(Command::Group(Grouping::Name(id, draft.text.clone())));
        }
    }
    let members: Vec<NodeId> = group.members.clone();
    ui.horizontal_wrapped(|ui| {
        let (word, icon) = match group.is_open {
            true => (Word::CloseGroup, icons::CONTRACT),
            false => (Word::OpenGroup, icons::OPEN_IN_FULL),
        };
        if ui.add(Button::primary(words.t(word)).icon(icon).shortcut("O")).clicked() {
            commands.work(Command::Group(Grouping::Toggle(members.clone())));
        }
        if ui.add(Button::new(words.t(Word::Ungroup)).shortcut("Ctrl Shift G")).clicked() {
            commands.work(Command::Group(Grouping::Ungroup(members)));
        }
    });
    ui.separator();
}
