//! A thread borrows a parameter.

#[watched]
fn start(n: u32) {
    std::thread::spawn(|| drop(n.to_string()));
}

fn main() {
    start(1);
}
