//! Versions of the wire: whose requests are read, and how strictly.
//!
//! | theirs | read |
//! |---|---|
//! | the same | strictly: a field that nobody knows is refused, so that a typing error is never silently without effect |
//! | one older or newer | leniently: fields that are not known here are left out |
//! | any other | not at all: `reload` for a page that is older, `update` for one that is newer |
//!
//! The types refuse unknown fields by themselves. To read leniently, a request is first read as any JSON, and each struct
//! is then given only the fields that it names; what names its fields nowhere (a map of ids) is given all of them.

use std::vec;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};
use wire::{Code, Fault, VERSION};

/// How strictly a request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Every field must be known.
    Strict,
    /// Fields that are not known are left out.
    Lenient,
}

impl Reading {
    /// How a request of their version is read.
    ///
    /// # Errors
    /// [`Fault`] `OtherVersion`, whose remedy is the one word `reload` or `update`.
    pub fn of(theirs: Option<&str>) -> Result<Self, Fault> {
        Self::between(theirs.and_then(|text| text.parse().ok()), VERSION)
    }

    /// There was no version 0.
    fn between(theirs: Option<u32>, ours: u32) -> Result<Self, Fault> {
        let theirs = theirs.filter(|theirs| *theirs > 0);
        match theirs {
            Some(theirs) if theirs == ours => Ok(Self::Strict),
            Some(theirs) if theirs.abs_diff(ours) == 1 => Ok(Self::Lenient),
            _ => {
                let remedy = if theirs.is_some_and(|theirs| theirs > ours) { "update" } else { "reload" };
                Err(Fault::new(Code::OtherVersion, "The page and the server are of different versions.", remedy))
            }
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// What is wrong with it; of a lenient reading without a place.
    pub fn read<T: DeserializeOwned>(self, request: &[u8]) -> Result<T, Error> {
        match self {
            Self::Strict => serde_json::from_slice(request),
            Self::Lenient => lenient(serde_json::from_slice(request)?),
        }
    }
}

/// Reads what may be of another version, without the fields that are not known here.
///
/// # Errors
/// What is wrong with it, without a place.
pub fn lenient<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Lenient(value))
}

/// JSON that gives each struct the fields that it names and no other.
struct Lenient(Value);

impl<'de> IntoDeserializer<'de, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The members of an object that are named, or all of them.
fn members(
    object: serde_json::Map<String, Value>,
    named: Option<&'static [&'static str]>,
) -> MapDeserializer<'static, vec::IntoIter<(String, Lenient)>, Error> {
    let known = |name: &str| named.is_none_or(|named| named.contains(&name));
    let kept = object.into_iter().filter(|(name, _)| known(name)).map(|(name, value)| (name, Lenient(value)));
    MapDeserializer::new(kept.collect::<Vec<_>>().into_iter())
}

fn elements(array: Vec<Value>) -> SeqDeserializer<vec::IntoIter<Lenient>, Error> {
    SeqDeserializer::new(array.into_iter().map(Lenient).collect::<Vec<_>>().into_iter())
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(object) => visitor.visit_map(members(object, None)),
            Value::Array(array) => visitor.visit_seq(elements(array)),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(object) => visitor.visit_map(members(object, Some(fields))),
            other => Self(other).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(object) if object.len() == 1 => {
                object.into_iter().next().map(|(name, content)| (name, Some(content))).unwrap_or_default()
            }
            _ => return Err(Error::custom("expected the name of a variant, alone or with its content")),
        };
        visitor.visit_enum(Variant { name, content })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// A variant by its name, with its content if there is any.
struct Variant {
    name: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Error> {
        let name: serde::de::value::StringDeserializer<Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

struct Content(Option<Value>);

impl Content {
    fn there(self) -> Result<Lenient, Error> {
        self.0.map(Lenient).ok_or_else(|| Error::custom("expected the content of a variant"))
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.0 {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(Error::custom("expected a variant without content")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.there()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.there()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.there()?.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_read_leniently_and_others_are_told_what_to_do() {
        let told = |theirs, ours| Reading::between(theirs, ours).map_err(|fault| fault.remedy);
        let table = [
            (Some(7), Ok(Reading::Strict)),
            (Some(6), Ok(Reading::Lenient)),
            (Some(8), Ok(Reading::Lenient)),
            (Some(5), Err("reload".to_owned())),
            (Some(9), Err("update".to_owned())),
            (Some(0), Err("reload".to_owned())),
            (None, Err("reload".to_owned())),
        ];
        for (theirs, expected) in table {
            assert_eq!(told(theirs, 7), expected, "{theirs:?}");
        }
        assert_eq!(told(Some(0), 1), Err("reload".to_owned()), "there was no version 0");
    }
}
