//! A record as bytes: what a caller hands off and the drain decodes.
//!
//! A frame is made of redacted values only: its one way in, [`Frame::field`], applies the rules.
//! It borrows nothing, so that it can wait in a future or travel to another thread, and its
//! buffer is reused, so that making one allocates nothing once a thread is warm.
//!
//! Layout: a header of 20 bytes (outcome, level, phase, clock, start, duration; little endian), then
//! the fields one after the other: part, number of
//! the key (or `0xffff` and the key itself), tag, payload. A list's payload is its length in bytes and
//! tag and payload of each element; an object's members have their keys in front.
//!
//! Where the clock is 0, start and duration are nanoseconds, the start since 1970; where it is 1,
//! they are readings and units of the process's counter, and mean something with an
//! [`Anchor`](crate::clock::Anchor) of it only.

mod decode;
mod encode;

pub use decode::{Datum, Decoded, Fields, Group, Ticket};
pub use encode::{Capture, Frame};

/// The length of a frame's header in bytes.
pub(crate) const HEADER: usize = 20;

/// The longest text a frame takes, in bytes; the rest of a longer one is counted only.
pub const MAX_TEXT: usize = 64 * 1024;

const NO_OUTCOME: u8 = u8::MAX;
const NO_DURATION: u64 = u64::MAX;
const INLINE_KEY: u16 = u16::MAX;
/// The clock of start and duration is the process's counter.
const COUNTER: u8 = 1;

/// Where a record stands in an operation that makes two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// The operation makes one record, at its end.
    #[default]
    Single,
    /// What is about to be done.
    Intent,
    /// How it ended.
    Result,
}

impl Phase {
    /// The name as it stands in lines; none for a single record.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Single => None,
            Self::Intent => Some("intent"),
            Self::Result => Some("result"),
        }
    }
}

mod tag {
    pub(super) const FALSE: u8 = 0;
    pub(super) const TRUE: u8 = 1;
    pub(super) const I64: u8 = 2;
    pub(super) const U64: u8 = 3;
    pub(super) const I128: u8 = 4;
    pub(super) const U128: u8 = 5;
    pub(super) const F64: u8 = 6;
    pub(super) const TEXT: u8 = 7;
    pub(super) const JSON: u8 = 8;
    pub(super) const DURATION: u8 = 9;
    pub(super) const TIME: u8 = 10;
    pub(super) const NULL: u8 = 11;
    pub(super) const LIST: u8 = 12;
    pub(super) const OBJECT: u8 = 13;
}
