//! A new name where there is no old one.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
struct Id(#[audit(rename = "id")] u64);

#[derive(Redact)]
#[redact(rename = "card")]
struct Card(#[redact(mask, rename = "number")] String);

fn main() {}
