//! The words of a field: from an expression to a value.
//!
//! The same methods exist three times, one `Deref` behind the other: [`Shown`] has them for what
//! is [`Redact`], which is not to be shown, `Maybe` for `Option`, which leaves its field out where it
//! is `None`, and `Any` for everything else. The compiler takes the first that fits. A method's own
//! bound fails at the expression, with the message of the trait it names.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    ffi::{OsStr, OsString},
    fmt::{Debug, Display},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

use super::Serialize;
use crate::value::{AuditValue, Redact, Sensitive, Value};

/// A value without a word.
#[inline]
pub fn bare<T: AuditValue + ?Sized>(x: &T) -> Value<'_> {
    x.value()
}

/// An expression that a word is about.
#[derive(Debug)]
pub struct Shown<'a, T: ?Sized>(Maybe<'a, T>);

/// What may be an `Option`.
#[derive(Debug)]
pub struct Maybe<'a, T: ?Sized>(Any<'a, T>);

/// What [`Shown`] sees in a type that it does not know.
#[derive(Debug)]
pub struct Any<'a, T: ?Sized>(&'a T);

impl<'a, T: ?Sized> Shown<'a, T> {
    /// The expression.
    #[inline]
    #[must_use]
    pub fn new(x: &'a T) -> Self {
        Self(Maybe(Any(x)))
    }
}

impl<'a, T: ?Sized> Deref for Shown<'a, T> {
    type Target = Maybe<'a, T>;

    #[inline]
    fn deref(&self) -> &Maybe<'a, T> {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for Maybe<'a, T> {
    type Target = Any<'a, T>;

    #[inline]
    fn deref(&self) -> &Any<'a, T> {
        &self.0
    }
}

/// Text of which a part may be shown: what has `Display`, and secrets.
#[diagnostic::on_unimplemented(
    message = "`mask(..)`, `hash(..)` and `last4(..)` need a type with `Display`",
    label = "`{Self}` has none"
)]
pub trait Veiled {
    /// The whole text.
    fn whole(&self) -> &dyn Display;
}

#[diagnostic::do_not_recommend]
impl<T: Display> Veiled for T {
    fn whole(&self) -> &dyn Display {
        self
    }
}

macro_rules! veiled_secrets {
    ($($type:ty),+) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Display> Veiled for $type {
            fn whole(&self) -> &dyn Display {
                self.expose()
            }
        }
    )+ };
}

veiled_secrets! { Sensitive<T>, &Sensitive<T>, &&Sensitive<T> }

/// What may be shown; nothing secret is.
#[diagnostic::on_unimplemented(
    message = "a secret cannot be written with `%`, `?` or `json(..)`",
    label = "this is `Sensitive`, or derives `Redact`",
    note = "write it without a word, or with `redact(x)`, to say only that it is there",
    note = "`hash(x)` tells equal ones from different ones; `mask(x)` and `last4(x)` show a little"
)]
pub trait Public {}

/// What has a length; a secret has none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length that `len(..)` knows",
    label = "this is no text and no collection of the standard library",
    note = "where it has a length of its own, write that: `n = x.len()`"
)]
pub trait Measured {
    /// How many elements or bytes it has.
    fn length(&self) -> usize;
}

macro_rules! measured {
    ($([$($generics:tt)*] $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Measured for $type {
            #[inline]
            fn length(&self) -> usize {
                self.len()
            }
        }
    )+ };
}

measured! {
    [] str;
    [] String;
    [] OsStr;
    [] OsString;
    [T] [T];
    [T, const N: usize] [T; N];
    [T] Vec<T>;
    [T] VecDeque<T>;
    [T] BTreeSet<T>;
    [K, V] BTreeMap<K, V>;
    [T, S] HashSet<T, S>;
    [K, V, S] HashMap<K, V, S>;
}

macro_rules! measured_through {
    ($($type:ty),+) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Measured + ?Sized> Measured for $type {
            #[inline]
            fn length(&self) -> usize {
                (**self).length()
            }
        }
    )+ };
}

measured_through! { &T, &mut T, Box<T>, Rc<T>, Arc<T> }

#[diagnostic::do_not_recommend]
impl<T: Measured + ToOwned + ?Sized> Measured for Cow<'_, T> {
    #[inline]
    fn length(&self) -> usize {
        (**self).length()
    }
}

macro_rules! texts {
    ($($type:ty),+) => { $(
        impl Maybe<'_, $type> {
            /// `%x` of a string: nothing is to be formatted.
            #[inline]
            pub fn display(&self) -> Value<'_> {
                Value::Text(self.0.0)
            }
        }
    )+ };
}

texts! { str, &str, &&str, String, &String, &&String }

impl<'a, T: ?Sized> Any<'a, T> {
    /// `%x`
    #[inline]
    pub fn display(&self) -> Value<'_>
    where
        T: Display,
    {
        Value::Display(&self.0)
    }

