//! A mistake of the user's own is told where it is.

use audit_runtime::{audited, timed};

#[audited]
fn tail() -> u32 {
    "text"
}

#[audited]
fn early(n: u32) -> Result<u32, String> {
    if n > 1 {
        return Err(1);
    }
    Ok(n)
}

#[audited]
async fn asynchronous(n: u32) -> Result<u32, String> {
    if n > 1 {
        return Ok("text");
    }
    Ok(n)
}

#[timed]
fn timed() -> u32 {
    let n: u32 = "text";
    n.missing()
}

fn main() {}
