//! A frame becomes one complete line: JSON, members in a fixed order, within a byte limit; or, of
//! the same record, a line for people or one with the field names of the Elastic Common Schema.
//!
//! `docs/format.md` describes the result for readers.

mod ecs;
mod escape;
mod json;
mod line;
mod members;
mod numbers;
mod scratch;
mod template;
mod text;
mod tree;

pub use line::Line;

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    clock::Timestamp,
    config::Format,
    frame::{Datum, Decoded},
    record::{Category, Level},
};
use json::Out;

/// The least byte limit of a line: room for the members that are never left out.
pub const MIN_LINE: usize = 1_024;

/// What every line of a process says about it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The host's name.
    pub host: String,
    /// The process number; for people, it identifies nothing.
    pub pid: u32,
    /// 16 hexadecimal digits, new for each run of a program.
    pub run_id: String,
    /// The program's name, the component of the runtime's own lines.
    pub app: String,
}

impl Origin {
    /// What the lines of a process say that was forked from this one. Its run is another one,
    /// which follows from both: nothing has to be remembered.
    fn forked(&self, pid: u32) -> Self {
        let bytes = self.run_id.bytes().chain(pid.to_le_bytes());
        // FNV-1a.
        let run = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { pid, run_id: format!("{run:016x}"), ..self.clone() }
    }
}

/// Makes lines of frames.
#[derive(Clone, Debug)]
pub struct Renderer {
    /// Tells it from other ones; copies of it make the same lines.
    number: u64,
    origin: Origin,
    limits: [usize; Category::ALL.len()],
    formats: [Format; Category::ALL.len()],
}

/// What a line of the runtime itself says.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// The file it goes into.
    pub category: Category,
    /// Its level.
    pub level: Level,
    /// What kind of thing happened.
    pub event: &'a str,
    /// One sentence.
    pub message: &'a str,
    /// Members of `details`.
    pub details: &'a [(&'a str, Datum<'a>)],
}

/// How long a text may be, tried one after the other until the line keeps its limit.
const CAPS: [usize; 6] = [usize::MAX, 2_048, 512, 128, 48, 16];

impl Renderer {
    /// A renderer whose lines have at most `max_line` bytes, line feed included; at least
    /// [`MIN_LINE`].
    #[must_use]
    pub fn new(origin: Origin, max_line: usize) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let formats = [Format::Json; Category::ALL.len()];
        let limits = [max_line.max(MIN_LINE); Category::ALL.len()];
        Self { number, origin, limits, formats }
    }

    /// The same with lines of that format for each category.
    #[must_use]
    pub fn with_formats(self, formats: [Format; Category::ALL.len()]) -> Self {
        Self { formats, ..self }
    }

    /// The same with lines of at most so many bytes for each category; at least [`MIN_LINE`].
    #[must_use]
    pub fn with_limits(self, limits: [usize; Category::ALL.len()]) -> Self {
        Self { limits: limits.map(|limit| limit.max(MIN_LINE)), ..self }
    }

    /// The same for the process of that number.
    #[must_use]
    pub fn of_process(&self, pid: u32) -> Cow<'_, Self> {
        if pid == self.origin.pid {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self { origin: self.origin.forked(pid), ..self.clone() })
    }

    fn format(&self, category: Category) -> Format {
        self.formats.get(category.index()).copied().unwrap_or_default()
    }

    /// The origin its lines name.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The line of a record in the file of `category`, and whether values had to be shortened.
    #[must_use]
    pub fn line(&self, record: &Decoded<'_>, category: Category) -> (Line, bool) {
        let mut line = Line::spare();
        let shortened = self.write(record, category, &mut line);
        (line, shortened)
    }

    /// The same into a line that nobody needs any more.
    pub(crate) fn write(&self, record: &Decoded<'_>, category: Category, line: &mut Line) -> bool {
        let is_json = self.format(category) == Format::Json;
        let is_made = is_json && template::line(self, record, category, line.bytes_mut());
        let mut shortened = false;
        if !is_made {
            (*line, shortened) = self.slow(record, category);
        }
        line.set_level(record.level);
        shortened
    }

    /// The line of a record, made member by member.
    #[cold]
    fn slow(&self, record: &Decoded<'_>, category: Category) -> (Line, bool) {
        let record = members::Record::new(record);
        for cap in CAPS {
            let out = self.record(&record, category, cap, true);
            if let Some(done) = self.fitting(out, category) {
                return done;
            }
        }
        // Too many members: those that say who did what remain.
        let mut out = self.record(&record, category, 16, false);
        out.shortened = true;
        (out.finish(), true)
    }

    /// The line of a notice.
    #[must_use]
    pub fn notice(&self, notice: &Notice<'_>, now: Timestamp) -> Line {
        let mut line = self.announced(notice, now);
        line.set_level(notice.level);
        line
    }

    fn announced(&self, notice: &Notice<'_>, now: Timestamp) -> Line {
        for cap in CAPS {
            let out = self.told(notice, now, cap);
            if let Some((line, _)) = self.fitting(out, notice.category) {
                return line;
            }
        }
        self.told(&Notice { details: &[], ..notice.clone() }, now, 16).finish()
    }

    fn record(
        &self,
        record: &members::Record<'_>,
        category: Category,
        cap: usize,
        bulky: bool,
    ) -> Out {
        let format = self.format(category);
        let mut out = open(format, cap);
        match format {
            Format::Ecs => ecs::record(&mut out, &self.origin, record, category, bulky),
            _ => members::record(&mut out, &self.origin, record, category, bulky),
        }
        out
    }

    fn told(&self, notice: &Notice<'_>, now: Timestamp, cap: usize) -> Out {
        let format = self.format(notice.category);
        let mut out = open(format, cap);
        match format {
            Format::Ecs => ecs::notice(&mut out, &self.origin, notice, now),
            _ => members::notice(&mut out, &self.origin, notice, now),
        }
        out
    }

    fn fitting(&self, out: Out, category: Category) -> Option<(Line, bool)> {
        let shortened = out.shortened;
        let line = out.finish();
        self.is_short(&line, category).then_some((line, shortened))
    }

    /// Whether a line keeps the limit.
    fn is_short(&self, line: &Line, category: Category) -> bool {
        line.as_bytes().len() <= self.limit(category)
    }

    /// How many bytes a line of the category may have.
    #[inline]
    fn limit(&self, category: Category) -> usize {
        self.limits.get(category.index()).copied().unwrap_or(MIN_LINE)
    }
}

fn open(format: Format, cap: usize) -> Out {
    match format {
        Format::Text => Out::for_people(cap),
        Format::Json | Format::Ecs => Out::new(cap),
    }
}

#[cfg(test)]
mod tests;
