//! What the colours, icons and lines of a graph that is taken out stand for.

use egui::{Color32, Pos2, Ui, pos2, vec2};
use graph::exchange::Entry;

use super::legend::{Line, Part, Swatch};
use super::scene::Drawn;
use crate::app::Model;
use crate::canvas::{FIRST_STEP, Paint, REST};
use crate::look::TextSize;
use crate::work::style::STEPS;

/// From entry to entry, and from row to row, in points.
const ASIDE: f32 = 18.0;
const ROW: f32 = 22.0;
const SIGN: f32 = 24.0;

/// The types of what is shown, with their numbers, and the kinds of links between them.
///
/// Where rules say how the graph looks, what they mean stands there instead, without numbers: a rule is of all that is shown.
pub(super) fn entries(model: &Model, drawn: &Drawn, paint: &Paint) -> Vec<Entry> {
    if !model.work.board.rules().is_empty() {
        return drawn.legend().iter().flat_map(|part| of_part(part, paint)).collect();
    }
    let mut counted: Vec<(Entry, u64)> = Vec::new();
    let shown = drawn.nodes.iter().filter(|node| !node.hidden);
    shown.for_each(|node| count(&mut counted, &node.kind, Some(node.icon), colour(paint, Some(node.colour))));
    let is_shown = |place: u32| drawn.nodes.get(place as usize).is_some_and(|node| !node.hidden);
    let between = drawn.links.iter().filter(|link| is_shown(link.from) && is_shown(link.to));
    between.for_each(|link| count(&mut counted, &link.kind, None, colour(paint, link.colour)));
    let told = |(entry, count): (Entry, u64)| Entry {
        text: format!("{} · {}", entry.text, model.words.count(count)),
        ..entry
    };
    counted.into_iter().map(told).collect()
}

fn of_part(part: &Part, paint: &Paint) -> Vec<Entry> {
    let entry = |line: &Line| {
        let (icon, number) = match line.swatch {
            Swatch::Icon(icon, number) => (Some(icon), Some(number)),
            Swatch::Disc(number) => (Some(' '), Some(number)),
            Swatch::Link(number) => (None, number),
            Swatch::Scale => (Some(' '), Some(FIRST_STEP + STEPS - 1)),
            Swatch::Sizes | Swatch::Nothing => (Some(' '), Some(REST)),
        };
        // What a value is of is said where it is not a type.
        let is_type = matches!(line.swatch, Swatch::Icon(..)) || number.is_none();
        let text = if is_type { line.text.clone() } else { format!("{}: {}", part.title, line.text) };
        Entry { tint: tint(colour(paint, number)), icon, text }
    };
    part.lines.iter().map(entry).collect()
}

/// One more of a kind. There are few kinds, in the order in which they come.
fn count(counted: &mut Vec<(Entry, u64)>, name: &str, icon: Option<char>, colour: Color32) {
    match counted.iter_mut().find(|(entry, _)| entry.icon == icon && entry.text == name) {
        Some((_, count)) => *count += 1,
        None => counted.push((Entry { tint: tint(colour), icon, text: name.to_owned() }, 1)),
    }
}

/// A type's colour, or that of links without one.
pub(super) fn colour(paint: &Paint, number: Option<usize>) -> Color32 {
    let known = number.and_then(|number| paint.colours.get(number % paint.colours.len()).copied());
    known.unwrap_or(paint.faint)
}

/// Red, green and blue.
pub(super) fn tint(colour: Color32) -> [u8; 3] {
    let [red, green, blue, _] = colour.to_array();
    [red, green, blue]
}

/// How high the legend is where it is this wide, in points.
pub(super) fn height(ui: &Ui, entries: &[Entry], width: f32) -> f32 {
    placed(ui, entries, width).last().map_or(0.0, |at| at.y + ROW)
}

/// Where each entry begins.
fn placed(ui: &Ui, entries: &[Entry], width: f32) -> Vec<Pos2> {
    let (mut at, mut places) = (pos2(0.0, 0.0), Vec::with_capacity(entries.len()));
    for entry in entries {
        let text = ui.painter().layout_no_wrap(entry.text.clone(), TextSize::Small.regular(), Color32::PLACEHOLDER);
        let room = SIGN + text.size().x + ASIDE;
        if at.x > 0.0 && at.x + room > width {
            at = pos2(0.0, at.y + ROW);
        }
        places.push(at);
        at.x += room;
    }
    places
}

/// Draws it with its corner at `corner`.
pub(super) fn draw(ui: &Ui, entries: &[Entry], corner: Pos2, width: f32, paint: &Paint) {
    let painter = ui.painter();
    for (entry, place) in entries.iter().zip(placed(ui, entries, width)) {
        let [red, green, blue] = entry.tint;
        let colour = Color32::from_rgb(red, green, blue);
        let middle = corner + place.to_vec2() + vec2(9.0, ROW / 2.0);
        match entry.icon {
            Some(icon) => {
                painter.circle(middle, 8.0, paint.background.lerp_to_gamma(colour, 0.2), (1.2, colour));
                let font = egui::FontId::new(10.0, paint.icon_font.clone());
                painter.text(middle, egui::Align2::CENTER_CENTER, icon, font, colour);
            }
            None => {
                painter.line_segment([middle - vec2(9.0, 0.0), middle + vec2(9.0, 0.0)], (2.0, colour));
            }
        }
        let text = painter.layout_no_wrap(entry.text.clone(), TextSize::Small.regular(), paint.text);
        painter.galley(middle + vec2(SIGN - 9.0, -text.size().y / 2.0), text, paint.text);
    }
}
