//! Memory that other processes may map as well: bytes and words at an address.

use std::{
    ptr::NonNull,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    record::{self, Digest, HEADER},
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

/// Copies words and adds them to a digest.
///
/// It is a function of its own, so that all it needs is in registers.
///
/// # Safety
///
/// There is room for as many, which nobody else reads or writes at the same time.
#[inline(never)]
unsafe fn copy(mut words: &[[u8; 8]], mut to: NonNull<[u8; 8]>, mut digest: Digest) -> u32 {
    let mut pair = |first: &[u8; 8], second: &[u8; 8]| {
        // Word by word, as the frame was written: a processor that is to load more at once than it
        // stored waits until it has stored it.
        // SAFETY: there is room for both.
        unsafe {
            to.write(*first);
            to.add(1).write(*second);
            to = to.add(2);
        }
        digest.pair(u64::from_le_bytes(*first), u64::from_le_bytes(*second));
    };
    // Several pairs at a time, which takes fewer steps.
    while let Some(([a, b, c, d, e, f, g, h], rest)) = words.split_first_chunk() {
        pair(a, b);
        pair(c, d);
        pair(e, f);
        pair(g, h);
        words = rest;
    }
    if let Some(([first, second, third, fourth], rest)) = words.split_first_chunk() {
        pair(first, second);
        pair(third, fourth);
        words = rest;
    }
    if let Some(([first, second], rest)) = words.split_first_chunk() {
        pair(first, second);
        words = rest;
    }
    if let [last] = words {
        // SAFETY: there is room for it.
        unsafe { to.write(*last) };
        digest.pair(u64::from_le_bytes(*last), 0);
    }
    digest.checksum()
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
        let (words, tail) = payload.as_chunks::<8>();
        if !tail.is_empty() {
            // SAFETY: as for this function.
            return unsafe { self.put_bytes(at, front, payload, digest) };
        }
        // SAFETY: the record is within the bytes, of which the caller has these; there is room for
        // the words behind what is in front of them.
        unsafe {
            let place = self.start.add(at);
            let checksum = copy(words, place.add(HEADER).cast(), digest);
            place.cast::<[u8; HEADER]>().write(record::sealed(front, checksum));
        }
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
