//! Draws the objects: dots from afar (see `dots`), discs with ring and icon from near.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Color32, FontId, Galley, Pos2, Rect, Vec2, vec2};

use super::groups;
use super::labels::Texts;
use super::pen::Pen;
use super::taken::Room;
use super::view::Detail;
use super::{Frame, Node, Over, dots};

const RING: f32 = 1.6;
/// The radius from which on a disc has room for an icon, and the sizes of icons, in points; the largest is that of the largest disc from nearby.
const LEAST_WITH_ICON: f32 = 7.0;
const ICON_SIZES: [u8; 13] = [8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 38, 46, 56];
/// Where marks sit, of a disc's radius.
const SHOULDER: f32 = 0.78;

pub(super) fn draw(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room) {
    if frame.detail == Detail::Far {
        dots::draw(frame, pen);
    } else {
        draw_discs(frame, pen, texts, room);
    }
}

fn draw_discs(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room) {
    let mut icons = Icons::default();
    for (index, node, place) in frame.visible() {
        let colour = frame.paint.type_colour(node.colour);
        // A larger one looks the same in every other way.
        let own = Frame { radius: frame.radius_of(node), ..*frame };
        let is_square = node.members.is_some();
        if is_square {
            groups::draw_square(frame, pen, index, node, place);
        } else {
            draw_disc(&own, pen, index, node, place);
        }
        // Squares do not grow, and nor do the icons in them.
        let radius = if is_square { frame.radius } else { own.radius };
        if radius >= LEAST_WITH_ICON {
            texts.centred(place, icons.galley(frame, node.icon, icon_size(radius)), colour);
        }
        if frame.radius >= 10.0 {
            draw_marks(&own, pen, texts, room, (node, place));
        }
    }
}

fn draw_disc(frame: &Frame<'_>, pen: &mut Pen<'_>, index: u32, node: &Node, place: Pos2) {
    let colour = frame.paint.type_colour(node.colour);
    draw_rings(frame, pen, index, node, place);
    if node.missing {
        pen.disc(place, frame.radius, frame.paint.background);
        dash(pen, place, frame.radius - RING / 2.0, colour);
    } else {
        pen.ring(place, frame.radius, RING, colour, frame.paint.background.lerp_to_gamma(colour, 0.2));
    }
}

/// What surrounds a disc: selection, keyboard focus, alert.
fn draw_rings(frame: &Frame<'_>, pen: &mut Pen<'_>, index: u32, node: &Node, place: Pos2) {
    let paint = frame.paint;
    if node.selected {
        pen.ring(place, frame.radius + 4.5, 2.2, paint.accent, paint.background);
    } else if is_marked(frame, index) {
        pen.ring(place, frame.radius + 3.5, 1.2, paint.dim, paint.background);
    }
    if frame.focus == Some(index) {
        let out = if node.selected { 8.0 } else { 5.0 };
        pen.ring(place, frame.radius + out, 1.6, paint.text, paint.background);
        if node.selected {
            pen.ring(place, frame.radius + 4.5, 2.2, paint.accent, paint.background);
        }
    }
    if node.alert {
        dash(pen, place, frame.radius + 3.5, paint.bad);
    }
}

fn is_marked(frame: &Frame<'_>, index: u32) -> bool {
    frame.over == Over::Node(index) || frame.focus == Some(index)
}

fn dash(pen: &mut Pen<'_>, middle: Pos2, radius: f32, colour: Color32) {
    let dashes = (radius * 0.9).round().max(8.0);
    for i in 0..dashes as usize {
        let step = std::f32::consts::TAU / dashes;
        let at = |share: f32| middle + Vec2::angled((i as f32 + share) * step) * radius;
        pen.line(at(0.0), at(0.6), 1.6, colour);
    }
}

/// A pin on the left shoulder, the count of what is still to expand on the right one, or where it hides no arrowhead.
fn draw_marks(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room, (node, place): (&Node, Pos2)) {
    let paint = frame.paint;
    if node.pinned {
        let middle = place - Vec2::splat(SHOULDER * frame.radius);
        pen.ring(middle, 7.5, 1.0, paint.line, paint.panel);
        let font = FontId::new(10.0, paint.icon_font.clone());
        let pin = frame.painter.layout_no_wrap(paint.pin_icon.to_string(), font, Color32::PLACEHOLDER);
        texts.centred(middle, pin, paint.text);
    }
    if let Some(text) = node.badge_text() {
        let font = FontId::new(10.0, paint.text_font.clone());
        let text = frame.painter.layout_no_wrap(text, font, Color32::PLACEHOLDER);
        let size = vec2(text.size().x.max(8.0) + 8.0, 14.0);
        let rect = badge_place(frame, room, (node, place), size);
        room.taken.take(rect.shrink(1.0));
        pen.pill(rect.expand(1.0), paint.line);
        pen.pill(rect, paint.panel);
        texts.centred(rect.center(), text, paint.text);
    }
}

/// The upper right shoulder, or the first other one that no arrowhead points at.
fn badge_place(frame: &Frame<'_>, room: &Room, (node, place): (&Node, Pos2), size: Vec2) -> Rect {
    let aside = SHOULDER * frame.radius + size.x / 2.0 - 6.0;
    let (above, below) = (-SHOULDER * frame.radius, 0.6 * frame.radius);
    let left_above = (!node.pinned).then_some(vec2(-aside, above));
    let spots = [Some(vec2(aside, above)), left_above, Some(vec2(aside, below)), Some(vec2(-aside, below))];
    let mut rects = spots.into_iter().flatten().map(|spot| Rect::from_center_size(place + spot, size));
    let usual = Rect::from_center_size(place + vec2(aside, above), size);
    rects.find(|rect| room.tips.is_free(*rect)).unwrap_or(usual)
}

/// One of a few, so that zooming does not fill the font texture with icons of every size.
fn icon_size(radius: f32) -> u8 {
    let wanted = 1.1 * radius;
    ICON_SIZES.into_iter().rev().find(|size| f32::from(*size) <= wanted).unwrap_or(8)
}

/// Each icon laid out once a frame in each of its sizes.
#[derive(Default)]
struct Icons {
    drawn: HashMap<(char, u8), Arc<Galley>>,
}

impl Icons {
    fn galley(&mut self, frame: &Frame<'_>, icon: char, size: u8) -> Arc<Galley> {
        let layout = || {
            let font = FontId::new(f32::from(size), frame.paint.icon_font.clone());
            frame.painter.layout_no_wrap(icon.to_string(), font, Color32::PLACEHOLDER)
        };
        Arc::clone(self.drawn.entry((icon, size)).or_insert_with(layout))
    }
}
