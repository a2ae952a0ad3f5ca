//! A record as it stands in a segment, and reading records back from whatever bytes are there.
//!
//! 24 bytes in front of the payload: its length (bit 31 marks the filling at the end of a ring),
//! its checksum, the number of its call site, its route, 3 zeros, its number in the stream; little
//! endian. The payload is filled up to a multiple of 8.

/// The bytes in front of a payload.
pub(super) const HEADER: usize = 24;

/// Records begin at multiples of this.
pub(super) const ALIGN: usize = 8;

const PAD: u32 = 1 << 31;

/// The longest payload whose length can be told.
pub(super) const LONGEST: usize = PAD as usize - 1;

/// What ties a record to its place: one that was written elsewhere, or for another spool, does not
/// pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) key: u64,
    pub(super) stream: u32,
}

/// Odd, and without a pattern; any would do that spreads each bit over the word.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Seal {
    /// The checksum of a payload at a position, with the words in front of it.
    pub(super) fn checksum(self, position: u64, front: [u64; 3], payload: &[u8]) -> u32 {
        let mut digest = Digest::new(self.secret(), position, front);
        digest.all(payload);
        digest.checksum()
    }

    /// What its checksums are made with.
    #[inline]
    pub(super) const fn secret(self) -> Secret {
        let place = self.key ^ (self.stream as u64).wrapping_mul(SPREAD);
        let mixed = (place ^ place >> 32).wrapping_mul(SPREAD);
        Secret { place, word: mixed ^ mixed >> 29 }
    }
}

/// What the checksums of a stream are made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secret {
    place: u64,
    word: u64,
}

/// A checksum in the making.
///
/// It is a chain of folded products, as in wyhash: of two words one is combined with a secret and
/// the other with what came of those before, and the halves of their product are put together. So a
/// word that was changed or moved goes unnoticed once in 2^32 cases. A writer makes it as it copies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digest {
    chain: u64,
    word: u64,
}

/// A product of 128 bits, one half put onto the other.
#[expect(clippy::cast_possible_truncation, reason = "the halves of the product")]
#[inline]
const fn folded(first: u64, second: u64) -> u64 {
    let product = first as u128 * second as u128;
    product as u64 ^ (product >> 64) as u64
}

impl Digest {
    #[inline]
    pub(super) const fn new(secret: Secret, position: u64, front: [u64; 3]) -> Self {
        let [length, middle, n] = front;
        // The bits that they move to are 0, but in streams that no process writes.
        let place = secret.place ^ position ^ n.rotate_right(20);
        let chain = folded(place, secret.word ^ middle ^ length.rotate_left(40));
        Self { chain, word: secret.word }
    }

    /// Adds two words.
    #[inline]
    pub(super) const fn pair(&mut self, first: u64, second: u64) {
        self.chain = folded(first ^ self.word, second ^ self.chain);
    }

    /// Adds all bytes of a payload; what is left behind the last two words is filled up with zeros.
    #[inline]
    pub(super) fn all(&mut self, payload: &[u8]) {
        let (mut words, tail) = payload.as_chunks::<8>();
        // Two pairs at a time, which takes fewer steps.
        while let Some((four, rest)) = words.split_first_chunk() {
            let [first, second, third, fourth] = four.map(u64::from_le_bytes);
            self.pair(first, second);
            self.pair(third, fourth);
            words = rest;
        }
        if let Some((two, rest)) = words.split_first_chunk() {
            let [first, second] = two.map(u64::from_le_bytes);
            self.pair(first, second);
            words = rest;
        }
        if !(words.is_empty() && tail.is_empty()) {
            let few = tail.iter().rev().fold(0, |few, byte| few << 8 | u64::from(*byte));
            match words.first() {
                Some(word) => self.pair(u64::from_le_bytes(*word), few),
                None => self.pair(few, 0),
            }
        }
    }

    #[inline]
    pub(super) const fn checksum(self) -> u32 {
        low(self.chain)
    }
}

/// What stands in front of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The number of the call site.
    pub(super) site: u32,
    /// The categories it goes to: a bit each.
    pub(super) route: u8,
    /// Its number in the stream, from 1.
    pub(super) n: u64,
}

impl Head {
    fn middle(self) -> u64 {
        u64::from(self.site) | u64::from(self.route) << 32
    }

    /// The words in front of a payload of that length, at most [`LONGEST`], without its checksum.
    #[inline]
    pub(super) fn front(self, length: usize) -> [u64; 3] {
        [length as u64, self.middle(), self.n]
    }
}

