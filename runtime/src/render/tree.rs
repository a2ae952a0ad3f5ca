//! A value given as `json(..)`, by the rules of a line.

use super::json::Out;
#[cfg(any(feature = "json", test))]
use crate::frame::Datum;

/// Writes a JSON text; one that is none, as a text.
#[cfg(any(feature = "json", test))]
pub(super) fn write(out: &mut Out, json: &str) {
    match serde_json::from_str(json) {
        Ok(value) => tree(out, &value),
        Err(_) => out.string(json),
    }
}

/// Without the feature only what another program left behind can come here.
#[cfg(not(any(feature = "json", test)))]
pub(super) fn write(out: &mut Out, json: &str) {
    out.string(json);
}

#[cfg(any(feature = "json", test))]
fn tree(out: &mut Out, value: &serde_json::Value) {
    use serde_json::Value;

    match value {
        Value::Null => out.datum(&Datum::Null),
        Value::Bool(value) => out.datum(&Datum::Bool(*value)),
        Value::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
            (Some(n), _, _) => out.datum(&Datum::I64(n)),
            (_, Some(n), _) => out.datum(&Datum::U64(n)),
            (_, _, Some(n)) => out.datum(&Datum::F64(n)),
            _ => out.string(&n.to_string()),
        },
        Value::String(text) => out.string(text),
        Value::Array(elements) => out.between('[', ']', |out| {
            for element in elements {
                out.separate();
                tree(out, element);
            }
        }),
        Value::Object(members) => out.between('{', '}', |out| {
            for (key, member) in members {
                out.foreign_key(key);
                tree(out, member);
            }
        }),
    }
}
