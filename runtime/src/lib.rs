//! Audit trails and timing.
