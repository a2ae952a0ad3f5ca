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
#[expect(clippy::inline_always, reason = "it is done at few places")]
#[inline(always)]
pub(super) fn take(site: &'static Site, road: &'static Road) -> Slot {
    let empty = EMPTY.try_with(|empty| {
        let mut slot = empty.take()?;
        if slot.waiting > 0 {
            empty.set(slot.behind.take());
        }
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
#[inline(never)]
fn first(site: &'static Site, road: &'static Road) -> Slot {
    Box::new(Live::new(site, road))
}

/// Keeps the box of a call that is over.
#[expect(clippy::inline_always, reason = "it is done at one place that counts")]
#[inline(always)]
pub(super) fn give_back(mut slot: Slot) {
    slot.clear();
    slot.waiting = 0;
    // A thread that is ending keeps no boxes.
    if let Ok(behind) = EMPTY.try_with(Cell::take) {
        if let Some(behind) = behind {
            put_in_front(&mut slot, behind);
        }
        let _ = EMPTY.try_with(|empty| empty.set(Some(slot)));
    }
}

/// Puts a box in front of those that wait, unless there are enough.
#[cold]
#[inline(never)]
fn put_in_front(slot: &mut Slot, mut behind: Slot) {
    slot.waiting = behind.waiting + 1;
    if slot.waiting == SPARE {
        // The one that is cold by now goes.
        slot.waiting -= 1;
        slot.behind = behind.behind.take();
    } else {
        slot.behind = Some(behind);
    }
}
