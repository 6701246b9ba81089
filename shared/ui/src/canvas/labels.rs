//! Labels: the most important first, shortened in the middle, none on top of another.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Vec2, vec2};

use super::links::Wish;
use super::pen::Pen;
use super::taken::Taken;
use super::view::Detail;
use super::{Frame, Node, Over};

const LABEL: f32 = 12.0;
const SMALL: f32 = 11.0;
const LONGEST_CHARS: usize = 26;
/// A line shorter than this between its discs has no label.
const SHORTEST_LINE: f32 = 14.0;
/// A label on its line leaves this much of it to be seen.
const SEEN_LINE: f32 = 56.0;
/// Nodes that are asked whether their label fits; the rest are less important still.
const MOST_TRIES: usize = 2_500;
/// With more discs than this, a label may cover a disc.
const DISCS_KEPT_FREE: usize = 600;

/// All texts of a frame, put down after the shapes, so that the picture is two draw calls.
#[derive(Default)]
pub(super) struct Texts {
    placed: Vec<(Pos2, Arc<Galley>, Color32)>,
}

impl Texts {
    pub(super) fn centred(&mut self, middle: Pos2, galley: Arc<Galley>, colour: Color32) {
        let at = Align2::CENTER_CENTER.anchor_size(middle, galley.size()).min;
        self.placed.push((at, galley, colour));
    }

    pub(super) fn put_down(self, painter: &Painter) {
        for (at, galley, colour) in self.placed {
            painter.galley(at, galley, colour);
        }
    }
}

/// Labels stay off the discs while these are few enough to look at one by one.
pub(super) fn reserve_discs(frame: &Frame<'_>, taken: &mut Taken) {
    if frame.detail != Detail::Far && frame.visible().take(DISCS_KEPT_FREE + 1).count() <= DISCS_KEPT_FREE {
        for (_, _, place) in frame.visible() {
            taken.take(Rect::from_center_size(place, Vec2::splat(1.8 * frame.radius)));
        }
    }
}

/// Names below the discs: under the pointer and the keyboard always and complete, then the selected, then by number of links.
pub(super) fn of_nodes(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, taken: &mut Taken) {
    let pointed = match frame.over {
        Over::Node(node) => Some(node),
        _ => None,
    };
    let first = [pointed, frame.focus.filter(|focus| Some(*focus) != pointed)];
    for node in first.into_iter().flatten() {
        put_label(frame, node, true, pen, texts, taken);
    }
    let most = match frame.detail {
        Detail::Far => 40,
        Detail::Middle => 140,
        Detail::Near => 400,
    };
    let important = frame.wiring.by_importance.iter().copied();
    let important = important.filter(|node| !frame.scene.node(*node).is_some_and(|node| node.selected));
    let visible = frame.scene.selected().into_iter().chain(important).filter(|node| {
        !first.contains(&Some(*node)) && frame.place(*node).is_some_and(|place| frame.rect.contains(place))
    });
    let mut placed = 0;
    for node in visible.take(MOST_TRIES) {
        placed += usize::from(put_label(frame, node, false, pen, texts, taken));
        if placed >= most {
            break;
        }
    }
}

fn put_label(
    frame: &Frame<'_>,
    index: u32,
    always: bool,
    pen: &mut Pen<'_>,
    texts: &mut Texts,
    taken: &mut Taken,
) -> bool {
    let Some((node, place)) = frame.at(index).filter(|(node, _)| !node.label.is_empty()) else { return false };
    let gap = frame.radius + if node.selected { 7.0 } else { 3.0 };
    // Guessing the width first spares laying out the text of most that do not fit.
    let letters = node.label.chars().count().min(LONGEST_CHARS) as f32;
    let guess = vec2(letters * 5.0, 14.0);
    // Below the disc, or above it where something else stands below.
    let spots = [(place + vec2(0.0, gap), Align2::CENTER_TOP), (place - vec2(0.0, gap), Align2::CENTER_BOTTOM)];
    let fits = |(at, align): &&(Pos2, Align2)| always || taken.is_free(align.anchor_size(*at, guess));
    let free: Vec<&(Pos2, Align2)> = spots.iter().filter(fits).collect();
    if free.is_empty() {
        return false;
    }
    let name = if always { Cow::Borrowed(node.label) } else { shorten_middle(node.label, LONGEST_CHARS) };
    let galley = layout(frame, &name, LABEL);
    let rects = free.into_iter().map(|(at, align)| align.anchor_size(*at, galley.size() + vec2(6.0, 0.0)));
    let Some(rect) = rects.into_iter().find(|rect| taken.try_take(*rect) || always) else { return false };
    pen.rect(rect, frame.paint.background.gamma_multiply(0.85));
    texts.centred(rect.center(), galley, frame.paint.text);
    put_second_line(frame, node, rect, pen, texts, taken);
    true
}

