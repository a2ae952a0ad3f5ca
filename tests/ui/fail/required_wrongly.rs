//! Functions that could not say that they did not run.

use audit_runtime::audited;

#[audited(required)]
fn no_result() -> u32 {
    1
}

#[audited(required)]
async fn no_error() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {}
