//! What the attributes of a file mean, and how their texts are read.

use crate::Amount;
use crate::exchange::{Fault, LIMIT_KEY_PARTS};

/// What an attribute says about a node or a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Type,
    /// A part of the key, from 0.
    Key(usize),
    KeyParts,
    Label,
    /// The label of those that have no other.
    Name,
    SubLabel,
    X,
    Y,
    Pinned,
    Hidden,
    Directed,
    Count,
    Sum,
    /// The sum of those that have no other.
    Weight,
    Unsummed,
    First,
    Last,
    /// How yEd, and what its makers made since, draws it: elements of its own.
    Graphics,
    /// Nothing that a drawing has.
    Other,
}

/// The meaning of a node's attribute of this name.
pub(super) fn of_node(name: &str) -> Field {
    match name.to_ascii_lowercase().as_str() {
        "object_type" | "type" => Field::Type,
        "label" => Field::Label,
        "name" => Field::Name,
        "sub_label" => Field::SubLabel,
        "x" => Field::X,
        "y" => Field::Y,
        "pinned" => Field::Pinned,
        "hidden" => Field::Hidden,
        "key" => Field::Key(0),
        "key_parts" => Field::KeyParts,
        "nodegraphics" | "nodegeometry" | "nodelabels" => Field::Graphics,
        name => key_part(name).map_or(Field::Other, Field::Key),
    }
}

/// The meaning of a link's attribute of this name.
pub(super) fn of_link(name: &str) -> Field {
    match name.to_ascii_lowercase().as_str() {
        "link_type" | "type" => Field::Type,
        "label" | "edge label" | "edgelabel" => Field::Label,
        "name" => Field::Name,
        "directed" => Field::Directed,
        "count" => Field::Count,
        "sum" => Field::Sum,
        "weight" => Field::Weight,
        "unsummed" => Field::Unsummed,
        "first_micros" => Field::First,
        "last_micros" => Field::Last,
        "edgegraphics" | "edgelabels" => Field::Graphics,
        _ => Field::Other,
    }
}

fn key_part(name: &str) -> Option<usize> {
    let part: usize = name.strip_prefix("key_")?.parse().ok()?;
    (1..=LIMIT_KEY_PARTS).contains(&part).then(|| part - 1)
}

/// Whether values of an attribute that is declared so can be read: numbers from numbers, flags from all but texts. What is
/// declared without a type may be anything.
pub(super) fn is_of_kind(field: Field, kind: &str) -> bool {
    match field {
        Field::Pinned | Field::Hidden | Field::Directed => kind != "string",
        Field::Type | Field::Key(_) | Field::Label | Field::Name | Field::SubLabel => true,
        Field::Graphics | Field::Other => true,
        _ => !matches!(kind, "string" | "boolean"),
    }
}

/// The name that a fault gives the field.
pub(super) fn name(field: Field) -> &'static str {
    match field {
        Field::Type => "type",
        Field::Key(_) => "key",
        Field::KeyParts => "key_parts",
        Field::Label => "label",
        Field::Name => "name",
        Field::SubLabel => "sub_label",
        Field::X => "x",
        Field::Y => "y",
        Field::Pinned => "pinned",
        Field::Hidden => "hidden",
        Field::Directed => "directed",
        Field::Count => "count",
        Field::Sum => "sum",
        Field::Weight => "weight",
        Field::Unsummed => "unsummed",
        Field::First => "first_micros",
        Field::Last => "last_micros",
        Field::Graphics => "drawing",
        Field::Other => "attribute",
    }
}

/// A text that stands in a file, with what is needed to say what is wrong with it.
pub(super) struct Value<'a> {
    pub(super) field: Field,
    pub(super) text: &'a str,
    pub(super) line: &'a dyn Fn() -> usize,
}

impl Value<'_> {
    pub(super) fn coordinate(&self) -> Result<f32, Fault> {
        let number = self.text.trim().parse().ok().filter(|number: &f32| number.is_finite());
        number.ok_or_else(|| self.bad_number())
    }

    /// `true`, `false`, `1` or `0`, in any case.
    pub(super) fn flag(&self) -> Result<bool, Fault> {
        match self.text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(Fault::BadFlag { at: self.at(), field: name(self.field), text: self.short() }),
        }
    }

    pub(super) fn count(&self) -> Result<u64, Fault> {
        self.whole().and_then(|number| u64::try_from(number).ok()).ok_or_else(|| self.bad_number())
    }

    pub(super) fn micros(&self) -> Result<i64, Fault> {
        self.whole().and_then(|number| i64::try_from(number).ok()).ok_or_else(|| self.bad_number())
    }

    /// A decimal as it stands, or a float (`1.5E-4`) as a decimal.
    pub(super) fn sum(&self) -> Result<String, Fault> {
        let text = self.text.trim();
        if Amount::parse(text).is_some() {
            return Ok(text.to_owned());
        }
        let float = text.parse().ok().and_then(Amount::from_f64);
        float.map(|amount| amount.to_string()).ok_or_else(|| self.bad_number())
    }

    /// Some programs write whole numbers as floats.
    fn whole(&self) -> Option<i128> {
        let text = self.text.trim();
        let from_float = || {
            let float: f64 = text.parse().ok()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i128)
        };
        text.parse().ok().or_else(from_float)
    }

    fn bad_number(&self) -> Fault {
        Fault::BadNumber { at: self.at(), field: name(self.field), text: self.short() }
    }

    fn at(&self) -> String {
        format!("line {}", (self.line)())
    }

    fn short(&self) -> String {
        self.text.trim().chars().take(40).collect()
    }
}
