//! Audit trails and timing.

pub mod clock;
pub mod config;
pub mod frame;
pub mod health;
pub mod record;
pub mod redact;
pub mod render;
pub mod trap;
pub mod value;
