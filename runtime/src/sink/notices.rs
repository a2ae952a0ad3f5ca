//! What files are told about themselves, as lines.

use std::sync::Arc;

use crate::{
    frame::Datum,
    ledger::{At, Notices},
    record::Level,
    render::{Line, Notice, Renderer},
};

/// The lines that files get about themselves.
pub struct LineNotices(pub Arc<Renderer>);

impl LineNotices {
    fn line(&self, at: At, event: &str, message: &str, detail: (&str, Datum<'_>)) -> Line {
        let notice = Notice {
            category: at.category,
            level: Level::Warn,
            event,
            message,
            details: &[detail],
        };
        self.0.notice(&notice, at.now)
    }
}

impl Notices for LineNotices {
    fn torn(&self, at: At, bytes: u64) -> Line {
        let message = "the line before was torn; its writer was stopped in the middle of it";
        self.line(at, "torn_line", message, ("bytes", Datum::U64(bytes)))
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        let message = if cause == "truncated" {
            "the file was cut; lines that stood in it may be missing"
        } else {
            "the file before was taken away; a new one begins here"
        };
        self.line(at, "file_reopened", message, ("cause", Datum::Text(cause)))
    }

    fn began(&self, _at: At, _previous: &str) -> Option<Line> {
        None
    }
}
