//! Blocks without a function that could be watched.

use audit_runtime::{audited, timed};

struct Store;

#[audited]
impl Store {
    fn private(&self) {}

    pub const fn constant(&self) {}
}

#[timed]
trait Reads {
    fn read(&self);
}

#[audited]
mod inner {
    fn private() {}
}

fn main() {}
