//! Words that mean nothing, or hide nothing, on a type.

use audit_runtime::{AuditValue, Redact};

#[derive(AuditValue)]
#[audit(skip)]
struct Id(u64);

#[derive(Redact)]
#[redact(omit)]
struct Card(#[redact(mask)] String);

#[derive(Redact)]
#[redact(plain)]
struct Name(u64);

fn main() {}
