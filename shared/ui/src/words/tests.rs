//! Both languages say everything, with the same places, in the house's way of writing.

use super::{Language, Total, Word, Words, fill};

const ENGLISH: Words = Words::new(Language::English);
const NORWEGIAN: Words = Words::new(Language::Norwegian);

fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text.split('{').skip(1).filter_map(|part| part.split(['}', '|']).next()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn every_key_has_both_languages_with_the_same_places() {
    for word in Word::ALL {
        let (english, norwegian) = word.texts();
        assert!(!english.trim().is_empty() && !norwegian.trim().is_empty(), "{word:?} is empty");
        assert_eq!(places(english), places(norwegian), "{word:?}");
        assert!(!english.contains('!') && !norwegian.contains('!'), "{word:?} shouts");
        assert!(!english.contains("...") && !norwegian.contains("..."), "{word:?} needs one character, …");
        for jargon in ["edge", "vertex", "entity", "node"] {
            assert!(!english.to_lowercase().split(' ').any(|part| part == jargon), "{word:?} says {jargon}");
        }
    }
}

#[test]
fn places_are_filled_once_and_missing_ones_stay_visible() {
    for (pattern, values, expected) in [
        ("{0} of {1}", &["1", "2"][..], "1 of 2"),
        ("{1} of {0}", &["1", "2"], "2 of 1"),
        ("{0}", &["{1}", "no"], "{1}"),
        ("{0} {1}", &["one"], "one {1}"),
        ("{ {0}", &["x"], "{ {0}"),
        ("{", &[], "{"),
        ("{0} {0|row|rows}", &["1"], "1 row"),
        ("{0} {0|row|rows}", &["1,000+"], "1,000+ rows"),
        ("{0} {0|row}", &["2"], "2 {0|row}"),
    ] {
        assert_eq!(fill(pattern, values), expected, "{pattern}");
    }
}

#[test]
fn numbers_read_as_in_each_language() {
    for (number, english, norwegian) in
        [(0, "0", "0"), (999, "999", "999"), (1203, "1,203", "1 203"), (48_200_000, "48,200,000", "48 200 000")]
    {
        assert_eq!(ENGLISH.count(number), english);
        assert_eq!(NORWEGIAN.count(number), norwegian.replace(' ', "\u{a0}"));
    }
    for (decimal, english, norwegian) in [
        ("480000", "480,000.00", "480\u{a0}000,00"),
        ("-187250.5", "−187,250.50", "−187\u{a0}250,50"),
        ("0.12345", "0.12345", "0,12345"),
        ("1e5", "1e5", "1e5"),
        ("", "", ""),
    ] {
        assert_eq!(ENGLISH.amount(decimal), english);
        assert_eq!(NORWEGIAN.amount(decimal), norwegian);
    }
}

#[test]
fn sizes_and_durations_have_a_unit_that_fits() {
    for (bytes, expected) in
        [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_449_000, "1.4 MB"), (999_960_000, "999.9 MB")]
    {
        assert_eq!(ENGLISH.bytes(bytes), expected);
    }
    for (millis, english, norwegian) in [
        (350, "350 ms", "350 ms"),
        (2_100, "2.1 s", "2,1 s"),
        (59_990, "59.9 s", "59,9 s"),
        (200_000, "3 min 20 s", "3 min 20 s"),
        (7_500_000, "2 h 5 min", "2 t 5 min"),
    ] {
        assert_eq!(ENGLISH.duration_ms(millis), english);
        assert_eq!(NORWEGIAN.duration_ms(millis), norwegian);
    }
    assert_eq!(ENGLISH.per_cent(0.999), "99%");
}

#[test]
fn dates_are_iso_in_tables_and_local_in_prose() {
    let at = jiff::civil::date(2019, 3, 14).at(9, 12, 0, 0);
    assert_eq!(ENGLISH.iso_date(at.date()), "2019-03-14");
    assert_eq!(ENGLISH.iso_minute(at), "2019-03-14 09:12");
    assert_eq!(ENGLISH.long_date(at.date()), "14 Mar 2019");
    assert_eq!(NORWEGIAN.long_date(at.date()), "14. mars 2019");
}

#[test]
fn every_number_says_how_complete_it_is() {
    for (total, showing, alone) in [
        (Total::Exact(412), "Showing 86 of 412 · exact", "412"),
        (Total::AtLeast(1000), "Showing 86 of 1,000+ · at least", "1,000+ (at least)"),
        (Total::Capped(10_000), "Showing 86 of 10,000 · capped", "10,000 (capped)"),
        (Total::Sampled(500), "Showing 86 of 500 · sampled", "500 (sampled)"),
        (Total::Partial(90), "Showing 86 of 90 · partial", "90 (partial)"),
    ] {
        assert_eq!(ENGLISH.showing(86, total), showing);
        assert_eq!(ENGLISH.total(total), alone);
    }
    assert_eq!(NORWEGIAN.showing(86, Total::Exact(412)), "Viser 86 av 412 · nøyaktig");
}

#[test]
fn a_language_is_found_from_a_system_tag() {
    for (tag, language) in [
        ("nb-NO", Language::Norwegian),
        ("no", Language::Norwegian),
        ("nn_NO", Language::Norwegian),
        ("en-GB", Language::English),
        ("fr", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::from_tag(tag), language, "{tag}");
    }
}
