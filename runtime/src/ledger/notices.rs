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

/// Makes the lines a file gets about itself.
pub trait Notices: Send + Sync {
    /// The file ended within a line, whose `bytes` stand before this one.
    fn torn(&self, at: At, bytes: u64) -> Line;

    /// The file was begun because the one before it was no longer there: it had been `deleted`,
    /// `renamed` or `replaced`; or the file was found `truncated`.
    fn reopened(&self, at: At, cause: &str) -> Line;

    /// The file was begun by a rotation; `previous` is the archive before it. `None` begins it
    /// with an ordinary line.
    fn began(&self, at: At, previous: &str) -> Option<Line>;
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{At, Line, Notices};

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
    }

    fn notice(at: At, event: &str, value: impl Into<serde_json::Value>) -> Line {
        let (now, value) = (at.now, value.into());
        Line::new(format!(r#"{{"timestamp":"{now}","event":"{event}","value":{value}}}"#))
    }
}
