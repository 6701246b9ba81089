//! What the browser says of itself: the address bar, and the tab in which somebody signed in again.

use std::cell::RefCell;
use std::rc::Rc;

use egui::Context;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, Window};

use crate::app;
use crate::client::Inbox;

/// Where the sign-in beside the page comes back to.
const SIGNED_IN: &str = "/signed-in";
/// The channel on which tabs of one person talk.
const CHANNEL: &str = "clew";

/// The window; there always is one where this code runs.
pub(super) fn window() -> Option<Window> {
    web_sys::window()
}

/// The path of the address bar.
pub(super) fn current() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_else(|| "/".to_owned())
}

/// Whether this tab was only opened to sign in: it tells the others, and closes.
pub(super) fn is_return_from_signing_in() -> bool {
    if current() != SIGNED_IN {
        return false;
    }
    let told = BroadcastChannel::new(CHANNEL).and_then(|channel| channel.post_message(&"signed in".into()));
    let closed = window().map(|window| window.close());
    if told.is_err() || !matches!(closed, Some(Ok(()))) {
        // A tab that was not opened by script cannot be closed by it: it becomes an ordinary page.
        show("/", true);
        return false;
    }
    true
}

/// Asks again who is signed in when another tab says so.
pub(super) fn ask_again_after_signing_in(inbox: &Inbox) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return };
    let inbox = inbox.clone();
    let heard = Closure::<dyn FnMut()>::new(move || inbox.put(app::ask_again));
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // Both live as long as the page.
    heard.forget();
    std::mem::forget(channel);
}

/// Shows a path in the address bar.
pub(super) fn show(path: &str, replace: bool) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    let shown = if replace {
        history.replace_state_with_url(&JsValue::NULL, "", Some(path))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(path))
    };
    if let Err(cause) = shown {
        web_sys::console::warn_2(&"clew: the address could not be shown:".into(), &cause);
    }
}

/// Goes back or forward; the page hears of it as if the browser's own button had been used.
pub(super) fn travel(steps: i32) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    if let Err(cause) = history.go_with_delta(steps) {
        web_sys::console::warn_2(&"clew: there is no way back or forward:".into(), &cause);
    }
}

/// Notes where back and forward lead, and asks for a frame.
pub(super) fn follow(ctx: &Context, visited: &Rc<RefCell<Vec<String>>>) {
    let (ctx, visited) = (ctx.clone(), visited.clone());
    let moved = Closure::<dyn FnMut()>::new(move || {
        visited.borrow_mut().push(current());
        ctx.request_repaint();
    });
    if let Some(window) = window() {
        window.set_onpopstate(Some(moved.as_ref().unchecked_ref()));
    }
    moved.forget();
}
