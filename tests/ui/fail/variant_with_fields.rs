//! Variants that are more than a name.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
enum Target {
    Everything,
    Task(u64),
}

#[derive(Redact)]
enum Method {
    Card { number: String },
    Cash,
}

fn main() {}
