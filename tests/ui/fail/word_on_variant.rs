//! A word on a variant.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
enum Status {
    #[audit(skip)]
    Open,
    Done,
}

#[derive(Redact)]
enum Tier {
    #[redact]
    Free,
}

fn main() {}
