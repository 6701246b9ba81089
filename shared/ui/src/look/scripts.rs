//! Fonts of further scripts: noticed when a text first needs one, fetched once, and put behind the others.
//!
//! egui asks a provider for every character that no font has. This one never has a font at hand; it notes the script, the
//! application fetches the file, and [`add_script`] hands it to egui, which lays out the text again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::text::InsertFontFamily;
use egui::{Context, FallbackRequest, FontData, FontInsert, FontPriority, FontProvider};

use super::Face;

/// First and last code point of each block, and the script's name; sorted.
#[expect(unreachable_pub, reason = "the build script writes what more than one module might read")]
mod made {
    include!(concat!(env!("OUT_DIR"), "/scripts.rs"));
}

/// How a TrueType file begins; anything else is an error page.
const TRUE_TYPE: [u8; 4] = [0, 1, 0, 0];

/// The scripts that texts needed so far. Clones are the same ones.
#[derive(Clone, Default)]
pub struct Scripts(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    known: BTreeSet<&'static str>,
    new: Vec<&'static str>,
}

impl Scripts {
    /// Begins to watch the texts of a context.
    pub fn watch(ctx: &Context) -> Self {
        let scripts = Self::default();
        ctx.add_font_provider(Arc::new(scripts.clone()));
        scripts
    }

    /// Scripts that were not asked for yet, once each.
    pub fn take_new(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).new)
    }
}

impl FontProvider for Scripts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let script = script_of(request.cluster.chars().next()?)?;
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.known.insert(script) {
            noted.new.push(script);
        }
        None
    }
}

/// The name of the script that a character belongs to; none for those of the text face, and for unknown ones.
fn script_of(character: char) -> Option<&'static str> {
    let code = u32::from(character);
    let place = made::BLOCKS.partition_point(|(_, last, _)| *last < code);
    made::BLOCKS.get(place).filter(|(first, ..)| *first <= code).map(|(.., name)| *name)
}

/// The file of a script among those of the page.
pub fn script_file(script: &str) -> String {
    format!("script-{script}.ttf")
}

/// Puts the font of a script behind those that are there; what is no font is left alone.
pub fn add_script(ctx: &Context, script: &str, bytes: Vec<u8>) {
    if !bytes.starts_with(&TRUE_TYPE) {
        return;
    }
    let behind = |face: Face| InsertFontFamily { family: face.family(), priority: FontPriority::Lowest };
    let families = [Face::Regular, Face::Semibold, Face::Mono].map(behind).to_vec();
    ctx.add_font(FontInsert { name: script.to_owned(), data: FontData::from_owned(bytes), families });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_the_scripts_that_it_needs_once() {
        let ctx = Context::default();
        super::super::install_fonts(&ctx);
        let scripts = Scripts::watch(&ctx);
        for _ in 0..2 {
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                for name in ["Ærlig Ødegård", "მარიამ", "Մարիամ", "მარიამ", "王小明", "ユキ", "\u{10ffff}"]
                {
                    ui.label(name);
                }
            });
            output.textures_delta.clear();
        }
        assert_eq!(scripts.take_new(), ["georgian", "armenian", "han", "kana"]);
        assert_eq!(scripts.take_new(), Vec::<&str>::new());
    }

    #[test]
    fn the_blocks_are_sorted_and_apart() {
        assert!(made::BLOCKS.windows(2).all(|two| two[0].0 <= two[0].1 && two[0].1 < two[1].0));
        assert_eq!(
            (script_of('a'), script_of('\u{5d0}'), script_of('\u{ac00}')),
            (None, Some("hebrew"), Some("hangul"))
        );
    }
}
