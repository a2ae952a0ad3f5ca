//! Boxes for calls, kept for the next one with all they have room for: a call allocates nothing
//! once a thread is warm.

use std::cell::RefCell;

use super::{Site, live::Live};
use crate::handoff::Road;

/// A call in its box.
pub(super) type Slot = Box<Live>;

/// How many boxes a thread keeps.
const SPARE: usize = 16;

thread_local! {
    static EMPTY: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// A call of that site in a box.
pub(super) fn take(site: &'static Site, road: &'static Road) -> Slot {
    let empty = EMPTY.try_with(|empty| empty.try_borrow_mut().ok()?.pop());
    match empty {
        Ok(Some(mut slot)) => {
            slot.renew(site, road);
            slot
        }
        _ => first(site, road),
    }
}

#[cold]
fn first(site: &'static Site, road: &'static Road) -> Slot {
    Box::new(Live::new(site, road))
}

/// Keeps the box of a call that is over.
pub(super) fn give_back(mut slot: Slot) {
    slot.clear();
    // A thread that is ending keeps no boxes.
    let _ = EMPTY.try_with(|empty| {
        if let Ok(mut empty) = empty.try_borrow_mut()
            && empty.len() < SPARE
        {
            empty.push(slot);
        }
    });
}
