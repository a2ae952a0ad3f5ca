//! Text written as a YAML scalar that every YAML reader, 1.1 or 1.2, takes as the same text.

use std::fmt::Write as _;

/// One line: plain where nothing can be misread, else quoted.
pub(super) fn inline(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(|c| is_printable(c) && c != '\t') && !text.is_empty() {
        single(text)
    } else {
        double(text)
    }
}

/// In single quotes; `text` must be printable and on one line.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Several lines as a literal block with its header, or `None` where a block cannot carry the text.
pub(super) fn literal(text: &str, indent: usize, eol: &str) -> Option<String> {
    let (header, content) = match text.strip_suffix('\n') {
        Some(content) => ("|", content),
        None => ("|-", text),
    };
    let fits = content.contains('\n')
        && !content.starts_with([' ', '\n'])
        && !content.ends_with('\n')
        && content.chars().all(|c| c == '\n' || (is_printable(c) && c != '\t'));
    if !fits {
        return None;
    }
    let mut out = header.to_owned();
    for line in content.split('\n') {
        out.push_str(eol);
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    Some(out)
}

/// In double quotes, with an escape for everything that is not plainly printable.
fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let written = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
                let Ok(()) = written else { continue };
            }
        }
    }
    out.push('"');
    out
}

/// Plain is safe for words: no indicator, no digit first, nothing that reads as null, bool or number.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '(' | ')')
        })
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Printable in YAML 1.1 and 1.2, no line break in either, and no character that steers a terminal.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_quoted_only_where_they_must_be() {
        for (text, yaml) in [
            ("in_progress", "in_progress"),
            ("Fix the parser", "Fix the parser"),
            ("yes", "'yes'"),
            ("Null", "'Null'"),
            ("", "\"\""),
            ("12", "'12'"),
            ("1e3", "'1e3'"),
            ("- x", "'- x'"),
            ("a: b", "'a: b'"),
            ("it's # not", "'it''s # not'"),
            (" x", "' x'"),
            ("a\nb", "\"a\\nb\""),
            ("\u{1b}[31m\u{202e}", "\"\\x1b[31m\\u202e\""),
            ("日本 ✅", "'日本 ✅'"),
        ] {
            assert_eq!(inline(text), yaml, "{text:?}");
        }
    }

    #[test]
    fn blocks_carry_ordinary_lines_only() {
        assert_eq!(literal("a\n\n b", 2, "\n").as_deref(), Some("|-\n  a\n\n   b"));
        assert_eq!(literal("a\nb\n", 2, "\r\n").as_deref(), Some("|\r\n  a\r\n  b"));
        for text in ["one", " a\nb", "\na\nb", "a\nb\n\n", "a\tb\nc", "a\nb\r\nc", "a\n\u{2028}"] {
            assert_eq!(literal(text, 2, "\n"), None, "{text:?}");
        }
    }
}
