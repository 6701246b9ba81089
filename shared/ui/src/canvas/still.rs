//! The drawing as a picture that the processor paints once: it moves and grows with the view, and is painted anew when the
//! view has come to rest nearer, further away or beyond its edge, when too little of it is left to see, and when what it shows
//! has changed. What follows the pointer is drawn above it in every frame.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use egui::epaint::{ClippedShape, Primitive};
use egui::{Color32, Pos2, Rect, TextureHandle, TextureOptions, Vec2, pos2, vec2};
use raster::Texture;

use super::easel::{self, Easel, Failed, Here, Job};
use super::pen::Pen;
use super::view::Detail;
use super::{Few, Frame, Over, View, sketch};
use crate::picture;

/// How long the view must be at rest, in seconds.
const REST: f64 = 0.12;
/// The picture reaches this far beyond the pane, of its sides, so that a little way needs no new one.
const MARGIN: f32 = 0.12;
/// With more of the pane than this outside of the picture, it is painted anew at once.
const MOST_BARE: f32 = 0.06;
/// Less than this is no more than what is rounded away.
const LEAST_BARE: f32 = 1e-5;
/// The same where it would be drawn smaller or larger by more than this.
const MOST_STRETCHED: f32 = 1.8;
/// About what painting costs, in seconds, per shape that is drawn and per node and link that is looked at for that; while
/// nodes move, half of the time is left for the rest.
const COST_DRAWN: f64 = 3e-6;
const COST_LOOKED_AT: f64 = 5e-7;
/// The most shapes that are drawn, about.
const MOST_DRAWN: usize = 60_000;

/// Of an object with more links than this, no more follow the pointer.
const MOST_LIVELY: usize = 3_000;

/// What is drawn above the picture.
pub(super) struct Lively {
    pub(super) few: Few,
    /// Nodes that are being moved, and so are not in the picture; nor are their links.
    held: Vec<u32>,
}

impl Lively {
    /// What is held, what is under the pointer, and what has the keyboard.
    pub(super) fn of(frame: &Frame<'_>) -> Self {
        let held = frame.places.held.to_vec();
        let pointed = match frame.over {
            Over::Node(node) => Some(node),
            Over::Link(_) | Over::Hull(_) | Over::Nothing => None,
        };
        let moving = || held.iter().copied().chain(pointed);
        let mut nodes: Vec<u32> = moving().chain(frame.focus).collect();
        let links = moving().flat_map(|node| frame.wiring.links_of(node)).copied();
        let mut links: Vec<u32> = links.take(MOST_LIVELY).collect();
        if let Over::Link(link) = frame.over {
            links.push(link);
        }
        for numbers in [&mut nodes, &mut links] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        Self { few: Few { important: nodes.clone(), nodes, links }, held }
    }
}

/// The picture, once there is one.
#[derive(Default)]
pub(super) struct Still {
    easel: Option<Box<dyn Easel>>,
    /// The letters as they were painted last, so that they are not handed over again.
    fonts: Option<Arc<Texture>>,
    /// What is being painted.
    coming: Option<Of>,
    kept: Option<(TextureHandle, Of)>,
    /// Where one looked last, and since when.
    seen: Option<(View, Rect)>,
    since: f64,
    /// How often one was begun.
    pub(super) count: u64,
}

/// What a picture was painted of.
struct Of {
    /// What it covers of the screen as it was then.
    covers: Rect,
    view: View,
    pane: Rect,
    content: Content,
    placing: u64,
    detail: Detail,
    at: f64,
}

/// What makes another picture, the places of view and nodes left aside.
#[derive(PartialEq)]
struct Content {
    wiring: u64,
    look: u64,
    paint: u64,
    scale: f32,
    held: Vec<u32>,
}

/// When the picture is to be painted.
#[derive(Debug, PartialEq)]
enum Due {
    Now,
    /// In so many seconds, if nothing happens until then.
    In(f64),
    Never,
}

