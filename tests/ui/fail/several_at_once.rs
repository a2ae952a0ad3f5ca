//! All mistakes of one attribute are reported in one compile.

use audit_runtime::audited;

#[audited(operation = 1, level = "loud", slow = "soon", feilds(a), details(a, a), agent = )]
fn run(a: u32) {}

// The function stays, so that this is no further mistake.
pub fn used() {
    run(1);
}

fn main() {}
