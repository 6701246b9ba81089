//! Groups: a closed one is a rounded square with the number of its members, an open one a frame behind them with its name.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Vec2, vec2};

use super::labels::{Texts, shorten_middle};
use super::pen::Pen;
use super::places::Places;
use super::taken::Room;
use super::view::Detail;
use super::{Canvas, Frame, Hull, Node, Paint, Scene};

/// Half of a square's side, and the rounding of its corners, of a disc's radius.
const HALF_SIDE: f32 = 0.98;
const ROUNDING: f32 = 0.5;
/// Between a member's disc and the frame around its group, in points at zoom 1.
const ASIDE: f32 = 14.0;
const RIM: f32 = 1.4;
const NAME: f32 = 11.0;
const LONGEST_CHARS: usize = 40;
/// The name of a group with a smaller frame than this would be larger than that.
const LEAST_SIZE: f32 = 40.0;

/// Draws the square of a closed group.
pub(super) fn draw_square(frame: &Frame<'_>, pen: &mut Pen<'_>, index: u32, node: &Node, place: Pos2) {
    let (paint, radius) = (frame.paint, frame.radius);
    let colour = paint.type_colour(node.colour);
    let rim = |out: f32, width: f32, colour: Color32, pen: &mut Pen<'_>| {
        square(pen, place, radius + out, colour);
        square(pen, place, radius + out - width, paint.background);
    };
    if frame.focus == Some(index) {
        rim(if node.selected { 8.0 } else { 5.0 }, 1.6, paint.text, pen);
    }
    if node.selected {
        rim(4.5, 2.2, paint.accent, pen);
    } else if frame.over == super::Over::Node(index) {
        rim(3.5, 1.2, paint.dim, pen);
    }
    square(pen, place, radius, colour);
    square(pen, place, radius - 2.0, paint.background.lerp_to_gamma(colour, 0.28));
}

/// A square with round corners; `radius` is that of the disc that it stands in place of.
pub(super) fn square(pen: &mut Pen<'_>, middle: Pos2, radius: f32, colour: Color32) {
    let side = Rect::from_center_size(middle, Vec2::splat(2.0 * HALF_SIDE * radius));
    pen.rounded(side, ROUNDING * radius, colour);
}

/// Which members of each open group are at the corners of its frame: the same however one looks at it, so that they are
/// looked for only where nodes have moved.
#[derive(Default)]
pub(super) struct Outlines {
    of: Option<(u64, u64, usize)>,
    corners: Vec<Vec<u32>>,
}

impl Outlines {
    /// Looks for them anew where that is needed; `is_dragged` while nodes have other places than those of the scene.
    pub(super) fn keep_up(&mut self, places: &Places<'_>, is_dragged: bool) {
        let scene = places.scene;
        let now = (!is_dragged).then_some((scene.wiring, scene.placing, scene.hulls.len()));
        if now.is_none() || self.of != now {
            self.of = now;
            self.corners = scene.hulls.iter().map(|hull| corners(places, hull)).collect();
        }
    }

    /// Where they are on the screen.
    fn of(&self, hull: usize, places: &Places<'_>) -> Vec<Pos2> {
        self.corners.get(hull).into_iter().flatten().filter_map(|member| places.of(*member)).collect()
    }
}

/// Draws the frames of the open groups, before everything else.
pub(super) fn draw_hulls(frame: &Frame<'_>, pen: &mut Pen<'_>) {
    for (number, hull) in frame.scene.hulls.iter().enumerate() {
        let around = frame.outlines.of(number, &frame.places);
        let aside = aside(frame.scene, hull, (frame.radius, frame.zoom));
        let colour = rim_colour(frame.paint, hull);
        let fill = frame.paint.background.lerp_to_gamma(colour, 0.08);
        pen.hull(&around, aside, RIM, (colour.lerp_to_gamma(frame.paint.background, 0.35), fill));
    }
}

