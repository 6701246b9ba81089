//! What can be opened as a table: every object type and every link type.

use egui::{Id, Pos2, Rect, Response, ScrollArea, Ui, vec2};

use super::{values, withheld};
use crate::app::{Commands, Model};
use crate::look::{Look, icons};
use crate::widgets::{ListRow, menu_heading, menu_row, popover_beside};
use crate::words::Word;
use crate::work::{About, Command, Wishes};

/// Draws the menu of the plus while it is open.
pub(super) fn ui(surface: &Response, model: &Model, adding: &mut Option<Pos2>, commands: &mut Commands) {
    let Some(at) = *adding else { return };
    let mut open = true;
    let beside = Rect::from_center_size(at, vec2(24.0, 24.0));
    let name = model.words.t(Word::OpenTable);
    let chosen = popover_beside(surface, Id::unique("open table"), beside, &mut open, name, |ui| {
        ui.set_min_width(240.0);
        choices_ui(ui, model, true)
    });
    if let Some(Some(about)) = chosen {
        commands.work(Command::OpenTable(about, Wishes::default()));
        open = false;
    }
    if !open {
        *adding = None;
    }
}

/// The lines; the one that was chosen.
pub(super) fn choices_ui(ui: &mut Ui, model: &Model, in_menu: bool) -> Option<About> {
    let seen = model.project()?;
    let look = Look::of(ui.ctx());
    let mut chosen = None;
    let mut line = |ui: &mut Ui, row: ListRow<'_>, about: About| {
        let clicked = if in_menu { menu_row(ui, row) } else { ui.add(row).clicked() };
        if clicked {
            chosen = Some(about);
        }
    };
    ScrollArea::vertical().max_height(if in_menu { 420.0 } else { f32::INFINITY }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        menu_heading(ui, model.words.t(Word::ObjectTypes));
        for kind in seen.project.object_types.values() {
            let row = ListRow::new(&kind.plural);
            let row = row.coloured_icon(values::type_icon(kind), values::type_colour(look, kind));
            line(ui, row, About::Objects(kind.id.clone()));
        }
        let links = seen.project.link_types.values().filter(|link| link.source().is_some());
        let links: Vec<&model::LinkType> = links.collect();
        if !links.is_empty() {
            menu_heading(ui, model.words.t(Word::LinkTypes));
        }
        for link in links {
            line(ui, ListRow::new(&link.plural).icon(icons::SWAP_HORIZ), About::Links(link.id.clone()));
        }
        withheld::tables_ui(ui, model, &seen.withheld, in_menu);
    });
    chosen
}
