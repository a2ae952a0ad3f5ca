//! Arguments that do not exist, some of other frameworks.

use audit_runtime::{audited, timed};

#[audited(operatoin = "STATUS_CHANGE", detials(id))]
fn near(id: u32) {}

#[audited(fields(id), skip(id), ok(id = ret), banana = id)]
fn far(id: u32) {}

#[timed(name = "two", threshold = "1s")]
fn other() {}

fn main() {}
