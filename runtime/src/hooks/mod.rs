//! What the code that the attributes generate calls. Not for use by hand, and free to change.
//!
//! The attributes say *what* is recorded, this says *how*: a `site` is what the compiler knows,
//! `call` follows one call from its beginning to its end, with what is `live` meanwhile in a box of
//! the `pool`; `run` runs the body under its eyes and inside its `scope`, `required` keeps it from
//! running unrecorded, `probe` looks at what came back, `words` turn an expression into a value,
//! `derived` does so for the fields of derived types, `timer` watches without an attribute. Behind
//! the first branch nothing is generic and nothing is inlined, so that a watched function stays
//! small.

mod call;
mod derived;
mod live;
mod pool;
mod probe;
mod required;
mod run;
mod scope;
mod site;
mod timed;
mod timer;
mod waiting;
mod words;

pub use audit_macros::{audited, timed};
pub use call::{Call, Gate};
pub use derived::{Member, debug, member};
pub use probe::{AuditOutcome, Causes, Ending, Fallible, Fruitful, Probe};
pub use required::{AuditError, Refusable, Unrecorded, refused};
pub use run::{Differ, Same, Track, done, inside, never, run, track};
pub(crate) use scope::{operation, span, subscriber_is_ours};
pub use site::{OPERATION, Site, TIMING};
pub use timed::Timed;
pub use timer::{Timer, timer};
pub use waiting::Waiting;
pub use words::{Measured, Public, Refused, Shown, Veiled, bare};

#[cfg(not(any(feature = "json", test)))]
pub use crate::value::JsonSource as Serialize;
#[cfg(any(feature = "json", test))]
pub use serde::Serialize;

use crate::record::{Field, Part};
pub use crate::{
    record::{Callsite, Category, Level, Outcome},
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
    ok: Details,
    err: Details,
    ret: Details,
}
