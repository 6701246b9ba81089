//! A drawing that is kept, whoever keeps it: it moves and grows with the view, and is made anew when the view has come to rest
//! nearer, further away or beyond its edge, when too little of it is left to see, and when what it shows has changed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use egui::epaint::{ClippedShape, Primitive};
use egui::{Color32, FontId, Galley, Mesh, Pos2, Rect, Vec2, pos2, vec2};
use raster::Texture;

use super::lively::Lively;
use super::pen::Pen;
use super::view::Detail;
use super::{Frame, Over, View, sketch};

/// Less of the pane than this outside of the drawing is no more than what is rounded away.
const LEAST_BARE: f32 = 1e-5;
/// The most shapes that are drawn, about.
const MOST_DRAWN: usize = 60_000;
/// The size of a letter that is often drawn.
const LETTER: f32 = 12.0;
/// Discs and names reach no further than this beyond the places of their nodes, in points.
const NAMES: Vec2 = vec2(240.0, 100.0);

/// What a drawing may cost and how long it serves.
pub(super) struct Terms {
    /// It reaches this far beyond the pane, of its sides, so that a little way needs no new one; the second is for where there is
    /// so little around that it is shown in no less detail for that.
    pub(super) margins: [f32; 2],
    /// With more of the pane than this outside of it, it is made anew at once.
    pub(super) most_bare: f32,
    /// The same where it would be drawn smaller or larger by more than this.
    pub(super) most_stretched: f32,
    /// How long the view must be at rest, in seconds.
    pub(super) rest: f64,
    /// Of no more shapes and letters than this, it is made anew whenever the view is nearer or further, so that letters stay sharp.
    pub(super) most_sharp: usize,
    /// About what making one costs, in seconds, per shape that is drawn and per node and link that is looked at for that; while
    /// nodes move, half of the time is left for the rest.
    pub(super) cost_drawn: f64,
    pub(super) cost_looked_at: f64,
}

/// Where one looks, and since when.
#[derive(Default)]
pub(super) struct Sight {
    seen: Option<(View, Rect)>,
    since: f64,
}

/// What a drawing was made of.
pub(super) struct Of {
    /// What it covers of the screen as it was then.
    pub(super) covers: Rect,
    /// The same without an end on the sides where nothing lies beyond.
    serves: Rect,
    view: View,
    pane: Rect,
    content: Content,
    placing: u64,
    pub(super) detail: Detail,
    /// How many shapes and letters it has.
    drawn: usize,
    at: f64,
}

/// What makes another drawing, the places of view and nodes left aside.
#[derive(PartialEq)]
pub(super) struct Content {
    wiring: u64,
    look: u64,
    paint: u64,
    scale: f32,
    held: Vec<u32>,
    letters: Letters,
}

/// A text that was laid out: the same as long as the letters stay where they are in their texture.
struct Letters(Arc<Galley>);

impl PartialEq for Letters {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// When a drawing is to be made.
#[derive(Debug, PartialEq)]
pub(super) enum Due {
    Now,
    /// In so many seconds, if nothing happens until then.
    In(f64),
    Never,
}

/// All shapes as triangles, in points of the screen as it is now.
pub(super) struct Recording {
    pub(super) of: Of,
    /// In pixels.
    pub(super) size: [usize; 2],
    /// With the texture for whoever paints them.
    pub(super) shapes: (Arc<Texture>, Mesh),
    pub(super) texts: Vec<Mesh>,
}

/// Where a drawing lies: the point `at` of it at `at * scale + shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lies {
    pub scale: f32,
    /// In points.
    pub shift: Vec2,
}

impl Sight {
    /// Notes where one looks.
    pub(super) fn look(&mut self, frame: &Frame<'_>) {
        let sight = (frame.places.view, frame.rect);
        if self.seen != Some(sight) {
            (self.seen, self.since) = (Some(sight), now(frame));
        }
    }

    /// Whether another drawing than this is due; the frame for one that is due later is asked for.
    pub(super) fn is_due(&self, frame: &Frame<'_>, content: &Content, of: Option<&Of>, terms: &Terms) -> bool {
        let due = match of.filter(|of| of.content == *content) {
            Some(of) => of.due(frame, terms, self.since),
            None => Due::Now,
        };
        if let Due::In(secs) = due {
            frame.painter.ctx().request_repaint_after(Duration::from_secs_f64(secs));
        }
        due == Due::Now
    }
}

