//! The single place where colours, sizes, type, spacing and strokes are made; everything drawn asks here.

mod colours;
mod contrast;
mod fonts;
mod motion;
mod scripts;
mod size;
mod style;
mod text;

pub use colours::{Colours, TypeColour};
pub use contrast::contrast_ratio;
pub use fonts::{FontFiles, icons, install_fonts};
pub use motion::system_reduces_motion;
pub use scripts::{Scripts, add_script, script_file};
pub use size::*;
pub use text::{Face, TextSize, line_of_text};

use egui::{Context, Id, ThemePreference};

/// Which set of colours a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark or light, as the operating system says.
    #[default]
    System,
    Dark,
    Light,
    HighContrast,
}

/// What a person can set about the look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    pub theme: Theme,
    /// Nothing glides: for remote sessions and for people who asked their system for it.
    pub reduced_motion: bool,
    /// The graph is painted by the processor: where no graphics card is, and for people who want it.
    pub without_card: bool,
}

/// The look as it is now. Cheap to copy; ask for it once per widget.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub colours: &'static Colours,
    pub reduced_motion: bool,
}

impl Look {
    /// The look that `apply` has put into this context (dark if it never ran).
    pub fn of(ctx: &Context) -> Self {
        let appearance = appearance(ctx);
        let colours = match (appearance.theme, ctx.theme()) {
            (Theme::HighContrast, _) => &colours::HIGH_CONTRAST,
            (_, egui::Theme::Dark) => &colours::DARK,
            (_, egui::Theme::Light) => &colours::LIGHT,
        };
        Self { colours, reduced_motion: appearance.reduced_motion }
    }

    /// The look of what is printed, whatever the screen looks like.
    pub fn on_paper() -> Self {
        Self { colours: &colours::LIGHT, reduced_motion: true }
    }

    /// How long a change of place may glide, in seconds.
    pub fn glide_secs(&self) -> f32 {
        if self.reduced_motion { 0.0 } else { GLIDE_SECS }
    }
}

/// What `apply` was last called with.
pub fn appearance(ctx: &Context) -> Appearance {
    ctx.data(|data| data.get_temp(slot())).unwrap_or_default()
}

/// Sets egui's whole style; call at start and whenever the person changes something. Fonts: `install_fonts`.
pub fn apply(ctx: &Context, wanted: Appearance) {
    ctx.data_mut(|data| data.insert_temp(slot(), wanted));
    let (dark, light) = match wanted.theme {
        Theme::HighContrast => (&colours::HIGH_CONTRAST, &colours::HIGH_CONTRAST),
        Theme::System | Theme::Dark | Theme::Light => (&colours::DARK, &colours::LIGHT),
    };
    ctx.set_style_of(egui::Theme::Dark, style::style(dark, wanted.reduced_motion));
    ctx.set_style_of(egui::Theme::Light, style::style(light, wanted.reduced_motion));
    ctx.set_theme(match wanted.theme {
        Theme::System => ThemePreference::System,
        Theme::Dark | Theme::HighContrast => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
    });
}

fn slot() -> Id {
    Id::unique("clew look")
}

#[cfg(test)]
mod tests;
