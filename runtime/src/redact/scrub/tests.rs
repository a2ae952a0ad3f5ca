//! Secrets go, ordinary text stays.

use super::*;

fn scrubbed(text: &str) -> String {
    scrub(&KeyRules::default(), text).unwrap_or_else(|| text.to_owned())
}

#[test]
fn secrets_in_text() {
    for (text, expected) in [
        ("password=hunter2", "password=[redacted]"),
        ("password: hunter2, user: jane", "password: [redacted], user: jane"),
        ("?user=jane&token=abc&x=1", "?user=jane&token=[redacted]&x=1"),
        (r#"{"api_key": "a b\" c", "x": 1}"#, r#"{"api_key": "[redacted]", "x": 1}"#),
        (
            r#"Login { user: "jane", password: Some("correct horse") }"#,
            r#"Login { user: "jane", password: [redacted] }"#,
        ),
        (r#"[("authorization", "Bearer abc")]"#, r#"[("authorization", "[redacted]")]"#),
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer [redacted]"),
        ("sent bearer a1b2c3 twice", "sent bearer [redacted] twice"),
        ("postgres://app:s3cr3t@db/x", "postgres://app:[redacted]@db/x"),
        ("wrong password hunter2 given", "wrong password [redacted] given"),
        ("token is 'a b', sorry", "token is '[redacted]', sorry"),
        ("key ghp_0123456789abcdef here", "key [redacted] here"),
        ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc y", "x [redacted] y"),
        ("AKIAIOSFODNN7EXAMPLE", "[redacted]"),
        (
            "a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b",
            "a [redacted] b",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMII", "[redacted]"),
        ("pwd:\u{e9}\u{e9}", "pwd:[redacted]"),
    ] {
        assert_eq!(scrubbed(text), expected, "{text}");
    }
}

#[test]
fn ordinary_text_stays() {
    for text in [
        "password is too short",
        "the token has expired",
        "https://example.org/a:b@c",
        "http://host:8080/x",
        "author: jane; tokens: 12",
        "password: None",
        "basic research",
        "-----BEGIN CERTIFICATE-----\nMII",
        "pin",
        "secret:",
        "größe: ß = ü",
        "password=, token=,user=x",
        "password=[redacted]",
        "",
    ] {
        assert_eq!(scrubbed(text), text);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_ends_and_is_scrubbed_once(text in ".{0,200}") {
        let once = scrubbed(&text);
        proptest::prop_assert_eq!(scrubbed(&once), once);
    }

    #[test]
    fn a_secret_behind_a_secret_key_never_stays(
        before in "[ -~]{0,20}", value in "[a-z0-9]{6,20}", sign in "(=|: |: \"|=>|: Some\\(\")",
    ) {
        let text = scrubbed(&format!("{before} password{sign}Q7{value}"));
        proptest::prop_assert!(!text.contains(&format!("Q7{value}")), "{}", text);
    }
}
