//! Two ways to write one field.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Task {
    #[audit(display, mask)]
    title: String,
    #[audit(hash)]
    #[audit(rename = "who", last4)]
    owner: String,
}

#[derive(Redact)]
struct Card(#[redact] #[redact(mask)] String);

fn main() {}
