//! A way of writing an error that does not exist.

use audit_runtime::audited;

#[audited(err = "display")]
fn one() -> Result<(), u32> {
    Err(1)
}

#[audited(err = %error)]
fn two() -> Result<(), u32> {
    Err(2)
}

fn main() {}
