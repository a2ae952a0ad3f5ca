//! Keys that two arguments write into one member of the line.

use audit_runtime::audited;

#[audited(details(a = 1, b = 2), ok(a = 1, c = 1), err(b = 1, c = 1))]
fn details() -> Result<(), u8> {
    Ok(())
}

#[audited(ok(a = 1), ret(a = 1))]
fn ret() -> Result<(), u8> {
    Ok(())
}

#[audited(before(a = 1), change(a = 1, b = 1), after(b = 1))]
fn change() {}

fn main() {}
