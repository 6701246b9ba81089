//! Both languages say everything, with the same places, in the house's way of writing.

use super::said::SAID;
use super::said_rooms::SAID_IN_ROOMS;
use super::{Language, Total, Word, Words, fill};

const ENGLISH: Words = Words::new(Language::English);
const NORWEGIAN: Words = Words::new(Language::Norwegian);

/// The numbers of the values that a text speaks of.
fn places(text: &str) -> std::collections::BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split(['}', '|']).next()).collect()
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
        ("{0} {0|object|objects}", &["1"], "1 object"),
        ("{0} {0|object|objects}", &["2"], "2 objects"),
        ("{0} {0|object|objects}", &["1+"], "1+ objects"),
        ("{0|object|objects}", &[], "{0|object|objects}"),
    ] {
        assert_eq!(fill(pattern, values), expected, "{pattern}");
    }
}

#[test]
fn what_is_counted_has_a_form_for_one_and_for_many() {
    for (word, number, english, norwegian) in [
        (Word::Objects, "1", "1 object", "1 objekt"),
        (Word::Objects, "0", "0 objects", "0 objekter"),
        (Word::LinksCount, "1", "1 link", "1 lenke"),
        (Word::LinksCount, "1,203", "1,203 links", "1,203 lenker"),
        (Word::RowsShown, "1", "1 row", "1 rad"),
    ] {
        assert_eq!(ENGLISH.with(word, &[number]), english);
        assert_eq!(NORWEGIAN.with(word, &[number]), norwegian);
    }
    assert_eq!(ENGLISH.with(Word::ProjectSize, &["1", "5"]), "1 source · 5 object types");
    // A text that counts a thing has both forms, or the thing is the same in both.
    let counts = |text: &str, thing: &str| text.contains(&format!("{{0}} {thing}"));
    // What others say stands here as they say it.
    for word in Word::ALL.iter().filter(|word| !SAID.contains(word) && !SAID_IN_ROOMS.contains(word)) {
        let (english, norwegian) = word.texts();
        for thing in ["objects", "links", "rows", "values", "cells", "sources", "columns", "changes", "problems"] {
            assert!(!counts(english, thing), "{word:?} says 1 {thing}");
        }
        for thing in ["objekter", "lenker", "rader", "verdier", "celler", "kilder", "kolonner", "endringer"] {
            assert!(!counts(norwegian, thing), "{word:?} sier 1 {thing}");
        }
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
    for (english, norwegian, number) in
        [("50,000.5", "50 000,5", "50000.5"), ("−12", "−12", "-12"), ("1.25", "1.25", "1.25"), ("x 1", "x 1", "x1")]
    {
        assert_eq!(ENGLISH.canonical_number(english), number);
        assert_eq!(NORWEGIAN.canonical_number(norwegian), number);
    }
    for (sum, english, norwegian) in [
        (950.0, "950", "950"),
        (9_999.0, "9999", "9999"),
        (21_900.0, "21.9k", "21,9k"),
        (-1_350_834.0, "-1.4M", "-1,4\u{a0}mill."),
        (320_000.0, "320k", "320k"),
        (2.5e9, "2.5bn", "2,5\u{a0}mrd."),
    ] {
        assert_eq!(ENGLISH.short_sum(sum), english);
        assert_eq!(NORWEGIAN.short_sum(sum), norwegian);
    }
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
        (Total::Exact(412), "Showing 86 of 412 · exact", "412 · exact"),
        (Total::AtLeast(1000), "Showing 86 of 1,000+ · at least", "1,000+ · at least"),
        (Total::Capped(10_000), "Showing 86 of 10,000 · capped", "first 10,000, more exist"),
        (Total::Sampled(500), "Showing 86 of 500 · sampled", "500 · sampled"),
        (Total::Partial(90), "Showing 86 of 90 · partial", "90 · partial"),
    ] {
        assert_eq!(ENGLISH.showing(86, total), showing);
        assert_eq!(ENGLISH.total(total), alone);
    }
    assert_eq!(NORWEGIAN.total(Total::Capped(1000)), "de første 1\u{a0}000, det finnes flere");
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
