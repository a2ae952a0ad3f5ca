//! Methods: every receiver, what is borrowed from it, traits and their implementations.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use audit_runtime::{audited, record::Category, timed};

use super::E;
use crate::log;

struct Shelf {
    bytes: Vec<u8>,
    next: Option<Box<Shelf>>,
}

impl Shelf {
    const SIZE: usize = 2;

    #[audited(operation = "REBORROW")]
    fn all(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    #[audited(operation = "REBORROW_RESULT")]
    fn fallible(&mut self) -> Result<&mut Vec<u8>, E> {
        if self.bytes.is_empty() {
            return Err(E);
        }
        Ok(&mut self.bytes)
    }

    #[audited(operation = "REBORROW_OPTION")]
    fn first(&mut self) -> Option<&mut u8> {
        self.bytes.first_mut()
    }

    #[audited(operation = "SELF_CONST")]
    fn sized() -> [u8; Self::SIZE] {
        [0; Self::SIZE]
    }

    #[audited(operation = "BY_VALUE", details(count = self.bytes.len()))]
    fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.push(9);
        self.bytes
    }

    #[audited(operation = "ARC_SELF")]
    fn shared(self: Arc<Self>) -> usize {
        self.bytes.len()
    }

    #[audited(operation = "BOX_SELF")]
    fn unboxed(self: Box<Self>) -> Vec<u8> {
        self.bytes
    }

    #[audited(operation = "LAST")]
    fn last(mut shelf: &mut Self) -> &mut Self {
        while shelf.next.is_some() {
            shelf = shelf.next.as_mut().unwrap();
        }
        shelf
    }
}

fn shelf(bytes: &[u8]) -> Shelf {
    Shelf { bytes: bytes.to_vec(), next: None }
}

#[test]
#[expect(clippy::elidable_lifetime_names, reason = "in `reference` the name is what broke")]
fn what_is_borrowed_mutably_comes_back() {
    #[audited(operation = "SPLIT")]
    fn split(slice: &mut [u8]) -> (&mut [u8], &mut [u8]) {
        slice.split_at_mut(1)
    }
    #[audited(operation = "ENTRY")]
    fn entry(map: &mut HashMap<u32, String>, key: u32) -> &mut String {
        if map.contains_key(&key) {
            return map.get_mut(&key).unwrap();
        }
        map.entry(key).or_default()
    }
    struct Ref<'a>(&'a u8);
    // tokio-rs/tracing#2796
    #[audited(operation = "REF")]
    fn reference<'a>(shelf: &'a Shelf) -> Result<Option<Ref<'a>>, E> {
        Ok(shelf.bytes.first().map(Ref))
    }
    log::start();
    let mut one = shelf(&[1, 2]);
    one.all().push(3);
    one.fallible().unwrap().push(4);
    *one.first().unwrap() = 0;
    Shelf::last(&mut one).bytes.push(5);
    split(&mut one.bytes).1[0] = 7;
    assert_eq!(*reference(&one).unwrap().unwrap().0, 0);
    assert_eq!(one.bytes, [0, 7, 3, 4, 5]);
    entry(&mut HashMap::new(), 1).push('x');
    let names = ["REBORROW", "REBORROW_RESULT", "REBORROW_OPTION", "LAST", "SPLIT", "REF", "ENTRY"];
    for operation in names {
        assert_eq!(log::audited(operation)["outcome"], "success", "{operation}");
    }
}

#[test]
fn every_receiver() {
    log::start();
    assert_eq!(Shelf::sized(), [0, 0]);
    assert_eq!(shelf(&[1]).into_bytes(), [1, 9]);
    assert_eq!(Arc::new(shelf(&[1])).shared(), 1);
    assert_eq!(Box::new(shelf(&[1])).unboxed(), [1]);
    assert_eq!(log::audited("BY_VALUE")["details"]["count"], 1);
    assert_eq!(log::audited("BY_VALUE")["function"], "into_bytes");
    for operation in ["SELF_CONST", "ARC_SELF", "BOX_SELF"] {
        log::audited(operation);
    }
}

struct Loud(Arc<Mutex<Vec<&'static str>>>);

impl Drop for Loud {
    #[audited(operation = "DROP")]
    fn drop(&mut self) {
        self.0.lock().unwrap().push("dropped");
    }
}

impl Iterator for Shelf {
    type Item = u8;

    #[audited(operation = "NEXT")]
    fn next(&mut self) -> Option<u8> {
        self.bytes.pop()
    }
}

impl fmt::Display for Shelf {
    #[audited(operation = "FMT")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

#[test]
fn traits_of_the_standard_library() {
    log::start();
    let dropped = Arc::default();
    drop(Loud(Arc::clone(&dropped)));
    assert_eq!(*dropped.lock().unwrap(), ["dropped"]);
    let mut one = shelf(&[1]);
    assert_eq!(one.to_string(), "1 bytes");
    assert_eq!((Iterator::next(&mut one), Iterator::next(&mut one)), (Some(1), None));
    log::audited("DROP");
    assert_eq!(log::audited("FMT")["outcome"], "success");
    assert_eq!(log::records(Category::Audit, "NEXT")[1]["outcome"], "none");
}

struct Point {
    x: u32,
    y: u32,
}

trait Area {
    #[audited(operation = "DEFAULT_METHOD", details(factor))]
    fn scaled(&self, factor: u32) -> u32 {
        self.area() * factor
    }

    fn area(&self) -> u32;
}

impl Area for Point {
    #[timed(operation = "TRAIT_METHOD")]
    fn area(&self) -> u32 {
        self.x * self.y
    }
}

impl<T: Area + ?Sized> Area for &T {
    #[timed(operation = "GENERIC_IMPL")]
    fn area(&self) -> u32 {
        (**self).area()
    }
}

#[test]
fn traits_and_their_objects() {
    log::start();
    let object: &dyn Area = &Point { x: 2, y: 3 };
    assert_eq!(object.scaled(2), 12);
    log::timed("TRAIT_METHOD");
    assert_eq!(log::audited("DEFAULT_METHOD")["details"]["factor"], 2);
    assert_eq!((&object).area(), 6);
    log::timed("GENERIC_IMPL");
}
