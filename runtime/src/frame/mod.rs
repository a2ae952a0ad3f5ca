//! A record as bytes: what a caller hands off and the drain decodes.
//!
//! A frame is made of redacted values only: its one way in, [`Frame::field`], applies the rules.
//! It borrows nothing, so that it can wait in a future or travel to another thread, and its
//! buffer is reused, so that making one allocates nothing once a thread is warm.
//!
//! Layout: a header of 24 bytes (outcome, level, phase, clock and 4 zeros, start, duration; little endian), then
//! the fields one after the other: number among those of the call site (or `0xffff`, part and key),
//! tag, payload. A list's payload is its length in bytes and tag and payload of each element; an
//! object's members have their keys in front. Each field is filled up to a multiple of 8 bytes.
//!
//! Most fields are in words: their tag has the bit `WORDS`, and number, tag, 0 and the length of a
//! text are 8 bytes, in front of the 8 bytes of a number or those of the text. A caller writes them by
//! whole words and reads them so again soon after, which a processor does without waiting.
//!
//! Where the clock is 0, start and duration are nanoseconds, the start since 1970; where it is 1,
//! they are readings and units of the process's counter, and mean something with an
//! [`Anchor`](crate::clock::Anchor) of it only.

mod decode;
mod encode;

pub use decode::{Datum, Decoded, Fields, Group, Ticket};
pub(crate) use decode::{Kind, Place, Spot};
pub use encode::{Capture, Frame, Hints};
pub(crate) use encode::{Front, Short};

/// The length of a frame's header in bytes.
pub(crate) const HEADER: usize = 24;

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

pub(crate) mod tag {
    pub(crate) const FALSE: u8 = 0;
    pub(crate) const TRUE: u8 = 1;
    pub(crate) const I64: u8 = 2;
    pub(crate) const U64: u8 = 3;
    pub(crate) const I128: u8 = 4;
    pub(crate) const U128: u8 = 5;
    pub(crate) const F64: u8 = 6;
    pub(crate) const TEXT: u8 = 7;
    pub(crate) const JSON: u8 = 8;
    pub(crate) const DURATION: u8 = 9;
    pub(crate) const TIME: u8 = 10;
    pub(crate) const NULL: u8 = 11;
    pub(crate) const LIST: u8 = 12;
    pub(crate) const OBJECT: u8 = 13;
    /// The field is in words.
    pub(crate) const WORDS: u8 = 0x80;
}
