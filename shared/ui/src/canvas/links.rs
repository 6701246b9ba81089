//! Draws the links and says where their labels would like to be.

use egui::{Color32, Pos2, Rect, Vec2};

use super::ground::MOST_LINES;
use super::pen::Pen;
use super::trace::{Ends, Trace};
use super::view::Detail;
use super::{COLOURS, Frame, Link, Over, chosen, density};

const THIN: f32 = 1.2;
const WIDEST: f32 = 6.4;
pub(super) const FAR_WIDTH: f32 = 0.8;
/// From this many links on, lines fade so that the picture shows density instead of one dark area.
const FADE_FROM: f32 = 1_500.0;
/// However many they are, a line by itself is still seen.
const FAINTEST: f32 = 0.04;
/// How much wider the selected line is, and how much wider still the band behind it.
const SELECTED_WIDER: f32 = 0.6;
const BAND: f32 = 6.0;
/// A line that only passes through the picture is drawn this much weaker.
pub(super) const PASSING: f32 = 0.4;
/// The same for a line that is not of the selection.
const ELSEWHERE: f32 = 0.5;
/// Where one line stands for several, so many of those of the selection are drawn one by one.
const MOST_OF_SELECTED: usize = 5_000;

/// A label that wants to stand on its line.
pub(super) struct Wish {
    pub(super) link: usize,
    pub(super) spots: [Pos2; 3],
    /// The length of the line in points.
    pub(super) room: f32,
}

/// An arrowhead, drawn above names and marks so that the direction is never hidden.
pub(super) struct Arrow {
    tip: Pos2,
    /// Length 1.
    direction: Vec2,
    length: f32,
    colour: Color32,
}

impl Arrow {
    pub(super) fn bounds(&self) -> Rect {
        Rect::from_center_size(self.tip - self.direction * (0.5 * self.length), Vec2::splat(self.length))
    }
}

/// What is drawn after the lines: labels, and above these the arrowheads.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) wishes: Vec<Wish>,
    pub(super) arrows: Vec<Arrow>,
}

/// Draws the arrowheads.
pub(super) fn draw_arrows(arrows: &[Arrow], pen: &mut Pen<'_>) {
    for arrow in arrows {
        pen.arrow(arrow.tip, arrow.direction, arrow.length, arrow.colour);
    }
}

/// How strongly what belongs to a link is drawn: weaker where something else is selected.
pub(super) fn attention(frame: &Frame<'_>, link: &Link) -> f32 {
    let is_selected = |end| frame.scene.node(end).is_some_and(|node| node.selected);
    let is_of_selection = link.stands_out() || is_selected(link.from) || is_selected(link.to);
    if frame.has_selection && !is_of_selection { ELSEWHERE } else { 1.0 }
}

/// Draws every link that may be seen, the ones under the pointer last.
pub(super) fn draw(frame: &Frame<'_>, pen: &mut Pen<'_>) -> Drawn {
    let mut drawn = Drawn::default();
    if frame.detail == Detail::Far {
        draw_far(frame, pen);
        return drawn;
    }
    if let Some(passing) = frame.passing {
        draw_passing(frame, pen, passing);
    }
    let strength = strength(frame);
    let mut on_top = Vec::new();
    for (index, link) in frame.links() {
        let Some(trace) = visible(frame, index, link) else { continue };
        let has_end = has_end_in_picture(frame, link);
        if has_end {
            drawn.wishes.push(Wish { link: index, spots: trace.spots, room: trace.length });
        }
        if link.stands_out() || is_lit(frame, index, link) {
            on_top.push((link, trace));
        } else {
            let strength = attention(frame, link) * if has_end { strength } else { strength * PASSING };
            let colour = colour(frame, link).gamma_multiply(strength);
            stroke(pen, &trace, width(frame, link), colour);
            drawn.arrows.extend(arrow(frame, link, &trace, colour));
        }
    }
    // The selected one lies above those under the pointer.
    on_top.sort_by_key(|(link, _)| link.stands_out());
    for (link, trace) in on_top {
        if link.stands_out() {
            let band = frame.paint.background.lerp_to_gamma(frame.paint.accent, 0.35);
            stroke(pen, &trace, width(frame, link) + BAND, band);
        }
        let wider = if link.stands_out() { SELECTED_WIDER } else { 0.6 };
        stroke(pen, &trace, width(frame, link) + wider, frame.paint.accent);
        drawn.arrows.extend(arrow(frame, link, &trace, frame.paint.accent));
    }
    drawn
}

