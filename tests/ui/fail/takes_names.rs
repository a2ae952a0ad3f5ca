//! Names of functions that are none.

use audit_runtime::{audited, timed};

struct Store;

#[audited(skip, level = "warn")]
impl Store {
    pub fn open(&self) {}
}

#[timed(only("open", Store::open))]
impl Store {
    pub fn close(&self) {}
}

#[timed(only = open)]
impl Store {
    pub fn read(&self) {}
}

fn main() {}
