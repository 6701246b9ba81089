//! The frame of the application: bars, rail, side panel and split panes. It takes what to show and returns what was done.

mod mark;
mod rail;
mod side;
mod split;
mod status_bar;
mod tab_bar;
mod top_bar;

pub use mark::{mark, paint_mark};
pub use rail::{RailClick, RailItem, rail};
pub use side::side_panel;
pub use split::{Direction, split};
pub use status_bar::{SourceState, status_bar};
pub use tab_bar::{page_tabs, tab_bar};
pub use top_bar::{TopBar, TopBarResponse, place_bar, search_id, top_bar};

use crate::look::Look;
use egui::{Frame, Margin, Rect, Ui};

/// A bar or side: the panel surface, no margin but what is given.
fn surface(look: Look, margin: Margin) -> Frame {
    Frame::new().fill(look.colours.panel).inner_margin(margin)
}

/// The middle of the window: the background, edge to edge.
pub fn centre<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let look = Look::of(ui.ctx());
    let frame = Frame::new().fill(look.colours.background);
    egui::CentralPanel::no_frame().frame(frame).show(ui, content).inner
}

/// A strip with the panel surface inside a pane (the line of chips over a table), with its line below.
pub fn strip<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let look = Look::of(ui.ctx());
    let shown = Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| ui.horizontal(content).inner);
    let rect: Rect = shown.response.rect;
    ui.painter().hline(ui.max_rect().x_range(), rect.bottom() - 0.5, crate::widgets::paint::hairline(look));
    shown.inner
}

#[cfg(test)]
mod tests;
