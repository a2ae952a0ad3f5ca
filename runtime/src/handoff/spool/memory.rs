//! Memory that other processes may map as well: bytes and words at an address.

use std::{
    ptr::NonNull,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    record::Digest,
    ring::{Cursor, Store},
};

/// Bytes at an address, valid as long as the program runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: an address is the same on all threads; who reads and writes what stands in the contract
// of `Store`, and words are atomic.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// `length` bytes from `start` on.
    ///
    /// # Safety
    ///
    /// They stay valid for reading and writing until the program ends; `start` is a multiple of
    /// 128; nothing but the results of this module points to them.
    pub(super) const unsafe fn new(start: NonNull<u8>, length: usize) -> Self {
        Self { start, length }
    }

    /// A part of it; none where it goes beyond the end.
    pub(super) fn part(self, at: usize, length: usize) -> Option<Self> {
        at.checked_add(length).filter(|end| *end <= self.length)?;
        // SAFETY: `at` is within the bytes.
        Some(Self { start: unsafe { self.start.add(at) }, length })
    }

    /// The word at a place; none where it is no multiple of 8 or goes beyond the end.
    pub(super) fn word(self, at: usize) -> Option<&'static AtomicU64> {
        let part = self.part(at, 8)?;
        let word = part.start.cast::<AtomicU64>();
        if !word.is_aligned() {
            return None;
        }
        // SAFETY: it is valid until the program ends, aligned as just checked, and only used as an
        // atomic word: `Store` is for other bytes.
        Some(unsafe { word.as_ref() })
    }
}

// SAFETY: `part` refuses what goes beyond the end, and the length never changes.
unsafe impl Store for Memory {
    #[inline]
    fn len(&self) -> usize {
        self.length
    }

    #[inline]
    unsafe fn put(&self, at: usize, bytes: &[u8]) {
        if let Some(part) = self.part(at, bytes.len()) {
            // SAFETY: the bytes are valid, nobody else uses them now, and `bytes` is no part of
            // them, as nothing else points there.
            unsafe {
                part.start.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
            };
        }
    }

    #[inline]
    unsafe fn put_digested(&self, at: usize, bytes: &[u8], digest: &mut Digest) {
        let Some(part) = self.part(at, bytes.len()) else { return };
        let mut to = part.start.cast::<u64>();
        let (pairs, rest) = bytes.as_chunks::<16>();
        for pair in pairs {
            // Word by word, as the frame was written: a processor that is to load more at once than
            // it stored waits until it has stored it.
            for word in digest.pair(pair) {
                // SAFETY: as for `put`; there are two words for each pair.
                unsafe {
                    to.write_unaligned(word.to_le());
                    to = to.add(1);
                }
            }
        }
        digest.rest(rest);
        // SAFETY: as for `put`.
        unsafe { to.cast::<u8>().copy_from_nonoverlapping(NonNull::from(rest).cast(), rest.len()) };
    }

    unsafe fn get(&self, at: usize, length: usize, into: &mut Vec<u8>) {
        let Some(part) = self.part(at, length) else { return };
        into.reserve(length);
        let old = into.len();
        // SAFETY: room for `length` bytes was just made behind the old ones, which are filled from
        // bytes that are valid and that nobody writes now.
        unsafe {
            part.start.as_ptr().copy_to_nonoverlapping(into.as_mut_ptr().add(old), length);
            into.set_len(old + length);
        }
    }
}

impl Cursor for &'static AtomicU64 {
    #[inline]
    fn observe(&self) -> u64 {
        self.load(Ordering::Acquire)
    }

    #[inline]
    fn publish(&self, position: u64) {
        self.store(position, Ordering::Release);
    }
}
