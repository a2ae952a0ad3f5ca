//! How archives are packed and unpacked.
//!
//! zstd archives are in the seekable format: frames of a mebibyte each, every one with a checksum,
//! and a table of them in a frame that ordinary readers skip. It is built in with the feature
//! `zstd`, since it compiles a library in C; without it gzip stands in.

use std::{
    fs::File,
    io::{self, BufRead, Read, Write},
};

use flate2::{bufread::MultiGzDecoder, write::GzEncoder};

use crate::layout::Compression;

const BLOCK: usize = 64 * 1024;

/// How archives are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// gzip, the level that is usual.
    Gzip,
    /// zstd, level 1, seekable.
    Zstd,
}

impl Codec {
    /// Whether it is built in.
    #[must_use]
    pub const fn is_available(self) -> bool {
        match self {
            Self::Gzip => true,
            Self::Zstd => cfg!(feature = "zstd"),
        }
    }

    /// This one where it is built in, gzip where it is not.
    #[must_use]
    pub const fn or_available(self) -> Self {
        if self.is_available() { self } else { Self::Gzip }
    }

    /// How its archives are named.
    #[must_use]
    pub const fn compression(self) -> Compression {
        match self {
            Self::Gzip => Compression::Gzip,
            Self::Zstd => Compression::Zstd,
        }
    }
}

/// Writes all of `source` into `target`.
pub(super) fn encode(codec: Codec, source: &mut impl Read, target: File) -> io::Result<File> {
    match codec.or_available() {
        #[cfg(feature = "zstd")]
        Codec::Zstd => seekable::encode(source, target),
        _ => {
            let mut encoder = GzEncoder::new(target, flate2::Compression::default());
            let mut block = vec![0; BLOCK];
            loop {
                match fill(source, &mut block)? {
                    [] => return encoder.finish(),
                    bytes => encoder.write_all(bytes)?,
                }
            }
        }
    }
}

/// The bytes of an archive as they were written.
///
/// # Errors
///
/// Where it is stored in a way that is not built in.
pub fn decoder<'a>(
    compression: Compression,
    stored: impl BufRead + 'a,
) -> io::Result<Box<dyn Read + 'a>> {
    match compression {
        Compression::None => Ok(Box::new(stored)),
        Compression::Gzip => Ok(Box::new(MultiGzDecoder::new(stored))),
        #[cfg(feature = "zstd")]
        Compression::Zstd => Ok(Box::new(zstd::stream::read::Decoder::with_buffer(stored)?)),
        #[cfg(not(feature = "zstd"))]
        Compression::Zstd => {
            let why = "zstd is not built in; decompress it with `zstd -d` and read that";
            Err(io::Error::new(io::ErrorKind::Unsupported, why))
        }
    }
}

/// As much as there is, up to the length of `block`.
pub(super) fn fill<'a>(from: &mut impl Read, block: &'a mut [u8]) -> io::Result<&'a [u8]> {
    let mut length = 0;
    while let Some(rest) = block.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(block.get(..length).unwrap_or_default())
}

#[cfg(feature = "zstd")]
mod seekable {
    //! The seekable format of zstd's `contrib/seekable_format`, version 0.1.0.

    use super::{File, Read, Write, fill, io};

    const FRAME: usize = 1024 * 1024;
    const LEVEL: i32 = 1;
    const SKIPPABLE: u32 = 0x184D_2A5E;
    const SEEKABLE: u32 = 0x8F92_EAB1;

    pub(super) fn encode(source: &mut impl Read, mut target: File) -> io::Result<File> {
        let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
        compressor.include_checksum(true)?;
        let mut block = vec![0; FRAME];
        let mut table = Vec::new();
        let mut frames = 0_u32;
        loop {
            let bytes = fill(source, &mut block)?;
            if bytes.is_empty() {
                break;
            }
            let frame = compressor.compress(bytes)?;
            target.write_all(&frame)?;
            table.extend(length(&frame)?.to_le_bytes());
            table.extend(length(bytes)?.to_le_bytes());
            frames += 1;
        }
        // The descriptor is 0: the table holds no checksums, the frames themselves do.
        table.extend(frames.to_le_bytes());
        table.push(0);
        table.extend(SEEKABLE.to_le_bytes());
        target.write_all(&SKIPPABLE.to_le_bytes())?;
        target.write_all(&length(&table)?.to_le_bytes())?;
        target.write_all(&table)?;
        Ok(target)
    }

    fn length(bytes: &[u8]) -> io::Result<u32> {
        u32::try_from(bytes.len()).map_err(|_| io::Error::other("the archive has too many frames"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Seek};

    fn packed(codec: Codec, text: &[u8]) -> Vec<u8> {
        let mut file = encode(codec, &mut &*text, tempfile::tempfile().unwrap()).unwrap();
        file.rewind().unwrap();
        let mut packed = Vec::new();
        file.read_to_end(&mut packed).unwrap();
        packed
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        for codec in [Codec::Gzip, Codec::Zstd] {
            for size in [0, 1, 70_000, 3 << 20] {
                let text: Vec<u8> = (0..size).map(|n: u32| (n / 7 % 251) as u8).collect();
                let packed = packed(codec, &text);
                let stored = codec.or_available().compression();
                let mut unpacked = Vec::new();
                decoder(stored, BufReader::new(&*packed))
                    .unwrap()
                    .read_to_end(&mut unpacked)
                    .unwrap();
                assert!(unpacked == text, "{codec:?}, {size} bytes");
            }
        }
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn a_frame_can_be_read_by_itself_where_the_table_says() {
        let text: Vec<u8> = (0..5_u32 << 19).map(|n| (n % 253) as u8).collect();
        let packed = packed(Codec::Zstd, &text);
        let word = |at: usize| u32::from_le_bytes(packed[at..at + 4].try_into().unwrap()) as usize;
        let end = packed.len();
        assert_eq!(word(end - 4), 0x8F92_EAB1);
        assert_eq!((packed[end - 5], word(end - 9)), (0, 3));
        let table = end - 9 - 3 * 8;
        assert_eq!((word(table - 8), word(table - 4)), (0x184D_2A5E, 3 * 8 + 9));
        let sizes: Vec<_> =
            (0..3).map(|n| (word(table + n * 8), word(table + n * 8 + 4))).collect();
        assert_eq!(
            sizes.iter().map(|size| size.1).collect::<Vec<_>>(),
            [1 << 20, 1 << 20, 1 << 19]
        );
        assert_eq!(sizes.iter().map(|size| size.0).sum::<usize>(), table - 8);
        let second = &packed[sizes[0].0..sizes[0].0 + sizes[1].0];
        assert!(zstd::bulk::decompress(second, 1 << 20).unwrap() == text[1 << 20..2 << 20]);
    }
}
