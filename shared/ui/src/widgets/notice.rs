//! Notices: short messages at the lower right that leave by themselves, or stay until they are dealt with.

use super::{button::Button, chip::Tone, paint};
use crate::look::Look;
use crate::look::{RADIUS_LARGE, icons};
use crate::words::{Word, Words};
use egui::{Align2, Area, Context, Frame, Id, Margin, Order, RichText, Role, Ui, accesskit, vec2};
use std::time::Duration;

/// A notice without a button leaves after this.
const STAYS_SECS: f64 = 6.0;
/// No more at once; the oldest gives way.
const LIMIT: usize = 5;

/// One message.
#[derive(Clone, Debug)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
    /// The verb on its button; such a notice stays until it is answered.
    pub button: Option<String>,
    /// egui's clock when it was first drawn.
    since_secs: Option<f64>,
    number: u64,
}

/// The notices on the screen.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    next_number: u64,
}

impl Notices {
    /// Adds one; returns its number, which comes back when its button is clicked.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>, button: Option<String>) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.list.push(Notice { tone, text: text.into(), button, since_secs: None, number });
        if self.list.len() > LIMIT {
            self.list.remove(0);
        }
        number
    }

    /// How many there are now.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Draws them over everything but dialogs; returns the number of the one whose button was clicked.
    /// Asks for one frame when the next one leaves, and for none otherwise.
    pub fn show(&mut self, ctx: &Context, words: Words) -> Option<u64> {
        let now = ctx.input(|input| input.time);
        self.leave(ctx, now);
        if self.list.is_empty() {
            return None;
        }
        let mut clicked = None;
        let mut dismissed = None;
        let area = Area::new(Id::unique("clew notices")).order(Order::Foreground);
        area.anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -42.0)).show(ctx, |ui| {
            for notice in &self.list {
                match one(ui, words, notice) {
                    Done::Nothing => {}
                    Done::Button => clicked = Some(notice.number),
                    Done::Dismissed => dismissed = Some(notice.number),
                }
            }
        });
        self.list.retain(|notice| Some(notice.number) != clicked.or(dismissed));
        clicked
    }

    fn leave(&mut self, ctx: &Context, now: f64) {
        for notice in &mut self.list {
            notice.since_secs.get_or_insert(now);
        }
        let left = |notice: &Notice| STAYS_SECS - (now - notice.since_secs.unwrap_or(now));
        self.list.retain(|notice| notice.button.is_some() || left(notice) > 0.0);
        let next = self.list.iter().filter(|notice| notice.button.is_none()).map(left).reduce(f64::min);
        if let Some(secs) = next {
            ctx.request_repaint_after(Duration::from_secs_f64(secs.max(0.0)));
        }
    }
}

enum Done {
    Nothing,
    Button,
    Dismissed,
}

fn one(ui: &mut Ui, words: Words, notice: &Notice) -> Done {
    let look = Look::of(ui.ctx());
    let frame = Frame::popup(ui.style()).corner_radius(RADIUS_LARGE).inner_margin(Margin::symmetric(12, 8));
    let shown = frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_max_width(420.0);
            ui.label(RichText::new(notice.tone.icon()).size(16.0).color(notice.tone.colour(look)));
            ui.label(&notice.text);
            let button = notice.button.as_deref().is_some_and(|name| ui.add(Button::new(name)).clicked());
            let dismissed = ui.add(Button::icon_only(icons::CLOSE, words.t(Word::Dismiss))).clicked();
            match (button, dismissed) {
                (true, _) => Done::Button,
                (_, true) => Done::Dismissed,
                _ => Done::Nothing,
            }
        })
        .inner
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Status);
        node.set_label(notice.text.as_str());
        node.set_live(accesskit::Live::Polite);
    });
    shown.inner
}
