//! What a record is made of: its category, level, outcome, and the call site it came from.

mod compiled;

use std::fmt;

pub(crate) use compiled::least;

/// The file a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    /// `system.log`: what the program does, INFO and above.
    System,
    /// `debug.log`: how it does it, DEBUG and above.
    Debug,
    /// `error.log`: what went wrong.
    Error,
    /// `audit.log`: who did what to which thing, with what outcome.
    Audit,
    /// `performance.log`: how long it took.
    Performance,
}

impl Category {
    /// All categories, in the order of their numbers.
    pub const ALL: [Self; 5] =
        [Self::System, Self::Debug, Self::Error, Self::Audit, Self::Performance];

    /// The name as it stands in lines and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Debug => "debug",
            Self::Error => "error",
            Self::Audit => "audit",
            Self::Performance => "performance",
        }
    }

    /// The category of that name, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name().eq_ignore_ascii_case(name))
    }

    /// Its place in [`Category::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much a record matters; a later one matters more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Each step.
    Trace,
    /// For developers.
    Debug,
    /// The normal course of events.
    Info,
    /// Worth a look.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// All levels, from the least to the most important.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// The name as it stands in lines: upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// The level of that name, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<tracing::Level> for Level {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::TRACE => Self::Trace,
            tracing::Level::DEBUG => Self::Debug,
            tracing::Level::INFO => Self::Info,
            tracing::Level::WARN => Self::Warn,
            tracing::Level::ERROR => Self::Error,
        }
    }
}

/// How an audited call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// It returned; `Ok(_)` or `Some(_)` where it returns one of those.
    Success,
    /// It returned `Err(_)`.
    Failure,
    /// It returned `None`.
    None,
    /// It was refused.
    Denied,
    /// It panicked; the panic went on.
    Panicked,
    /// Its future was dropped before it finished.
    Cancelled,
    /// Its end never came.
    Unfinished,
}

impl Outcome {
    /// All outcomes, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Success,
        Self::Failure,
        Self::None,
        Self::Denied,
        Self::Panicked,
        Self::Cancelled,
        Self::Unfinished,
    ];

    /// The name as it stands in lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::None => "none",
            Self::Denied => "denied",
            Self::Panicked => "panicked",
            Self::Cancelled => "cancelled",
            Self::Unfinished => "unfinished",
        }
    }

    /// Whether the call failed, so that its record goes into `error.log` as well.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Failure | Self::Panicked)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The place in a line where a field is written.
///
/// Parts that hold one value ignore the key of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Part {
    /// A member of its own, under the key of the field: what was acted upon.
    Resource,
    /// `agent`.
    Agent,
    /// `user`.
    User,
    /// A member of `before`.
    Before,
    /// A member of `after`.
    After,
    /// A member of `details`.
    Details,
    /// A member of `context`.
    Context,
    /// A member of `fields`: what a tracing event carries.
    Fields,
    /// A member of `span`: the fields of the spans around a tracing event.
    Span,
    /// `message`, instead of the one of the call site.
    Message,
    /// `event`, instead of the one of the call site.
    Event,
    /// `operation`, instead of the one of the call site.
    Operation,
    /// `component`, instead of the one of the call site.
    Component,
    /// `target`, where it differs from the component.
    Target,
    /// `source`: the facade an ordinary event came through, where it is not `tracing`.
    Source,
    /// `error.type`.
    ErrorType,
    /// `error.message`.
    ErrorMessage,
    /// An element of `error.chain`: one cause after the other.
    ErrorCause,
    /// A member of its own, under the key of the field: `request_id`, `trace_id`, `file`, …
    Ambient,
    /// `error.value`: the error as JSON.
    ErrorValue,
    /// `call_id`: what the records of one call have in common.
    Call,
    /// A member of its own beside the duration: how far a future came.
    Progress,
}

impl Part {
    /// All parts, in the order of their numbers.
    pub const ALL: [Self; 22] = [
        Self::Resource,
        Self::Agent,
        Self::User,
        Self::Before,
        Self::After,
        Self::Details,
        Self::Context,
        Self::Fields,
        Self::Span,
        Self::Message,
        Self::Event,
        Self::Operation,
        Self::Component,
        Self::Target,
        Self::Source,
        Self::ErrorType,
        Self::ErrorMessage,
        Self::ErrorCause,
        Self::Ambient,
        Self::ErrorValue,
        Self::Call,
        Self::Progress,
    ];
}

/// A field that a call site names: where it goes and under which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The place in the line.
    pub part: Part,
    /// The key.
    pub key: &'static str,
}

/// What holds of a record when its call returns, where a call site asks for something else than its
/// category has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// It is in the spool, or in its file where there is none.
    Spooled,
    /// It is in its file.
    Written,
    /// It is on the disk.
    Synced,
}

/// Everything about a record that is known when the program is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Callsite {
    /// The category the record is made for.
    pub category: Category,
    /// The level of the record when nothing went wrong.
    pub level: Level,
    /// What kind of thing happened: `operation`, `timing`, `log`, …
    pub event: &'static str,
    /// The operation's name; empty where there is none.
    pub operation: &'static str,
    /// The module path of the call site.
    pub component: &'static str,
    /// The message; `None` makes one of the operation and its outcome.
    pub message: Option<&'static str>,
    /// The function's name; empty where it is not known.
    pub function: &'static str,
    /// The source file; empty where it is not known.
    pub file: &'static str,
    /// The line in it, from 1; 0 where it is not known.
    pub line: u32,
    /// A call that takes at least so many nanoseconds is `slow`; 0 switches that off.
    pub slow_nanos: u64,
    /// What holds when the call returns; `None` leaves that to the category.
    pub lasts: Option<Lasts>,
    /// The fields, in the order in which frames number them.
    pub fields: &'static [Field],
}

impl Callsite {
    /// An ordinary event of no function: what the other sites that are written by hand begin with.
    pub const BLANK: Self = Self {
        category: Category::System,
        level: Level::Info,
        event: "",
        operation: "",
        component: "",
        message: None,
        function: "",
        file: "",
        line: 0,
        slow_nanos: 0,
        lasts: None,
        fields: &[],
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places_in_the_lists() {
        for (place, category) in Category::ALL.into_iter().enumerate() {
            assert_eq!(category.index(), place);
            assert_eq!(Category::parse(&category.name().to_uppercase()), Some(category));
        }
        for (place, part) in Part::ALL.into_iter().enumerate() {
            assert_eq!(part as usize, place);
        }
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place);
        }
        for (place, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(level as usize, place);
            assert_eq!(Level::parse(&level.name().to_lowercase()), Some(level));
        }
    }
}
