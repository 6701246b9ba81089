//! Which characters the text faces keep: Latin, Greek, Cyrillic, and the signs that figures and prose need.

use std::ops::RangeInclusive;

/// Code points by Unicode block; a face keeps those that it has.
pub(crate) const TEXT: &[RangeInclusive<u32>] = &[
    0x0020..=0x007e, // Basic Latin
    0x00a0..=0x024f, // Latin-1, Latin Extended-A and -B
    0x02b9..=0x02dd, // modifier letters and accents standing alone
    0x0300..=0x0338, // combining marks
    0x0370..=0x03ff, // Greek
    0x0400..=0x052f, // Cyrillic and its supplement
    0x1e00..=0x1eff, // Latin Extended Additional (Vietnamese)
    0x2000..=0x206f, // punctuation
    0x2070..=0x209f, // superscripts and subscripts
    0x20a0..=0x20cf, // currency
    0x2100..=0x214f, // letter-like signs
    0x2150..=0x218b, // fractions and Roman numerals
    0x2190..=0x21ff, // arrows
    0x2200..=0x22ff, // maths
    0x2300..=0x23ff, // technical: the signs of keys
    0x25a0..=0x25ff, // shapes
    0xfb01..=0xfb02, // fi and fl
    0xfffd..=0xfffd, // what stands for an unreadable character
];

/// The monospaced face sets keys and code, and lends its arrows and maths signs to the text faces.
pub(crate) const MONO: &[RangeInclusive<u32>] = &[
    0x0020..=0x007e,
    0x00a0..=0x017f,
    0x0386..=0x03ce,
    0x0400..=0x045f,
    0x2010..=0x2044,
    0x20a0..=0x20cf,
    0x2190..=0x21ff,
    0x2200..=0x22ff,
    0x2300..=0x23cf,
    0x25a0..=0x25cf,
    0x2713..=0x2717,
    0xfffd..=0xfffd,
];
