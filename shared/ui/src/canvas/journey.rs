//! The view on its way to another: it glides there, and gives way to the person who moves the picture meanwhile.

use egui::{Rect, Ui};

use super::{Canvas, Fit, Node, Scene, View, view};

/// One such way.
pub(super) struct Journey {
    from: View,
    to: View,
    /// What was shown last; where that is no longer the view, somebody moved the picture.
    shown: View,
    began_secs: f64,
    lasts_secs: f64,
}

impl Journey {
    /// One that begins now.
    pub(super) fn new(from: View, to: View, now_secs: f64, lasts_secs: f32) -> Self {
        Self { from, to, shown: from, began_secs: now_secs, lasts_secs: f64::from(lasts_secs) }
    }

    /// The view of this moment, and whether there is more to come; none where the person went elsewhere.
    pub(super) fn step(&mut self, view: View, now_secs: f64) -> Option<(View, bool)> {
        if view != self.shown {
            return None;
        }
        let passed = now_secs - self.began_secs;
        if passed >= self.lasts_secs {
            return Some((self.to, false));
        }
        self.shown = between(self.from, self.to, (passed / self.lasts_secs).clamp(0.0, 1.0) as f32);
        Some((self.shown, true))
    }
}

/// Equal times bring the picture nearer by equal factors.
fn between(from: View, to: View, share: f32) -> View {
    let mix = |from: f32, to: f32| from + (to - from) * share;
    let zoom = from.zoom * (to.zoom / from.zoom).powf(share);
    View { x: mix(from.x, to.x), y: mix(from.y, to.y), zoom }
}

impl Canvas {
    /// Goes where it was asked to go, and on with what is under way. What is seen first is there at once.
    pub(super) fn travel(&mut self, ui: &Ui, rect: Rect, scene: Scene<'_>) {
        let is_first = !self.started && !scene.nodes.is_empty();
        if is_first {
            self.started = true;
            self.fit = Some(Fit::All);
        }
        let now = ui.input(|input| input.time);
        if let Some(to) = self.fit.take().and_then(|fit| self.fitted(rect, scene, fit)) {
            if is_first || self.glide_secs <= 0.0 {
                (self.view, self.journey) = (to, None);
            } else {
                self.journey = Some(Journey::new(self.view, to, now, self.glide_secs));
            }
        }
        let step = self.journey.as_mut().and_then(|journey| journey.step(self.view, now));
        let (view, more) = step.unwrap_or((self.view, false));
        self.view = view;
        if more {
            ui.ctx().request_repaint();
        } else {
            self.journey = None;
        }
    }

    /// The view that shows what is asked for; none where there is nothing to be shown.
    fn fitted(&self, rect: Rect, scene: Scene<'_>, fit: Fit) -> Option<View> {
        let mut view = self.view;
        let around = |wanted: fn(&Node) -> bool| view::around(scene.places_of(wanted));
        match fit {
            Fit::All => view.fit(rect, self.tools, around(|_| true)?),
            Fit::Selection => view.fit(rect, self.tools, around(|node| node.selected)?),
            Fit::Include(bounds) => view.include(rect, self.tools, bounds),
        }
        Some(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_where_it_leads_and_gives_way() {
        let (from, to) = (View::default(), View { x: 100.0, y: -40.0, zoom: 0.25 });
        let mut journey = Journey::new(from, to, 1.0, 0.2);
        let (middle, more) = journey.step(from, 1.1).unwrap();
        assert!(more && (middle.x - 50.0).abs() < 0.1 && (middle.zoom - 0.5).abs() < 1e-3, "{middle:?}");
        assert_eq!(journey.step(middle, 1.3), Some((to, false)));
        let mut journey = Journey::new(from, to, 1.0, 0.2);
        assert_eq!(journey.step(View { x: 7.0, ..from }, 1.1), None, "the person moved the picture");
    }
}
