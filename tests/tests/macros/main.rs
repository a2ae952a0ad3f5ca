//! What `#[audited]` and `#[timed]` record, theme by theme.

mod log;
// How a call ends: success, failure, none, panicked, cancelled.
mod outcomes;
