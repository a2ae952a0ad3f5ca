//! A module that stands in another file.

use audit_runtime::audited;

#[audited]
mod elsewhere;

fn main() {}
