//! Words on a type that is written as a whole, and on what is in it.

use audit_runtime::{AuditValue, Redact};

use std::fmt;

#[derive(AuditValue)]
#[audit(display)]
struct Id {
    #[audit(mask)]
    text: String,
}

#[derive(Redact)]
#[redact(mask)]
enum Method {
    Card(#[redact(last4)] String),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn main() {}
