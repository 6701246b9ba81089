//! Labels: the most important first, shortened in the middle, none on top of another.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Vec2, vec2};

use super::links::{self, Wish};
use super::pen::Pen;
use super::taken::Room;
use super::view::Detail;
use super::{Frame, Node, Over, SECOND_LINE_ZOOM};

const LABEL: f32 = 12.0;
const SMALL: f32 = 11.0;
const LONGEST_CHARS: usize = 26;
/// A line shorter than this between its discs has no label.
const SHORTEST_LINE: f32 = 14.0;
/// A label on its line leaves this much of it to be seen.
const SEEN_LINE: f32 = 36.0;
/// Between a line and the label beside it.
const BESIDE: f32 = 4.0;
/// A label further from its line than this would not be read as its label.
const FARTHEST: f32 = 48.0;
/// A label of a link that is not of the selection, as far as it can still be read.
const FADED: f32 = 0.6;
/// From afar a name keeps the next one this far away: otherwise those of a dense corner hide it, and the rest has none.
const APART: Vec2 = vec2(40.0, 28.0);
/// Nodes of a pane that are asked whether their label fits; the rest are less important still.
const MOST_TRIES: usize = 2_500;

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

    /// The texts as shapes.
    pub(super) fn shapes(self) -> impl Iterator<Item = Shape> {
        self.placed.into_iter().map(|(at, galley, colour)| Shape::galley(at, galley, colour))
    }

    pub(super) fn put_down(self, painter: &Painter) {
        painter.extend(self.shapes());
    }
}

/// Names below the discs: under the pointer and the keyboard always and complete, then the selected, then by number of links.
pub(super) fn of_nodes(frame: &Frame<'_>, pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room) {
    let pointed = match frame.over {
        Over::Node(node) => Some(node),
        _ => None,
    };
    let first = [pointed, frame.focus.filter(|focus| Some(*focus) != pointed)];
    for node in first.into_iter().flatten() {
        put_label(frame, node, true, pen, texts, room);
    }
    let most = match frame.detail {
        Detail::Far => 40,
        Detail::Middle => 140,
        Detail::Near => 400,
    };
    let is_selected = |node: &u32| frame.scene.node(*node).is_some_and(|node| node.selected);
    let drawn = || frame.by_importance().iter().copied();
    let all = drawn().filter(is_selected).chain(drawn().filter(|node| !is_selected(node)));
    // As many in the pane as if nothing were drawn beyond it, and as many for its size there.
    let panes = (frame.rect.area() / frame.places.pane.area().max(1.0) - 1.0).max(0.0);
    let mut here = Left { names: most, tries: MOST_TRIES };
    let mut beyond = Left { names: (most as f32 * panes) as usize, tries: (MOST_TRIES as f32 * panes) as usize };
    for node in all.filter(|node| !first.contains(&Some(*node))) {
        let Some(place) = frame.place(node).filter(|place| frame.rect.contains(*place)) else { continue };
        if !here.is_any() && !beyond.is_any() {
            break;
        }
        let left = if frame.places.pane.contains(place) { &mut here } else { &mut beyond };
        if left.is_any() {
            left.tries -= 1;
            left.names -= usize::from(put_label(frame, node, false, pen, texts, room));
        }
    }
}

/// How many names are still put down, and how many nodes asked whether theirs fits.
struct Left {
    names: usize,
    tries: usize,
}

impl Left {
    fn is_any(&self) -> bool {
        self.names > 0 && self.tries > 0
    }
}

fn put_label(
    frame: &Frame<'_>,
    index: u32,
    always: bool,
    pen: &mut Pen<'_>,
    texts: &mut Texts,
    room: &mut Room,
) -> bool {
    let Some((node, place)) = frame.at(index).filter(|(node, _)| !node.label.is_empty()) else { return false };
    let gap = frame.radius_of(node) + if node.selected { 7.0 } else { 3.0 };
    // Guessing the width first spares laying out the text of most that do not fit.
    let letters = node.label.chars().count().min(LONGEST_CHARS) as f32;
    let guess = vec2(letters * 5.0, 14.0);
    // Below the disc, above it, beside it: first where no arrowhead is hidden.
    let aside = gap + 3.0;
    let spots = [
        (place + vec2(0.0, gap), Align2::CENTER_TOP),
        (place - vec2(0.0, gap), Align2::CENTER_BOTTOM),
        (place + vec2(aside, 0.0), Align2::LEFT_CENTER),
        (place - vec2(aside, 0.0), Align2::RIGHT_CENTER),
    ];
    let fits = |(at, align): &&(Pos2, Align2)| always || room.taken.is_free(align.anchor_size(*at, guess));
    let free: Vec<&(Pos2, Align2)> = spots.iter().filter(fits).collect();
    if free.is_empty() {
        return false;
    }
    let name = if always { Cow::Borrowed(node.label.as_str()) } else { shorten_middle(&node.label, LONGEST_CHARS) };
    let galley = layout(frame, &name, LABEL);
    let rect_at = |(at, align): &(Pos2, Align2)| align.anchor_size(*at, galley.size() + vec2(6.0, 0.0));
    let rects = || free.iter().map(|spot| rect_at(spot));
    let clear = rects().find(|rect| room.is_clear(*rect));
    let Some(rect) = clear.or_else(|| rects().find(|rect| always || room.taken.is_free(*rect))) else { return false };
    room.taken.take(if frame.detail == Detail::Far { rect.expand2(APART) } else { rect });
    pen.rect(rect, frame.paint.background.gamma_multiply(0.85));
    texts.centred(rect.center(), galley, frame.paint.text);
    put_second_line(frame, (node, place), rect, pen, texts, room);
    true
}

