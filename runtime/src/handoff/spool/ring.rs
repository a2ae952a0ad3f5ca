//! A ring of records with one writer and one reader, over memory that others may map as well.
//!
//! Positions only grow. The writer copies a record and then publishes the new tail by one release
//! store; the reader sees nothing beyond the tail, so that a half-written record is never read,
//! whenever the writer dies. A record never straddles the end: filling is put there instead.

use std::mem;

use super::record::{self, ALIGN, Digest, HEADER, Head, LONGEST, Records, Seal, Secret};

/// The bytes of a ring: a power of two of them.
///
/// # Safety
///
/// `put` and `get` touch the bytes asked for and no others, and nothing beyond `len`, which never
/// changes.
pub(super) unsafe trait Store {
    /// How many there are.
    fn len(&self) -> usize;

    /// Writes bytes at a place; what would go beyond the end is left out.
    ///
    /// # Safety
    ///
    /// Nobody else reads or writes them at the same time.
    unsafe fn put(&self, at: usize, bytes: &[u8]);

    /// Writes a payload behind the words in front of it, which are sealed with its digest; `at` is
    /// where those begin.
    ///
    /// # Safety
    ///
    /// As for `put`; and all of the record is within the bytes.
    #[inline]
    unsafe fn put_record(&self, at: usize, front: [u64; 3], payload: &[u8], digest: Digest) {
        // SAFETY: as for this function.
        unsafe { self.put_bytes(at, front, payload, digest) };
    }

    /// The same for a payload that need not be whole words.
    ///
    /// # Safety
    ///
    /// As for `put`.
    #[inline(never)]
    unsafe fn put_bytes(&self, at: usize, front: [u64; 3], payload: &[u8], mut digest: Digest) {
        digest.all(payload);
        // SAFETY: the caller keeps the contract of `put`.
        unsafe {
            self.put(at + HEADER, payload);
            self.put(at, &record::sealed(front, digest.checksum()));
        }
    }

    /// Appends `length` bytes from a place; none where they go beyond the end.
    ///
    /// # Safety
    ///
    /// Nobody writes them at the same time.
    unsafe fn get(&self, at: usize, length: usize, into: &mut Vec<u8>);
}

/// A position that one side publishes and the other observes.
pub(super) trait Cursor {
    /// The position, and all that was written before it was published.
    fn observe(&self) -> u64;

    /// Publishes a position, and all that was written before.
    fn publish(&self, position: u64);
}

/// A ring, to be used through one [`Writer`] and one `Reader` at a time.
#[derive(Debug)]
pub(super) struct Ring<S, C> {
    pub(super) store: S,
    /// Up to here records are complete; the writer's.
    pub(super) tail: C,
    /// Up to here they are no longer needed; the reader's.
    pub(super) head: C,
    pub(super) seal: Seal,
}

/// Why a record was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is no room yet.
    Full,
    /// It is longer than a quarter of the ring.
    TooLong,
}

/// The positions do not fit each other: somebody else wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsound;

/// Where the writer of a ring stands: what goes from one writer to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tail: u64,
    /// Numbers given.
    pub(super) n: u64,
}

/// Writes a ring.
#[derive(Debug)]
pub(super) struct Writer<'a, S, C> {
    ring: &'a Ring<S, C>,
    place: Place,
    /// The head as it was seen last.
    head: u64,
    /// Where the next record begins, and how many bytes there it may have: as long as that is
    /// enough, nothing else is asked. They are within the ring.
    at: usize,
    free: usize,
    secret: Secret,
    /// More than half of the ring was in use when room was looked for, and nobody was told.
    filling: bool,
}

