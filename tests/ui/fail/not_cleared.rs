//! Values that are not cleared for logs.

use audit_runtime::{audited, timed};

#[derive(Clone, Copy)]
struct Card(u64);

#[audited(details(title, owner = owner.clone(), card), agent = "literal")]
fn run(title: &str, owner: &String, card: Card) -> u64 {
    card.0
}

#[timed(context(name = Some(name)))]
fn optional(name: &str) {}

fn main() {}
