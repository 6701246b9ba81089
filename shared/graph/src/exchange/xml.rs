//! Text inside XML.

/// Adds a text so that it may stand in an element or in an attribute. XML 1.0 has no way to write most control characters:
/// each becomes U+FFFD.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader would turn these into blanks or line feeds.
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            letter if is_forbidden(letter) => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
}

/// The characters outside of the production `Char` of XML 1.0.
fn is_forbidden(letter: char) -> bool {
    letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}')
}
