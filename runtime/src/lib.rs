//! Audit trails and timing.

pub mod clock;
pub mod config;
pub mod context;
pub mod drain;
pub mod frame;
pub mod fs;
pub mod handoff;
pub mod health;
mod hooks;
pub mod layout;
pub mod ledger;
pub mod read;
pub mod record;
pub mod redact;
pub mod render;
pub mod sink;
pub mod trap;
pub mod value;

pub use audit_macros::{audited, timed};
pub use context::{Context, InContext, WithContext, with_context};
pub use value::{AuditValue, Sensitive};

/// What generated code calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::hooks::*;
}
