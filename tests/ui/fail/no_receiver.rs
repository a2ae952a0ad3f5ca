//! `self` where there is none.

use audit_runtime::audited;

#[audited(details(total = self.total))]
fn run() {}

struct Store;

impl Store {
    const LIMIT: u32 = 1;

    // This `self` is a module.
    #[audited(details(limit = self::Store::LIMIT, other = Self::LIMIT))]
    fn limit() {}
}

fn main() {}
