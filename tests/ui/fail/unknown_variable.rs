//! A field that names a variable which does not exist.

use audit_runtime::audited;

#[audited(details(titel))]
fn run(title: &str) {}

struct Store {
    total: u32,
}

impl Store {
    #[audited(after(status = ret.state, total = self.totl))]
    fn status(&self) -> Store {
        Store { total: self.total }
    }
}

fn main() {}
