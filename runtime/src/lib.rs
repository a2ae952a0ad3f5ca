//! Audit trails and timing.
pub mod read;