impl Still {
    /// Draws the picture, and has it painted anew if that is due. `pen` is empty, and left so.
    pub(super) fn draw(&mut self, frame: &Frame<'_>, lively: &Lively, pen: &mut Pen<'_>) {
        let view = frame.places.view;
        let ctx = frame.painter.ctx();
        let now = ctx.input(|input| input.time);
        if self.seen != Some((view, frame.rect)) {
            (self.seen, self.since) = (Some((view, frame.rect)), now);
        }
        self.take(ctx);
        if self.coming.is_none() {
            let content = Content::of(frame, lively);
            match self.due(frame, view, &content, now) {
                Due::Now => self.begin(frame, view, content, now, pen),
                Due::In(secs) => ctx.request_repaint_after(Duration::from_secs_f64(secs)),
                Due::Never => {}
            }
            self.take(ctx);
        }
        // Where a processor fills areas, every layer of the whole pane is felt.
        if self.bare(view, frame.rect) > 0.0 {
            frame.painter.rect_filled(frame.rect, 0.0, frame.paint.background);
        }
        if let Some((texture, of)) = &self.kept {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            frame.painter.image(texture.id(), of.lies(view, frame.rect), whole, Color32::WHITE);
        }
    }

    /// How much the picture shows.
    pub(super) fn detail(&self) -> Option<Detail> {
        self.kept.as_ref().map(|(_, of)| of.detail)
    }

    /// The share of the pane that lies outside of the picture.
    pub(super) fn bare(&self, view: View, pane: Rect) -> f32 {
        self.kept.as_ref().map_or(1.0, |(_, of)| of.bare(view, pane))
    }

    fn due(&self, frame: &Frame<'_>, view: View, content: &Content, now: f64) -> Due {
        let Some((_, of)) = self.kept.as_ref().filter(|(_, of)| of.content == *content) else { return Due::Now };
        if of.placing != frame.scene.placing {
            return due_at(of.at + 2.0 * cost(frame.scene.nodes.len() + frame.scene.links.len()), now);
        }
        // As large as it was painted and whole, it is what a new one would be.
        if of.view.zoom == view.zoom && of.bare(view, frame.rect) <= LEAST_BARE {
            return Due::Never;
        }
        if of.is_used_up(view, frame.rect) { Due::Now } else { due_at(self.since + REST, now) }
    }

    /// Draws the shapes and hands them to the painter.
    fn begin(&mut self, frame: &Frame<'_>, view: View, content: Content, now: f64, pen: &mut Pen<'_>) {
        let ctx = frame.painter.ctx();
        let scale = content.scale;
        let (covers, size) = reach(frame.rect, scale, ctx.input(|input| input.max_texture_side));
        let places = frame.places.without_held();
        let seen = frame.ground.seen(&frame.places, frame.wiring, covers);
        let mut whole = Frame { rect: covers, places, over: Over::Nothing, focus: None, ..*frame };
        whole.look(&seen);
        whole.few = seen.few.as_ref();
        let texts = sketch(&whole, pen);
        let shapes = texts.shapes().map(|shape| ClippedShape::new(covers, shape));
        let letters = ctx.tessellate(shapes.collect(), scale).into_iter().filter_map(|part| match part.primitive {
            Primitive::Mesh(mesh) => Some(mesh),
            Primitive::Callback(_) => None,
        });
        let fonts = self.fonts(ctx);
        let meshes = std::iter::once(pen.take()).chain(letters.map(|mesh| (fonts.clone(), mesh))).collect();
        let [red, green, blue, _] = frame.paint.background.to_array();
        let job = Job { size, background: [red, green, blue], scale, origin: covers.min.into(), meshes };
        self.easel.get_or_insert_with(|| easel::best(ctx)).begin(job);
        let placing = frame.scene.placing;
        self.coming = Some(Of { covers, view, pane: frame.rect, content, placing, detail: whole.detail, at: now });
        self.count += 1;
    }

    /// The letters: the same texture as before while there are no others.
    fn fonts(&mut self, ctx: &egui::Context) -> Arc<Texture> {
        let now = picture::fonts(ctx);
        let same = self
            .fonts
            .take()
            .filter(|before| before.size() == now.size() && before.coverage_bytes() == now.coverage_bytes());
        self.fonts.insert(same.unwrap_or_else(|| Arc::new(now))).clone()
    }

