//! The group that is selected as a whole: its name, to be changed, and opening, closing and dissolving it; and what selected
//! objects can be grouped by.

use access::ObjectTypeId;
use egui::{Key, Modifiers, ScrollArea, Ui};
use graph::{GroupId, NodeId};
use model::ObjectType;

use super::values;
use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::{Button, ListRow, TextField, menu, menu_heading, menu_row};
use crate::words::Word;
use crate::work::{Command, Grouping, LONGEST_NAME};

/// How high the list of properties is at most, in points.
const MENU_HEIGHT: f32 = 320.0;

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

/// By what the selected objects can be put into groups: their type, and what is told of them.
pub(super) fn by_ui(ui: &mut Ui, model: &Model, nodes: &[NodeId], commands: &mut Commands) {
    let words = model.words;
    let button = ui.add(Button::new(words.t(Word::GroupBy)).icon(icons::EXPAND_MORE));
    menu(&button, words.t(Word::GroupBy), |ui| {
        ui.set_min_width(200.0);
        if menu_row(ui, ListRow::new(words.t(Word::ByType)).icon(icons::CATEGORY)) {
            commands.work(Command::Group(Grouping::ByType(nodes.to_vec())));
        }
        ScrollArea::vertical().max_height(MENU_HEIGHT).min_scrolled_height(MENU_HEIGHT).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for kind in kinds(model, nodes) {
                ui.separator();
                menu_heading(ui, &kind.plural);
                for property in kind.properties.iter().filter(|property| !property.hidden) {
                    let row = ListRow::new(&property.name).icon(values::type_icon(kind));
                    if ui.push_id((&kind.id, &property.id), |ui| menu_row(ui, row)).inner {
                        let of_kind =
                            |id: &&NodeId| model.work.board.object(**id).is_some_and(|it| it.object_type == kind.id);
                        let nodes = nodes.iter().filter(of_kind).copied().collect();
                        commands.work(Command::Group(Grouping::ByProperty(nodes, property.id.clone())));
                        ui.close();
                    }
                }
            }
        });
    });
}

fn kinds<'a>(model: &'a Model, nodes: &[NodeId]) -> Vec<&'a ObjectType> {
    let graph = &model.work.board.graph;
    let kind = |number| ObjectTypeId::new(graph.object_type(number)).ok().and_then(|id| model.object_type(&id));
    graph.count_types(nodes).into_keys().filter_map(kind).collect()
}
