//! Something else in the place of a word.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    #[audit("display")]
    title: String,
    #[audit(display mask)]
    notes: String,
}

#[derive(Redact)]
struct Card(#[redact(%)] String);

fn main() {}