fn put_second_line(
    frame: &Frame<'_>,
    node: &Node<'_>,
    above: Rect,
    pen: &mut Pen<'_>,
    texts: &mut Texts,
    taken: &mut Taken,
) {
    if frame.zoom < 1.3 || node.sub_label.is_empty() {
        return;
    }
    let galley = layout(frame, &shorten_middle(node.sub_label, LONGEST_CHARS), SMALL);
    let rect = Align2::CENTER_TOP.anchor_size(above.center_bottom(), galley.size() + vec2(6.0, 0.0));
    if taken.try_take(rect) {
        pen.rect(rect, frame.paint.background.gamma_multiply(0.85));
        texts.centred(rect.center(), galley, frame.paint.dim);
    }
}

/// `count · sum` or the link's name at the middle of the line, where there is room.
pub(super) fn of_links(frame: &Frame<'_>, wishes: &[Wish], pen: &mut Pen<'_>, texts: &mut Texts, taken: &mut Taken) {
    if frame.detail != Detail::Near {
        return;
    }
    let widest_first = |a: &&Wish, b: &&Wish| {
        let weight = |wish: &Wish| {
            let link = frame.scene.links.get(wish.link);
            link.map_or(0.0, |link| link.weight + if link.stands_out() { 2.0 } else { 0.0 })
        };
        weight(b).total_cmp(&weight(a))
    };
    let mut order: Vec<&Wish> = wishes.iter().collect();
    order.sort_by(widest_first);
    for wish in order.into_iter().take(MOST_TRIES) {
        let Some(link) = frame.scene.links.get(wish.link).filter(|link| !link.label.is_empty()) else { continue };
        let letters = link.label.chars().count().min(LONGEST_CHARS) as f32;
        let is_loop = link.from == link.to;
        let line = wish.room - 2.0 * frame.radius;
        if !is_loop && line < SHORTEST_LINE {
            continue;
        }
        let galley = layout(frame, &shorten_middle(link.label, LONGEST_CHARS), SMALL);
        let size = galley.size() + vec2(8.0, 0.0);
        // On a short line the label would hide the line: it stands beside it.
        let is_short = !is_loop && line < letters * 5.0 + SEEN_LINE;
        let aside = if is_short { beside_line(frame, link, size) } else { Vec2::ZERO };
        let rects = wish.spots.map(|spot| Rect::from_center_size(spot + aside, size));
        let free = rects.into_iter().find(|rect| frame.rect.contains_rect(*rect) && taken.try_take(*rect));
        if let Some(rect) = free {
            pen.rect(rect, frame.paint.background.gamma_multiply(0.92));
            texts.centred(rect.center(), galley, if link.stands_out() { frame.paint.text } else { frame.paint.dim });
        }
    }
}

/// How far from its middle a label of this size clears a line, above it or at its right.
fn beside_line(frame: &Frame<'_>, link: &super::Link<'_>, size: Vec2) -> Vec2 {
    let Some((from, to)) = frame.place(link.from).zip(frame.place(link.to)) else { return Vec2::ZERO };
    let mut normal = (to - from).normalized().rot90();
    if normal.y > 0.0 {
        normal = -normal;
    }
    normal * (0.5 * (normal.x.abs() * size.x + normal.y.abs() * size.y) + 4.0)
}

fn layout(frame: &Frame<'_>, text: &str, size: f32) -> Arc<Galley> {
    let font = FontId::new(size, frame.paint.text_font.clone());
    frame.painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER)
}

/// The beginning and the end, which tell names and numbers apart, with `…` for what is left out.
pub(super) fn shorten_middle(text: &str, longest_chars: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= longest_chars {
        return Cow::Borrowed(text);
    }
    let kept = longest_chars.saturating_sub(1);
    let head: String = text.chars().take(kept.div_ceil(2)).collect();
    let tail: String = text.chars().skip(count - kept / 2).collect();
    Cow::Owned(format!("{}…{}", head.trim_end(), tail.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_beginning_and_their_end() {
        assert_eq!(shorten_middle("Nordfjord Shipping AS", 26), "Nordfjord Shipping AS");
        assert_eq!(shorten_middle("Nordfjord International Shipping Holding AS", 17), "Nordfjor…lding AS");
        assert_eq!(shorten_middle("ÆØÅæøåÆØÅæøå", 5), "ÆØ…øå");
    }
}
