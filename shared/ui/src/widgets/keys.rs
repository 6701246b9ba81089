//! What keys are called on this machine: "Ctrl K" is "Cmd K" on a Mac.

use std::borrow::Cow;

use egui::{Context, os::OperatingSystem};

/// The caption of keys that are written as everywhere else ("Ctrl Shift Z").
pub fn keys_here<'a>(ctx: &Context, keys: &'a str) -> Cow<'a, str> {
    if ctx.os() == OperatingSystem::Mac && (keys.contains("Ctrl") || keys.contains("Alt")) {
        return Cow::Owned(keys.replace("Ctrl", "Cmd").replace("Alt", "Option"));
    }
    Cow::Borrowed(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_has_its_own_names_for_keys() {
        let ctx = Context::default();
        ctx.set_os(OperatingSystem::Mac);
        assert_eq!(keys_here(&ctx, "Ctrl Shift Z"), "Cmd Shift Z");
        assert_eq!(keys_here(&ctx, "Alt Left"), "Option Left");
        ctx.set_os(OperatingSystem::Windows);
        assert_eq!(keys_here(&ctx, "Ctrl K"), "Ctrl K");
    }
}