    /// Takes what has been painted. A painter that failed is replaced by one that cannot.
    fn take(&mut self, ctx: &egui::Context) {
        match self.easel.as_mut().and_then(|easel| easel.take()) {
            Some(Ok(image)) => {
                let Some(of) = self.coming.take() else { return };
                let texture = match self.kept.take() {
                    Some((mut texture, _)) => {
                        texture.set(image, TextureOptions::LINEAR);
                        texture
                    }
                    None => ctx.load_texture("graph", image, TextureOptions::LINEAR),
                };
                self.kept = Some((texture, of));
            }
            Some(Err(Failed)) => {
                self.coming = None;
                self.easel = Some(Box::new(Here::default()));
                ctx.request_repaint();
            }
            None => {}
        }
    }
}

impl Of {
    /// Where the picture lies when one looks from `view`; on whole pixels where it is as large as it was.
    fn lies(&self, view: View, pane: Rect) -> Rect {
        let at = |was: Pos2| {
            let place = (was - self.pane.center()) / self.view.zoom + vec2(self.view.x, self.view.y);
            view.to_screen(pane, place.x, place.y)
        };
        let lies = Rect::from_min_max(at(self.covers.min), at(self.covers.max));
        if view.zoom != self.view.zoom {
            return lies;
        }
        let moved = (lies.min - self.covers.min) * self.content.scale;
        self.covers.translate(moved.round() / self.content.scale)
    }

    /// The share of the pane that lies outside of it.
    fn bare(&self, view: View, pane: Rect) -> f32 {
        let seen = self.lies(view, pane).intersect(pane);
        if seen.is_positive() { 1.0 - seen.area() / pane.area().max(1.0) } else { 1.0 }
    }

    /// Whether too much of the pane lies outside of it, or it would be drawn in too different a size.
    fn is_used_up(&self, view: View, pane: Rect) -> bool {
        let stretched = view.zoom / self.view.zoom;
        self.bare(view, pane) > MOST_BARE || !(1.0 / MOST_STRETCHED..=MOST_STRETCHED).contains(&stretched)
    }
}

impl Content {
    fn of(frame: &Frame<'_>, lively: &Lively) -> Self {
        let mut hasher = DefaultHasher::new();
        let paint = frame.paint;
        [paint.background, paint.panel, paint.line, paint.text, paint.dim, paint.faint, paint.accent, paint.bad]
            .hash(&mut hasher);
        paint.colours.hash(&mut hasher);
        let (wiring, look) = (frame.scene.wiring, frame.scene.look);
        let scale = frame.painter.pixels_per_point();
        Self { wiring, look, paint: hasher.finish(), scale, held: lively.held.clone() }
    }
}

/// In seconds, of so many nodes and links.
fn cost(all: usize) -> f64 {
    COST_DRAWN * all.min(MOST_DRAWN) as f64 + COST_LOOKED_AT * all as f64
}

fn due_at(when: f64, now: f64) -> Due {
    if now >= when { Due::Now } else { Due::In(when - now) }
}

/// What a picture for this pane covers, on whole pixels, and its size in pixels.
fn reach(pane: Rect, scale: f32, most: usize) -> (Rect, [usize; 2]) {
    let (first, last) = ((pane.min.to_vec2() * scale).floor(), (pane.max.to_vec2() * scale).ceil());
    let size = (last - first).max(Vec2::splat(1.0));
    let spare = ((Vec2::splat(most as f32) - size) / 2.0).floor().max(Vec2::ZERO);
    let margin = (size * MARGIN).round().min(spare);
    let size = (size + 2.0 * margin).min(Vec2::splat(most as f32));
    let covers = Rect::from_min_size(((first - margin) / scale).to_pos2(), size / scale);
    (covers, [size.x as usize, size.y as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_lies_on_whole_pixels_and_is_no_larger_than_a_texture_may_be() {
        let pane = Rect::from_min_max(pos2(10.3, 20.7), pos2(810.3, 620.7));
        let (covers, size) = reach(pane, 1.5, 4_096);
        assert!(covers.contains_rect(pane) && size == [1_489, 1_117], "{covers:?} {size:?}");
        assert_eq!((covers.min.to_vec2() * 1.5).round(), covers.min.to_vec2() * 1.5);
        assert_eq!(reach(pane, 4.0, 2_048).1, [2_048, 2_048]);
    }
}
