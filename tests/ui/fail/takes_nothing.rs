//! A flag with a value.

use audit_runtime::{AuditError, audited};

#[audited(required = true)]
fn run() -> Result<(), AuditError> {
    Ok(())
}

fn main() {}
