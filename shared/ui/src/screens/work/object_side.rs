//! One object: what it is called, its properties, its links.

use egui::{Align, Layout, RichText, Ui};
use model::ObjectType;

use super::object_page::Part;
use super::{expansions, section, values};
use crate::app::{Command as AppCommand, Commands, Model, Route, View};
use crate::look::{Look, TextSize, icons};
use crate::screens::fault_box;
use crate::widgets::{Backing, Button, KeyValue, ListRow, key_values, menu, menu_row, type_icon};
use crate::words::Word;
use crate::work::{Command, Object, ObjectRef};

/// The icon square, in points.
const SQUARE: f32 = 40.0;

/// Draws the open object, at the side or on its page.
pub(super) fn ui(ui: &mut Ui, model: &Model, sections: &mut section::Drafts, commands: &mut Commands) {
    let Some(is) = &model.work.details.open else { return };
    let Some(kind) = model.object_type(&is.object_type) else {
        let not_found = wire::Fault::not_found();
        // What is known by name only says so; whatever else is not in the project is not there.
        let said = model.work.details.fault.as_ref().filter(|fault| fault.code == wire::Code::Forbidden);
        fault_ui(ui, model, said.unwrap_or(&not_found), is, commands);
        return;
    };
    let object = model.work.object(is);
    head_ui(ui, model, is, kind, object, commands);
    ui.separator();
    match (object, &model.work.details.fault) {
        (Some(object), _) => {
            if sections.goes_to(&Part::Properties) {
                ui.scroll_to_cursor(Some(Align::Min));
            }
            properties_ui(ui, model, kind, object);
        }
        (None, Some(fault)) => fault_ui(ui, model, fault, is, commands),
        (None, None) => crate::screens::waiting_ui(ui, model),
    }
    ui.separator();
    section::links_ui(ui, model, is, sections, commands);
    expansions::ui(ui, model, is, commands);
}

fn fault_ui(ui: &mut Ui, model: &Model, fault: &wire::Fault, is: &ObjectRef, commands: &mut Commands) {
    if fault_box(ui, model, fault) {
        commands.work(Command::OpenObject(is.clone()));
    }
}

fn head_ui(
    ui: &mut Ui,
    model: &Model,
    is: &ObjectRef,
    kind: &ObjectType,
    object: Option<&Object>,
    commands: &mut Commands,
) {
    let look = Look::of(ui.ctx());
    let key = is.key.join(" · ");
    let title = object.map_or(key.as_str(), |object| object.title.as_str());
    ui.horizontal(|ui| {
        type_icon(ui, values::type_icon(kind), usize::from(kind.colour), Backing::Square, SQUARE);
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            more_ui(ui, model, is, title, commands);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
                ui.label(RichText::new(format!("{} · {key}", kind.name)).color(look.colours.dim));
                if let Some(rows) = object.map(|object| object.rows).filter(|rows| *rows > 1) {
                    let text = model.words.with(Word::DuplicateKey, &[&model.words.count(rows)]);
                    let marked = ui.label(RichText::new(text).color(look.colours.warn));
                    marked.on_hover_text(model.words.t(Word::DuplicateKeyWhy));
                }
            });
        });
    });
    buttons_ui(ui, model, is, commands);
}

fn buttons_ui(ui: &mut Ui, model: &Model, is: &ObjectRef, commands: &mut Commands) {
    let words = model.words;
    ui.horizontal(|ui| {
        if model.work.board.shown(is).is_none()
            && ui.add(Button::primary(words.t(Word::PutOnGraph)).icon(icons::HUB)).clicked()
        {
            commands.work(Command::Put(vec![is.clone()]));
        }
        if ui.add(Button::new(words.t(Word::CopyLink)).icon(icons::LINK)).clicked() {
            copy_link(model, is, commands);
        }
    });
}

fn copy_link(model: &Model, is: &ObjectRef, commands: &mut Commands) {
    if let Some(project) = model.route.project().cloned() {
        let view = View::Object { object_type: is.object_type.clone(), key: is.key.clone() };
        commands.send(AppCommand::CopyLink(Route::Work { project, view }));
    }
}

fn more_ui(ui: &mut Ui, model: &Model, is: &ObjectRef, title: &str, commands: &mut Commands) {
    let words = model.words;
    let more = ui.add(Button::icon_only(icons::MORE_HORIZ, words.t(Word::More)));
    menu(&more, words.t(Word::More), |ui| {
        ui.set_min_width(220.0);
        if menu_row(ui, ListRow::new(words.t(Word::OpenObject)).icon(icons::OPEN_IN_FULL)) {
            let view = View::Object { object_type: is.object_type.clone(), key: is.key.clone() };
            super::go(model, view, commands);
        }
        if menu_row(ui, ListRow::new(words.t(Word::PutOnGraph)).icon(icons::HUB)) {
            commands.work(Command::Put(vec![is.clone()]));
            super::go(model, View::Graph, commands);
        }
        if menu_row(ui, ListRow::new(words.t(Word::CopyLink)).icon(icons::LINK)) {
            copy_link(model, is, commands);
        }
        if menu_row(ui, ListRow::new(words.t(Word::Copy)).icon(icons::CONTENT_COPY)) {
            commands.send(AppCommand::Copy(format!("{title}\t{}", is.key.join("\t"))));
        }
    });
}

fn properties_ui(ui: &mut Ui, model: &Model, kind: &ObjectType, object: &Object) {
    let words = model.words;
    let mut rows: Vec<(&str, String)> = Vec::new();
    for property in kind.properties.iter().filter(|property| !property.hidden) {
        let known = object.values.iter().find(|(id, _)| *id == property.id);
        let text = known.map_or_else(|| "—".to_owned(), |(_, text)| values::value(model, kind, property, text));
        rows.push((&property.name, text));
    }
    let source = values::source_name(model, &kind.source);
    let fetched = object.fetched.as_ref().map(|at| words.with(Word::FetchedAt, &[at])).unwrap_or_default();
    let mut lines: Vec<KeyValue<'_>> = rows.iter().map(|(key, value)| KeyValue { key, value, aside: "" }).collect();
    lines.push(KeyValue { key: words.t(Word::SourceName), value: source, aside: &fetched });
    key_values(ui, "properties", &lines);
}
