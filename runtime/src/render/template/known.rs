//! The templates that a thread knows.

use std::{cell::RefCell, mem, ptr};

use super::{MOST, Renderer, Template};
use crate::{
    frame::{Decoded, Spot},
    record::Category,
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
    category: u8,
    level: u8,
    outcome: u8,
    phase: u8,
    has_duration: bool,
}

/// The shape of a record.
#[derive(Debug)]
struct Shape {
    key: Key,
    kinds: Vec<u64>,
    /// The keys of those fields that carry them themselves, one after the other.
    keys: Vec<u8>,
}

/// A place in the table.
#[derive(Debug)]
struct Place {
    /// The shape that was not known the last time.
    missed: u64,
    /// Nothing in the place of a template where records of the shape have none.
    known: Option<Box<(Shape, Option<Template>)>>,
}

/// The templates that a thread knows.
#[derive(Debug)]
struct Known {
    places: [Place; REMEMBERED],
    /// Where the template was that fitted last, by call site.
    recent: [u8; REMEMBERED],
}

thread_local! {
    static KNOWN: RefCell<Option<Box<Known>>> = const { RefCell::new(None) };
}

/// The line of a record, without a line feed, where its template is known.
pub(in super::super) fn line(
    renderer: &Renderer,
    record: &Decoded<'_>,
    category: Category,
) -> Option<Vec<u8>> {
    let key = Key::new(renderer, record, category);
    let line = KNOWN.try_with(|known| {
        let mut known = known.try_borrow_mut().ok()?;
        let none = || {
            Box::new(Known {
                places: [const { Place::EMPTY }; REMEMBERED],
                recent: [0; REMEMBERED],
            })
        };
        known.get_or_insert_with(none).line(&key, renderer, record, category)
    });
    // A thread that is ending knows none.
    line.ok().flatten()
}

impl Known {
    #[inline]
    fn line(
        &mut self,
        key: &Key,
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
    ) -> Option<Vec<u8>> {
        let mut spots = [Spot::default(); MOST];
        let recent = self.recent.get_mut(place(key.hash()))?;
        if let Some((shape, template)) = self.places.get(usize::from(*recent))?.known.as_deref()
            && shape.key == *key
            && let Some(spots) = record.find_these(&shape.kinds, &mut spots)
            && shape.has_keys_of(record, spots)
        {
            return template.as_ref()?.fill(record, spots);
        }
        let spots = record.find(&mut spots)?;
        let hash = spots.iter().fold(key.hash(), |hash, spot| mix(hash, spot.kind));
        *recent = u8::try_from(place(hash)).unwrap_or_default();
        let Place { missed, known } = self.places.get_mut(place(hash))?;
        if let Some((shape, template)) = known.as_deref()
            && shape.is_that_of(key, record, spots)
        {
            return template.as_ref()?.fill(record, spots);
        }
        // A template is made for what comes again.
        if mem::replace(missed, hash) == hash {
            let shape = Shape::new(*key, record, spots)?;
            let template = Template::new(renderer, record, category, spots);
            *known = Some(Box::new((shape, template)));
        }
        None
    }
}

impl Place {
    const EMPTY: Self = Self { missed: 0, known: None };
}

#[inline]
fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The place of a hash: the upper bits of a product are the better mixed ones.
#[inline]
fn place(hash: u64) -> usize {
    usize::try_from(hash >> 58).unwrap_or_default()
}

impl Key {
    #[inline]
    fn new(renderer: &Renderer, record: &Decoded<'_>, category: Category) -> Self {
        Self {
            site: ptr::from_ref(record.site).addr(),
            renderer: renderer.number,
            pid: renderer.origin.pid,
            category: category as u8,
            level: record.level as u8,
            outcome: record.outcome.map_or(u8::MAX, |outcome| outcome as u8),
            phase: record.phase as u8,
            has_duration: record.duration.is_some(),
        }
    }

    #[inline]
    fn hash(&self) -> u64 {
        let how = u32::from_le_bytes([self.category, self.level, self.outcome, self.phase]);
        mix(0, self.site as u64 ^ u64::from(how) << 32 ^ self.renderer)
    }
}

impl Shape {
    fn new(key: Key, record: &Decoded<'_>, spots: &[Spot]) -> Option<Self> {
        let kinds = spots.iter().map(|spot| spot.kind).collect();
        let mut keys = Vec::new();
        for spot in spots {
            keys.extend_from_slice(record.key(spot)?);
        }
        Some(Self { key, kinds, keys })
    }

    /// Whether the record has it.
    fn is_that_of(&self, key: &Key, record: &Decoded<'_>, spots: &[Spot]) -> bool {
        self.key == *key
            && self.kinds.len() == spots.len()
            && self.kinds.iter().zip(spots).all(|(kind, spot)| *kind == spot.kind)
            && self.has_keys_of(record, spots)
    }

    /// Whether a record whose fields are of its kinds has its keys too.
    #[inline]
    fn has_keys_of(&self, record: &Decoded<'_>, spots: &[Spot]) -> bool {
        let mut keys = self.keys.as_slice();
        // Those that carry their keys are the last ones nearly always, and few.
        keys.is_empty()
            || spots.iter().filter(|spot| spot.has_key()).all(|spot| {
                let rest = record.key(spot).and_then(|key| keys.strip_prefix(key));
                keys = rest.unwrap_or_default();
                rest.is_some()
            })
    }
}
