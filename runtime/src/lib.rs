//! Audit trails and timing.

pub mod clock;
pub mod context;
pub mod drain;
pub mod frame;
pub mod handoff;
pub mod health;
pub mod record;
pub mod redact;
pub mod render;
pub mod trap;
pub mod value;

pub use context::{Context, InContext, WithContext, with_context};
