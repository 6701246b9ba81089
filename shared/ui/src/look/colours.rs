//! The three sets of colours: dark, light and high contrast.

use egui::Color32;

/// One set of colours. `faint` never carries information that is needed (its contrast is for graphics only).
#[derive(Debug, PartialEq, Eq)]
pub struct Colours {
    pub dark: bool,
    /// Canvas and tables.
    pub background: Color32,
    /// Bars, sides, popovers.
    pub panel: Color32,
    /// Buttons and chips.
    pub raised: Color32,
    /// The same under the pointer.
    pub hover: Color32,
    /// Borders between surfaces.
    pub line: Color32,
    /// Borders of what can be filled in: at least 3:1, because without it the field would not be seen.
    pub field_line: Color32,
    pub text: Color32,
    pub dim: Color32,
    pub faint: Color32,
    /// Focus, links, primary button.
    pub accent: Color32,
    /// Behind what is selected.
    pub accent_surface: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    pub ok: Color32,
    pub warn: Color32,
    pub bad: Color32,
    /// Under popovers, the one shadow there is.
    pub shadow: Color32,
    /// Over everything behind a dialog.
    pub veil: Color32,
    types: [Color32; 6],
    /// The ends of the scale from few to many.
    scale: [Color32; 2],
}

/// The colours of one object type: the ring and icon, and the disc behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeColour {
    pub ring: Color32,
    /// The ring's colour at 20 % on the background.
    pub disc: Color32,
}

impl Colours {
    /// The colour of the n-th object type of a project; the six repeat, the icon tells them apart.
    pub fn type_colour(&self, number: usize) -> TypeColour {
        let ring = self.types.get(number % self.types.len()).copied().unwrap_or(self.dim);
        TypeColour { ring, disc: mix(ring, self.background, DISC_SHARE) }
    }

    /// `ring` at `share` over the panel: the surface of a badge or an icon square.
    pub fn tint(&self, ring: Color32) -> Color32 {
        mix(ring, self.panel, DISC_SHARE)
    }

    /// A colour of the scale from few (0) to many (1): from quiet to loud, so that it is read without its hue.
    pub fn step(&self, share: f32) -> Color32 {
        mix(self.scale[1], self.scale[0], share.clamp(0.0, 1.0))
    }

    /// How many different type colours there are.
    pub fn type_count(&self) -> usize {
        self.types.len()
    }
}

const DISC_SHARE: f32 = 0.2;

/// `share` of `over`, the rest `under`, in the space of the screen's numbers.
fn mix(over: Color32, under: Color32, share: f32) -> Color32 {
    under.lerp_to_gamma(over, share)
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

pub(super) static DARK: Colours = Colours {
    dark: true,
    background: hex(0x0f1419),
    panel: hex(0x161c23),
    raised: hex(0x1c242d),
    hover: hex(0x25303b),
    line: hex(0x27313c),
    field_line: hex(0x63727f),
    text: hex(0xdbe4ee),
    dim: hex(0x8f9eae),
    faint: hex(0x5d6c7b),
    accent: hex(0x4da3ff),
    accent_surface: hex(0x16324d),
    on_accent: hex(0x0b1118),
    ok: hex(0x56c596),
    warn: hex(0xf2b552),
    bad: hex(0xff7b72),
    shadow: Color32::from_black_alpha(120),
    veil: Color32::from_black_alpha(140),
    types: [hex(0x7fb8ff), hex(0xf2b552), hex(0x6fd0a5), hex(0xc39bff), hex(0xff9fb2), hex(0x7fd7e0)],
    scale: [hex(0x5a7fa8), hex(0xffd166)],
};

// Where the drawing's light colours miss 4.5:1 (text) or 3:1 (icons on their disc), they are darkened just enough.
pub(super) static LIGHT: Colours = Colours {
    dark: false,
    background: hex(0xf4f6f8),
    panel: hex(0xffffff),
    raised: hex(0xf0f3f6),
    hover: hex(0xe4e9ef),
    line: hex(0xdce2e8),
    field_line: hex(0x808d9a),
    text: hex(0x1d2733),
    dim: hex(0x566473),
    faint: hex(0x7f8c99),
    accent: hex(0x0b66c3),
    accent_surface: hex(0xdcebfa),
    on_accent: hex(0xffffff),
    ok: hex(0x14704a),
    warn: hex(0x8a5700),
    bad: hex(0xab2931),
    shadow: Color32::from_black_alpha(50),
    veil: Color32::from_black_alpha(90),
    types: [hex(0x2a74c6), hex(0xa5690a), hex(0x1a8057), hex(0x7c4dc4), hex(0xc33d63), hex(0x137f8b)],
    scale: [hex(0x5d7690), hex(0x9a3412)],
};

pub(super) static HIGH_CONTRAST: Colours = Colours {
    dark: true,
    background: hex(0x000000),
    panel: hex(0x000000),
    raised: hex(0x141414),
    hover: hex(0x2b2b2b),
    line: hex(0x9a9a9a),
    field_line: hex(0xd0d0d0),
    text: hex(0xffffff),
    dim: hex(0xdddddd),
    faint: hex(0xaaaaaa),
    accent: hex(0x8fd0ff),
    accent_surface: hex(0x002b4d),
    on_accent: hex(0x000000),
    ok: hex(0x6dffb0),
    warn: hex(0xffd75e),
    bad: hex(0xffa79f),
    shadow: Color32::from_black_alpha(0),
    veil: Color32::from_black_alpha(200),
    types: [hex(0xa5cfff), hex(0xffcc66), hex(0x86f0c0), hex(0xdcc2ff), hex(0xffbccb), hex(0x97f0f8)],
    scale: [hex(0x8ab4e0), hex(0xffe066)],
};
