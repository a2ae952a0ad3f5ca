//! A word with a value.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task(#[audit(display = true)] String);

#[derive(Redact)]
struct Card(#[redact(mask = 4)] String);

fn main() {}
