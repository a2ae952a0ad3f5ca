//! A method differs from that of its trait.

trait Sized2 {
    fn size(&self) -> u32;
}

struct Thing;

impl Sized2 for Thing {
    #[watched]
    fn size(&self) -> u64 {
        1
    }
}

fn main() {
    Thing.size();
}
