//! What the code that the attributes generate calls. Not for use by hand, and free to change.
//!
//! The attributes say *what* is recorded, this says *how*: a `site` is what the compiler knows,
//! `call` follows one call from its beginning to its end, with what is `live` meanwhile and takes
//! its `fields` in a box of the `pool`; `run` runs the body under its eyes and inside its `scope`,
//! `split` parts what `?` parts, `required` keeps it from running unrecorded, `probe` looks at what
//! came back, `words` turn an expression into a value,
//! `derived` does so for the fields of derived types, `timer` watches without an attribute. Behind
//! the first branch nothing is generic and nothing is inlined, so that a watched function stays
//! small.

mod call;
mod derived;
mod fields;
mod live;
mod pool;
mod probe;
mod required;
mod run;
mod scope;
mod site;
mod split;
mod timed;
mod timer;
mod waiting;
mod words;

pub use audit_macros::{audited, timed};
pub use call::{Call, audits, times};
pub use derived::{Member, debug, member};
pub use probe::{AuditOutcome, Causes, Ending, Ends, Fallible, Fruitful, Probe, probe};
pub use required::{AuditError, Refusable, Unrecorded, refused};
pub use run::{Differ, Running, Same, Track, called, done, inside, never, run, track};
pub(crate) use scope::{operation, span, subscriber_is_ours};
pub use site::{Site, fields};
pub use split::{Split, split};
pub use timed::Timed;
pub use timer::{Timer, timer};
pub use waiting::Waiting;
pub use words::{Measured, Public, Shown, Veiled, bare};

#[cfg(not(any(feature = "json", test)))]
pub use crate::value::JsonSource as Serialize;
#[cfg(any(feature = "json", test))]
pub use serde::Serialize;

pub use crate::{
    record::{Callsite, Category, Lasts, Level, Outcome},
    value::{AuditValue, Nested, Redact, Shape, Value},
};
