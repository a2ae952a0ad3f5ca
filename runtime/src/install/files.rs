//! The files as the drain sees them, and the lines they get about themselves.

use std::sync::Arc;

use crate::{
    clock::Timestamp,
    config::OnFailure,
    drain::Files,
    frame::Datum,
    ledger::{At, Gap, Notices},
    record::{Category, Level},
    render::{Line, Notice, Renderer},
    sink::{Delivery, Location, SinkSet},
    wait,
};

/// The files of a process as the drain sees them.
#[derive(Debug)]
pub(super) struct Sinks(pub(super) Arc<SinkSet>);

impl Files for Sinks {
    fn append(&self, category: Category, lines: &[Line], now: Timestamp) -> bool {
        let on_failure = self.0.on_failure(category);
        let in_file = match self.0.append(category, lines, now) {
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

    fn is_one_stream(&self) -> bool {
        self.0.is_one_stream()
    }
}

/// For a program that wants a console only.
#[derive(Debug)]
pub(super) struct Nowhere;

impl Files for Nowhere {
    fn append(&self, _category: Category, _lines: &[Line], _now: Timestamp) -> bool {
        false
    }
}

/// The lines that files get about themselves.
pub(super) struct FileNotices(pub(super) Arc<Renderer>);

impl FileNotices {
    fn line(&self, at: At, event: &str, message: &str, details: &[(&str, Datum<'_>)]) -> Line {
        let (category, level) = (at.category, Level::Warn);
        self.0
            .of_process(wait::process())
            .notice(&Notice { category, level, event, message, details }, at.now)
    }
}

impl Notices for FileNotices {
    fn torn(&self, at: At, bytes: u64) -> Line {
        let message = "the line before was torn; its writer was stopped in the middle of it";
        self.line(at, "torn_line", message, &[("bytes", Datum::U64(bytes))])
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        let message = if cause == "truncated" {
            "the file was cut; lines that stood in it may be missing"
        } else {
            "the file before was taken away; a new one begins here"
        };
        self.line(at, "file_reopened", message, &[("cause", Datum::Text(cause))])
    }

    fn began(&self, _at: At, _previous: &str) -> Option<Line> {
        None
    }

    fn missing(&self, at: At, gap: &Gap, place: Option<&str>) -> Line {
        let Gap { lines, first, last, cause } = gap;
        let (first, last) = (first.to_string(), last.to_string());
        let mut details = vec![
            ("lines", Datum::U64(*lines)),
            ("first", Datum::Text(&first)),
            ("last", Datum::Text(&last)),
            ("cause", Datum::Text(cause)),
        ];
        details.extend(place.map(|place| ("place", Datum::Text(place))));
        match place {
            None => self.line(at, "dropped", "lines are missing here", &details),
            Some(_) => self.line(at, "diverted", "lines of this file stand elsewhere", &details),
        }
    }
}
