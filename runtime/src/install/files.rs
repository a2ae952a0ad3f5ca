//! The files as the drain sees them.

use std::sync::Arc;

use crate::{
    clock::Timestamp,
    config::OnFailure,
    drain::Files,
    record::{Category, Lasts},
    render::Line,
    sink::{Delivery, Location, Owed, SinkSet, Spot},
};

/// The files of a process as the drain sees them.
#[derive(Debug)]
pub(super) struct Sinks(pub(super) Arc<SinkSet>);

impl Files for Sinks {
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        self.judge(category, |sinks| sinks.append_from(category, lines, now, begins))
    }

    fn append_lasting(&self, category: Category, line: Line, now: Timestamp, lasts: Lasts) -> bool {
        self.judge(category, |sinks| sinks.append_lasting(category, &[line], now, lasts))
    }

    fn owed(&self) -> Owed {
        self.0.owed()
    }

    fn is_one_stream(&self) -> bool {
        self.0.is_one_stream()
    }
}

impl Sinks {
    /// Whether what was appended is where it belongs; where it is in no file, a category may end the
    /// process.
    fn judge(&self, category: Category, append: impl FnOnce(&SinkSet) -> Delivery) -> bool {
        let on_failure = self.0.on_failure(category);
        let in_file = match append(&self.0) {
            Delivery::Written => return true,
            Delivery::Off => return false,
            Delivery::Diverted => {
                let place = self.0.dirs().into_iter().nth(category.index());
                place.is_some_and(|place| matches!(place, Location::Dir(_)))
            }
            Delivery::Queued | Delivery::Lost => false,
        };
        if on_failure == Some(OnFailure::Abort) && !in_file {
            self.0.abort(category);
        }
        in_file && on_failure != Some(OnFailure::Deny)
    }
}

/// For a program that wants a console only.
#[derive(Debug)]
pub(super) struct Nowhere;

impl Files for Nowhere {
    fn append(
        &self,
        _category: Category,
        _lines: &[Line],
        _now: Timestamp,
        _begins: &mut dyn FnMut(Spot),
    ) -> bool {
        false
    }
}
