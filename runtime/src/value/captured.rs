//! What a field can hold before it is redacted and framed.

use std::{fmt, time::Duration};

use crate::clock::Timestamp;

/// A value on its way into a frame, together with how it is to be shown.
///
/// It borrows what it shows; nothing is formatted before the frame takes it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Nothing: the field is left out.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// One character, written as a string.
    Char(char),
    /// A signed number.
    I64(i64),
    /// An unsigned number.
    U64(u64),
    /// A signed number of up to 128 bits.
    I128(i128),
    /// An unsigned number of up to 128 bits.
    U128(u128),
    /// A floating-point number; one that JSON lacks is written as a string.
    F64(f64),
    /// A duration, written in milliseconds.
    Duration(Duration),
    /// A point of time, written as RFC 3339 in UTC.
    Time(Timestamp),
    /// Text of the program's own source.
    Literal(&'static str),
    /// Text as it is: `%x` of a string.
    Text(&'a str),
    /// Whatever it shows as: `%x`.
    Display(&'a dyn fmt::Display),
    /// Text in the form of `Debug`: `?x`.
    Debug(&'a dyn fmt::Debug),
    /// A structure: `json(x)`.
    Json(&'a dyn JsonSource),
    /// Its first and last character around `***`; `***` alone where it is shorter than 8: `mask(x)`.
    Mask(&'a dyn fmt::Display),
    /// A keyed pseudonym, the same for the same text under one key: `hash(x)`.
    Hash(&'a dyn fmt::Display),
    /// Its last four characters behind `***`; `***` alone where it is shorter than 8: `last4(x)`.
    Last4(&'a dyn fmt::Display),
    /// That there was a value, and nothing else of it: `redact(x)`.
    Redacted,
    /// How many elements or bytes it has: `len(x)`.
    Length(usize),
    /// Several values as one: a JSON array or object.
    Nested(&'a dyn Nested),
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value itself may be what must not be shown.
        f.write_str("Value(..)")
    }
}

/// What becomes of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing: the one value stands for itself.
    Single,
    /// A JSON array.
    List,
    /// A JSON object.
    Object,
}

/// Several values as one, as collections, tuples and derived types have them.
///
/// The first 32 are written, and how many more there are.
pub trait Nested {
    /// What becomes of them.
    fn shape(&self) -> Shape;

    /// How many there are.
    fn count(&self) -> usize;

    /// Gives each value behind its key, until `take` wants no more; a list has no keys.
    fn each(&self, take: &mut dyn FnMut(Value<'_>, Value<'_>) -> bool);
}

/// Something that can be written as JSON; every `serde::Serialize` is.
#[cfg_attr(
    not(feature = "json"),
    diagnostic::on_unimplemented(
        message = "`json(..)` needs the feature `json` of `audit-runtime`",
        label = "cannot be written as JSON without it",
        note = "in Cargo.toml: `audit-runtime = {{ version = \"..\", features = [\"json\"] }}`"
    )
)]
pub trait JsonSource {
    /// The JSON text; `None` when there is none.
    fn json(&self) -> Option<String>;
}

#[cfg(any(feature = "json", test))]
impl<T: serde::Serialize + ?Sized> JsonSource for T {
    fn json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

#[cfg(not(any(feature = "json", test)))]
impl<T: JsonSource + ?Sized> JsonSource for &T {
    fn json(&self) -> Option<String> {
        (**self).json()
    }
}
