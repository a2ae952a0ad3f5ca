//! The attribute stands on something that is no function.

use audit_runtime::{audited, timed};

#[audited]
struct Task;

#[timed]
pub mod tasks {}

struct Store;

#[audited(operation = "STORE")]
impl Store {}

#[timed]
const LIMIT: u32 = 1;

fn main() {}
