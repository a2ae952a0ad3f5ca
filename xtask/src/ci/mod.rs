//! `cargo xtask ci`: everything that is checked at each change.
//!
//! `steps` lists and runs it, `demo` checks what the demo left behind, `scratch` makes directories
//! that go away.

mod demo;
mod scratch;
mod steps;

pub(crate) use steps::run;
