//! The templates that a thread knows.

use std::{cell::RefCell, mem, ptr};

use super::{MOST, Places, Renderer, Template};
use crate::{
    frame::{Decoded, Kind, Spot},
    record::Category,
    render::scratch::Scratch,
};

/// How many shapes a thread remembers.
const REMEMBERED: usize = 64;

/// All that a template depends on but the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    /// The address of the call site, which is there for ever.
    site: usize,
    /// Of the renderer; with the number of the process it tells its origin.
    renderer: u64,
    pid: u32,
    /// Category, level, outcome, and phase and whether there is a duration, a byte each.
    how: u32,
}

/// The shape of a record.
#[derive(Debug)]
struct Shape {
    key: Key,
    kinds: Vec<Kind>,
}

/// A bucket of the table.
#[derive(Debug)]
struct Bucket {
    /// The shape that was not known the last time.
    missed: u64,
    /// Nothing in the place of a template where records of the shape have none.
    known: Option<Box<(Shape, Option<Template>)>>,
}

/// The templates that a thread knows.
#[derive(Debug)]
struct Known {
    buckets: [Bucket; REMEMBERED],
    /// Where the template was that fitted last, by call site.
    recent: [u8; REMEMBERED],
    /// The values of the record at hand.
    places: Places,
    scratch: Scratch,
}

thread_local! {
    static KNOWN: RefCell<Option<Box<Known>>> = const { RefCell::new(None) };
}

/// Puts the line of a record in the place of what is in the buffer, where its template is known and
/// the line is within its limit; whether it did.
pub(in super::super) fn line(
    renderer: &Renderer,
    record: &Decoded<'_>,
    category: Category,
    line: &mut Vec<u8>,
) -> bool {
    let key = Key::new(renderer, record, category);
    let made = KNOWN.try_with(|known| {
        let mut known = known.try_borrow_mut().ok()?;
        if known.is_none() {
            *known = Known::new();
        }
        let written = known.as_mut()?.line(&key, renderer, record, category)?;
        if written.len() > renderer.limit(category) {
            return None;
        }
        line.clear();
        line.extend_from_slice(written);
        Some(())
    });
    // A thread that is ending knows none.
    made.is_ok_and(|made| made.is_some())
}

impl Known {
    #[cold]
    fn new() -> Option<Box<Self>> {
        Some(Box::new(Self {
            buckets: [const { Bucket::EMPTY }; REMEMBERED],
            recent: [0; REMEMBERED],
            places: Places::default(),
            scratch: Scratch::new()?,
        }))
    }

    #[inline]
    fn line(
        &mut self,
        key: &Key,
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
    ) -> Option<&[u8]> {
        let recent = usize::from(*self.recent.get(bucket(key.hash()))?);
        if let Some((shape, template)) = self.buckets.get(recent)?.known.as_deref()
            && shape.key == *key
            && record.find_these(&shape.kinds, &mut self.places.0).is_some()
        {
            let length = template.as_ref()?.fill(record, &self.places, &mut self.scratch);
            return self.scratch.line(length);
        }
        self.other_line(key, renderer, record, category)
    }

    /// The line of a record that has not the shape that is at hand.
    #[inline(never)]
    fn other_line(
        &mut self,
        key: &Key,
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
    ) -> Option<&[u8]> {
        let Self { buckets, recent, places, scratch } = self;
        let mut spots = [Spot::default(); MOST];
        let spots = record.find(&mut spots)?;
        let hash = spots.iter().fold(key.hash(), |hash, spot| mix(hash, spot.kind));
        *recent.get_mut(bucket(key.hash()))? = u8::try_from(bucket(hash)).unwrap_or_default();
        let Bucket { missed, known } = buckets.get_mut(bucket(hash))?;
        if let Some((shape, template)) = known.as_deref()
            && shape.is_that_of(key, record, spots)
        {
            *places = Places::new(spots);
            let length = template.as_ref()?.fill(record, places, scratch);
            return scratch.line(length);
        }
        // A template is made for what comes again.
        if mem::replace(missed, hash) == hash {
            let kinds = spots.iter().map(|spot| Kind::of(record, spot)).collect::<Option<_>>()?;
            let template = Template::new(renderer, record, category, spots, scratch);
            *known = Some(Box::new((Shape { key: *key, kinds }, template)));
        }
        None
    }
}

impl Bucket {
    const EMPTY: Self = Self { missed: 0, known: None };
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The bucket of a hash: the upper bits of a product are the better mixed ones.
#[inline]
fn bucket(hash: u64) -> usize {
    usize::try_from(hash >> 58).unwrap_or_default()
}

impl Key {
    #[inline]
    fn new(renderer: &Renderer, record: &Decoded<'_>, category: Category) -> Self {
        let outcome = record.outcome.map_or(u8::MAX, |outcome| outcome as u8);
        let phase = (record.phase as u8) << 1 | u8::from(record.duration.is_some());
        Self {
            site: ptr::from_ref(record.site).addr(),
            renderer: renderer.number,
            pid: renderer.origin.pid,
            how: u32::from_le_bytes([category as u8, record.level as u8, outcome, phase]),
        }
    }

    #[inline]
    fn hash(&self) -> u64 {
        mix(0, self.site as u64 ^ u64::from(self.how) << 32 ^ self.renderer)
    }
}

impl Shape {
    /// Whether the record has it.
    fn is_that_of(&self, key: &Key, record: &Decoded<'_>, spots: &[Spot]) -> bool {
        self.key == *key
            && self.kinds.len() == spots.len()
            && self.kinds.iter().zip(spots).all(|(kind, spot)| kind.is_that_of(record, spot))
    }
}
