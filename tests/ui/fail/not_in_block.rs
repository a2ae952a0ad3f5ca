//! Functions that the block does not have.

use audit_runtime::{audited, timed};

struct Store;

#[audited(skip(opne, delete))]
impl Store {
    pub fn open(&self) {}
}

#[timed(only(find))]
mod inner {
    pub fn find_all() {}
}

fn main() {}
