//! A field is assigned through `&self`.

struct Count {
    n: u32,
}

impl Count {
    #[watched]
    fn add(&self) -> u32 {
        self.n += 1;
        self.n
    }
}

fn main() {
    Count { n: 0 }.add();
}