/// The bytes of the words in front of a payload, with its checksum.
#[inline]
pub(super) fn sealed([length, middle, n]: [u64; 3], checksum: u32) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    let words = [length | u64::from(checksum) << 32, middle, n];
    for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    bytes
}

/// The 8 bytes that fill the end of a ring of which `left` bytes are left.
pub(super) fn pad(seal: Seal, position: u64, left: usize) -> [u8; ALIGN] {
    let length = u32::try_from(left).unwrap_or_default() | PAD;
    let checksum = seal.checksum(position, [u64::from(length), 0, 0], &[]);
    (u64::from(length) | u64::from(checksum) << 32).to_le_bytes()
}

/// The bytes that a payload of that length takes with what stands in front of it.
#[inline]
pub(super) const fn size(payload: usize) -> usize {
    HEADER + payload.div_ceil(ALIGN) * ALIGN
}

/// A record as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) head: Head,
    pub(super) payload: &'a [u8],
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They end before the record does.
    Short,
    /// Its checksum is that of another record or another place.
    Checksum,
}

/// Reads records from bytes of a segment that begin at a position.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    seal: Seal,
    position: u64,
    /// It stands at a fault.
    stopped: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8], seal: Seal, position: u64) -> Self {
        Self { bytes, seal, position, stopped: false }
    }

    /// Goes on behind a fault, with the next record that passes its checksum; whether there is one.
    pub(super) fn resume(&mut self) -> bool {
        while self.advance(ALIGN).is_ok() {
            if self.clone().step().is_ok() {
                self.stopped = false;
                return true;
            }
        }
        false
    }

    /// Where the next record begins.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next record; `None` for a filling that was passed.
    fn step(&mut self) -> Result<Option<Record<'a>>, Fault> {
        let lengths = self.word(0)?;
        let (length, checksum) = (low(lengths), low(lengths >> 32));
        let check = |front, payload| {
            let expected = self.seal.checksum(self.position, front, payload);
            if cfg!(fuzzing) || checksum == expected { Ok(()) } else { Err(Fault::Checksum) }
        };
        if length & PAD != 0 {
            check([u64::from(length), 0, 0], &[])?;
            let left = usize::try_from(length & !PAD).unwrap_or(usize::MAX);
            return self.advance(left.max(ALIGN)).map(|()| None);
        }
        let (middle, n) = (self.word(8)?, self.word(16)?);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let after = self.bytes.get(HEADER..).ok_or(Fault::Short)?;
        let payload = after.get(..length).ok_or(Fault::Short)?;
        check([length as u64, middle, n], payload)?;
        let route = u8::try_from(middle >> 32).map_err(|_| Fault::Checksum)?;
        self.advance(size(length))?;
        Ok(Some(Record { head: Head { site: low(middle), route, n }, payload }))
    }

    fn word(&self, at: usize) -> Result<u64, Fault> {
        let bytes = self.bytes.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map(|bytes| u64::from_le_bytes(*bytes)).ok_or(Fault::Short)
    }

    fn advance(&mut self, by: usize) -> Result<(), Fault> {
        self.bytes = self.bytes.get(by..).ok_or(Fault::Short)?;
        self.position = self.position.wrapping_add(by as u64);
        Ok(())
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Fault>;

    /// The next record; nothing more after a fault, unless it is resumed.
    fn next(&mut self) -> Option<Self::Item> {
        while !self.stopped && !self.bytes.is_empty() {
            match self.step() {
                Ok(Some(record)) => return Some(Ok(record)),
                Ok(None) => {}
                Err(fault) => {
                    self.stopped = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}

/// The lower half.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
#[inline]
const fn low(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEAL: Seal = Seal { key: 7, stream: 3 };

    fn written(position: u64, payloads: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (n, payload) in (1..).zip(payloads) {
            let head = Head { site: 5, route: 0b1001, n };
            let position = position + bytes.len() as u64;
            let front = head.front(payload.len());
            bytes.extend(sealed(front, SEAL.checksum(position, front, payload)));
            bytes.extend(payload);
            bytes.resize(bytes.len().next_multiple_of(ALIGN), 0xaa);
        }
        bytes
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
            position in any::<u32>(),
        ) {
            let position = u64::from(position) * 8;
            let mut bytes = written(position, &payloads);
            let end = position + bytes.len() as u64;
            bytes.extend(pad(SEAL, end, 16));
            bytes.extend([1; 8]);
            let mut records = Records::new(&bytes, SEAL, position);
            let read: Result<Vec<_>, _> = records.by_ref().collect();
            let read = read.expect("no fault");
            prop_assert_eq!(records.position(), end + 16);
            prop_assert_eq!(read.len(), payloads.len());
            for (n, (record, payload)) in (1..).zip(read.iter().zip(&payloads)) {
                prop_assert_eq!(record.head, Head { site: 5, route: 0b1001, n });
                prop_assert_eq!(record.payload, payload.as_slice());
            }
        }

        #[test]
        fn arbitrary_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Records::new(&bytes, SEAL, 0).count() <= 400 / ALIGN);
        }

        #[test]
        fn a_changed_byte_is_a_fault_or_filling(at in 0_usize..72, by in 1_u8..) {
            let mut bytes = written(0, &[vec![1; 13], vec![2; 8]]);
            prop_assert_eq!(bytes.len(), 72);
            bytes[at] ^= by;
            let read: Vec<_> = Records::new(&bytes, SEAL, 0).collect();
            let filling = (24 + 13..40).contains(&at);
            prop_assert_eq!(read.iter().any(Result::is_err), !filling);
            prop_assert_eq!(read[0].is_ok(), at >= 40 || filling);
        }
    }

    #[test]
    fn words_that_are_zeroed_swapped_or_shifted_are_a_fault() {
        let of =
            |words: &[u64]| -> Vec<u8> { words.iter().flat_map(|w| w.to_le_bytes()).collect() };
        for count in 0..20_u64 {
            // Small numbers in most places, as in frames.
            let words: Vec<u64> = (0..count).map(|n| n * n * n + 1).collect();
            let front = [count * 8, 5, 1];
            let checksum = |words: &[u64]| SEAL.checksum(64, front, &of(words));
            let expected = checksum(&words);
            let mut changed = Vec::new();
            for first in 0..words.len() {
                let mut zeroed = words.clone();
                zeroed[first] = 0;
                let mut torn = words.clone();
                torn[first..].fill(0);
                let mut shifted = words.clone();
                shifted[first..].rotate_right(1);
                changed.extend([zeroed, torn, shifted]);
                for second in 0..first {
                    let mut swapped = words.clone();
                    swapped.swap(first, second);
                    changed.push(swapped);
                }
            }
            for changed in changed.into_iter().filter(|changed| *changed != words) {
                assert_ne!(checksum(&changed), expected, "{changed:?}");
            }
            for (at, front) in
                [[count * 8 + 8, 5, 1], [count * 8, 6, 1], [count * 8, 5, 2]].iter().enumerate()
            {
                assert_ne!(SEAL.checksum(64, *front, &of(&words)), expected, "word {at} in front");
            }
        }
    }

    #[test]
    fn behind_a_fault_the_next_record_is_found() {
        let payloads = [vec![1; 13], vec![2; 40], vec![3; 5]];
        let mut bytes = written(8, &payloads);
        // The length of the second one, which then seems to go beyond the end.
        bytes[42] = 0xff;
        let mut records = Records::new(&bytes, SEAL, 8);
        assert!(records.by_ref().next().is_some_and(|record| record.is_ok()));
        assert_eq!(records.next(), Some(Err(Fault::Short)));
        assert_eq!(records.next(), None);
        assert!(records.resume());
        assert_eq!(records.next().map(|it| it.map(|it| it.head.n)), Some(Ok(3)));
        assert_eq!(records.next(), None);
        assert!(!records.resume());
    }

    #[test]
    fn a_record_counts_at_its_own_place_only() {
        let bytes = written(64, &[vec![9; 20]]);
        let read = |seal, position| Records::new(&bytes, seal, position).next();
        assert!(matches!(read(SEAL, 64), Some(Ok(_))));
        for (seal, position) in
            [(SEAL, 72), (Seal { key: 8, ..SEAL }, 64), (Seal { stream: 4, ..SEAL }, 64)]
        {
            assert_eq!(read(seal, position), Some(Err(Fault::Checksum)));
        }
        assert_eq!(Records::new(&bytes[..40], SEAL, 64).next(), Some(Err(Fault::Short)));
        assert_eq!(Records::new(&[0; 64], SEAL, 64).next(), Some(Err(Fault::Checksum)));
    }
}
