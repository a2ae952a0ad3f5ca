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
#[derive(Debug, Default)]
struct Place {
    /// The shape that was not known the last time.
    missed: u64,
    /// Nothing in the place of a template where records of the shape have none.
    known: Option<Box<(Shape, Option<Template>)>>,
}

thread_local! {
    static KNOWN: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// The line of a record, without a line feed, where its template is known.
pub(in super::super) fn line(
    renderer: &Renderer,
    record: &Decoded<'_>,
    category: Category,
) -> Option<Vec<u8>> {
    let mut spots = [Spot::default(); MOST];
    let spots = record.find(&mut spots)?;
    let key = Key::new(renderer, record, category);
    let hash = key.hash(spots);
    let line = KNOWN.try_with(|known| {
        let mut known = known.try_borrow_mut().ok()?;
        if known.is_empty() {
            known.resize_with(REMEMBERED, Place::default);
        }
        // The upper bits of a product are the better mixed ones.
        let at = usize::try_from(hash >> 58).unwrap_or_default();
        let Place { missed, known } = known.get_mut(at)?;
        if let Some((shape, template)) = known.as_deref()
            && shape.is_that_of(&key, record, spots)
        {
            return template.as_ref()?.fill(record, spots);
        }
        // A template is made for what comes again.
        if mem::replace(missed, hash) == hash {
            let shape = Shape::new(key, record, spots)?;
            let template = Template::new(renderer, record, category, spots);
            *known = Some(Box::new((shape, template)));
        }
        None
    });
    // A thread that is ending knows none.
    line.ok().flatten()
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

    /// A hash of the shape, but for the texts of keys.
    #[inline]
    fn hash(&self, spots: &[Spot]) -> u64 {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let of_call = u32::from_le_bytes([self.category, self.level, self.outcome, self.phase]);
        let start = self.site as u64 ^ u64::from(of_call) << 32 ^ self.renderer;
        let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(SPREAD);
        spots.iter().fold(mix(0, start), |hash, spot| mix(hash, spot.kind))
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
    #[inline]
    fn is_that_of(&self, key: &Key, record: &Decoded<'_>, spots: &[Spot]) -> bool {
        let mut keys = self.keys.as_slice();
        let mut is_next = |spot: &Spot| {
            let rest = record.key(spot).and_then(|key| keys.strip_prefix(key));
            keys = rest.unwrap_or_default();
            rest.is_some()
        };
        self.key == *key
            && self.kinds.len() == spots.len()
            && self.kinds.iter().zip(spots).all(|(kind, spot)| {
                *kind == spot.kind && (!spot.has_key() || is_next(spot))
            })
    }
}
