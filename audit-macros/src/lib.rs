//! The attributes `#[audited]` and `#[timed]`.
