//! What `denied` takes.

use audit_runtime::audited;

#[audited(denied = %error)]
fn sign() -> Result<(), u8> {
    Ok(())
}

#[audited(denied = is_denied(), operation = "GOES_ON", banana)]
fn call() -> Result<(), u8> {
    Ok(())
}

fn main() {}
