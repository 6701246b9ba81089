//! Keys that were typed ahead, while a slow frame was drawn.

use egui::{Context, Event, Key, Modifiers, Plugin, RawInput};

/// Lets what may move the keyboard take effect before what was typed after it is looked at: what comes after such a key waits
/// for the next frame. So Ctrl+K and a name mean the search box and the name, however slowly frames are drawn.
#[derive(Default)]
pub(super) struct TypedAhead {
    waiting: Vec<Event>,
}

impl Plugin for TypedAhead {
    fn debug_name(&self) -> &'static str {
        "typed ahead"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        self.waiting.append(&mut input.events);
        let is_down = |key| ctx.input(|input| input.key_down(key));
        let later = self.waiting.split_off(up_to_move(&self.waiting, is_down));
        input.events = std::mem::replace(&mut self.waiting, later);
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }
}

/// How many of the events belong into one frame: those up to the first key that may move the keyboard. One that is held down
/// and repeats itself counts once.
fn up_to_move(events: &[Event], is_down: impl Fn(Key) -> bool) -> usize {
    let mut before: Vec<(Key, bool)> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let Event::Key { key, pressed, modifiers, .. } = event else { continue };
        let was_down =
            before.iter().rev().find(|(other, _)| other == key).map_or_else(|| is_down(*key), |(_, down)| *down);
        if *pressed && !was_down && may_move_keyboard(*key, *modifiers) {
            return place + 1;
        }
        before.push((*key, *pressed));
    }
    events.len()
}

fn may_move_keyboard(key: Key, modifiers: Modifiers) -> bool {
    modifiers.command || matches!(key, Key::Escape | Key::Enter | Key::Tab)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTRL: Modifiers = Modifiers::COMMAND;

    fn key(key: Key, pressed: bool, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }
    }

    fn typed(text: &str) -> Event {
        Event::Text(text.to_owned())
    }

    /// What each frame is given of events that all come at once.
    fn frames(events: Vec<Event>) -> Vec<Vec<Event>> {
        let ctx = Context::default();
        ctx.add_plugin(TypedAhead::default());
        let mut seen = Vec::new();
        let mut input = RawInput { events, ..RawInput::default() };
        loop {
            let mut frame = Vec::new();
            let mut output =
                ctx.run_ui(std::mem::take(&mut input), |ui| frame = ui.input(|input| input.events.clone()));
            output.textures_delta.clear();
            if frame.is_empty() {
                return seen;
            }
            seen.push(frame);
        }
    }

    #[test]
    fn what_is_typed_after_a_key_that_moves_the_keyboard_waits_for_its_frame() {
        let call = vec![key(Key::K, true, CTRL)];
        let name = vec![key(Key::K, false, CTRL), key(Key::B, true, Modifiers::NONE), typed("b")];
        assert_eq!(frames([call.clone(), name.clone()].concat()).len(), 2);
        assert_eq!(frames([call.clone(), name.clone()].concat()), [call, name]);
    }

    #[test]
    fn each_escape_is_one_and_a_held_one_is_one_as_well() {
        let escape = |pressed| key(Key::Escape, pressed, Modifiers::NONE);
        let lengths = |events| frames(events).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(vec![escape(true), escape(false), escape(true), typed("t")]), [1, 2, 1]);
        assert_eq!(lengths(vec![escape(true), escape(true), escape(true), typed("t")]), [1, 3]);
    }

    #[test]
    fn a_text_is_read_as_quickly_as_it_is_typed() {
        let text: Vec<Event> = ["n", "o", "r", "d"].map(typed).to_vec();
        assert_eq!(frames(text.clone()), [text]);
    }
}
