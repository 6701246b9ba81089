//! What the person knows by name only, in menus and lists: greyed out, with the reason, and never asked about.

use access::ObjectTypeId;
use egui::Ui;
use model::query::Direction;
use model::withheld::{Withheld, WithheldLinkType};

use crate::app::Model;
use crate::look::icons;
use crate::widgets::{ListRow, menu_heading, menu_line};
use crate::words::Word;

/// The links of objects of a type that are known by name only, each as it reads from there.
fn ways<'a>(model: &'a Model, of: &ObjectTypeId) -> Vec<(&'a WithheldLinkType, &'a str)> {
    let links = model.withheld().map(|known| known.link_types.as_slice()).unwrap_or_default();
    let read = |link: &'a WithheldLinkType, direction: Direction| match direction {
        Direction::Forward => (link.from == *of).then_some((link, link.name.as_str())),
        Direction::Backward => (link.to == *of).then_some((link, link.reverse.as_str())),
    };
    let both = |link| [Direction::Forward, Direction::Backward].map(|direction| read(link, direction));
    links.iter().flat_map(both).flatten().collect()
}

/// Whether there are such links.
pub(super) fn has_ways(model: &Model, of: &ObjectTypeId) -> bool {
    !ways(model, of).is_empty()
}

/// Draws the links of objects of a type that are known by name only.
pub(super) fn ways_ui(ui: &mut Ui, model: &Model, of: &ObjectTypeId, in_menu: bool) {
    for (place, (link, label)) in ways(model, of).into_iter().enumerate() {
        let detail = model.words.t(Word::ByNameOnly);
        ui.push_id(("withheld", place), |ui| line_ui(ui, model, (label, &link.plural), icons::LINK, detail, in_menu));
    }
}

/// Draws the types that could be opened as tables if their rows were not withheld.
pub(super) fn tables_ui(ui: &mut Ui, model: &Model, withheld: &Withheld, in_menu: bool) {
    if !withheld.is_empty() {
        menu_heading(ui, model.words.t(Word::ByNameOnly));
    }
    for kind in &withheld.object_types {
        let icon = icons::by_name(&kind.icon).unwrap_or(icons::CATEGORY);
        line_ui(ui, model, (&kind.plural, &kind.plural), icon, "", in_menu);
    }
    for link in &withheld.link_types {
        line_ui(ui, model, (&link.plural, &link.plural), icons::SWAP_HORIZ, "", in_menu);
    }
}

fn line_ui(ui: &mut Ui, model: &Model, (text, what): (&str, &str), icon: char, detail: &str, in_menu: bool) {
    let row = ListRow::new(text).icon(icon).enabled(false);
    let row = if detail.is_empty() { row } else { row.detail(detail) };
    let response = if in_menu { menu_line(ui, row) } else { ui.add(row) };
    response.on_disabled_hover_text(model.words.with(Word::ByNameOnlyWhy, &[what]));
}
