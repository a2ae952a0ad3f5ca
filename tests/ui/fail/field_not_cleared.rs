//! Fields of derived types that nobody cleared.

use audit_runtime::{AuditValue, Redact};

use std::fmt;

struct Opaque;

#[derive(AuditValue)]
struct Task<'a, T> {
    id: u64,
    title: String,
    notes: Option<&'a str>,
    opaque: Opaque,
    #[audit(display)]
    shown: Opaque,
    #[audit(len)]
    measured: Opaque,
    generic: Vec<T>,
    list: Vec<String>,
}

#[derive(AuditValue)]
struct Id(String);

#[derive(AuditValue)]
#[audit(display)]
struct Whole(u64);

#[derive(Redact)]
struct Card {
    number: String,
    #[redact(plain)]
    opaque: Opaque,
}

#[derive(AuditValue)]
struct Shows {
    #[audit(debug)]
    secret: Secret,
    #[audit(display)]
    list: Option<Secret>,
}

#[derive(Redact)]
struct Secret(#[redact(mask)] String);

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn main() {}
