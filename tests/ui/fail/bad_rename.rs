//! Names that are none.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    #[audit(rename)]
    id: u64,
    #[audit(rename = "")]
    count: u64,
}

#[derive(Redact)]
struct Card {
    #[redact(mask, rename = number)]
    number: String,
}

fn main() {}
