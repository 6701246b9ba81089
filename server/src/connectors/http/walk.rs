//! Stepping through a text of JSON without building what it says: one record after the other, a value at a place, and
//! about how much memory a value would take.
//!
//! A short text may be a thousand times as large once it is built (`[{"":0},…`), so that only what is looked at is built,
//! and only when it is not too large. The text must be valid JSON: whoever calls has had it read once.

/// About how many bytes an object takes at least, and how many a list, another entry of either, and a text: those of
/// `serde_json`'s values, measured, with room for what grows by doubling.
const OBJECT: u64 = 700;
const LIST: u64 = 160;
const ENTRY: u64 = 140;

/// About how many bytes a value takes in memory once it is built.
pub(super) fn weight(text: &str) -> u64 {
    let mut at = 0;
    let mut sum = text.len() as u64;
    while let Some(byte) = text.as_bytes().get(at) {
        sum += match byte {
            b'{' => OBJECT,
            b'[' => LIST,
            b',' => ENTRY,
            _ => 0,
        };
        at = if *byte == b'"' { text_end(text, at) } else { at + 1 };
    }
    sum
}

/// Where a text between quotes ends that begins at `at`: behind its second quote.
pub(super) fn text_end(text: &str, at: usize) -> usize {
    let mut at = at + 1;
    loop {
        match text.as_bytes().get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') | None => return (at + 1).min(text.len()),
            Some(_) => at += 1,
        }
    }
}

/// A place in the text.
struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Walk<'t> {
    fn byte(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Steps over a byte, if it is this one.
    fn over(&mut self, byte: u8) -> bool {
        let is_there = self.byte() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    /// The next value, whole.
    fn value(&mut self) -> &'t str {
        let first = self.byte();
        let from = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => self.at = text_end(self.text, self.at),
                b'{' | b'[' => (depth, self.at) = (depth + 1, self.at + 1),
                b'}' | b']' if depth > 0 => (depth, self.at) = (depth - 1, self.at + 1),
                // The end of a number or a word.
                b'}' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(first, Some(b'"' | b'{' | b'[')) {
                break;
            }
        }
        self.text.get(from..self.at).unwrap_or_default()
    }
}

/// What kind of value a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    List,
    Null,
    /// A text, a number, or a truth.
    Single,
}

/// What kind of value stands here.
pub(super) fn shape(text: &str) -> Shape {
    match (Walk { text, at: 0 }).byte() {
        Some(b'{') => Shape::Object,
        Some(b'[') => Shape::List,
        Some(b'n') | None => Shape::Null,
        Some(_) => Shape::Single,
    }
}

/// Gives each entry of a list to `each`, until one is an error.
pub(super) fn entries<'t, E>(list: &'t str, mut each: impl FnMut(&'t str) -> Result<(), E>) -> Result<(), E> {
    let mut walk = Walk { text: list, at: 0 };
    if !walk.over(b'[') || walk.over(b']') {
        return Ok(());
    }
    loop {
        each(walk.value())?;
        if !walk.over(b',') {
            return Ok(());
        }
    }
}

/// The value at a JSON pointer (RFC 6901), empty for the whole text; nothing where there is none. Of several entries with
/// one name it is the last.
pub(super) fn at<'t>(text: &'t str, place: &str) -> Option<&'t str> {
    let mut found = text;
    for token in place.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        found = match shape(found) {
            Shape::Object => member(found, &name)?,
            Shape::List => entry(found, &name)?,
            Shape::Null | Shape::Single => return None,
        };
    }
    Some(found)
}

fn member<'t>(object: &'t str, name: &str) -> Option<&'t str> {
    let mut walk = Walk { text: object, at: 0 };
    let mut found = None;
    if !walk.over(b'{') || walk.over(b'}') {
        return None;
    }
    loop {
        let written = walk.value();
        walk.over(b':');
        let value = walk.value();
        if serde_json::from_str::<String>(written).is_ok_and(|read| read == name) {
            found = Some(value);
        }
        if !walk.over(b',') {
            return found;
        }
    }
}

fn entry<'t>(list: &'t str, name: &str) -> Option<&'t str> {
    let is_number = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    let wanted: usize = name.parse().ok().filter(|_| is_number)?;
    let mut place = 0;
    let searched = entries(list, |value| {
        place += 1;
        if place > wanted { Err(value) } else { Ok(()) }
    });
    searched.err()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const TEXT: &str = " { \"a\" : [ 1 , {\"b\\\"}\":\"]},\\\\\"} ,[[ ]], null,true ] ,\"\":{\"~/\":-1.5e3},\"e\":{},\
        \"\\u00e6\":\"x\",\"twice\":1,\"twice\":[2] } ";

    #[test]
    fn every_place_is_found_where_the_reader_of_json_finds_it() {
        let built: Value = serde_json::from_str(TEXT).expect("JSON");
        for place in [
            "",
            "/a",
            "/a/0",
            "/a/1",
            "/a/1/b\"}",
            "/a/2",
            "/a/2/0",
            "/a/2/0/0",
            "/a/3",
            "/a/4",
            "/a/5",
            "/a/01",
            "/a/+1",
            "/a/x",
            "/",
            "//~0~1",
            "/e",
            "/e/x",
            "/æ",
            "/æ/0",
            "/twice",
            "/twice/0",
            "/none",
        ] {
            let found = at(TEXT, place).map(|text| serde_json::from_str::<Value>(text).expect(place));
            assert_eq!(found.as_ref(), built.pointer(place), "{place}");
        }
    }

    #[test]
    fn entries_come_one_by_one() {
        for (list, expected) in [
            ("[]", vec![]),
            (" [ 1 ,\"a,]\", [2,3],{\"x\":[4]} ]", vec!["1", "\"a,]\"", "[2,3]", "{\"x\":[4]}"]),
            ("[[],{},null]", vec!["[]", "{}", "null"]),
        ] {
            let mut came = Vec::new();
            entries(list, |entry| {
                came.push(entry);
                Ok::<_, ()>(())
            })
            .expect("no end before the last");
            assert_eq!(came, expected);
        }
    }

    #[test]
    fn the_weight_counts_what_is_built_and_nothing_inside_of_texts() {
        assert_eq!(weight("\"{[,\""), 5);
        assert_eq!(weight("[1,{\"a\":\"\\\"{\"}]"), 15 + LIST + ENTRY + OBJECT);
    }
}
