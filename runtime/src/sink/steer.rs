//! What is asked of the files of a program while it runs: to rotate, to be like something else, to
//! look after more than themselves.

use std::time::Duration;

use super::{
    AllFiles, DirKeep, Failure, Kept, SinkSet,
    fallback::{Output, Place},
};
use crate::{clock::Timestamp, record::Category, wait};

/// What the files are like since they were changed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    files: AllFiles,
    keep: DirKeep,
}

impl SinkSet {
    /// Rotates the file of a category in its directory; tells whether it did, as an empty file is
    /// left as it is.
    pub fn rotate(&self, category: Category, now: Timestamp) -> Result<bool, Failure> {
        let slot = self.slots().find(|slot| slot.rolling.category() == category);
        slot.map_or(Ok(false), |slot| slot.rolling.rotate_now(now))
    }

    /// Rotates all files of the directory that are not empty; the first error is given back.
    pub fn rotate_now(&self, now: Timestamp) -> Result<(), Failure> {
        let rotated = self.slots().map(|slot| slot.rolling.rotate_now(now).map(drop));
        rotated.fold(Ok(()), Result::and)
    }

    /// Has the thread that looks after archives do something every so often, where there is one.
    pub fn every(&self, every: Duration, act: impl Fn() + Send + Sync + 'static) {
        self.parts.compressor.every(every, act);
    }

    /// Makes the files like that from the next line on; their names stay.
    pub fn change(&self, files: AllFiles, keep: DirKeep, now: Timestamp) {
        if let Some(mut changed) = wait::lock(&self.changed) {
            *changed = Some(Changed { files, keep });
        }
        let Output::Files { places, .. } = &self.output else { return };
        for place in places {
            self.follow(place, now);
        }
    }

    /// Makes the files of a directory like those that were changed.
    fn follow(&self, place: &Place, now: Timestamp) {
        let changed = wait::lock(&self.changed).and_then(|changed| changed.clone());
        let Some(Changed { files, keep }) = changed else { return };
        for (slot, file) in place.slots.iter().zip(&files) {
            if let (Some(slot), Some(file)) = (slot, file) {
                slot.rolling.change(file);
            }
        }
        if let Some(slot) = place.slots.iter().flatten().next() {
            let kept = Category::ALL.into_iter().zip(&files);
            let kept = kept.filter_map(|(category, file)| Some(Kept::of(category, file.as_ref()?)));
            slot.rolling.upkeep().change(kept.collect(), keep, (now, &self.parts.compressor));
        }
    }
}
