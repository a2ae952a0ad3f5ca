//! The direct road: the caller itself renders and appends.
//!
//! It leaves nothing behind when the process dies, and is the cheapest for a short-lived one.

use crate::{drain::Drain, frame::Frame, trap};

/// Drains the frame on the caller's thread; whether it is in its file.
pub(super) fn hand_off(drain: &Drain, frame: &Frame) -> bool {
    // The drain does not panic by design; were it to, the program must not notice.
    trap::contained(|| drain.take(frame)).unwrap_or_else(|| {
        drain.lost(1);
        false
    })
}
