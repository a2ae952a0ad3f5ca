//! Mistakes in the arguments of a block are told once, not for each function.

use audit_runtime::audited;

struct Store;

#[audited(levle = "warn", slow = "never", resource(id = self.id, timestamp = 1))]
impl Store {
    pub fn open(&self) {}

    pub fn close(&self) {}

    pub fn later(&self) -> impl Future<Output = ()> {
        std::future::ready(())
    }
}

fn main() {
    Store.open();
}
