//! Lines to a stream, written by a thread of their own.
//!
//! Whoever logs puts a line into `queue`, which is bounded in bytes and in number, and goes on;
//! `pump` writes what waits. A line that must not be lost is waited for, for a bounded time, and
//! written by its own thread where nobody else is writing. A stream that takes nothing holds up
//! nobody for longer than that: the queue fills, the least important of the newest lines are
//! dropped and counted, and a line in the stream says so when it takes lines again.

mod handle;
mod pump;
mod queue;
mod state;
#[cfg(test)]
mod tests;

pub use handle::{Outlet, Put};
pub use pump::Target;
pub use queue::{Bounds, Rank};
pub use state::Events;
