//! Two fields or variants of one name.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    id: u64,
    #[audit(rename = "id")]
    number: u64,
}

#[derive(AuditValue)]
enum Status {
    Open,
    #[audit(rename = "open")]
    Ajar,
}

#[derive(Redact)]
struct Card {
    #[redact(omit)]
    number: String,
    #[redact(last4, rename = "number")]
    short: String,
    #[redact(mask, rename = "number")]
    masked: String,
}

fn main() {}
