//! What derived implementations call.

use std::fmt;

use crate::{
    redact::{self, REDACTED},
    value::{AuditValue, Shape, Value},
};

/// A type that a field may have without a word: one that is [`AuditValue`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not cleared for logs",
    label = "say how this field is to be written",
    note = "as text: `#[audit(display)]`, `#[audit(debug)]`, `#[audit(json)]`; in a type that \
            derives `Redact`: `#[redact(plain)]`",
    note = "without showing it: `mask`, `hash`, `last4`, `len` or `redact` in its place",
    note = "`#[audit(skip)]` and `#[redact(omit)]` leave it out"
)]
pub trait Member {
    /// What is written.
    fn shown(&self) -> Value<'_>;
}

#[diagnostic::do_not_recommend]
impl<T: AuditValue + ?Sized> Member for T {
    fn shown(&self) -> Value<'_> {
        self.value()
    }
}

/// A field without a word.
#[inline]
pub fn member<T: Member + ?Sized>(x: &T) -> Value<'_> {
    x.shown()
}

/// The `Debug` of a type that derives `Redact`: what the log shows, without pseudonyms.
pub fn debug(name: &str, value: Value<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Nested(several) if several.shape() == Shape::Object => {
            let mut shown = f.debug_struct(name);
            several.each(&mut |key, value| {
                if let (Value::Literal(key), false) = (key, is_absent(value)) {
                    shown.field(key, &Shown(value));
                }
                true
            });
            shown.finish()
        }
        Value::Nested(several) if several.shape() == Shape::List => {
            let mut shown = f.debug_tuple(name);
            several.each(&mut |_, value| {
                shown.field(&Shown(value));
                true
            });
            shown.finish()
        }
        value => f.debug_tuple(name).field(&Shown(value)).finish(),
    }
}

fn is_absent(value: Value<'_>) -> bool {
    matches!(value, Value::Absent)
}

struct Shown<'a>(Value<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Absent => f.write_str("None"),
            Value::Bool(value) => value.fmt(f),
            Value::Char(value) => value.fmt(f),
            Value::I64(value) => value.fmt(f),
            Value::U64(value) => value.fmt(f),
            Value::I128(value) => value.fmt(f),
            Value::U128(value) => value.fmt(f),
            Value::F64(value) => value.fmt(f),
            Value::Duration(value) => value.fmt(f),
            Value::Time(value) => value.fmt(f),
            Value::Literal(value) | Value::Text(value) => value.fmt(f),
            Value::Debug(value) => value.fmt(f),
            Value::Length(value) => value.fmt(f),
            Value::Display(value) => value.to_string().fmt(f),
            Value::Mask(value) => redact::mask(&value.to_string()).fmt(f),
            Value::Last4(value) => redact::last4(&value.to_string()).fmt(f),
            Value::Hash(_) | Value::Json(_) | Value::Redacted => f.write_str(REDACTED),
            Value::Nested(several) => match several.shape() {
                Shape::Single => {
                    let mut shown = Ok(());
                    several.each(&mut |_, value| {
                        shown = Shown(value).fmt(f);
                        false
                    });
                    shown
                }
                Shape::List => {
                    let mut list = f.debug_list();
                    several.each(&mut |_, value| {
                        list.entry(&Shown(value));
                        true
                    });
                    list.finish()
                }
                Shape::Object => {
                    let mut map = f.debug_map();
                    several.each(&mut |key, value| {
                        map.entry(&Shown(key), &Shown(value));
                        true
                    });
                    map.finish()
                }
            },
        }
    }
}
