//! Placeholders of `operation` that are none.

use audit_runtime::audited;

struct Store;

#[audited(operation = "{struct}.{fn}")]
impl Store {
    pub fn open(&self) {}

    pub fn close(&self) {}
}

fn main() {}
