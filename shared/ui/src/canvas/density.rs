//! Draws more links than can be told apart: one line for those that nearly lie on each other, the stronger the more they are.

use egui::{Color32, Pos2};

use super::Frame;
use super::ground::MOST_LINES;
use super::links::{FAR_WIDTH, PASSING, is_outside, is_passing};
use super::pen::Pen;

/// Lines that begin and end within squares of this side, in points, may become one.
const SIDE: f32 = 2.0;
/// Doubled so often, all is in a few squares.
const MOST_DOUBLINGS: i32 = 12;

/// Where links that only pass through are drawn apart, they are so many at most.
const MOST_PASSING: usize = 10_000;

/// Draws the links of the whole picture as lines in the colours of `colour_of`, each as strong as so many of `strength` over
/// each other; where those that pass through are drawn apart, these alone.
pub(super) fn draw(frame: &Frame<'_>, pen: &mut Pen<'_>, strength: f32, colour_of: impl Fn(u8) -> Color32) {
    let most = if frame.passing.is_some() { MOST_PASSING } else { MOST_LINES };
    let (Some(thin), Some(thick)) = (pen.stamp_of_line(FAR_WIDTH), pen.stamp_of_line(2.0 * FAR_WIDTH)) else { return };
    let first = (SIDE / frame.zoom).log2().ceil() as i32;
    for doublings in first..=first + MOST_DOUBLINGS {
        let strands = frame.ground.strands(frame.scene, frame.chosen, doublings);
        let place = |at| frame.places.on_screen(at);
        let seen = strands.iter().map(|strand| (strand, place(strand.from), place(strand.to)));
        let is_apart = |from, to| frame.passing.is_none() || is_passing(frame, from, to);
        let seen = seen.filter(|(_, from, to)| !is_outside(frame.rect, *from, *to) && is_apart(*from, *to));
        let seen: Vec<(&graph::Strand, Pos2, Pos2)> = seen.take(most + 1).collect();
        if seen.len() > most {
            continue;
        }
        for (strand, from, to) in seen {
            let each = if is_passing(frame, from, to) { strength * PASSING } else { strength };
            let together = 1.0 - (1.0 - each).powi(strand.count.min(1_000) as i32);
            let stamp = if strand.kind % 2 == 1 { thick } else { thin };
            pen.line_like(stamp, from, to, colour_of(strand.kind).gamma_multiply(together));
        }
        return;
    }
}
