//! The page of an object: what the side shows, and a table of contents, beside it where there is room.

use access::LinkTypeId;
use egui::{Align, Frame, Id, Layout, Margin, Panel, Role, ScrollArea, Ui};
use model::query::Direction;

use super::{expand_menu, object_side, section, values};
use crate::app::{Commands, Model, View};
use crate::look::{Look, icons};
use crate::widgets::{Button, ListRow, menu, menu_row, paint};
use crate::words::Word;
use crate::work::{Command, ObjectRef};

/// The widest that what is read gets, in points.
const PAGE: f32 = 820.0;
/// From this width on the contents have a column of their own, in points.
const WIDE: f32 = 1_100.0;
/// The width of that column, in points.
const COLUMN: f32 = 220.0;

/// A part of the page that can be gone to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Properties,
    Links(LinkTypeId, Direction),
}

/// Draws the open object as a whole page.
pub(super) fn ui(ui: &mut Ui, model: &Model, sections: &mut section::Drafts, commands: &mut Commands) {
    let is_wide = ui.available_width() >= WIDE;
    if is_wide {
        column_ui(ui, model, sections, commands);
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            ui.set_max_width(PAGE.min(ui.available_width()));
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                Frame::new().inner_margin(Margin::symmetric(16, 20)).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 12.0;
                    ui.horizontal(|ui| {
                        back_ui(ui, model, commands);
                        if !is_wide {
                            menu_ui(ui, model, sections, commands);
                        }
                    });
                    object_side::ui(ui, model, sections, commands);
                });
            });
        });
    });
}

fn back_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    if ui.add(Button::quiet(model.words.t(Word::GoBack)).icon(icons::ARROW_BACK)).clicked() {
        super::go(model, View::Graph, commands);
    }
}

fn column_ui(ui: &mut Ui, model: &Model, sections: &mut section::Drafts, commands: &mut Commands) {
    let frame = Frame::new().fill(Look::of(ui.ctx()).colours.panel).inner_margin(Margin::symmetric(8, 20));
    let panel = Panel::left(Id::unique("contents")).exact_size(COLUMN).resizable(false).frame(frame);
    panel.show(ui, |ui| {
        ScrollArea::vertical().id_salt("contents").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let shown = ui.scope(|ui| parts_ui(ui, model, Role::Link, |ui, row| ui.add(row).clicked()));
            paint::describe(ui, &shown.response, |node| {
                node.set_role(Role::Navigation);
                node.set_label(model.words.t(Word::Contents));
            });
            go_to(model, sections, shown.inner, commands);
        });
    });
}

fn menu_ui(ui: &mut Ui, model: &Model, sections: &mut section::Drafts, commands: &mut Commands) {
    let button = ui.add(Button::quiet(model.words.t(Word::Contents)).icon(icons::LIST).trailing(icons::EXPAND_MORE));
    menu(&button, model.words.t(Word::Contents), |ui| {
        ui.set_min_width(COLUMN);
        let chosen = parts_ui(ui, model, Role::MenuItem, menu_row);
        go_to(model, sections, chosen, commands);
    });
}

/// A line for each part; gives the one that was chosen.
fn parts_ui(ui: &mut Ui, model: &Model, role: Role, add: impl Fn(&mut Ui, ListRow<'_>) -> bool) -> Option<Part> {
    let is: &ObjectRef = model.work.details.open.as_ref()?;
    let look = Look::of(ui.ctx());
    let mut chosen = None;
    if add(ui, ListRow::new(model.words.t(Word::Properties)).icon(icons::LIST).role(role)) {
        chosen = Some(Part::Properties);
    }
    for (link, direction, far) in expand_menu::ways(model, &is.object_type) {
        let count = section::counted(model, is, &link.id, direction);
        let icon = values::link_icon(link, far);
        let row = ListRow::new(link.label(direction)).coloured_icon(icon, values::type_colour(look, far));
        if ui.push_id((&link.id, direction), |ui| add(ui, row.detail(&count).role(role))).inner {
            chosen = Some(Part::Links(link.id.clone(), direction));
        }
    }
    chosen
}

/// Brings a part into view; links that are closed are opened.
fn go_to(model: &Model, sections: &mut section::Drafts, chosen: Option<Part>, commands: &mut Commands) {
    let Some(part) = chosen else { return };
    if let Part::Links(link, direction) = &part
        && section::open_section(model, link, *direction).is_none()
    {
        commands.work(Command::ToggleSection(link.clone(), *direction));
    }
    sections.go_to(part);
}
