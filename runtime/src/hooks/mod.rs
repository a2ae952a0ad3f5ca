//! What the code that the attributes generate calls. Not for use by hand, and free to change.
//!
//! The attributes say *what* is recorded, this says *how*: `call` follows one call from its
//! beginning to its end, `run` runs the body under its eyes, `probe` looks at what came back,
//! `words` turn an expression into a value, `derived` does so for the fields of derived types,
//! `timer` watches without an attribute. Behind the first branch nothing is generic and nothing
//! is inlined, so that a watched function stays small.

mod call;
mod derived;
mod probe;
mod run;
mod timer;
mod words;

pub use call::{Call, Site};
pub use derived::{Member, debug, member};
pub use probe::{Ending, Fallible, Probe};
pub use run::{Track, never, run, track};
pub use serde::Serialize;
pub use timer::{Timer, timer};
pub use words::{Measured, Public, Refused, Shown, Veiled, bare};

use crate::record::{Field, Part};
pub use crate::{
    record::{Callsite, Category, Level},
    value::{AuditValue, Nested, Redact, Shape, Value},
};

macro_rules! parts {
    ($($name:ident: $part:ident,)+) => { $(
        #[doc = concat!("A field of `", stringify!($name), "`.")]
        #[must_use]
        pub const fn $name(key: &'static str) -> Field {
            Field { part: Part::$part, key }
        }
    )+ };
}

parts! {
    resource: Resource,
    agent: Agent,
    user: User,
    before: Before,
    after: After,
    details: Details,
    context: Context,
}