/// How strongly links are drawn: less when there are many in the picture, and less from afar.
fn strength(frame: &Frame<'_>) -> f32 {
    if frame.detail == Detail::Far {
        return strength_from_afar(frame, frame.reaching);
    }
    (FADE_FROM / frame.reaching.max(1) as f32).sqrt().clamp(0.2, 1.0)
}

fn strength_from_afar(frame: &Frame<'_>, reaching: usize) -> f32 {
    let share = (FADE_FROM / reaching.max(1) as f32).sqrt().min(1.0);
    (share * (0.35 + 2.0 * frame.zoom.min(0.28))).clamp(FAINTEST, 0.9)
}

/// Whether a line between these places only passes through the picture.
pub(super) fn is_passing(frame: &Frame<'_>, from: Pos2, to: Pos2) -> bool {
    let rect = frame.rect.expand(frame.radius);
    !rect.contains(from) && !rect.contains(to)
}

fn has_end_in_picture(frame: &Frame<'_>, link: &Link) -> bool {
    let rect = frame.rect.expand(frame.radius);
    [link.from, link.to].into_iter().any(|end| frame.place(end).is_some_and(|place| rect.contains(place)))
}

/// Lines only, without bends and arrows; what is shorter than the dots at its ends would be under them.
fn draw_far(frame: &Frame<'_>, pen: &mut Pen<'_>) {
    let strength = strength(frame);
    if frame.reaching > MOST_LINES {
        draw_many(frame, pen, strength);
        return;
    }
    let colours = Far::new(frame, strength);
    let Some(thin) = pen.stamp_of_line(FAR_WIDTH) else { return };
    let Some(thick) = pen.stamp_of_line(2.0 * FAR_WIDTH) else { return };
    let mut on_top = Vec::new();
    for (index, link) in frame.links() {
        let Some((from, to)) = far_ends(frame, link) else { continue };
        if link.stands_out() || is_lit(frame, index, link) {
            on_top.push((from, to, if link.stands_out() { 2.0 * THIN } else { THIN }));
            continue;
        }
        let kind = chosen::kind(link);
        let stamp = if kind % 2 == 1 { thick } else { thin };
        let strength = attention(frame, link) * if is_passing(frame, from, to) { PASSING } else { 1.0 };
        pen.line_like(stamp, from, to, colours.of(kind).gamma_multiply(strength));
    }
    for (from, to, width) in on_top {
        pen.line(from, to, width, frame.paint.accent);
    }
}

/// One line for several, and above them those of what is selected.
fn draw_many(frame: &Frame<'_>, pen: &mut Pen<'_>, strength: f32) {
    let chosen = frame.chosen;
    let of_selected: Vec<u32> =
        chosen.nodes.iter().flat_map(|node| frame.wiring.links_of(*node)).copied().take(MOST_OF_SELECTED).collect();
    draw_density(frame, pen, strength);
    let links = |numbers: &'_ [u32]| {
        let link = |number: &u32| far_ends(frame, frame.scene.links.get(*number as usize)?);
        numbers.iter().take(MOST_OF_SELECTED).filter_map(link).collect::<Vec<_>>()
    };
    for (from, to) in links(&of_selected) {
        pen.line(from, to, FAR_WIDTH, frame.paint.dim.gamma_multiply(2.0 * strength.max(0.2)));
    }
    for (from, to) in links(&chosen.links) {
        pen.line(from, to, 2.0 * THIN, frame.paint.accent);
    }
}

/// Those that only pass through, of so many in all.
fn draw_passing(frame: &Frame<'_>, pen: &mut Pen<'_>, reaching: usize) {
    draw_density(frame, pen, strength_from_afar(frame, reaching));
    for link in frame.chosen.links.iter().take(MOST_OF_SELECTED) {
        let ends = frame.scene.links.get(*link as usize).and_then(|link| far_ends(frame, link));
        if let Some((from, to)) = ends.filter(|(from, to)| is_passing(frame, *from, *to)) {
            pen.line(from, to, 2.0 * THIN, frame.paint.accent);
        }
    }
}