/// Draws the shapes of what lies in and around the pane. `pen` is empty, and left so.
pub(super) fn record(frame: &Frame<'_>, content: Content, terms: &Terms, pen: &mut Pen<'_>) -> Recording {
    let ctx = frame.painter.ctx();
    let (scale, view) = (content.scale, frame.places.view);
    let side = ctx.input(|input| input.max_texture_side);
    let [near, wide] = terms.margins.map(|margin| reach(frame.rect, scale, margin, side));
    let (covers, size) = if frame.ground.is_as_detailed(&frame.places, near.0, wide.0) { wide } else { near };
    let places = frame.places.without_held();
    let seen = frame.ground.seen(&frame.places, frame.wiring, covers);
    let mut whole = Frame { rect: covers, places, over: Over::Nothing, focus: None, ..*frame };
    whole.look(&seen);
    whole.few = seen.few.as_ref();
    let texts = sketch(&whole, pen);
    let texts = texts.shapes().map(|shape| ClippedShape::new(covers, shape)).collect();
    let texts = ctx.tessellate(texts, scale).into_iter().filter_map(|part| match part.primitive {
        Primitive::Mesh(mesh) => Some(mesh),
        Primitive::Callback(_) => None,
    });
    let around = frame.ground.bounds(frame.scene).map_or(Rect::NOTHING, |bounds| {
        let corner = |at: Pos2| view.to_screen(frame.rect, at.x, at.y);
        Rect::from_min_max(corner(bounds.min), corner(bounds.max)).expand2(NAMES)
    });
    let (shapes, texts) = (pen.take(), texts.collect::<Vec<Mesh>>());
    let corners: usize = texts.iter().chain([&shapes.1]).map(|mesh| mesh.vertices.len()).sum();
    let of = Of {
        covers,
        serves: endless(covers, around),
        view,
        pane: frame.rect,
        content,
        placing: frame.scene.placing,
        detail: whole.detail,
        drawn: corners / 4,
        at: now(frame),
    };
    Recording { of, size, shapes, texts }
}

impl Of {
    fn due(&self, frame: &Frame<'_>, terms: &Terms, since: f64) -> Due {
        let (scene, view, now) = (frame.scene, frame.places.view, now(frame));
        if self.placing != scene.placing {
            return due_at(self.at + 2.0 * terms.cost(scene.nodes.len() + scene.links.len()), now);
        }
        let bare = self.bare(view, frame.rect);
        // As large as it was made and whole, it is what a new one would be.
        if self.view.zoom == view.zoom && bare <= LEAST_BARE {
            return Due::Never;
        }
        let stretched = view.zoom / self.view.zoom;
        let most = if self.drawn > terms.most_sharp { terms.most_stretched } else { 1.0 };
        let is_stretched = !(1.0 / most..=most).contains(&stretched);
        if bare > terms.most_bare || is_stretched { Due::Now } else { due_at(since + terms.rest, now) }
    }

    /// Where it lies when one looks from `view`; on whole pixels where it is as large as it was.
    pub(super) fn lies(&self, view: View, pane: Rect) -> Lies {
        let scale = view.zoom / self.view.zoom;
        let middle = view.to_screen(pane, self.view.x, self.view.y);
        let shift = middle.to_vec2() - self.pane.center().to_vec2() * scale;
        if view.zoom != self.view.zoom {
            return Lies { scale, shift };
        }
        let pixels = self.content.scale;
        Lies { scale: 1.0, shift: (shift * pixels).round() / pixels }
    }

    /// The share of the pane that lies outside of it, where something could be.
    pub(super) fn bare(&self, view: View, pane: Rect) -> f32 {
        let seen = self.lies(view, pane).of(self.serves).intersect(pane);
        if seen.is_positive() { 1.0 - seen.area() / pane.area().max(1.0) } else { 1.0 }
    }
}

