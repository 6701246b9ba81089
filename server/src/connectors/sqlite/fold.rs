//! Folding of text, for matching that ignores case and accents.
//!
//! Text is taken apart (Unicode NFKD), marks on letters are dropped, letters become small, letters that Unicode does not
//! take apart are spelled out by the table below, and what remains is put together again (NFC).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Letters that have no decomposition, as people without them on the keyboard write them.
const SPELLED: [(char, &str); 17] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ð', "d"),
    ('đ', "d"),
    ('þ', "th"),
    ('ł', "l"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ŋ', "n"),
    ('ŧ', "t"),
    ('ƀ', "b"),
    ('ɨ', "i"),
    ('ʉ', "u"),
    // Both small sigmas are one letter.
    ('ς', "σ"),
    ('ĸ', "k"),
];

/// The folded form of `text`; two texts match when theirs are equal, or when one contains the other.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let lower = text.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| text.to_ascii_lowercase());
        return lower.map_or(Cow::Borrowed(text), Cow::Owned);
    }
    let letters = text.nfkd().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase).filter(|c| !is_mark(*c));
    let mut folded = String::with_capacity(text.len());
    for letter in letters {
        match SPELLED.iter().find(|(own, _)| *own == letter) {
            Some((_, spelled)) => folded.push_str(spelled),
            None => folded.push(letter),
        }
    }
    Cow::Owned(folded.nfc().collect())
}

/// Marks that are put on letters: the blocks of combining diacritical marks, and the vowel marks of Arabic. Marks that
/// carry meaning of their own, such as the vowels of Indian scripts, stay.
const fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_matter() {
        for (text, folded) in [
            ("Zoë", "zoe"),
            ("ZOE\u{308}", "zoe"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("ẞ", "ss"),
            ("Søren Åse Ærø", "soren ase aero"),
            ("Łódź", "lodz"),
            ("Đặng", "dang"),
            ("İstanbul", "istanbul"),
            ("ΜΆΪΟΣ", "μαιοσ"),
            ("Йод", "иод"),
            ("ﬁn", "fin"),
            ("हिन्दी", "हिन्दी"),
            ("각", "각"),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
