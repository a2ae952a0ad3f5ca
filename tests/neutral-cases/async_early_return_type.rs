//! An early return of an async function is of another type.

#[watched]
async fn f(short: bool) -> Result<u32, String> {
    if short {
        return Err(1);
    }
    Ok(2)
}

fn main() {
    drop(f(true));
}
