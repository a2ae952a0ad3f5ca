//! What clippy's default lints say.

#![allow(dead_code)]

async fn one() -> u32 {
    1
}

#[watched]
fn needless_return(n: u32) -> u32 {
    return n;
}

#[watched]
fn let_and_return(n: u32) -> u32 {
    let m = n + 1;
    m
}

#[watched]
fn returned_clone(text: &String) -> String {
    text.to_string().clone()
}

#[watched]
fn too_many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a ^ b ^ c ^ d ^ e ^ f ^ g ^ h
}

#[watched]
fn collapsible(a: bool, b: bool) -> u32 {
    if a {
        if b {
            return 1;
        }
    }
    0
}

#[watched]
fn question(n: Option<u32>) -> Option<u32> {
    if n.is_none() {
        return None;
    }
    n
}

#[watched]
fn unit_let() {
    let unit = println!();
    unit
}

#[watched]
fn length(list: &Vec<u32>) -> bool {
    list.len() == 0
}

#[watched]
async fn async_return(n: u32) -> u32 {
    return n;
}

#[watched]
async fn async_lock(lock: &std::sync::Mutex<u32>) -> u32 {
    let guard = lock.lock().unwrap();
    let n = one().await;
    *guard + n
}

#[watched]
fn result_unit() -> Result<u32, ()> {
    Ok(1)
}

#[watched]
fn manual_async(n: u32) -> impl std::future::Future<Output = u32> {
    async move { n }
}

struct Thing(u32);

impl Thing {
    #[watched]
    fn new() -> u32 {
        1
    }

    #[watched]
    fn to_text(self) -> String {
        self.0.to_string()
    }

    #[watched]
    fn lifetimes<'a>(&'a self) -> &'a u32 {
        &self.0
    }

    #[watched]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

fn main() {}
