//! Two ways to choose functions.

use audit_runtime::{audited, timed};

struct Store;

#[audited(skip(open), only(close))]
impl Store {
    pub fn open(&self) {}
    pub fn close(&self) {}
}

#[timed(only(write), skip(read))]
impl Store {
    pub fn write(&self) {}
    pub fn read(&self) {}
}

#[timed(skip(delete), skip(delete))]
impl Store {
    pub fn delete(&self) {}
}

fn main() {}
