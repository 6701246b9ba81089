//! Hands the four faces to egui; a face that was not built falls back to what egui has.

use super::Face;
use egui::{Context, FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

/// The font files that xtask made.
#[expect(unreachable_pub, reason = "the build script writes what more than one crate might read")]
mod made {
    include!(concat!(env!("OUT_DIR"), "/fonts.rs"));
}

/// The icons by name.
pub mod icons {
    include!(concat!(env!("OUT_DIR"), "/icons.rs"));

    /// The icon that a configuration names, if there is one.
    pub fn by_name(name: &str) -> Option<char> {
        let at = ALL.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        ALL.get(at).map(|(_, icon)| *icon)
    }
}

pub(super) const SEMIBOLD: &str = "semibold";
pub(super) const ICONS: &str = "icons";

const FILES: [(&str, Option<&[u8]>); 4] = [
    ("clew regular", made::TEXT_REGULAR),
    ("clew semibold", made::TEXT_SEMIBOLD),
    ("clew mono", made::MONO_REGULAR),
    (ICON_FILE, made::ICONS),
];
const ICON_FILE: &str = "clew icons";

/// Binds every face. Icons and mono stand behind the text: mono carries arrows and signs that the text lacks.
pub fn install_fonts(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in FILES {
        if let Some(bytes) = bytes {
            fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        }
    }
    let spare = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    bind(&mut fonts, Face::Regular, &["clew regular", "clew icons", "clew mono"], &spare);
    bind(&mut fonts, Face::Semibold, &["clew semibold", "clew regular", "clew icons", "clew mono"], &spare);
    bind(&mut fonts, Face::Mono, &["clew mono", "clew icons", "clew regular"], &spare);
    bind(&mut fonts, Face::Icons, &["clew icons", "clew regular"], &spare);
    ctx.set_fonts(fonts);
}

/// The bytes of the fonts, for files that carry their own.
#[derive(Clone, Debug, Default)]
pub struct FontFiles {
    /// Of the icons; empty where that font was not built.
    pub icons: Vec<u8>,
    /// Of the text, in the order in which a letter is looked for.
    pub text: Vec<Vec<u8>>,
}

impl FontFiles {
    /// Those in use, with the scripts that were needed so far.
    pub fn of(ctx: &Context) -> Self {
        ctx.fonts(|fonts| {
            let known = fonts.definitions();
            let bytes = |name: &String| known.font_data.get(name).map(|font| font.font.as_ref().as_ref().to_vec());
            let icons = ICON_FILE.to_owned();
            let text = known.families.get(&Face::Regular.family()).into_iter().flatten();
            let text = text.filter(|name| **name != icons).filter_map(bytes).collect();
            Self { icons: bytes(&icons).unwrap_or_default(), text }
        })
    }
}

fn bind(fonts: &mut FontDefinitions, face: Face, ours: &[&str], spare: &[String]) {
    let found = ours.iter().filter(|name| fonts.font_data.contains_key(**name)).map(|name| (*name).to_owned());
    let mut names: Vec<String> = found.collect();
    // egui's own fonts (tests only) stand behind ours, its monospaced one first where letters must be even.
    let own = fonts.families.get(&face.family()).cloned().unwrap_or_default();
    for name in own.iter().chain(spare) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    fonts.families.insert(face.family(), names);
}
