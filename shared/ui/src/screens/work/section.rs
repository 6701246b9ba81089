//! The links of the open object: one line per link type with its count, opened into a small table.

use std::collections::BTreeMap;

use access::LinkTypeId;
use egui::{Align, RichText, Ui, vec2};
use model::query::Direction;

use super::object_page::Part;
use super::{expand_menu, go, show_table, values, whole, withheld};
use crate::app::{Commands, Model, View};
use crate::look::{Look, TextSize, icons};
use crate::screens::{fault_box, paints};
use crate::table::{HEADER_HEIGHT, Header, ROW_HEIGHT, Table, TableAsk};
use crate::widgets::{Button, ListRow};
use crate::words::Word;
use crate::work::{About, Command, Expand, ObjectRef, Section, Wishes, objects};

/// Rows of a small table that are seen without scrolling.
const MOST_SEEN: usize = 8;
/// How many objects the button of a section puts on the graph.
const EXPANDED: u64 = 25;

/// The small tables, by link type and direction.
#[derive(Default)]
pub(super) struct Drafts {
    of: Option<ObjectRef>,
    tables: BTreeMap<(LinkTypeId, Direction), Table>,
    /// The part of the page that is to be brought into view.
    wanted: Option<Part>,
}

impl Drafts {
    /// Brings a part of the page into view when it is drawn next.
    pub(super) fn go_to(&mut self, part: Part) {
        self.wanted = Some(part);
    }

    /// Whether this part is to be brought into view; true once.
    pub(super) fn goes_to(&mut self, part: &Part) -> bool {
        self.wanted.take_if(|wanted| wanted == part).is_some()
    }
}

/// How many links of a type an object has, in words; empty where nobody knows.
pub(super) fn counted(model: &Model, is: &ObjectRef, link: &LinkTypeId, direction: Direction) -> String {
    let counts = model.work.counts_of(std::slice::from_ref(is));
    let count = counts.and_then(|counts| counts.find(link, direction));
    match (count, counts.is_some_and(|counts| counts.is_running)) {
        (Some(count), _) => values::counted(model.words, count.links),
        (None, true) => model.words.t(Word::Counting).to_owned(),
        (None, false) => String::new(),
    }
}

/// Draws all of them.
pub(super) fn links_ui(ui: &mut Ui, model: &Model, is: &ObjectRef, drafts: &mut Drafts, commands: &mut Commands) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    if drafts.of.as_ref() != Some(is) {
        *drafts = Drafts { of: Some(is.clone()), ..Drafts::default() };
    }
    ui.label(RichText::new(words.t(Word::Links)).font(TextSize::Body.semibold()));
    let counts = model.work.counts_of(std::slice::from_ref(is));
    let ways = expand_menu::ways(model, &is.object_type);
    if ways.is_empty() && !withheld::has_ways(model, &is.object_type) {
        ui.label(RichText::new(words.t(Word::NoLinkTypes)).color(look.colours.dim));
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (link, direction, far) in ways {
            let detail = counted(model, is, &link.id, direction);
            let icon = values::link_icon(link, far);
            let row = ListRow::new(link.label(direction)).coloured_icon(icon, values::type_colour(look, far));
            let section = open_section(model, &link.id, direction);
            let line = ui.push_id((&link.id, direction), |ui| ui.add(row.detail(&detail).selected(section.is_some())));
            if drafts.goes_to(&Part::Links(link.id.clone(), direction)) {
                line.inner.scroll_to_me(Some(Align::Min));
                line.inner.request_focus();
            }
            if line.inner.clicked() {
                commands.work(Command::ToggleSection(link.id.clone(), direction));
            }
            if let Some(section) = section {
                section_ui(ui, model, is, section, drafts, commands);
            }
        }
    });
    withheld::ways_ui(ui, model, &is.object_type, false);
    whole::of_object_ui(ui, model, is);
    for fault in counts.map(|counts| counts.faults.as_slice()).unwrap_or_default() {
        ui.label(RichText::new(fault.to_string()).font(TextSize::Small.regular()).color(look.colours.bad));
    }
}

