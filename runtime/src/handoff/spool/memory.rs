//! Memory that other processes may map as well: bytes and words at an address.

use std::{
    ptr::NonNull,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    record::{self, Digest, HEADER, Secret, Sum},
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
    #[inline]
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

/// Copies words and adds them to a digest, but for the last one of an odd number of them.
///
/// It is a function of its own, so that all it needs is in registers.
///
/// # Safety
///
/// There is room for as many, which nobody else reads or writes at the same time.
#[inline(never)]
unsafe fn copy(words: &[[u8; 8]], mut to: NonNull<u64>, mut sum: Sum, secret: Secret) -> Sum {
    // Word by word, as the frame was written: a processor that is to load more at once than it
    // stored waits until it has stored it.
    let (twos, rest) = words.as_chunks::<2>();
    for words in twos {
        let [first, second] = words.map(u64::from_le_bytes);
        // SAFETY: there is room for both.
        unsafe {
            to.write_unaligned(first.to_le());
            to.add(1).write_unaligned(second.to_le());
            to = to.add(2);
        }
        sum.pair(secret, first, second);
    }
    if let [word] = rest {
        // SAFETY: there is room for it.
        unsafe { to.write_unaligned(u64::from_le_bytes(*word).to_le()) };
    }
    sum
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

    #[expect(
        clippy::inline_always,
        reason = "a call is one piece, down to the store that publishes it"
    )]
    #[inline(always)]
    unsafe fn put_record(&self, at: usize, front: [u64; 3], payload: &[u8], digest: Digest) {
        let Some(part) = self.part(at, HEADER + payload.len()) else { return };
        let (words, tail) = payload.as_chunks::<8>();
        // SAFETY: as for `put`; there is room for the words behind what is in front of them.
        let to = unsafe { part.start.cast::<u64>().add(HEADER / 8) };
        let Digest { sum, secret } = digest;
        // SAFETY: as above.
        let sum = unsafe { copy(words, to, sum, secret) };
        let mut digest = Digest { sum, secret };
        let is_even = words.len() % 2 == 0;
        if !tail.is_empty() {
            // SAFETY: as for `put`; this is behind the words.
            unsafe {
                let to = part.start.add(HEADER + words.as_flattened().len());
                to.copy_from_nonoverlapping(NonNull::from(tail).cast(), tail.len());
            }
        }
        if !(is_even && tail.is_empty()) {
            let last = words.last().filter(|_| !is_even);
            digest.last(last.map(|word| u64::from_le_bytes(*word)), tail);
        }
        let sealed = record::sealed(front, digest.checksum());
        // SAFETY: as for `put`; these are the bytes in front of the payload.
        unsafe { part.start.cast::<[u8; HEADER]>().write_unaligned(sealed) };
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
