//! Boxes for calls, kept for the next one with all they have room for: a call allocates nothing
//! once a thread is warm.

use std::cell::Cell;

use super::{Site, live::Live};
use crate::handoff::Road;

/// A call in its box.
pub(super) type Slot = Box<Live>;

/// How many boxes a thread keeps.
const SPARE: u8 = 16;

thread_local! {
    /// The first of the boxes that wait, each behind another.
    static EMPTY: Cell<Option<Slot>> = const { Cell::new(None) };
}

/// A call of that site in a box.
pub(super) fn take(site: &'static Site, road: &'static Road) -> Slot {
    let empty = EMPTY.try_with(|empty| {
        let mut slot = empty.take()?;
        empty.set(slot.behind.take());
        Some(slot)
    });
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
        slot.behind = empty.take();
        slot.waiting = slot.behind.as_ref().map_or(0, |behind| behind.waiting + 1);
        if slot.waiting < SPARE {
            empty.set(Some(slot));
        } else {
            empty.set(slot.behind.take());
        }
    });
}
