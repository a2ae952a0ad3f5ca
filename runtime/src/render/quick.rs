//! The line of a usual record, in one pass over its fields.
//!
//! Nearly every record has its fields in the order of the members of a line, but for who did it:
//! that comes from the context, behind what the call site names. What is not so, an error for
//! one, is left to `members`, which can do everything; both make the same line.

use super::{common::Runs, json::Out, members::how};
use crate::{
    frame::Decoded,
    record::{Category, Part},
};

/// With more members that carry their keys themselves a record is not usual.
const NAMED: usize = 12;

// The order of members.
const RESOURCE: u8 = 0;
const AGENT: u8 = 1;
const USER: u8 = 2;
const HOW: u8 = 3;
const BEFORE: u8 = 4;
const AFTER: u8 = 5;
const AMBIENT: u8 = 8;
/// Behind the duration.
const PROGRESS: u8 = 9;

/// Place and name of a member, or of the object it is in.
const fn place(part: Part) -> Option<(u8, &'static str)> {
    Some(match part {
        Part::Resource => (RESOURCE, ""),
        Part::Agent => (AGENT, ",\"agent\":"),
        Part::User => (USER, ",\"user\":"),
        Part::Before => (BEFORE, ",\"before\":{"),
        Part::After => (AFTER, ",\"after\":{"),
        Part::Details => (6, ",\"details\":{"),
        Part::Context => (7, ",\"context\":{"),
        Part::Ambient => (AMBIENT, ""),
        Part::Progress => (PROGRESS, ""),
        _ => return None,
    })
}

/// How far a line is.
#[derive(Default)]
struct Progress<'a> {
    at: u8,
    /// An object is not closed.
    is_open: bool,
    has_before: bool,
    has_agent: bool,
    /// Where the user begins.
    user: Option<usize>,
    /// Where those who did it end, once how the call ended is written.
    who_end: Option<usize>,
    /// Where the duration ends, and what follows it.
    extent_end: usize,
    /// The number of the field before.
    number: Option<u16>,
    named: [&'a str; NAMED],
    names: usize,
}

/// Writes the members between those that are common; `None` where the record is not usual, and what
/// was written is of no use.
pub(super) fn middle(
    out: &mut Out,
    record: &Decoded<'_>,
    runs: &Runs,
    category: Category,
) -> Option<()> {
    if !runs.are_distinct {
        return None;
    }
    let mut progress = Progress::default();
    let mut fields = record.fields();
    while let Some((part, number, key, datum)) = fields.numbered() {
        let (at, name) = place(part)?;
        let from = out.mark();
        match at {
            AGENT | USER => {
                out.run(name);
                out.datum(&datum);
                progress.who(out, at, from)?;
                continue;
            }
            PROGRESS if progress.at >= HOW => {}
            PROGRESS => progress.advance(out, record, category, (HOW, ""))?,
            _ => progress.advance(out, record, category, (at, name))?,
        }
        let start = out.mark();
        match number {
            Some(number) => {
                // The fields of a call site are in this order, so that none is there twice.
                if progress.number.is_some_and(|before| number <= before) {
                    return None;
                }
                progress.number = Some(number);
                out.written_key(runs.keys.get(usize::from(number))?);
            }
            None => out.foreign_key(key),
        }
        if at == AMBIENT || at == PROGRESS {
            progress.name(key)?;
        } else if number.is_none() {
            return None;
        }
        out.datum(&datum);
        if at == PROGRESS {
            progress.behind_duration(out, start);
        }
    }
    progress.advance(out, record, category, (AMBIENT, ""))
}

impl<'a> Progress<'a> {
    /// Comes to another place of the line.
    #[inline]
    fn advance(
        &mut self,
        out: &mut Out,
        record: &Decoded<'_>,
        category: Category,
        (at, name): (u8, &'static str),
    ) -> Option<()> {
        if at <= self.at {
            return (at == self.at).then_some(());
        }
        // Which of the values changed is told elsewhere.
        if at == AFTER && self.has_before {
            return None;
        }
        if self.is_open {
            out.run("}");
        }
        if self.who_end.is_none() {
            self.who_end = Some(out.mark());
            how(out, record, category, None, |out| self.extent_end = out.mark());
        }
        out.run(name);
        self.has_before |= at == BEFORE;
        (self.at, self.is_open) = (at, !name.is_empty());
        Some(())
    }

    /// Puts who did it, which was written from `from` on, where it belongs.
    fn who(&mut self, out: &mut Out, who: u8, from: usize) -> Option<()> {
        let is_there = if who == AGENT { self.has_agent } else { self.user.is_some() };
        if is_there || self.who_end.is_none() && who < self.at {
            return None;
        }
        let place = match self.who_end {
            // In its order so far.
            None => {
                self.at = who;
                from
            }
            Some(end) => {
                let place = if who == AGENT { self.user.unwrap_or(end) } else { end };
                let length = out.mark() - from;
                out.bring_forward(from, place);
                self.user = self.user.map(|user| if who == AGENT { user + length } else { user });
                self.who_end = Some(end + length);
                self.extent_end += length;
                place
            }
        };
        if who == AGENT {
            self.has_agent = true;
        } else {
            self.user = Some(place);
        }
        Some(())
    }

    /// Puts what was written from `from` on behind the duration.
    fn behind_duration(&mut self, out: &mut Out, from: usize) {
        let length = out.mark() - from;
        out.bring_forward(from, self.extent_end);
        self.extent_end += length;
    }

    /// One more member under a key that is its own.
    fn name(&mut self, key: &'a str) -> Option<()> {
        let known = self.named.get(..self.names)?;
        // The place of a call site is told at the end, unless somebody says another one.
        if known.contains(&key) || key == "file" {
            return None;
        }
        *self.named.get_mut(self.names)? = key;
        self.names += 1;
        Some(())
    }
}
