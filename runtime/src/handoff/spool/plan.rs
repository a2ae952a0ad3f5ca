//! Where everything stands in a spool's file; pure: bytes and numbers.
//!
//! A page with the header and the words that change, the positions of each stream, what the
//! process said about itself, the call sites, then one segment for each stream, added one after
//! the other as threads need them. Little endian throughout.

use crate::record::Category;

/// The name of the directory of spools in a directory of log files.
pub(super) const DIR: &str = ".spool";

const MAGIC: u64 = u64::from_le_bytes(*b"auditspl");
/// The version of this layout.
const VERSION: u16 = 4;
/// The bytes of a header, from the magic number to its checksum.
pub(super) const HEADER: usize = 64;

/// Words that two sides write stand apart from each other by so much.
const APART: usize = 128;
const INTENTS: usize = 512;
const SITES_TAIL: usize = INTENTS + APART;
const ANCHORS: usize = SITES_TAIL + APART;
const POSITIONS: usize = 4096;
/// What the process said about itself.
pub(super) const ABOUT: std::ops::Range<usize> = 3 * 4096..4 * 4096;
/// The descriptions of the call sites.
pub(super) const SITES: std::ops::Range<usize> = ABOUT.end..BASE;
/// The bytes in front of the segments.
pub(super) const BASE: usize = 128 * 1024;
/// The bytes of a segment.
pub(super) const SEGMENT: usize = 128 * 1024;
/// The most streams of a spool: with them it has a little less than 4 MiB.
pub(super) const STREAMS: usize = 30;

/// Where the first batch in a file that is not complete yet begins: its state (0: none), and the
/// place.
pub(super) const fn intent(category: Category) -> (usize, usize) {
    let at = INTENTS + category.index() * 16;
    (at, at + 8)
}

/// Up to where call sites are described.
pub(super) const fn sites_tail() -> usize {
    SITES_TAIL
}

/// Which of two anchors counts, 0 or 1.
pub(super) const fn anchor_choice() -> usize {
    ANCHORS
}

/// What the readings in the records mean: reading, time and rate of an anchor. There are two, so
/// that one is whole whenever the process dies.
pub(super) const fn anchor(choice: u64) -> [usize; 3] {
    let at = ANCHORS + if choice == 0 { 8 } else { 32 };
    [at, at + 8, at + 16]
}

/// The positions of a stream's tail and head.
pub(super) const fn positions(stream: usize) -> (usize, usize) {
    let at = POSITIONS + stream * 2 * APART;
    (at, at + APART)
}

/// Where the segment of a stream begins.
pub(super) const fn segment(stream: usize) -> usize {
    BASE + stream * SEGMENT
}

/// The name of a spool's file, and the one it has while it is made.
pub(super) fn names(id: u64) -> [String; 2] {
    [format!("{id:016x}.spool"), format!(".{id:016x}.tmp")]
}

/// What a file in the directory of spools is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The spool of that number.
    Spool(u64),
    /// One that was not finished.
    Unfinished,
}

/// Reads a name; only those that [`names`] gives back.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let (digits, kind): (_, fn(u64) -> Kind) = match name.strip_prefix('.') {
        Some(rest) => (rest.strip_suffix(".tmp")?, |_| Kind::Unfinished),
        None => (name.strip_suffix(".spool")?, Kind::Spool),
    };
    let id = u64::from_str_radix(digits, 16).ok()?;
    names(id).iter().any(|known| known == name).then(|| kind(id))
}

/// What never changes in a spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Random; the `run_id` of the process's lines.
    pub(super) id: u64,
    /// Random; what the checksums begin with.
    pub(super) key: u64,
    /// The boot of the machine it was made in.
    pub(super) boot: [u8; 16],
    /// When it was made, in nanoseconds since 1970.
    pub(super) created: i64,
    /// For people; it decides nothing.
    pub(super) pid: u32,
}

/// Why a header is none that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is no spool, or was never finished.
    NoMagic,
    /// It is of a version that is not known here.
    Version(u16),
    /// It was changed.
    Damaged,
}

