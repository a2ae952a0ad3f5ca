//! The mark of types that decide themselves what is written of them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    rc::Rc,
    sync::Arc,
};

use super::{AuditValue, Sensitive};

/// A type that holds secrets, and says itself what is written of it.
///
/// `#[derive(Redact)]` implements it. Such a value is named without a word, `details(payment)`; the
/// words that would go past it, `%payment`, `?payment` and `json(payment)`, do not compile, nor do
/// they for an `Option` or a collection of such values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no secrets that it knows of",
    label = "this does not derive `Redact`"
)]
pub trait Redact: AuditValue {}

#[diagnostic::do_not_recommend]
impl<T> Redact for Sensitive<T> {}

macro_rules! containers {
    ($([$($generics:tt)*] $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Redact for $type {}
    )+ };
}

containers! {
    [T: Redact + ?Sized] &T;
    [T: Redact + ?Sized] &mut T;
    [T: Redact + ?Sized] Box<T>;
    [T: Redact + ?Sized] Rc<T>;
    [T: Redact + ?Sized] Arc<T>;
    [T: Redact + Clone] Cow<'_, T>;
    [T: Redact] Option<T>;
    [T: Redact] &[T];
    [T: Redact] &mut [T];
    [T: Redact] Box<[T]>;
    [T: Redact] Rc<[T]>;
    [T: Redact] Arc<[T]>;
    [T: Redact + Clone] Cow<'_, [T]>;
    [T: Redact, const N: usize] [T; N];
    [T: Redact] Vec<T>;
    [T: Redact] VecDeque<T>;
    [T: Redact] LinkedList<T>;
    [T: Redact] BinaryHeap<T>;
    [T: Redact] BTreeSet<T>;
    [T: Redact, S] HashSet<T, S>;
    [K: AuditValue, V: Redact] BTreeMap<K, V>;
    [K: AuditValue, V: Redact, S] HashMap<K, V, S>;
}

#[cfg(feature = "secrecy")]
mod of_secrecy {
    use secrecy::{SecretBox, zeroize::Zeroize};

    use super::{AuditValue, Redact};
    use crate::value::Value;

    /// Says that there was a value, and nothing else of it.
    #[diagnostic::do_not_recommend]
    impl<T: Zeroize + ?Sized> AuditValue for SecretBox<T> {
        fn value(&self) -> Value<'_> {
            Value::Redacted
        }
    }

    #[diagnostic::do_not_recommend]
    impl<T: Zeroize + ?Sized> Redact for SecretBox<T> {}
}
