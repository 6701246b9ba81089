//! Type: four sizes, two weights, one monospaced face, and single lines that shorten themselves.

use super::fonts;
use egui::{
    Color32, FontFamily, FontId, Painter,
    text::{LayoutJob, TextFormat, TextWrapping},
};
use std::sync::Arc;

/// The four sizes of text, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSize {
    /// 11: labels on links, hints, units.
    Small,
    /// 13: everything else.
    Body,
    /// 16: the name of the object in the side panel, dialog titles.
    Heading,
    /// 20: the title of a whole screen.
    Title,
}

impl TextSize {
    /// The height of the letters' em square in points.
    pub const fn points(self) -> f32 {
        match self {
            Self::Small => 11.0,
            Self::Body => 13.0,
            Self::Heading => 16.0,
            Self::Title => 20.0,
        }
    }

    /// This size in the regular weight.
    pub fn regular(self) -> FontId {
        Face::Regular.font(self.points())
    }

    /// This size in the heavier weight.
    pub fn semibold(self) -> FontId {
        Face::Semibold.font(self.points())
    }

    /// This size with letters of one width.
    pub fn mono(self) -> FontId {
        Face::Mono.font(self.points())
    }
}

/// The faces that `install_fonts` binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Regular,
    Semibold,
    Mono,
    Icons,
}

impl Face {
    /// The face at a size in points.
    pub fn font(self, points: f32) -> FontId {
        FontId::new(points, self.family())
    }

    pub(super) fn family(self) -> FontFamily {
        match self {
            Self::Regular => FontFamily::Proportional,
            Self::Mono => FontFamily::Monospace,
            Self::Semibold => FontFamily::Name(fonts::SEMIBOLD.into()),
            Self::Icons => FontFamily::Name(fonts::ICONS.into()),
        }
    }
}

/// One line that ends in "…" where it would be wider than `max_width` points.
pub fn line_of_text(painter: &Painter, text: &str, font: FontId, colour: Color32, max_width: f32) -> Arc<egui::Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, colour));
    job.wrap = TextWrapping { max_width, max_rows: 1, break_anywhere: true, overflow_character: Some('…') };
    job.break_on_newline = false;
    painter.layout_job(job)
}
