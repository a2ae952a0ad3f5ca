//! What `#[audited]` and `#[timed]` record, theme by theme.

mod log;
// How a call ends: success, failure, none, panicked, cancelled.
mod outcomes;
// Functions that call what has their name.
mod itself;
// What is written of a call: keys, words, secrets, before and after.
mod fields;
// ok, err, ret, change; the error, its causes.
mod ends;
// Who decides how a call ended.
mod judged;
// Panics and calls within values.
mod contained;
// required: intent and result.
mod required;
// Several values in one field, and types that derive how they are written.
mod values;
// Types that decide themselves what is written of them.
mod redacted;
// operation, level, message, slow, crate; what is off is not evaluated.
mod settings;
// Functions and methods of every form.
mod shapes;
// Async functions, and functions that return a future.
mod futures;
// Polls, context.
mod progress;
// Attributes above, below and twice.
mod company;
// async-trait, #[instrument], #[tokio::main], edition 2021, a renamed runtime.
mod neighbours;
// Over an impl block, a trait or a module.
mod blocks;
// User code whose names, preludes and lints must not matter.
mod hygiene;
