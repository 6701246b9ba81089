//! The format that keeps everything: JSON with a name and a version at its head.
//!
//! ```json
//! {"format":"clew graph","version":1,
//! "nodes":[
//! {"type":"account","key":["NO9386011117947"],"label":"Åse Ødegård","sub_label":"Bergen","place":[120.5,-64],"pinned":true},
//! {"type":"account","key":["NO1105396680001"],"label":"Fjord AS","hidden":true}
//! ],
//! "links":[
//! {"type":"transfer","from":0,"to":1,"directed":true,"count":3,"sum":"1250.00","unsummed":1,"first_micros":1709194500000000}
//! ]}
//! ```
//!
//! Before the nodes may stand a `note`, a text, and `cut_expansions`, the number of expansions that did not bring everything.
//! `from` and `to` count the nodes from 0. Whatever `DrawnNode` and `DrawnLink` call optional may be missing; a missing
//! `directed` is true and a missing `count` is 1. Fields that are not known are passed over, so that a later version may
//! add some; what it changes otherwise makes its number larger, and a larger number than ours is refused.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::{Drawing, Fault, text};

const FORMAT: &str = "clew graph";
const VERSION: u64 = 1;

/// What every version begins with.
#[derive(serde::Deserialize)]
struct Head {
    format: String,
    version: u64,
}

/// One element in a line, so that two files can be compared line by line.
pub fn write(drawing: &Drawing) -> String {
    let mut out = format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\n");
    if !drawing.note.is_empty() {
        out.push_str(&format!("\"note\":{},\n", serde_json::Value::from(drawing.note.as_str())));
    }
    if drawing.cut_expansions > 0 {
        out.push_str(&format!("\"cut_expansions\":{},\n", drawing.cut_expansions));
    }
    out.push_str("\"nodes\":[");
    push_lines(&mut out, &drawing.nodes);
    out.push_str("],\n\"links\":[");
    push_lines(&mut out, &drawing.links);
    out.push_str("]}\n");
    out
}

fn push_lines<T: serde::Serialize>(out: &mut String, elements: &[T]) {
    for (position, element) in elements.iter().enumerate() {
        out.push_str(if position == 0 { "\n" } else { ",\n" });
        // Texts and numbers in structures: nothing that JSON could refuse.
        out.push_str(&serde_json::to_string(element).unwrap_or_default());
    }
    if !elements.is_empty() {
        out.push('\n');
    }
}

/// A drawing that has passed `Drawing::check`.
///
/// # Errors
/// If the bytes are no such file, of a later version, or break a limit.
pub fn read(bytes: &[u8]) -> Result<Drawing, Fault> {
    let text = text(bytes)?;
    let head: Head = serde_json::from_str(text).map_err(|error| head_fault(&error))?;
    if head.format != FORMAT {
        return Err(Fault::NotAGraph { expected: "graph of Clew (JSON)" });
    }
    if head.version > VERSION {
        return Err(Fault::Newer { version: head.version, known: VERSION });
    }
    let drawing: Drawing = serde_json::from_str(text).map_err(|error| fault(&error))?;
    drawing.check()?;
    Ok(drawing)
}

/// JSON without our head is another format; what is no JSON is shown where it breaks off.
fn head_fault(error: &serde_json::Error) -> Fault {
    if error.is_data() { Fault::NotAGraph { expected: "graph of Clew (JSON)" } } else { fault(error) }
}

pub(super) fn fault(error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    let why = error.to_string();
    let why = why.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&why);
    Fault::Json { line, column, why: why.to_owned() }
}

/// A list that is given up as soon as it is longer than `LIMIT`, before it takes memory.
pub(super) fn bounded<'de, D: Deserializer<'de>, T: Deserialize<'de>, const LIMIT: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(Bounded::<T, LIMIT>(PhantomData))
}

struct Bounded<T, const LIMIT: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const LIMIT: usize> Visitor<'de> for Bounded<T, LIMIT> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {LIMIT}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            if list.len() == LIMIT {
                return Err(A::Error::custom(format!("a list has more than {LIMIT} elements")));
            }
            list.push(element);
        }
        Ok(list)
    }
}
