//! Boxes for calls, kept for the next one: a call allocates nothing once a thread is warm.

use std::cell::RefCell;

use super::live::Live;

/// A box for a call, empty when it waits for one.
pub(super) type Slot = Box<Option<Live>>;

/// How many boxes a thread keeps.
const SPARE: usize = 16;

thread_local! {
    static EMPTY: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// The call in a box.
pub(super) fn take(live: Live) -> Slot {
    let empty = EMPTY.try_with(|empty| empty.try_borrow_mut().ok()?.pop()).ok().flatten();
    match empty {
        Some(mut slot) => {
            *slot = Some(live);
            slot
        }
        None => Box::new(Some(live)),
    }
}

/// The call that was in the box.
pub(super) fn give_back(mut slot: Slot) -> Option<Live> {
    let live = slot.take();
    // A thread that is ending keeps no boxes.
    let _ = EMPTY.try_with(|empty| {
        if let Ok(mut empty) = empty.try_borrow_mut()
            && empty.len() < SPARE
        {
            empty.push(slot);
        }
    });
    live
}
