//! An array of another length.

#[watched]
fn f<const N: usize>(bytes: [u8; N]) -> [u8; 4] {
    bytes
}

fn main() {
    f([1, 2]);
}
