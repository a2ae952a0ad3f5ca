//! Types that say themselves what is written of them.

use std::{collections::BTreeMap, fmt};

use audit_runtime::{Redact, Sensitive, audited};
use serde_json::json;

use crate::log;

#[derive(Redact)]
struct Card {
    #[redact(last4)]
    number: String,
    #[redact]
    cvv: String,
    #[redact(omit)]
    _token: String,
}

#[derive(Redact)]
struct Key(#[redact(mask)] String);

#[derive(Redact)]
struct Pair(#[redact(plain)] String, Sensitive<u8>);

#[derive(Redact)]
enum Tier {
    Free,
    PaidMonthly,
}

#[derive(Redact)]
#[redact(last4)]
struct Account {
    number: u64,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account-{}", self.number)
    }
}

#[derive(Redact)]
struct Payment<T> {
    cents: u64,
    #[redact(plain)]
    currency: &'static str,
    card: Card,
    cards: Vec<Card>,
    by_key: BTreeMap<u8, Card>,
    key: Option<Key>,
    no_key: Option<Key>,
    #[redact(hash, rename = "paid by")]
    payer: String,
    tier: Tier,
    account: Account,
    extra: T,
}

fn card(number: &str) -> Card {
    Card { number: number.to_owned(), cvv: "123".to_owned(), _token: "hunter2".to_owned() }
}

fn payment() -> Payment<Pair> {
    Payment {
        cents: 995,
        currency: "EUR",
        card: card("4111111111111111"),
        cards: vec![card("4222222222222222")],
        by_key: BTreeMap::from([(1, card("4333333333333333"))]),
        key: Some(Key("correct horse".to_owned())),
        no_key: None,
        payer: "jane@example.org".to_owned(),
        tier: Tier::PaidMonthly,
        account: Account { number: 12_345_678 },
        extra: Pair("shown".to_owned(), Sensitive::new(7)),
    }
}

#[test]
fn a_type_is_written_as_it_says() {
    #[audited(
        operation = "PAY",
        details(payment, some = Some(payment), list = [&payment.card], hidden = redact(payment))
    )]
    fn pay(payment: &Payment<Pair>) {
        assert_eq!(payment.cents, 995);
    }
    log::start();
    pay(&payment());
    let details = &log::audited("PAY")["details"];
    let payer = details["payment"]["paid by"].as_str().unwrap();
    assert_eq!(payer.len(), 16);
    assert_eq!(
        details["payment"],
        json!({
            "cents": 995,
            "currency": "EUR",
            "card": { "number": "***1111", "cvv": "[redacted]" },
            "cards": [{ "number": "***2222", "cvv": "[redacted]" }],
            "by_key": { "1": { "number": "***3333", "cvv": "[redacted]" } },
            "key": "c***e",
            "paid by": payer,
            "tier": "paid_monthly",
            "account": "***5678",
            "extra": ["shown", "[redacted]"],
        })
    );
    assert_eq!(details["some"], details["payment"]);
    assert_eq!(details["list"], json!([{ "number": "***1111", "cvv": "[redacted]" }]));
    assert_eq!(details["hidden"], "[redacted]");
    assert!(!details.to_string().contains("hunter2"));
}

#[test]
fn its_debug_shows_no_more_than_the_log() {
    let expected = "Payment { cents: 995, currency: \"EUR\", \
                    card: {\"number\": \"***1111\", \"cvv\": [redacted]}, \
                    cards: [{\"number\": \"***2222\", \"cvv\": [redacted]}], \
                    by_key: {1: {\"number\": \"***3333\", \"cvv\": [redacted]}}, \
                    key: \"c***e\", paid by: [redacted], tier: \"paid_monthly\", \
                    account: \"***5678\", extra: [\"shown\", [redacted]] }";
    assert_eq!(format!("{:?}", payment()), expected);
    assert_eq!(format!("{:?}", Tier::Free), "Tier(\"free\")");
    assert_eq!(format!("{:?}", Key("correct horse".to_owned())), "Key(\"c***e\")");
    assert_eq!(format!("{:?}", Pair("a".to_owned(), Sensitive::new(1))), "Pair(\"a\", [redacted])");
}

#[test]
fn a_structure_around_it_may_be_shown_by_debug() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "read by Debug")]
    struct Order {
        card: Card,
    }
    #[audited(operation = "ORDER_AROUND", details(?order))]
    fn order(order: &Order) {
        assert!(size_of_val(order) > 0);
    }
    log::start();
    order(&Order { card: card("4111111111111111") });
    let text = log::audited("ORDER_AROUND")["details"]["order"].to_string();
    assert!(text.contains("***1111") && !text.contains("123\\\""), "{text}");
}
