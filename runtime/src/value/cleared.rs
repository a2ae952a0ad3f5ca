//! Types whose values may be written as they are.

use std::{
    borrow::Cow,
    num::NonZero,
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{Sensitive, Value};
use crate::{
    clock::Timestamp,
    record::{Category, Level, Outcome},
};

/// A type that is cleared for logs: `details(count)` writes it without a word about how.
///
/// Numbers, `bool`, `char`, durations and times are. Text is not: it may hold anything, so a call
/// says how it is to be written (`%x`, `?x`, `mask(x)`, `hash(x)`, …). Clear a type of your own,
/// such as an id or an enum, by saying what is written of it:
///
/// ```
/// use audit_runtime::{AuditValue, Value};
///
/// struct TaskId(String);
///
/// impl AuditValue for TaskId {
///     fn value(&self) -> Value<'_> {
///         Value::Display(&self.0)
///     }
/// }
///
/// enum Priority { Low, High }
///
/// impl AuditValue for Priority {
///     fn value(&self) -> Value<'_> {
///         Value::Literal(match self {
///             Self::Low => "low",
///             Self::High => "high",
///         })
///     }
/// }
/// # assert!(matches!(Priority::Low.value(), Value::Literal("low")));
/// # assert!(matches!(Priority::High.value(), Value::Literal("high")));
/// # assert!(matches!(TaskId("t".into()).value(), Value::Display(_)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not cleared for logs",
    label = "say how this is to be written",
    note = "as text: `%x` (by Display), `?x` (by Debug), `json(x)` (by serde)",
    note = "without showing it: `mask(x)`, `hash(x)`, `last4(x)`, `len(x)`, `redact(x)`",
    note = "or clear the type, where none of its values is ever a secret: \
            `#[derive(audit_runtime::AuditValue)]`"
)]
pub trait AuditValue {
    /// What is written.
    fn value(&self) -> Value<'_>;
}

macro_rules! cleared {
    ($($kind:ident($into:ty): $($type:ty),+;)+) => { $($(
        #[diagnostic::do_not_recommend]
        impl AuditValue for $type {
            fn value(&self) -> Value<'_> {
                Value::$kind(<$into>::from(*self))
            }
        }
    )+)+ };
}

cleared! {
    Bool(bool): bool;
    Char(char): char;
    I64(i64): i8, i16, i32, i64;
    U64(u64): u8, u16, u32, u64;
    I128(i128): i128;
    U128(u128): u128;
    F64(f64): f32, f64;
    Duration(Duration): Duration;
    Time(Timestamp): SystemTime, Timestamp;
}

macro_rules! through {
    ($($type:ty: |$x:ident| $value:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl AuditValue for $type {
            fn value(&self) -> Value<'_> {
                let $x = self;
                $value
            }
        }
    )+ };
}

through! {
    usize: |x| Value::U64(*x as u64);
    isize: |x| Value::I64(*x as i64);
    Level: |x| Value::Literal(x.name());
    Outcome: |x| Value::Literal(x.name());
    Category: |x| Value::Literal(x.name());
}

macro_rules! non_zero {
    ($($type:ident)+) => { $(
        #[diagnostic::do_not_recommend]
        impl AuditValue for NonZero<$type> {
            fn value(&self) -> Value<'_> {
                match self.get().value() {
                    Value::I64(n) => Value::I64(n),
                    Value::U64(n) => Value::U64(n),
                    Value::I128(n) => Value::I128(n),
                    Value::U128(n) => Value::U128(n),
                    _ => Value::Absent,
                }
            }
        }
    )+ };
}

non_zero! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

macro_rules! pointers {
    ($($type:ty),+) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: AuditValue + ?Sized> AuditValue for $type {
            fn value(&self) -> Value<'_> {
                (**self).value()
            }
        }
    )+ };
}

pointers! { &T, &mut T, Box<T>, Rc<T>, Arc<T> }

#[diagnostic::do_not_recommend]
impl<T: AuditValue + Clone> AuditValue for Cow<'_, T> {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

/// `None` leaves the field out.
#[diagnostic::do_not_recommend]
impl<T: AuditValue> AuditValue for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, T::value)
    }
}

/// What a word made of a value.
#[diagnostic::do_not_recommend]
impl AuditValue for Value<'_> {
    fn value(&self) -> Value<'_> {
        *self
    }
}

/// Says that there was a value, and nothing else of it.
#[diagnostic::do_not_recommend]
impl<T> AuditValue for Sensitive<T> {
    fn value(&self) -> Value<'_> {
        Value::Redacted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value_and_sign() {
        assert!(matches!((-1_i8).value(), Value::I64(-1)));
        assert!(matches!(u64::MAX.value(), Value::U64(u64::MAX)));
        assert!(matches!(NonZero::<u128>::MAX.value(), Value::U128(u128::MAX)));
        assert!(matches!((&&3_usize).value(), Value::U64(3)));
    }

    #[test]
    fn nothing_is_absent() {
        assert!(matches!(None::<u8>.value(), Value::Absent));
        assert!(matches!(Some(Outcome::Denied).value(), Value::Literal("denied")));
    }

    #[test]
    fn a_sensitive_value_says_only_that_it_is_there() {
        assert!(matches!(Sensitive::new("hunter2").value(), Value::Redacted));
        assert!(matches!(None::<Sensitive<u8>>.value(), Value::Absent));
    }
}
