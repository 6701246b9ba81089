//! What a person chose for the screens: kept on the server with the person, because nothing is kept in the browser.

use wire::session::{Colours, KeepPreferences, Language as Tongue, Panels};

use super::Model;
use crate::client::Outbox;
use crate::look::{Appearance, Theme};
use crate::words::{Language, Words};

const THEMES: [(Theme, Colours); 4] = [
    (Theme::System, Colours::System),
    (Theme::Dark, Colours::Dark),
    (Theme::Light, Colours::Light),
    (Theme::HighContrast, Colours::HighContrast),
];
const LANGUAGES: [(Language, Tongue); 2] =
    [(Language::English, Tongue::English), (Language::Norwegian, Tongue::Norwegian)];

/// Takes over what was kept, once: what is chosen later on this page holds.
pub(super) fn take(model: &mut Model) {
    let Some(kept) = model.me.value().map(|me| me.preferences).filter(|_| model.preferences.is_none()) else { return };
    model.preferences = Some(kept);
    if let Some((theme, _)) = THEMES.into_iter().find(|(_, colours)| Some(*colours) == kept.colours) {
        model.appearance.theme = theme;
    }
    if let Some((language, _)) = LANGUAGES.into_iter().find(|(_, tongue)| Some(*tongue) == kept.language) {
        model.words = Words::new(language);
    }
    if let Some(reduced_motion) = kept.reduced_motion {
        model.appearance.reduced_motion = reduced_motion;
    }
}

/// Takes other colours, or more or less movement.
pub(super) fn choose_appearance(model: &mut Model, appearance: Appearance) {
    let before = std::mem::replace(&mut model.appearance, appearance);
    let Some(chosen) = &mut model.preferences else { return };
    if before.theme != appearance.theme {
        let colours = THEMES.into_iter().find(|(theme, _)| *theme == appearance.theme);
        chosen.colours = colours.map(|(_, colours)| colours);
    }
    if before.reduced_motion != appearance.reduced_motion {
        chosen.reduced_motion = Some(appearance.reduced_motion);
    }
}

/// Takes another language.
pub(super) fn choose_language(model: &mut Model, language: Language) {
    model.words = Words::new(language);
    if let Some(chosen) = &mut model.preferences {
        let tongue = LANGUAGES.into_iter().find(|(known, _)| *known == language);
        chosen.language = tongue.map(|(_, tongue)| tongue);
    }
}

/// Takes how much room the parts of the workspace take.
pub(super) fn choose_panels(model: &mut Model, panels: Panels) {
    if let Some(chosen) = &mut model.preferences {
        chosen.panels = Some(panels);
    }
}

/// Keeps what was chosen; before anybody is signed in there is nobody to keep it for.
pub(super) fn keep(model: &Model, outbox: &Outbox) {
    let Some(preferences) = model.preferences else { return };
    outbox.call(&KeepPreferences { preferences }, |model, _, reply| {
        if let Err(fault) = reply {
            model.notify_fault(&fault);
        }
    });
}
