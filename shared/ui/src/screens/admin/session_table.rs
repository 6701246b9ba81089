//! Sessions as rows below each other: on what, from where, since when; with a button that ends each.

use egui::{Label, RichText, Ui, vec2};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::people::SessionLine;

use super::rows::{cell_ui, row_ui};
use crate::look::{Look, TextSize};
use crate::widgets::{Button, Tone, badge};
use crate::words::{Word, Words};

/// The columns in points: on what, from where, three times. With the button they fit beside the list of people.
const COLUMNS: [f32; 5] = [220.0, 120.0, 126.0, 126.0, 126.0];
/// A row, in points.
const ROW: f32 = 38.0;

/// Draws the rows; gives the name of the session whose button was clicked.
pub(super) fn ui(ui: &mut Ui, words: Words, sessions: &[SessionLine], enabled: bool) -> Option<String> {
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        let names = [Word::SessionOn, Word::SessionFrom, Word::SessionBegan, Word::SessionUsed, Word::SessionEnds];
        row_ui(ui, ROW, |ui| {
            for (name, width) in names.into_iter().zip(COLUMNS) {
                cell_ui(ui, width, ROW, |ui| text_ui(ui, words.t(name), true));
            }
        });
        for session in sessions {
            let device = device(words, session);
            row_ui(ui, ROW, |ui| {
                cells_ui(ui, words, session, &device);
                let name = words.with(Word::EndSessionNamed, &[&device]);
                let button = ui.add(Button::new(words.t(Word::EndSession)).enabled(enabled)).accessible_name(&name);
                if button.clicked() {
                    clicked = Some(session.name.clone());
                }
            });
        }
    });
    clicked
}

fn cells_ui(ui: &mut Ui, words: Words, session: &SessionLine, device: &str) {
    let [on, from, times @ ..] = COLUMNS;
    cell_ui(ui, on, ROW, |ui| {
        text_ui(ui, device, false);
        if session.is_this {
            badge(ui, Tone::Ok, words.t(Word::ThisSession));
        }
    });
    cell_ui(ui, from, ROW, |ui| text_ui(ui, session.address.as_deref().unwrap_or("–"), true));
    for (at, width) in [session.created, session.last_seen, session.ends].into_iter().zip(times) {
        cell_ui(ui, width, ROW, |ui| text_ui(ui, &moment(words, at), true));
    }
}

fn text_ui(ui: &mut Ui, text: &str, is_dim: bool) {
    let colours = Look::of(ui.ctx()).colours;
    let colour = if is_dim { colours.dim } else { colours.text };
    ui.add(Label::new(RichText::new(text).font(TextSize::Body.regular()).color(colour)).truncate());
}

/// Seconds since 1970 as a date and a time of day, UTC.
pub(super) fn moment(words: Words, at: i64) -> String {
    let at = Timestamp::from_second(at).map(|at| at.to_zoned(TimeZone::UTC).datetime());
    at.map_or_else(|_| "–".to_owned(), |at| words.iso_minute(at.with().second(0).build().unwrap_or(at)))
}

/// What the session runs on, as far as the browser says it: "Firefox, Linux".
fn device(words: Words, session: &SessionLine) -> String {
    let agent = session.agent.as_deref().unwrap_or_default();
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // In this order: each of them also names those after it.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if !agent.is_empty() => agent.chars().take(60).collect(),
        (None, None) => words.t(Word::UnknownBrowser).to_owned(),
    }
}