/// How far outside of its members' places a frame is drawn, so that the largest disc lies in it.
fn aside(scene: Scene<'_>, hull: &Hull, (radius, zoom): (f32, f32)) -> f32 {
    let sizes = hull.members.iter().filter_map(|member| Some(scene.node(*member)?.size()));
    radius * sizes.fold(1.0, f32::max) + ASIDE * zoom.min(1.0)
}

fn rim_colour(paint: &Paint, hull: &Hull) -> Color32 {
    if hull.selected { paint.accent } else { hull.colour.map_or(paint.dim, |colour| paint.type_colour(colour)) }
}

/// Writes the names of the open groups above their frames.
pub(super) fn name_hulls(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room) {
    for (number, hull) in frame.scene.hulls.iter().enumerate() {
        let around = frame.outlines.of(number, &frame.places);
        let aside = aside(frame.scene, hull, (frame.radius, frame.zoom));
        let Some(rect) = name_rect(frame.painter, frame.paint, &around, aside, hull) else { continue };
        if frame.detail == Detail::Far && !room.taken.is_free(rect) {
            continue;
        }
        room.taken.take(rect);
        pen.pill(rect.expand(1.0), rim_colour(frame.paint, hull).lerp_to_gamma(frame.paint.background, 0.35));
        pen.pill(rect, frame.paint.panel);
        let font = FontId::new(NAME, frame.paint.text_font.clone());
        let text = shorten_middle(&hull.label, LONGEST_CHARS).into_owned();
        texts.centred(rect.center(), frame.painter.layout_no_wrap(text, font, Color32::PLACEHOLDER), frame.paint.text);
    }
}

/// Where the name of an open group stands: on its frame, above the topmost member.
fn name_rect(painter: &Painter, paint: &Paint, around: &[Pos2], aside: f32, hull: &Hull) -> Option<Rect> {
    let bounds = around.iter().fold(Rect::NOTHING, |bounds, place| bounds.union(Rect::from_pos(*place)));
    if !bounds.is_finite() || bounds.expand(aside).size().max_elem() < LEAST_SIZE {
        return None;
    }
    let top = around.iter().copied().reduce(|best, place| if place.y < best.y { place } else { best })?;
    let font = FontId::new(NAME, paint.text_font.clone());
    let text = painter.layout_no_wrap(shorten_middle(&hull.label, LONGEST_CHARS).into_owned(), font, paint.text);
    let size = vec2(text.size().x + 16.0, 18.0);
    Some(Align2::CENTER_CENTER.anchor_size(top - vec2(0.0, aside), size))
}

/// The members at the corners of the outline around the shown ones.
fn corners(places: &Places<'_>, hull: &Hull) -> Vec<u32> {
    let place = |member: &u32| places.of(*member).map(|at| ([at.x, at.y], *member));
    graph::corners(hull.members.iter().filter_map(place)).into_iter().map(|(_, member)| member).collect()
}

/// Where the names of the open groups stand, each with the group's number.
pub(super) fn names(canvas: &Canvas, painter: &Painter, paint: &Paint, scene: Scene<'_>) -> Vec<(u32, Rect)> {
    let scale = (canvas.view.radius(), canvas.view.zoom);
    let places = canvas.places(scene);
    let rect = |(number, hull): (u32, &Hull)| {
        let around = canvas.outlines.of(number as usize, &places);
        Some((number, name_rect(painter, paint, &around, aside(scene, hull, scale), hull)?))
    };
    (0u32..).zip(scene.hulls).filter_map(rect).collect()
}

/// The open group whose name is at a place.
pub(super) fn name_at(canvas: &Canvas, painter: &Painter, paint: &Paint, scene: Scene<'_>, pos: Pos2) -> Option<u32> {
    let names = names(canvas, painter, paint, scene);
    names.into_iter().rfind(|(_, rect)| rect.contains(pos)).map(|(number, _)| number)
}
