//! A `Debug` beside the one that comes with `Redact`, and `AuditValue` beside its own.

use audit_runtime::{AuditValue, Redact};

#[derive(Redact, Debug)]
struct Card(#[redact(mask)] String);

#[derive(Redact, AuditValue)]
struct Number(u64);

fn main() {}
