//! Text from log lines made safe to print: no character of it can move the cursor, colour the
//! terminal, end a line or turn the direction of what follows.

use std::borrow::Cow;
use std::fmt::Write;

/// True for what terminals and readers obey instead of showing: control characters, DEL, C1,
/// line and paragraph separators, bidirectional and invisible formatting characters.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// `text` with such characters as `\u001b`.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// JSON text with such characters escaped. The parser on the other side gets them back: outside
/// strings JSON has none but line feeds and tabs, and inside they are already escaped.
pub(crate) fn printable_json(json: &str) -> Cow<'_, str> {
    let bare = |c| is_unsafe(c) && c != '\n';
    if !json.contains(bare) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if bare(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// All characters above are in the basic plane: four digits are enough.
fn push_escaped(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{:04x}", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        assert_eq!(
            printable("a\u{1b}[31m\r\n\u{7f}\u{9b}b"),
            "a\\u001b[31m\\u000d\\u000a\\u007f\\u009bb"
        );
        assert_eq!(printable("\u{202e}x\u{2028}\u{feff}"), "\\u202ex\\u2028\\ufeff");
        assert_eq!(printable("Grüße 日本 🎉"), "Grüße 日本 🎉");
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({"k\u{9b}": "a\u{1b}\u{7f}\u{202e}\nb", "n": [1, 2]});
        let text = serde_json::to_string_pretty(&value).unwrap();
        let safe = printable_json(&text);
        assert!(!safe.contains(|c| is_unsafe(c) && c != '\n'), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
