//! Where the runtime is, said in the wrong place.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Id {
    #[audit(crate = audit_runtime)]
    number: u64,
}

#[derive(Redact)]
enum Tier {
    #[redact(crate = audit_runtime)]
    Free,
}

fn main() {}
