//! Text as people see it: hostile characters escaped, near words found.

use std::fmt::Write as _;

/// `text` on one line, with every character that could steer a terminal escaped.
pub fn one_line(text: &str) -> String {
    escape(text, false)
}

/// `text` with its line breaks and tabs kept and every other control character escaped.
pub fn block(text: &str) -> String {
    escape(text, true)
}

fn escape(text: &str, keep_breaks: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' if keep_breaks => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if steers(c) => {
                let Ok(()) = write!(out, "\\u{{{:x}}}", u32::from(c)) else { continue };
            }
            c => out.push(c),
        }
    }
    out
}

/// The pieces as one text.
pub(crate) fn joined(pieces: impl IntoIterator<Item = String>) -> String {
    pieces.into_iter().fold(String::new(), |text, piece| text + &piece)
}

/// Control characters, bidirectional overrides and isolates, line and paragraph separators, BOM.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The candidate nearest to `word`, when it is near enough to be a slip of the pen.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steering_characters_are_shown_not_sent() {
        assert_eq!(one_line("a\x1b[31m\u{202e}b\nc\u{9b}"), "a\\u{1b}[31m\\u{202e}b\\nc\\u{9b}");
        assert_eq!(block("a\n\tb\r\u{2028}"), "a\n\tb\\r\\u{2028}");
        assert_eq!(one_line("日本 ✅ é"), "日本 ✅ é");
    }

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = ["implement-persistent-disk-logging", "todo", "complete"];
        assert_eq!(nearest("implement-persistent-disk-loging", words), Some(words[0]));
        assert_eq!(nearest("tdo", words), Some("todo"));
        assert_eq!(nearest("nosuch", words), None);
    }
}
