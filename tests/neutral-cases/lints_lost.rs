//! Lints that are not given under an attribute that looks at what a function returns.

#![allow(dead_code)]

macro_rules! unless {
    ($n:ident) => {
        if $n > 10 {
            return Err($n);
        }
    };
}

#[watched]
fn recursion(n: u32) -> Result<u32, u32> {
    let m = recursion(n)?;
    unless!(m);
    Ok(m)
}

struct Thing(u32);

macro_rules! set {
    ($place:expr, $n:expr) => {
        $place = $n
    };
}

impl Thing {
    #[watched]
    fn with(mut self, n: u32) -> u32 {
        let mut m = 1;
        m = n;
        set!(self.0, m);
        m
    }
}

fn main() {}
