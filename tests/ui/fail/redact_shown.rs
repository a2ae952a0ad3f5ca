//! A type that says what is written of it, and words that would go past it.

use std::fmt;

use audit_runtime::{Redact, audited, timed};

#[derive(Redact, Clone, serde::Serialize)]
struct Card {
    #[redact(last4)]
    number: String,
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)
    }
}

#[audited(details(%card))]
fn display(card: &Card) {}

#[timed(context(?card))]
fn debug(card: Card) {}

#[audited(details(json(card)))]
fn json(card: Option<Card>) {}

#[audited(details(cards = json(&cards)), after(%ret))]
fn list(cards: &[Card]) -> Card {
    cards[0].clone()
}

#[audited(err = %)]
fn error(card: Card) -> Result<(), Card> {
    Err(card)
}

fn main() {}
