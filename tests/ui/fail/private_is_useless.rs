//! `private` beside the names of those that are watched.

use audit_runtime::audited;

struct Store;

#[audited(only(open), private)]
impl Store {
    fn open(&self) {}
}

fn main() {}
