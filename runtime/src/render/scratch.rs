//! Where a line is made of a template: there, nobody asks at each word whether there is room for it.

use std::fmt;

use super::numbers::Buffer;
use crate::{
    clock::Timestamp,
    decimal::{ZEROS, eight},
};

/// A line is shorter than this.
pub(super) const ROOM: usize = 16 * 1024;
/// As much is written at once.
pub(super) const BLOCK: usize = 32;
/// The bits of a place.
const PLACE: usize = ROOM - 1;
const _: () = assert!(ROOM.is_power_of_two());

const TIME: &[u8; 14] = b"{\"timestamp\":\"";
/// Where the microseconds of the time begin.
const MICROS: usize = TIME.len() + 20;
/// The length of what each line begins with: the time, and a quotation mark.
pub(super) const HEAD: usize = TIME.len() + 28;
const _: () = assert!(HEAD == MICROS + 8);
const SECOND: u64 = 1_000_000_000;

/// What all lines of a template have behind their time, in front of any value.
#[derive(Debug)]
pub(super) struct Front {
    /// Tells it from other ones; never 0.
    pub(super) number: u64,
    pub(super) text: Box<[u8]>,
}

/// Room for one line, in which the next one is made in its place. What both begin with stays.
#[derive(Debug)]
pub(super) struct Scratch {
    bytes: Box<[u8; ROOM + BLOCK]>,
    /// The second of the time, in nanoseconds; none where no line stands there.
    second: Option<i64>,
    /// The number of the front behind it.
    front: u64,
}

impl Scratch {
    /// An empty one.
    pub(super) fn new() -> Option<Self> {
        let bytes = vec![0; ROOM + BLOCK].into_boxed_slice().try_into().ok()?;
        Some(Self { bytes, second: None, front: 0 })
    }

    /// Begins a line of that time; the writer is behind the front.
    #[inline]
    pub(super) fn begin(&mut self, time: Timestamp, front: &Front) -> Writer<'_> {
        let since = self.second.and_then(|second| time.0.checked_sub(second));
        let since = match since.map(i64::cast_unsigned) {
            Some(since @ 0..SECOND) => since,
            _ => self.set_second(time),
        };
        if self.front != front.number {
            self.set_front(front);
        }
        let mut writer = Writer { bytes: &mut self.bytes, at: MICROS };
        let micros = (eight(since / 1_000) | ZEROS) >> 16;
        writer.ascii(micros | u64::from(b'Z') << 48 | u64::from(b'"') << 56, 8);
        writer.at += front.text.len();
        writer
    }

    /// The line that was written and is so long. Without one, what lines begin with is gone as well.
    #[inline]
    pub(super) fn line(&mut self, length: Option<usize>) -> Option<&[u8]> {
        if length.is_none() {
            self.second = None;
        }
        self.bytes.get(..length?)
    }

    /// Writes the second of a time; how many nanoseconds the time is behind its beginning.
    #[cold]
    fn set_second(&mut self, time: Timestamp) -> u64 {
        let mut writer = Writer { bytes: &mut self.bytes, at: 0 };
        writer.block(TIME, TIME.len());
        writer.block(&time.shown(), HEAD - TIME.len());
        self.front = 0;
        let since = time.0.rem_euclid(SECOND.cast_signed());
        self.second = time.0.checked_sub(since);
        since.cast_unsigned()
    }

    #[inline(never)]
    fn set_front(&mut self, front: &Front) {
        Writer { bytes: &mut self.bytes, at: HEAD }.bytes(&front.text);
        self.front = front.number;
    }
}

/// Writes a line.
///
/// Whole blocks are written and less is kept of them. Blocks behind the room come to stand at its
/// other end, so that there is a place for each; such a line is none in the end.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    bytes: &'a mut [u8; ROOM + BLOCK],
    at: usize,
}

impl Writer<'_> {
    /// Where it is.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place where it was, or on within what it has written.
    #[inline]
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// Writes a block of which so many bytes are kept.
    #[inline]
    pub(super) fn block<const N: usize>(&mut self, block: &[u8; N], kept: usize) {
        const { assert!(N <= BLOCK) };
        let rest = self.bytes.get_mut(self.at & PLACE..);
        if let Some(place) = rest.and_then(<[u8]>::first_chunk_mut) {
            *place = *block;
        }
        self.at += kept;
    }

    /// Writes bytes, however many.
    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let place = self.bytes.get_mut(self.at..).and_then(|rest| rest.get_mut(..bytes.len()));
        if let Some(place) = place {
            place.copy_from_slice(bytes);
        }
        self.at += bytes.len();
    }

    /// The length of the line; none where there was no room for it.
    #[inline]
    pub(super) fn end(self) -> Option<usize> {
        (self.at < ROOM).then_some(self.at)
    }
}

