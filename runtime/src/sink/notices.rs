//! What files are told about themselves, as lines.

use std::sync::Arc;

use crate::{
    frame::Datum,
    ledger::{At, Gap, Notices},
    record::Level,
    render::{Line, Notice, Renderer},
    wait,
};

/// The lines that files get about themselves.
pub struct LineNotices {
    renderer: Arc<Renderer>,
    /// Whether a process that was forked is named in the place of the renderer's.
    follows: bool,
}

impl LineNotices {
    /// Those of this process, or of the one that was forked from it.
    #[must_use]
    pub fn of_this(renderer: Arc<Renderer>) -> Self {
        Self { renderer, follows: true }
    }

    /// Those of a process that died, told in its name.
    #[must_use]
    pub fn of_dead(renderer: Arc<Renderer>) -> Self {
        Self { renderer, follows: false }
    }

    fn line(&self, at: At, event: &str, message: &str, details: &[(&str, Datum<'_>)]) -> Line {
        let (category, level) = (at.category, Level::Warn);
        let notice = Notice { category, level, event, message, details };
        if self.follows {
            self.renderer.of_process(wait::process()).notice(&notice, at.now)
        } else {
            self.renderer.notice(&notice, at.now)
        }
    }
}

impl Notices for LineNotices {
    fn torn(&self, at: At, bytes: u64) -> Line {
        let message = "the line before was torn; its writer was stopped in the middle of it";
        self.line(at, "torn_line", message, &[("bytes", Datum::U64(bytes))])
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        let message = match cause {
            "truncated" => "the file was cut; lines that stood in it may be missing",
            "sync_failed" => {
                "the disk failed: lines at the end of the file before may not be on it; those that \
                 somebody waited for stand here again"
            }
            _ => "the file before was taken away; a new one begins here",
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
