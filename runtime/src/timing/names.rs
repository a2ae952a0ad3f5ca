//! What is found by name: made once in a process, remembered by each thread.

use std::{cell::RefCell, collections::BTreeMap, sync::Mutex, thread::LocalKey};

use super::lock;

/// Things by name, as many as there are names in the program's text; none is ever given back.
#[derive(Debug)]
pub struct Names<T: 'static>(Mutex<BTreeMap<&'static str, &'static T>>);

/// What a thread remembers of them.
pub type Known<T> = RefCell<BTreeMap<&'static str, &'static T>>;

impl<T> Names<T> {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The thing of that name. A thread locks the first time it asks for a name.
    pub fn of(
        &self,
        known: &'static LocalKey<Known<T>>,
        name: &'static str,
        make: impl FnOnce() -> T,
    ) -> &'static T {
        // A thread that is ending remembers nothing any more, and asks under the lock.
        let remembered = known.try_with(|known| known.try_borrow().ok()?.get(name).copied());
        if let Ok(Some(thing)) = remembered {
            return thing;
        }
        let make = || &*Box::leak(Box::new(make()));
        let thing = match lock(&self.0) {
            Some(mut things) => *things.entry(name).or_insert_with(make),
            // One of its own, for this thread.
            None => make(),
        };
        let _ = known.try_with(|known| {
            if let Ok(mut known) = known.try_borrow_mut() {
                known.insert(name, thing);
            }
        });
        thing
    }

    /// All of them, by name.
    pub fn all(&self) -> Vec<(&'static str, &'static T)> {
        let things = lock(&self.0);
        things.iter().flat_map(|it| it.iter()).map(|(name, thing)| (*name, *thing)).collect()
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self::new()
    }
}
