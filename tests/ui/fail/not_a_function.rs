//! The attribute stands on something that is neither a function nor has any.

use audit_runtime::{audited, timed};

#[audited]
struct Task;

#[timed]
pub use std::fmt;

#[audited(operation = "STORE")]
unsafe extern "C" {}

#[timed]
const LIMIT: u32 = 1;

fn main() {}
