//! Two arguments that decide the outcome.

use audit_runtime::{Outcome, audited};

fn judge(_: &Result<(), u8>) -> Outcome {
    Outcome::Success
}

#[audited(denied = 1, outcome = judge)]
fn run() -> Result<(), u8> {
    Ok(())
}

fn main() {}