impl<S: Store, C: Cursor> Ring<S, C> {
    /// The writer of the ring, who goes on at a place: that of the writer before, or of an empty
    /// ring.
    ///
    /// # Safety
    ///
    /// The writer before is gone, and what it did happened before this call.
    pub(super) unsafe fn writer(&self, place: Place) -> Writer<'_, S, C> {
        let (head, secret) = (self.head.observe(), self.seal.secret());
        Writer { ring: self, place, head, at: 0, free: 0, secret, filling: false }
    }

    /// Appends what was written and not released, from `from` on, to `into`: at most `most` bytes
    /// and not beyond the end of the ring.
    ///
    /// # Safety
    ///
    /// Nobody else releases records meanwhile.
    pub(super) unsafe fn fetch(
        &self,
        from: u64,
        most: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), Unsound> {
        let length = self.store.len();
        let written = self.tail.observe().wrapping_sub(from);
        let written = usize::try_from(written).ok().filter(|written| *written <= length);
        let written = written.filter(|written| written % ALIGN == 0).ok_or(Unsound)?;
        let at = offset(from, length);
        let size = written.min(most / ALIGN * ALIGN).min(length - at);
        // SAFETY: the writer wrote these before it published the tail, and writes there again only
        // when they are released.
        unsafe { self.store.get(at, size, into) };
        Ok(())
    }

    /// The records among fetched bytes.
    pub(super) fn records<'a>(&self, fetched: &'a [u8], from: u64) -> Records<'a> {
        Records::new(fetched, self.seal, from)
    }

    /// How many bytes wait to be read.
    pub(super) fn waiting(&self) -> u64 {
        self.tail.observe().wrapping_sub(self.head.observe())
    }
}

impl<S: Store, C: Cursor> Writer<'_, S, C> {
    /// Writes a record for the categories of `route`; its number in the stream.
    #[expect(
        clippy::inline_always,
        reason = "a call is one piece, down to the store that publishes it"
    )]
    #[inline(always)]
    pub(super) fn push(&mut self, site: u32, route: u8, payload: &[u8]) -> Result<u64, Refused> {
        let Ring { store, tail, .. } = self.ring;
        let whole = record::size(payload.len());
        if whole > self.free {
            self.make_room(whole)?;
        }
        let Place { tail: position, n } = self.place;
        let n = n.wrapping_add(1);
        let front = Head { site, route, n }.front(payload.len());
        let digest = Digest::new(self.secret, position, front);
        // SAFETY: the ring has room for it there, so that the reader is done with these bytes; no
        // other writer exists.
        unsafe { store.put_record(self.at, front, payload, digest) };
        self.at += whole;
        self.free -= whole;
        self.place = Place { tail: position.wrapping_add(whole as u64), n };
        tail.publish(self.place.tail);
        Ok(n)
    }

    /// Finds the place of a record that has so many bytes.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, whole: usize) -> Result<(), Refused> {
        let length = self.ring.store.len();
        let longest = (length / 4).min(LONGEST);
        if whole > longest {
            return Err(Refused::TooLong);
        }
        self.head = self.ring.head.observe();
        self.filling = !self.has_room(length / 2);
        let mut at = offset(self.place.tail, length);
        if whole > length - at {
            self.turn(at, whole)?;
            at = 0;
        } else if !self.has_room(whole) {
            return Err(Refused::Full);
        }
        let used = self.place.tail.wrapping_sub(self.head);
        let unused = length.saturating_sub(usize::try_from(used).unwrap_or(usize::MAX));
        // A head that somebody wrote over may leave less than was found to be there.
        let free = longest.min(length - at).min(unused).max(whole);
        (self.at, self.free) = (at, free);
        Ok(())
    }

    /// Fills what is left of the ring from there on, where it has room for that and a record.
    #[cold]
    #[inline(never)]
    fn turn(&mut self, at: usize, whole: usize) -> Result<(), Refused> {
        let Ring { store, seal, .. } = self.ring;
        let left = store.len() - at;
        if !self.has_room(left + whole) {
            return Err(Refused::Full);
        }
        // SAFETY: as above.
        unsafe { store.put(at, &record::pad(*seal, self.place.tail, left)) };
        self.place.tail = self.place.tail.wrapping_add(left as u64);
        Ok(())
    }

    /// Whether more than half of the ring was in use when room was looked for; told once.
    #[inline]
    pub(super) fn is_filling(&mut self) -> bool {
        self.filling && mem::take(&mut self.filling)
    }

    #[inline]
    fn has_room(&mut self, size: usize) -> bool {
        let end = self.place.tail.wrapping_add(size as u64);
        let length = self.ring.store.len() as u64;
        if end.wrapping_sub(self.head) <= length {
            return true;
        }
        self.head = self.ring.head.observe();
        end.wrapping_sub(self.head) <= length
    }

    /// Where it stands, for the writer after it.
    pub(super) fn place(&self) -> Place {
        self.place
    }
}

/// The place in the ring of a position.
#[inline]
fn offset(position: u64, length: usize) -> usize {
    // A power of two.
    usize::try_from(position & (length as u64).wrapping_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
