//! Arguments of a block that one of its functions cannot give.

use audit_runtime::{audited, timed};

struct Store;

#[audited(resource(task_id = id), agent = %self.name(), before(size = text.len()), after(id, %ret))]
impl Store {
    pub fn open(&self, id: u64, text: &str) -> u64 {
        id + text.len() as u64
    }

    pub fn list(&self, id: u64) -> u64 {
        id
    }

    pub fn new(id: u64, text: &str) -> u64 {
        id + text.len() as u64
    }

    fn name(&self) -> &'static str {
        "store"
    }
}

#[timed(context(id))]
mod inner {
    pub fn nothing() {}
}

fn main() {}
