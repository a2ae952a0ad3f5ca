//! Words that are none, on fields and types.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    #[audit(dispaly)]
    title: String,
    #[audit(omit)]
    notes: String,
}

#[derive(Redact)]
#[redact(everything)]
struct Card {
    #[redact(plian)]
    holder: String,
    #[redact(display, last4)]
    number: String,
}

fn main() {}