impl Lies {
    /// Where a part of the drawing lies.
    pub(super) fn of(self, part: Rect) -> Rect {
        let at = |point: Pos2| (point.to_vec2() * self.scale + self.shift).to_pos2();
        Rect::from_min_max(at(part.min), at(part.max))
    }
}

impl Content {
    pub(super) fn of(frame: &Frame<'_>, lively: &Lively) -> Self {
        let mut hasher = DefaultHasher::new();
        let paint = frame.paint;
        [paint.background, paint.panel, paint.line, paint.text, paint.dim, paint.faint, paint.accent, paint.bad]
            .hash(&mut hasher);
        paint.colours.hash(&mut hasher);
        let (wiring, look) = (frame.scene.wiring, frame.scene.look);
        let scale = frame.painter.pixels_per_point();
        let held = lively.held.clone();
        Self { wiring, look, paint: hasher.finish(), scale, held, letters: Letters::of(frame) }
    }
}

impl Letters {
    /// Laid out in every frame, it is the same text, until egui begins a new texture of letters or has other fonts.
    fn of(frame: &Frame<'_>) -> Self {
        let font = FontId::new(LETTER, frame.paint.text_font.clone());
        Self(frame.painter.layout_no_wrap("a".to_owned(), font, Color32::PLACEHOLDER))
    }
}

impl Terms {
    /// In seconds, of so many nodes and links.
    fn cost(&self, all: usize) -> f64 {
        self.cost_drawn * all.min(MOST_DRAWN) as f64 + self.cost_looked_at * all as f64
    }
}

/// In seconds.
fn now(frame: &Frame<'_>) -> f64 {
    frame.painter.ctx().input(|input| input.time)
}

fn due_at(when: f64, now: f64) -> Due {
    if now >= when { Due::Now } else { Due::In(when - now) }
}

/// `covers` without an end on the sides that reach beyond all that there is.
fn endless(covers: Rect, all: Rect) -> Rect {
    let low = |covers: f32, all: f32| if covers <= all { f32::NEG_INFINITY } else { covers };
    let high = |covers: f32, all: f32| if covers >= all { f32::INFINITY } else { covers };
    Rect::from_min_max(
        pos2(low(covers.min.x, all.min.x), low(covers.min.y, all.min.y)),
        pos2(high(covers.max.x, all.max.x), high(covers.max.y, all.max.y)),
    )
}

/// What a drawing for this pane covers, on whole pixels, and its size in pixels.
fn reach(pane: Rect, scale: f32, margin: f32, most: usize) -> (Rect, [usize; 2]) {
    let (first, last) = ((pane.min.to_vec2() * scale).floor(), (pane.max.to_vec2() * scale).ceil());
    let size = (last - first).max(Vec2::splat(1.0));
    let spare = ((Vec2::splat(most as f32) - size) / 2.0).floor().max(Vec2::ZERO);
    let margin = (size * margin).round().min(spare);
    let size = (size + 2.0 * margin).min(Vec2::splat(most as f32));
    let covers = Rect::from_min_size(((first - margin) / scale).to_pos2(), size / scale);
    (covers, [size.x as usize, size.y as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_lies_on_whole_pixels_and_is_no_larger_than_a_texture_may_be() {
        let pane = Rect::from_min_max(pos2(10.3, 20.7), pos2(810.3, 620.7));
        let (covers, size) = reach(pane, 1.5, 0.12, 4_096);
        assert!(covers.contains_rect(pane) && size == [1_489, 1_117], "{covers:?} {size:?}");
        assert_eq!((covers.min.to_vec2() * 1.5).round(), covers.min.to_vec2() * 1.5);
        assert_eq!(reach(pane, 4.0, 0.12, 2_048).1, [2_048, 2_048]);
    }

    #[test]
    fn a_drawing_ends_only_where_something_lies_beyond() {
        let covers = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0));
        let all = Rect::from_min_max(pos2(10.0, -10.0), pos2(90.0, 90.0));
        let serves = endless(covers, all);
        assert_eq!(serves.min, pos2(f32::NEG_INFINITY, 0.0));
        assert_eq!(serves.max, pos2(f32::INFINITY, f32::INFINITY));
        assert_eq!(endless(covers, Rect::NOTHING), Rect::EVERYTHING, "nothing is missing where nothing is");
    }
}
