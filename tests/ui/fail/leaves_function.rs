//! A field that would leave the function before its body runs.

use audit_runtime::audited;

#[audited(details(n = text.parse::<u32>()?, m = { return Ok(()) }))]
fn run(text: &str) -> Result<(), std::num::ParseIntError> {
    let _ = text;
    Ok(())
}

fn main() {}