    /// `?x`
    #[inline]
    pub fn debug(&self) -> Value<'_>
    where
        T: Debug,
    {
        Value::Debug(&self.0)
    }

    /// `json(x)`
    #[inline]
    pub fn json(&self) -> Value<'_>
    where
        T: Serialize,
    {
        Value::Json(&self.0)
    }

    /// `mask(x)`
    #[inline]
    pub fn mask(&self) -> Value<'_>
    where
        &'a T: Veiled,
    {
        Value::Mask(self.0.whole())
    }

    /// `hash(x)`
    #[inline]
    pub fn hash(&self) -> Value<'_>
    where
        &'a T: Veiled,
    {
        Value::Hash(self.0.whole())
    }

    /// `last4(x)`
    #[inline]
    pub fn last4(&self) -> Value<'_>
    where
        &'a T: Veiled,
    {
        Value::Last4(self.0.whole())
    }

    /// `len(x)`
    #[inline]
    pub fn len(&self) -> Value<'_>
    where
        T: Measured,
    {
        Value::Length(self.0.length())
    }

    /// `redact(x)`
    #[expect(clippy::unused_self, reason = "called in the place of that of `Option`")]
    #[inline]
    pub fn redact(&self) -> Value<'_> {
        Value::Redacted
    }
}

macro_rules! optional {
    ($type:ty: $($(#[$doc:meta])* $word:ident where $bound:path: |$x:ident| $value:expr;)+) => {
        impl<T> Maybe<'_, $type> { $(
            $(#[$doc])*
            #[inline]
            pub fn $word(&self) -> Value<'_>
            where
                T: $bound,
            {
                match self.0.0.as_ref() {
                    Some($x) => $value,
                    None => Value::Absent,
                }
            }
        )+ }
    };
    ($($type:ty),+) => { $(
        optional! { $type:
            /// `%x`
            display where Display: |x| Value::Display(x);
            /// `json(x)`
            json where Serialize: |x| Value::Json(x);
            /// `mask(x)`
            mask where Veiled: |x| Value::Mask(x.whole());
            /// `hash(x)`
            hash where Veiled: |x| Value::Hash(x.whole());
            /// `last4(x)`
            last4 where Veiled: |x| Value::Last4(x.whole());
            /// `len(x)`
            len where Measured: |x| Value::Length(x.length());
            /// `redact(x)`
            redact where Sized: |_x| Value::Redacted;
        }
    )+ };
}

optional! { Option<T>, &Option<T> }

/// The words that a secret refuses.
impl<T: Redact + ?Sized> Shown<'_, T> {
    /// `%x`, refused.
    pub fn display(&self) -> Value<'_>
    where
        T: Public,
    {
        Value::Redacted
    }

    /// `?x`, refused.
    pub fn debug(&self) -> Value<'_>
    where
        T: Public,
    {
        Value::Redacted
    }

    /// `json(x)`, refused.
    pub fn json(&self) -> Value<'_>
    where
        T: Public,
    {
        Value::Redacted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: Value<'_>) -> String {
        match value {
            Value::Absent => "absent".to_owned(),
            Value::Redacted => "redacted".to_owned(),
            Value::Text(x) => x.to_owned(),
            Value::Display(x) | Value::Mask(x) | Value::Hash(x) | Value::Last4(x) => x.to_string(),
            Value::Debug(x) => format!("{x:?}"),
            Value::Json(x) => x.json().expect("serializable"),
            _ => "other".to_owned(),
        }
    }

    #[test]
    fn words_take_any_reference_to_text() {
        let owned = "jane".to_owned();
        assert_eq!(text(Shown::new(&owned).mask()), "jane");
        assert_eq!(text(Shown::new(&owned[..2]).hash()), "ja");
        assert_eq!(text(Shown::new(&&owned).display()), "jane");
        assert_eq!(text(Shown::new(&owned[..]).json()), "\"jane\"");
        assert_eq!(text(Shown::new(&[1, 2]).debug()), "[1, 2]");
    }

    #[test]
    fn nothing_leaves_its_field_out() {
        let (some, none) = (Some("jane"), None::<&str>);
        assert_eq!(text(Shown::new(&some).mask()), "jane");
        assert_eq!(text(Shown::new(&none).mask()), "absent");
        assert_eq!(text(Shown::new(&&none).display()), "absent");
        assert_eq!(text(Shown::new(&some).redact()), "redacted");
        assert_eq!(text(Shown::new(&none).redact()), "absent");
        assert_eq!(text(Shown::new(&none).json()), "absent");
    }

    #[test]
    fn a_secret_can_be_veiled() {
        let secret = Sensitive::new("4111111111111111".to_owned());
        assert_eq!(text(Shown::new(&secret).last4()), "4111111111111111");
        assert_eq!(text(Shown::new(&&secret).hash()), "4111111111111111");
        assert_eq!(text(Shown::new(&Some(&secret)).mask()), "4111111111111111");
        assert_eq!(text(Shown::new(&secret).redact()), "redacted");
    }
}