impl Header {
    /// The bytes, the magic number apart: it is written when everything else is.
    pub(super) fn encode(&self) -> (u64, [u8; HEADER - 8]) {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(u32::try_from(SEGMENT).unwrap_or_default().to_le_bytes());
        bytes.extend(self.id.to_le_bytes());
        bytes.extend(self.key.to_le_bytes());
        bytes.extend(self.boot);
        bytes.extend(self.created.to_le_bytes());
        bytes.extend(self.pid.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        let mut array = [0; HEADER - 8];
        for (place, byte) in array.iter_mut().zip(bytes) {
            *place = byte;
        }
        (MAGIC, array)
    }

    /// Reads the bytes a file begins with.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Unfit> {
        let (magic, rest) = bytes.split_first_chunk().ok_or(Unfit::NoMagic)?;
        if u64::from_le_bytes(*magic) != MAGIC {
            return Err(Unfit::NoMagic);
        }
        let rest: &[u8; HEADER - 8] = rest.first_chunk().ok_or(Unfit::NoMagic)?;
        let (version, _) = rest.split_first_chunk().ok_or(Unfit::NoMagic)?;
        match u16::from_le_bytes(*version) {
            VERSION => {}
            other => return Err(Unfit::Version(other)),
        }
        Self::raw(rest).filter(|header| header.encode().1 == *rest).ok_or(Unfit::Damaged)
    }

    /// What the bytes behind the magic number say, whatever the checksum.
    pub(super) fn raw(rest: &[u8]) -> Option<Self> {
        let word = |at| rest.get(at..).and_then(<[u8]>::first_chunk);
        Some(Self {
            id: u64::from_le_bytes(*word(8)?),
            key: u64::from_le_bytes(*word(16)?),
            boot: *rest.get(24..)?.first_chunk()?,
            created: i64::from_le_bytes(*word(40)?),
            pid: u32::from_le_bytes(*rest.get(48..)?.first_chunk()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER_OF_TEST: Header = Header { id: 1, key: 2, boot: [3; 16], created: 4, pid: 5 };

    #[test]
    fn nothing_overlaps() {
        let mut taken = vec![(0, HEADER)];
        taken.extend(Category::ALL.map(|category| (intent(category).0, 16)));
        taken.push((sites_tail(), 8));
        for stream in 0..STREAMS {
            let (tail, head) = positions(stream);
            taken.extend([(tail, APART), (head, APART)]);
        }
        taken.extend([ABOUT, SITES].map(|range| (range.start, range.len())));
        taken.extend((0..STREAMS).map(|stream| (segment(stream), SEGMENT)));
        for pair in taken.windows(2) {
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?}");
        }
        assert!(segment(STREAMS) <= 4 << 20);
    }

    #[test]
    fn a_header_is_read_back_and_a_changed_one_is_not() {
        let (magic, rest) = HEADER_OF_TEST.encode();
        let mut bytes = magic.to_le_bytes().to_vec();
        bytes.extend(rest);
        assert_eq!(Header::decode(&bytes), Ok(HEADER_OF_TEST));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let expected = match at {
                0..8 => Unfit::NoMagic,
                8 => Unfit::Version(VERSION ^ 1),
                9 => Unfit::Version(VERSION ^ 0x100),
                _ => Unfit::Damaged,
            };
            assert_eq!(Header::decode(&changed), Err(expected), "{at}");
        }
        for length in 0..HEADER {
            assert_eq!(Header::decode(&bytes[..length]), Err(Unfit::NoMagic));
        }
    }

    #[test]
    fn only_our_names_are_ours() {
        let [spool, unfinished] = names(0xab);
        assert_eq!(spool, "00000000000000ab.spool");
        assert_eq!(kind(&spool), Some(Kind::Spool(0xab)));
        assert_eq!(kind(&unfinished), Some(Kind::Unfinished));
        for other in ["ab.spool", "00000000000000AB.spool", "00000000000000ab.spool.bad", ".tmp"] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
