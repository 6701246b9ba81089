//! A text as a picture that telephones read: an SVG inside of a `data:` address, so that the page needs no script and no
//! second request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

/// White around the picture, in its squares, as ISO/IEC 18004 demands.
const MARGIN: usize = 4;

/// The address of the picture; none for a text that is too long for one.
pub(super) fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let mut squares = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            squares.push_str(&format!("M{} {}h1v1h-1z", place % width + MARGIN, place / width + MARGIN));
        }
    }
    let side = width + 2 * MARGIN;
    // Dark on white whatever the colours of the page: many cameras read nothing else.
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{squares}\"/></svg>"
    );
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}
