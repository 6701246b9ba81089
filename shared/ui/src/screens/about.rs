//! What this program is, under which licence, and what it is made of.

use egui::{Label, RichText, ScrollArea, Ui};

use crate::app::{Command, Commands, Model, Remote, Route};
use crate::frame;
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, KeyValue, key_values};
use crate::words::Word;

/// The widest that the text gets, in points.
const WIDTH: f32 = 860.0;
/// A line of the notices, in points.
const LINE: f32 = 16.0;

/// Fonts and icons: for what, which, under which licence and by whom. The notices say the same at length.
const FACES: [(Word, &str, &str); 4] = [
    (Word::FontOfText, "Noto Sans", "Apache 2.0, SIL OFL 1.1 · Google LLC"),
    (Word::FontOfCode, "Hack", "MIT, Bitstream Vera · Source Foundry Authors, Bitstream, Inc."),
    (Word::FontOfHan, "Droid Sans Fallback", "Apache 2.0 · The Android Open Source Project"),
    (Word::FontOfIcons, "Material Symbols Rounded", "Apache 2.0 · Google LLC"),
];

/// Draws the screen.
pub(super) fn ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    frame::centre(ui, |ui| {
        let side = ((ui.available_width() - WIDTH) / 2.0).max(20.0);
        let mut place = ui.max_rect().shrink2(egui::vec2(side, 20.0));
        place.min.y += 12.0;
        ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
            ui.horizontal(|ui| {
                frame::mark(ui, 28.0);
                ui.label(RichText::new(words.t(Word::AboutClew)).font(TextSize::Title.semibold()));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.add(Button::quiet(words.t(Word::Projects)).icon(icons::FOLDER)).clicked() {
                        commands.send(Command::Go(Route::Projects));
                    }
                });
            });
            ui.label(RichText::new(words.t(Word::AboutSentence)).color(Look::of(ui.ctx()).colours.dim));
            ui.add_space(8.0);
            facts_ui(ui, model);
            heading(ui, words.t(Word::AboutLibraries));
            notices_ui(ui, model, commands);
        });
    });
}

fn facts_ui(ui: &mut Ui, model: &Model) {
    let words = model.words;
    let page = env!("CARGO_PKG_VERSION");
    let server = model.me.value().map_or(page, |me| me.version.as_str());
    let other = if server == page { String::new() } else { words.with(Word::AboutPage, &[page]) };
    let fact = |word, value, aside| KeyValue { key: words.t(word), value, aside };
    let facts = [fact(Word::AboutVersion, server, other.as_str()), fact(Word::AboutLicence, "Apache License 2.0", "")];
    key_values(ui, "about", &facts);
    heading(ui, words.t(Word::AboutFonts));
    key_values(ui, "faces", &FACES.map(|(word, value, aside)| fact(word, value, aside)));
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    ui.label(RichText::new(text).font(TextSize::Heading.semibold()));
}

fn notices_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    match &model.library_notices {
        Remote::Idle => commands.send(Command::ReadNotices),
        Remote::Waiting(_) => drop(super::waiting_for_ui(ui, model, model.words.t(Word::ReadingNotices), false)),
        Remote::Failed(fault) => super::fault_ui(ui, model, fault, Command::ReadNotices, commands),
        Remote::Here(lines) => lines_ui(ui, lines),
    }
}

/// Draws the lines that are in view; there are many thousands.
fn lines_ui(ui: &mut Ui, lines: &[String]) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = LINE;
    let area = ScrollArea::vertical().id_salt("notices").auto_shrink([false, false]);
    area.show_rows(ui, LINE, lines.len(), |ui, visible| {
        for line in lines.get(visible).unwrap_or_default() {
            let text = match line.strip_prefix("# ") {
                Some(title) => RichText::new(title).font(TextSize::Body.semibold()),
                None => RichText::new(line).font(TextSize::Small.mono()),
            };
            let row = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), LINE), row, |ui| {
                ui.set_min_height(LINE);
                ui.add(Label::new(text).truncate());
            });
        }
    });
}
