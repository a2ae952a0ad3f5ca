//! Lints that are not given under an attribute that looks at what a function returns.

#![allow(dead_code, clippy::needless_return)]

struct Thing(u32);

#[watched]
fn recursion(n: u32) -> u32 {
    return recursion(n);
}

impl Thing {
    #[watched]
    fn with(mut self, n: u32) -> u32 {
        let mut m = 1;
        m = n;
        self.0 = m;
        m
    }
}

#[watched]
async fn part(mut thing: Thing, n: u32) -> u32 {
    let mut m = 1;
    m = n;
    thing.0 = m;
    thing.0
}

fn main() {}