fn put_second_line(
    frame: &Frame<'_>,
    (node, place): (&Node, Pos2),
    name: Rect,
    pen: &mut Pen<'_>,
    texts: &mut Texts,
    room: &mut Room,
) {
    if (frame.zoom < SECOND_LINE_ZOOM && !node.missing) || node.sub_label.is_empty() {
        return;
    }
    let galley = layout(frame, &shorten_middle(&node.sub_label, LONGEST_CHARS), SMALL);
    let size = galley.size() + vec2(6.0, 0.0);
    // Away from the disc, whichever side of it the name is on.
    let rect = if name.max.y <= place.y {
        Align2::CENTER_BOTTOM.anchor_size(name.center_top(), size)
    } else {
        Align2::CENTER_TOP.anchor_size(name.center_bottom(), size)
    };
    // That no source has it is said even where it lies on something else.
    if room.taken.try_take(rect) || node.missing {
        pen.rect(rect, frame.paint.background.gamma_multiply(0.85));
        texts.centred(rect.center(), galley, frame.paint.dim);
    }
}

/// `count · sum` or the link's name at the middle of the line, where there is room.
pub(super) fn of_links(frame: &Frame<'_>, wishes: &[Wish], pen: &mut Pen<'_>, texts: &mut Texts, room: &mut Room) {
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
        let is_loop = link.from == link.to;
        if !is_loop && wish.room - 2.0 * frame.radius < SHORTEST_LINE {
            continue;
        }
        let galley = layout(frame, &shorten_middle(&link.label, LONGEST_CHARS), SMALL);
        let rects = spots(frame, wish, link, galley.size() + vec2(8.0, 0.0));
        let mut free = rects.into_iter().filter(|rect| frame.rect.contains_rect(*rect) && room.is_clear(*rect));
        if let Some(rect) = free.next() {
            room.taken.take(rect);
            pen.rect(rect, frame.paint.background.gamma_multiply(0.92));
            let colour = if link.stands_out() { frame.paint.text } else { frame.paint.dim };
            texts.centred(rect.center(), galley, colour.gamma_multiply(links::attention(frame, link).max(FADED)));
        }
    }
}

/// Where a link's label may lie, the best first: on its line, or, where that would hide the line, close beside it.
fn spots(frame: &Frame<'_>, wish: &Wish, link: &super::Link, size: Vec2) -> Vec<Rect> {
    let at = |spot: Pos2| Rect::from_center_size(spot, size);
    let on_line: Vec<Rect> = wish.spots.into_iter().map(at).collect();
    let ends = frame.place(link.from).zip(frame.place(link.to)).filter(|(from, to)| from != to);
    let Some((from, to)) = ends else { return on_line };
    let along = (to - from).normalized();
    // A steep line is hidden by the height of a text, a flat one by its width.
    let hidden = (size.x / along.x.abs().max(1e-3)).min(size.y / along.y.abs().max(1e-3));
    let line = wish.room - 2.0 * frame.radius;
    let up = if along.x > 0.0 { along.rot90() } else { -along.rot90() };
    let near = 0.5 * (up.x.abs() * size.x + up.y.abs() * size.y) + BESIDE;
    let clear_of_discs = frame.radius + 0.5 * size.y + BESIDE;
    // Straight up or down past both discs, for a long text at a flat line.
    let past = 0.5 * (to.y - from.y).abs() + clear_of_discs;
    let aways = [(up, near), (up, clear_of_discs.max(near)), (vec2(0.0, -1.0), past)];
    let asides = aways.into_iter().filter(|(_, far)| *far <= FARTHEST).flat_map(|(up, far)| [up * far, up * -far]);
    let besides: Vec<Rect> =
        asides.flat_map(|aside| wish.spots.into_iter().map(move |spot| spot + aside)).map(at).collect();
    if line >= hidden + SEEN_LINE {
        return on_line.into_iter().chain(besides).collect();
    }
    // On the line all the same, where a steep one leaves a little of it.
    let little = on_line.first().copied().filter(|_| line > hidden + SHORTEST_LINE);
    besides.into_iter().chain(little).collect()
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