pub(super) fn open_section<'a>(model: &'a Model, link: &LinkTypeId, direction: Direction) -> Option<&'a Section> {
    let sections = &model.work.details.sections;
    sections.iter().find(|section| section.link == *link && section.direction == direction)
}

fn section_ui(
    ui: &mut Ui,
    model: &Model,
    is: &ObjectRef,
    section: &Section,
    drafts: &mut Drafts,
    commands: &mut Commands,
) {
    let words = model.words;
    if let Some(fault) = &section.fault {
        if fault_box(ui, model, fault) {
            // Closing and opening asks again.
            commands.work(Command::ToggleSection(section.link.clone(), section.direction));
            commands.work(Command::ToggleSection(section.link.clone(), section.direction));
        }
        return;
    }
    let Some(close) = &section.close else {
        crate::screens::waiting_ui(ui, model);
        return;
    };
    table_ui(ui, model, section, drafts, commands);
    ui.horizontal(|ui| {
        let total = values::total(section.rows.len() as u64, &close.completeness);
        let shown = RichText::new(words.total(total)).font(TextSize::Small.regular());
        let why = values::causes(model, &close.completeness).join("\n");
        ui.label(shown.color(Look::of(ui.ctx()).colours.dim)).on_hover_text(why);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::icon_only(icons::TABLE, words.t(Word::ShowAsTable))).clicked() {
                let about = About::Neighbours(is.clone(), section.link.clone(), section.direction);
                show_table(model, about, Wishes::default(), commands);
            }
            if ui.add(Button::icon_only(icons::HUB, words.t(Word::Expand))).clicked() {
                commands.work(Command::Put(vec![is.clone()]));
                commands.work(expand(is, section));
            }
        });
    });
}

fn expand(is: &ObjectRef, section: &Section) -> Command {
    Command::Expand(Expand {
        objects: vec![is.clone()],
        link: section.link.clone(),
        direction: section.direction,
        order: wire::data::ExpandOrder::Count,
        limit: EXPANDED,
    })
}

fn table_ui(ui: &mut Ui, model: &Model, section: &Section, drafts: &mut Drafts, commands: &mut Commands) {
    let far = model.link_type(&section.link).and_then(|link| model.object_type(link.far(section.direction)));
    let (Some(far), Some(schema)) = (far, section.rows.schema()) else { return };
    let titles: Vec<&str> = schema.fields().iter().map(|field| title(far, field.name())).collect();
    let format = |name: &String| {
        let id = access::PropertyId::new(name.clone()).ok()?;
        model.project()?.project.format(far, &id)
    };
    let formats = schema.fields().iter().map(|field| format(field.name()));
    let headers: Vec<Header<'_>> =
        titles.iter().zip(formats).map(|(title, format)| Header { title, format, ..Header::default() }).collect();
    let table = drafts.tables.entry((section.link.clone(), section.direction)).or_default();
    let rows = section.rows.len().clamp(1, MOST_SEEN) as f32;
    let size = vec2(ui.available_width(), HEADER_HEIGHT + rows * ROW_HEIGHT + 14.0);
    let paint = paints::of_table(ui, model.words, Word::Table);
    let asks = ui
        .push_id((&section.link, section.direction), |ui| {
            ui.allocate_ui(size, |ui| {
                ui.set_min_size(size);
                table.ui(ui, &section.rows, &headers, &paint)
            })
            .inner
        })
        .inner;
    for ask in asks {
        if let TableAsk::Open(row) | TableAsk::Side(row) = ask
            && let Some((batch, at)) = section.rows.at(row)
        {
            for object in objects(&batch.slice(at, 1), far, None) {
                open_linked(model, object.is, commands);
            }
        }
    }
}

/// Opens a linked object where one is: on its own page, or at the side.
fn open_linked(model: &Model, is: ObjectRef, commands: &mut Commands) {
    if let Some(View::Object { .. }) = model.route.view() {
        go(model, View::Object { object_type: is.object_type, key: is.key }, commands);
    } else {
        commands.work(Command::OpenObject(is));
    }
}

/// What a column is called: the property's name.
pub(super) fn title<'a>(kind: &'a model::ObjectType, column: &'a str) -> &'a str {
    kind.properties.iter().find(|property| property.id.as_str() == column).map_or(column, |property| &property.name)
}