impl Buffer for Writer<'_> {
    #[inline]
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    #[inline]
    fn ascii(&mut self, word: u64, length: usize) {
        self.block(&word.to_le_bytes(), length);
    }

    #[inline]
    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        // It never fails.
        let _ = fmt::Write::write_fmt(self, arguments);
    }
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn front(number: u64, text: &str) -> Front {
        Front { number, text: text.as_bytes().into() }
    }

    fn scratch() -> Scratch {
        Scratch::new().expect("of that length")
    }

    fn line(scratch: &mut Scratch, time: Timestamp, front: &Front, text: &str) -> Option<String> {
        let mut writer = scratch.begin(time, front);
        writer.text(text);
        let length = writer.end();
        scratch.line(length).map(|line| String::from_utf8_lossy(line).into_owned())
    }

    fn expected(time: Timestamp, front: &Front, text: &str) -> String {
        format!("{{\"timestamp\":\"{time}\"{}{text}", String::from_utf8_lossy(&front.text))
    }

    #[derive(Clone, Debug)]
    enum Piece {
        Block([u8; BLOCK], usize),
        Word(u64, usize),
        Bytes(Vec<u8>),
        Number(u64),
    }

    fn pieces() -> impl Strategy<Value = Vec<Piece>> {
        let piece = prop_oneof![
            (any::<[u8; BLOCK]>(), 0..=BLOCK).prop_map(|(block, kept)| Piece::Block(block, kept)),
            (any::<u64>(), 0..=8_usize).prop_map(|(word, kept)| Piece::Word(word, kept)),
            prop::collection::vec(any::<u8>(), 0..200).prop_map(Piece::Bytes),
            any::<u64>().prop_map(Piece::Number),
        ];
        prop::collection::vec(piece, 0..40)
    }

    proptest! {
        #[test]
        fn what_is_written_stands_there_as_far_as_there_is_room(
            pieces in pieces(),
            // To the very edge, and beyond.
            filled in prop_oneof![Just(0), ROOM - 4_000..ROOM + 100],
        ) {
            let (mut scratch, front) = (scratch(), front(1, ",\"a\":"));
            let mut all = vec![b'x'; filled];
            let mut writer = scratch.begin(Timestamp(0), &front);
            writer.bytes(&all);
            for piece in pieces {
                match piece {
                    Piece::Block(block, kept) => {
                        writer.block(&block, kept);
                        all.extend_from_slice(&block[..kept]);
                    }
                    Piece::Word(word, kept) => {
                        writer.ascii(word, kept);
                        all.extend_from_slice(&word.to_le_bytes()[..kept]);
                    }
                    Piece::Bytes(bytes) => {
                        writer.bytes(&bytes);
                        all.extend_from_slice(&bytes);
                    }
                    Piece::Number(n) => {
                        writer.format(format_args!("{n}"));
                        all.extend_from_slice(n.to_string().as_bytes());
                    }
                }
            }
            let length = writer.end();
            let mut whole = expected(Timestamp(0), &front, "").into_bytes();
            whole.extend_from_slice(&all);
            let fits = whole.len() < ROOM;
            prop_assert_eq!(scratch.line(length), fits.then_some(whole.as_slice()));
            // Whatever went over the edge is not in the way of the next one.
            let next = line(&mut scratch, Timestamp(1), &front, "1}");
            prop_assert_eq!(next, Some(expected(Timestamp(1), &front, "1}")));
        }

        #[test]
        fn a_line_begins_with_its_own_time_and_front(
            lines in prop::collection::vec((
                prop_oneof![
                    any::<i64>(),
                    0..3_000_000_000_i64,
                    Just(i64::MIN),
                    Just(i64::MAX),
                    -2_000_000_000..0_i64,
                ],
                0..3_usize,
            ), 1..20),
        ) {
            let mut scratch = scratch();
            let fronts = [front(1, ",\"a\":"), front(2, ""), front(3, &"front".repeat(30))];
            for (time, at) in lines {
                let (time, front) = (Timestamp(time), &fronts[at]);
                let made = line(&mut scratch, time, front, "1}");
                prop_assert_eq!(made, Some(expected(time, front, "1}")));
            }
        }
    }

    #[test]
    fn a_line_has_to_be_shorter_than_the_room() {
        let (mut scratch, front) = (scratch(), front(1, ""));
        for (length, fits) in [(ROOM - HEAD - 1, true), (ROOM - HEAD, false), (ROOM, false)] {
            let text = "x".repeat(length);
            let made = line(&mut scratch, Timestamp(0), &front, &text);
            assert_eq!(made, fits.then(|| expected(Timestamp(0), &front, &text)), "{length}");
        }
    }
}
