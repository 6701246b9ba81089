//! Waiting: nothing for 0.2 s, then a thin bar with what is waited for, after 2 s with a way out.

use super::{button::Button, paint};
use crate::look::{CANCEL_AFTER_SECS, Look, PROGRESS_AFTER_SECS, TextSize};
use crate::words::{Word, Words};
use egui::{Context, Id, Rect, RichText, Role, Sense, Ui, pos2, vec2};
use std::time::Duration;

/// Something that takes time.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// What is waited for, and who is slow: "Sanctions: slow, 2.1 s".
    pub what: &'a str,
    /// egui's clock (`input.time`) when it began.
    pub since_secs: f64,
    /// 0 to 1 where it is known.
    pub share: Option<f32>,
    pub can_cancel: bool,
}

const BAR: f32 = 3.0;
/// Four pictures a second say "alive" as well as sixty, for a fifteenth of the work.
const STEP: Duration = Duration::from_millis(250);

/// Says whether what is waited for stands still, as everything does until somebody signs in again: then no picture is drawn
/// to say that it still does.
pub fn stand_still(ctx: &Context, is_still: bool) {
    ctx.data_mut(|data| data.insert_temp(standing(), is_still));
}

/// Asks for a later picture of something that is waited for.
pub fn look_again(ctx: &Context, after: Duration) {
    if !ctx.data(|data| data.get_temp(standing()).unwrap_or(false)) {
        ctx.request_repaint_after(after);
    }
}

fn standing() -> Id {
    Id::unique("stands still")
}

/// Draws it; true when it was cancelled. It asks for frames only while it is on the screen.
pub fn progress(ui: &mut Ui, words: Words, waiting: Waiting<'_>) -> bool {
    progress_or(ui, words, waiting, Word::Cancel)
}

/// The same with another verb on its button: "Stop" where what has come stays.
pub fn progress_or(ui: &mut Ui, words: Words, waiting: Waiting<'_>, verb: Word) -> bool {
    let waited = ui.input(|input| input.time) - waiting.since_secs;
    if waited < PROGRESS_AFTER_SECS {
        look_again(ui.ctx(), Duration::from_secs_f64(PROGRESS_AFTER_SECS - waited.max(0.0)));
        return false;
    }
    look_again(ui.ctx(), STEP);
    bar(ui, waiting, waited);
    ui.horizontal(|ui| {
        let look = Look::of(ui.ctx());
        ui.label(RichText::new(waiting.what).font(TextSize::Small.regular()).color(look.colours.dim));
        let late = waiting.can_cancel && waited >= CANCEL_AFTER_SECS;
        late && ui.add(Button::quiet(words.t(verb))).clicked()
    })
    .inner
}

fn bar(ui: &mut Ui, waiting: Waiting<'_>, waited: f64) {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    ui.painter().rect_filled(rect, 1.5, look.colours.raised);
    let (from, to) = match waiting.share {
        Some(share) => (0.0, share.clamp(0.02, 1.0)),
        None if look.reduced_motion => (0.0, 0.3),
        None => sweep(waited),
    };
    let x = |share: f32| rect.left() + share * rect.width();
    let done = Rect::from_min_max(pos2(x(from), rect.top()), pos2(x(to), rect.bottom()));
    ui.painter().rect_filled(done, 1.5, look.colours.accent);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ProgressIndicator, true, waiting.what));
    paint::describe(ui, &response, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(1.0);
        if let Some(share) = waiting.share {
            node.set_numeric_value(f64::from(share));
        }
    });
}

/// Where the bar stands when nobody knows how long it takes: a third that wanders once in two seconds.
fn sweep(waited: f64) -> (f32, f32) {
    let from = (waited / 2.0).fract() as f32 * 1.3 - 0.3;
    (from.max(0.0), (from + 0.3).min(1.0))
}
