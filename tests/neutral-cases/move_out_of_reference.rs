//! A field is moved out of a reference.

struct Named {
    name: String,
}

impl Named {
    #[watched]
    fn take(&self) -> String {
        self.name
    }
}

fn main() {
    Named { name: String::new() }.take();
}
