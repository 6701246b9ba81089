//! What the colours, icons and lines of a graph that is taken out stand for.

use std::collections::HashSet;

use egui::{Color32, Pos2, Ui, pos2, vec2};
use graph::NodeId;
use graph::exchange::Entry;

use super::legend::{self, Line, Part, Swatch};
use crate::app::Model;
use crate::canvas::{FIRST_STEP, Paint, REST};
use crate::look::TextSize;
use crate::work::style::{STEPS, Style};

/// From entry to entry, and from row to row, in points.
const ASIDE: f32 = 18.0;
const ROW: f32 = 22.0;
const SIGN: f32 = 24.0;

/// What the legend of the graph says of these objects, and of the links between them: types with their numbers, and what
/// the rules mean without any, because a rule is of all that is shown.
pub(super) fn entries(model: &Model, nodes: &[NodeId], paint: &Paint) -> Vec<Entry> {
    let wanted: HashSet<NodeId> = nodes.iter().copied().collect();
    let parts = legend::parts(model, &Style::of(model), |id| wanted.contains(&id));
    parts.iter().flat_map(|part| part.lines.iter().map(|line| entry(model, part, line, paint))).collect()
}

fn entry(model: &Model, part: &Part, line: &Line, paint: &Paint) -> Entry {
    let (icon, number) = match line.swatch {
        Swatch::Icon(icon, number) => (Some(icon), Some(number)),
        Swatch::Disc(number) => (Some(' '), Some(number)),
        Swatch::Link(number) => (None, number),
        Swatch::Scale => (Some(' '), Some(FIRST_STEP + STEPS - 1)),
        Swatch::Sizes | Swatch::Nothing => (Some(' '), Some(REST)),
    };
    // What one look is of stands in its title already.
    let is_said = part.lines.len() == 1 && part.title.contains(&line.text);
    let text = match (part.is_of_rule, line.count) {
        (true, _) if is_said => part.title.clone(),
        (true, _) => format!("{}: {}", part.title, line.text),
        (false, Some(count)) => format!("{} · {}", line.text, model.words.count(count)),
        (false, None) => line.text.clone(),
    };
    Entry { tint: tint(colour(paint, number)), icon, text }
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
