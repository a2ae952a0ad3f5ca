//! An attribute without its word.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    #[audit]
    title: String,
    #[audit()]
    notes: String,
    #[audit = "mask"]
    owner: String,
}

#[derive(Redact)]
struct Card(#[redact()] String);

fn main() {}