fn draw_density(frame: &Frame<'_>, pen: &mut Pen<'_>, strength: f32) {
    let colours = Far::new(frame, strength);
    let others = if frame.has_selection { ELSEWHERE } else { 1.0 };
    density::draw(frame, pen, strength, |kind| colours.plain(kind).gamma_multiply(others));
}

/// Where a link lies, if it is to be seen from afar.
fn far_ends(frame: &Frame<'_>, link: &Link) -> Option<(Pos2, Pos2)> {
    let (from, to) = (frame.place(link.from)?, frame.place(link.to)?);
    let is_under_dots = from.distance_sq(to) < 4.0 * frame.radius * frame.radius;
    (!is_under_dots && !is_outside(frame.rect, from, to)).then_some((from, to))
}

/// The colours of lines from afar.
struct Far {
    quiet: Color32,
    money: [Color32; COLOURS],
    strength: f32,
}

impl Far {
    fn new(frame: &Frame<'_>, strength: f32) -> Self {
        let money = frame.paint.colours.map(|colour| shaded(frame, colour));
        Self { quiet: frame.paint.faint, money, strength }
    }

    /// Of a link that looks like this, see [`chosen::kind`].
    fn plain(&self, kind: u8) -> Color32 {
        let colour = usize::from(kind / 2).checked_sub(1).and_then(|colour| self.money.get(colour));
        colour.copied().unwrap_or(self.quiet)
    }

    fn of(&self, kind: u8) -> Color32 {
        self.plain(kind).gamma_multiply(self.strength)
    }
}

/// The way of a link, if both ends are shown and it reaches into the picture.
pub(super) fn visible(frame: &Frame<'_>, index: usize, link: &Link) -> Option<Trace> {
    let (from, to) = (frame.place(link.from)?, frame.place(link.to)?);
    if is_outside(frame.rect.expand(3.0 * frame.radius), from, to) {
        return None;
    }
    let arrow = if link.directed { arrow_length(frame, link) } else { 0.0 };
    let bend = frame.wiring.bend(index);
    Trace::new(Ends { from, to, radii: frame.radii(link), bend, arrow, is_loop: link.from == link.to })
        .filter(|trace| frame.rect.expand(12.0).intersects(trace.bounds()))
}

pub(super) fn is_outside(rect: Rect, a: Pos2, b: Pos2) -> bool {
    (a.x < rect.min.x && b.x < rect.min.x)
        || (a.x > rect.max.x && b.x > rect.max.x)
        || (a.y < rect.min.y && b.y < rect.min.y)
        || (a.y > rect.max.y && b.y > rect.max.y)
}

fn is_lit(frame: &Frame<'_>, index: usize, link: &Link) -> bool {
    match frame.over {
        Over::Node(node) => link.from == node || link.to == node,
        Over::Link(over) => over as usize == index,
        Over::Hull(_) | Over::Nothing => false,
    }
}

fn arrow(frame: &Frame<'_>, link: &Link, trace: &Trace, colour: Color32) -> Option<Arrow> {
    let (tip, direction) = trace.tip;
    link.directed.then(|| Arrow { tip, direction, length: arrow_length(frame, link), colour })
}

fn stroke(pen: &mut Pen<'_>, trace: &Trace, width: f32, colour: Color32) {
    match trace.points() {
        [from, to] => pen.line(*from, *to, width, colour),
        points => pen.curve(points, width, colour),
    }
}

fn width(frame: &Frame<'_>, link: &Link) -> f32 {
    let full = THIN + (WIDEST - THIN) * link.weight.clamp(0.0, 1.0);
    match frame.detail {
        Detail::Near => full,
        Detail::Middle => (0.75 * full).max(1.0),
        Detail::Far => FAR_WIDTH,
    }
}

/// In proportion to the line, and never larger than the disc.
fn arrow_length(frame: &Frame<'_>, link: &Link) -> f32 {
    (6.5 + 1.6 * width(frame, link)).min(0.9 * frame.radius)
}

fn colour(frame: &Frame<'_>, link: &Link) -> Color32 {
    link.colour.map_or(frame.paint.faint, |index| shaded(frame, frame.paint.type_colour(index)))
}

/// A type's colour for lines, quieter than its discs.
fn shaded(frame: &Frame<'_>, colour: Color32) -> Color32 {
    frame.paint.background.lerp_to_gamma(colour, 0.75)
}
