//! The drawing in the memory of a graphics card: its triangles go there once, and moving the view sends nothing but where they
//! lie. What follows the pointer is drawn above it in every frame.

use std::sync::Arc;

use egui::{Context, Id, Mesh, Rect, Shape};

use super::kept::{Content, Lies, Of, Sight, Terms, record};
use super::lively::Lively;
use super::pen::Pen;
use super::view::Detail;
use super::{Frame, View};

const TERMS: Terms = Terms {
    margins: [0.2, 0.5],
    most_bare: 0.06,
    most_stretched: 1.8,
    rest: 0.12,
    most_sharp: 4_000,
    cost_drawn: 1e-6,
    cost_looked_at: 2e-7,
};

/// A graphics card that keeps drawings. A window that has one hands it in; without one, all is drawn anew in each frame.
#[derive(Clone)]
pub struct Card(Arc<Make>);

/// Makes room for one drawing.
type Make = dyn Fn(&Context) -> Box<dyn OnCard> + Send + Sync;

/// A drawing in the memory of a graphics card; what it takes there is given back when this goes.
pub trait OnCard {
    /// Takes over another drawing: meshes one above the other, in points of the screen.
    fn keep(&mut self, meshes: Vec<Mesh>);

    /// What draws it in this frame, where it lies and only inside of `pane`.
    fn shape(&self, pane: Rect, lies: Lies) -> Shape;

    /// Whether the card does not take it, and will not.
    fn has_failed(&self) -> bool;
}

impl Card {
    /// One whose drawings are made like this.
    pub fn new(make: impl Fn(&Context) -> Box<dyn OnCard> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// Hands it to all that is drawn in this context.
    pub fn hand_in(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Id::NULL, self));
    }

    fn of(ctx: &Context) -> Option<Self> {
        ctx.data(|data| data.get_temp(Id::NULL))
    }
}

/// The drawing that is kept, once there is one.
#[derive(Default)]
pub(super) struct Retained {
    on_card: Option<Box<dyn OnCard>>,
    of: Option<Of>,
    sight: Sight,
    /// How often one was handed over.
    pub(super) count: u64,
}

impl Retained {
    /// Draws it, handed over anew if that is due, and gives how much it shows; none where no card keeps it. `pen` is empty, and
    /// left so.
    pub(super) fn draw(&mut self, frame: &Frame<'_>, lively: &Lively, pen: &mut Pen<'_>) -> Option<Detail> {
        let ctx = frame.painter.ctx();
        if self.on_card.is_none() {
            self.on_card = Card::of(ctx).map(|card| card.0(ctx));
        }
        let on_card = self.on_card.as_mut()?;
        if on_card.has_failed() {
            self.of = None;
            return None;
        }
        let content = Content::of(frame, lively);
        self.sight.look(frame);
        if self.sight.is_due(frame, &content, self.of.as_ref(), &TERMS) {
            let recording = record(frame, content, &TERMS, pen);
            on_card.keep(std::iter::once(recording.shapes.1).chain(recording.texts).collect());
            self.of = Some(recording.of);
            self.count += 1;
        }
        let of = self.of.as_ref()?;
        frame.painter.add(on_card.shape(frame.rect, of.lies(frame.places.view, frame.rect)));
        Some(of.detail)
    }

    /// The share of the pane that lies outside of it; none where no card keeps it.
    pub(super) fn bare(&self, view: View, pane: Rect) -> Option<f32> {
        self.of.as_ref().map(|of| of.bare(view, pane))
    }
}
