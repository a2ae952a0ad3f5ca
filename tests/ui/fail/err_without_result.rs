//! `err` on a function that returns no `Result`.

use audit_runtime::audited;

#[audited(err = %)]
fn plain() -> u32 {
    1
}

#[audited(err = ?)]
async fn optional() -> Option<u32> {
    None
}

fn main() {}
