//! Where the runtime is, but not as a path.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
#[audit(crate = "audit_runtime")]
struct Id(u64);

#[derive(Redact)]
#[redact(crate)]
struct Card(u64);

fn main() {}
