//! The lines a file gets about itself. Whoever owns the renderer makes them.

use crate::{clock::Timestamp, record::Category, render::Line};

/// Which file a notice is for, and when.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The category of the file.
    pub category: Category,
    /// The present time.
    pub now: Timestamp,
}

/// Lines that are missing where they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How many.
    pub lines: u64,
    /// When the first of them was written.
    pub first: Timestamp,
    /// When the last of them was.
    pub last: Timestamp,
    /// Why the first of them is missing.
    pub cause: String,
}

impl Gap {
    /// So many lines of one moment.
    #[must_use]
    pub fn new(lines: u64, at: Timestamp, cause: &str) -> Self {
        Self { lines, first: at, last: at, cause: cause.to_owned() }
    }

    /// Adds a gap to the one that is there.
    pub fn join(place: Option<&mut Option<Self>>, gap: Self) {
        let Some(place) = place else { return };
        *place = Some(match place.take() {
            None => gap,
            Some(earlier) => Self {
                lines: earlier.lines.saturating_add(gap.lines),
                first: earlier.first.min(gap.first),
                last: earlier.last.max(gap.last),
                cause: earlier.cause,
            },
        });
    }
}

/// Makes the lines a file gets about itself.
pub trait Notices: Send + Sync {
    /// The file ended within a line, whose `bytes` stand before this one.
    fn torn(&self, at: At, bytes: u64) -> Line;

    /// The file was begun because the one before it was no longer there: it had been `deleted`,
    /// `renamed` or `replaced`; or nothing more of it reaches the disk (`sync_failed`); or the file was
    /// found `truncated`.
    fn reopened(&self, at: At, cause: &str) -> Line;

    /// The file was begun by a rotation; `previous` is the archive before it. `None` begins it
    /// with an ordinary line.
    fn began(&self, at: At, previous: &str) -> Option<Line>;

    /// Lines are missing here; where there is a `place`, they stand there.
    fn missing(&self, at: At, gap: &Gap, place: Option<&str>) -> Line;
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{At, Gap, Line, Notices};

    /// Notices as plain JSON.
    pub(crate) struct Plain;

    impl Notices for Plain {
        fn torn(&self, at: At, bytes: u64) -> Line {
            notice(at, "torn", bytes)
        }

        fn reopened(&self, at: At, cause: &str) -> Line {
            notice(at, "reopened", cause)
        }

        fn began(&self, at: At, previous: &str) -> Option<Line> {
            Some(notice(at, "began", previous))
        }

        fn missing(&self, at: At, gap: &Gap, place: Option<&str>) -> Line {
            let event = if place.is_some() { "diverted" } else { "dropped" };
            notice(at, event, format!("{} {}", gap.lines, place.unwrap_or(&gap.cause)))
        }
    }

    fn notice(at: At, event: &str, value: impl Into<serde_json::Value>) -> Line {
        let (now, value) = (at.now, value.into());
        Line::new(format!(r#"{{"timestamp":"{now}","event":"{event}","value":{value}}}"#))
    }
}
