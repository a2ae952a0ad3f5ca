//! Collections, maps and tuples of cleared types: JSON arrays and objects.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    rc::Rc,
    sync::Arc,
};

use super::{AuditValue, Nested, Shape, Value};

/// How each element of such a collection is taken: its key and its value.
macro_rules! collections {
    ($shape:ident, $element:pat => $key:expr, $member:expr; $([$($generics:tt)*] $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> AuditValue for $type {
            fn value(&self) -> Value<'_> {
                Value::Nested(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Nested for $type {
            fn shape(&self) -> Shape {
                Shape::$shape
            }

            fn count(&self) -> usize {
                self.len()
            }

            fn each(&self, take: &mut dyn FnMut(Value<'_>, Value<'_>) -> bool) {
                self.iter().all(|$element| take($key, $member));
            }
        }
    )+ };
}

collections! {
    List, element => Value::Absent, element.value();
    [T: AuditValue] &[T];
    [T: AuditValue] &mut [T];
    [T: AuditValue] Box<[T]>;
    [T: AuditValue] Rc<[T]>;
    [T: AuditValue] Arc<[T]>;
    [T: AuditValue + Clone] Cow<'_, [T]>;
    [T: AuditValue, const N: usize] [T; N];
    [T: AuditValue] Vec<T>;
    [T: AuditValue] VecDeque<T>;
    [T: AuditValue] LinkedList<T>;
    [T: AuditValue] BinaryHeap<T>;
    [T: AuditValue] BTreeSet<T>;
    [T: AuditValue, S] HashSet<T, S>;
}

collections! {
    Object, (key, member) => key.value(), member.value();
    [K: AuditValue, V: AuditValue] BTreeMap<K, V>;
    [K: AuditValue, V: AuditValue, S] HashMap<K, V, S>;
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $place:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: AuditValue),+> AuditValue for ($($name,)+) {
            fn value(&self) -> Value<'_> {
                Value::Nested(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: AuditValue),+> Nested for ($($name,)+) {
            fn shape(&self) -> Shape {
                Shape::List
            }

            fn count(&self) -> usize {
                $count
            }

            fn each(&self, take: &mut dyn FnMut(Value<'_>, Value<'_>) -> bool) {
                let _ = $(take(Value::Absent, self.$place.value()))&&+; // nobody is left to ask
            }
        }
    )+ };
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
}

macro_rules! addresses {
    ($($type:ty),+) => { $(
        #[diagnostic::do_not_recommend]
        impl AuditValue for $type {
            fn value(&self) -> Value<'_> {
                Value::Display(self)
            }
        }
    )+ };
}

addresses! { IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6 }
