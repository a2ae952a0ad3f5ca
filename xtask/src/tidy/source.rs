//! Rust source split into code and comments, line by line, well enough for rules: strings are
//! blanked in the code, and modules under `#[cfg(test)]` can be blanked too.

/// A text of the same lines and columns for each kind of content; the rest is blank.
pub(crate) struct Split {
    /// Code, with the insides of strings and characters blank.
    pub(crate) code: String,
    /// Comments, doc comments included.
    pub(crate) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    LineComment,
    /// With its depth.
    BlockComment(usize),
    Text,
    /// With its number of `#`.
    RawText(usize),
}

/// Splits `text`.
pub(crate) fn split(text: &str) -> Split {
    let chars: Vec<char> = text.chars().collect();
    let mut split = Split { code: String::new(), comments: String::new() };
    let mut state = State::Code;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let (taken, after) = match state {
            State::Code => from_code(&chars, at),
            State::LineComment if c == '\n' => (1, State::Code),
            State::LineComment => (1, State::LineComment),
            State::BlockComment(depth) => match (c, next, depth) {
                ('/', Some('*'), _) => (2, State::BlockComment(depth + 1)),
                ('*', Some('/'), 1) => (2, State::Code),
                ('*', Some('/'), _) => (2, State::BlockComment(depth - 1)),
                _ => (1, state),
            },
            State::Text if c == '\\' => (2, State::Text),
            State::Text if c == '"' => (1, State::Code),
            State::RawText(hashes) if c == '"' && hashes_at(&chars, at + 1) >= hashes => {
                (1 + hashes, State::Code)
            }
            State::Text | State::RawText(_) => (1, state),
        };
        let inside = if state == State::Code { after } else { state };
        for &c in chars.iter().skip(at).take(taken) {
            let blank = if c == '\n' { '\n' } else { ' ' };
            let comment = matches!(inside, State::LineComment | State::BlockComment(_));
            let code = state == State::Code && after == State::Code;
            split.code.push(if code { c } else { blank });
            split.comments.push(if comment { c } else { blank });
        }
        // A character literal is code that is blank.
        if state == State::Code && after == State::Code && taken > 1 {
            blank_last(&mut split.code, taken);
        }
        state = after;
        at += taken;
    }
    split
}

/// How many characters belong together from `at` on, and what follows them.
fn from_code(chars: &[char], at: usize) -> (usize, State) {
    let (c, next) = (chars.get(at).copied(), chars.get(at + 1).copied());
    match (c, next) {
        (Some('/'), Some('/')) => (2, State::LineComment),
        (Some('/'), Some('*')) => (2, State::BlockComment(1)),
        (Some('"'), _) => (1, State::Text),
        (Some('r'), Some('"' | '#')) if !follows_word(chars, at) => {
            let hashes = hashes_at(chars, at + 1);
            match chars.get(at + 1 + hashes) {
                Some('"') => (2 + hashes, State::RawText(hashes)),
                _ => (1, State::Code),
            }
        }
        (Some('\''), Some('\\')) => {
            let end = chars.iter().skip(at + 3).position(|c| *c == '\'');
            (end.map_or(1, |end| end + 4), State::Code)
        }
        (Some('\''), Some(_)) if chars.get(at + 2) == Some(&'\'') => (3, State::Code),
        _ => (1, State::Code),
    }
}

/// True inside an identifier; `br"…"` is none.
fn follows_word(chars: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| chars.get(at).copied());
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let prefix = matches!(before(1), Some('b' | 'c')) && !word(before(2));
    word(before(1)) && !prefix
}

fn hashes_at(chars: &[char], at: usize) -> usize {
    chars.iter().skip(at).take_while(|c| **c == '#').count()
}

fn blank_last(text: &mut String, count: usize) {
    for _ in 0..count {
        text.pop();
    }
    text.extend(std::iter::repeat_n(' ', count));
}

/// `code` with everything under `#[cfg(test)]` blank: the item that follows, up to its closing
/// brace or semicolon.
pub(super) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        let (before, item) = rest.split_at(at);
        out.push_str(before);
        let (item, tail) = item.split_at(item_end(item));
        out.extend(item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// Numbers and texts of the lines in which `word` stands as a word of its own.
pub(super) fn lines_with<'a>(
    text: &'a str,
    word: &'a str,
) -> impl Iterator<Item = (usize, &'a str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(move |(_, line)| has_word(line, word))
}

/// True when `word` occurs and is not a part of a longer identifier.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let starts_open = !part(word.chars().next());
    let ends_open = !part(word.chars().next_back());
    line.match_indices(word).any(|(at, found)| {
        let (before, after) = (line.get(..at), line.get(at + found.len()..));
        let before = before.and_then(|text| text.chars().next_back());
        let after = after.and_then(|text| text.chars().next());
        (starts_open || !part(before)) && (ends_open || !part(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_no_code() {
        let text = "a(\"b // c\\\" d\"); // e \"f\"\n/* g /* h */ i */ j('\"', 'k, r#\"l\"m\"#, br\"n\\\", '\\'');";
        let split = split(text);
        let words = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(words(&split.code), "a();j(,'k,,b,);");
        assert_eq!(words(&split.comments), "//e\"f\"/*g/*h*/i*/");
        assert_eq!(split.code.lines().count(), 2);
        assert_eq!(split.code.find("j("), text.find("j("), "columns stay");
    }

    #[test]
    fn what_follows_a_test_attribute_is_blank() {
        let code =
            "a();\n#[cfg(test)]\nmod tests;\nb();\n#[cfg(test)]\nmod x { fn f() { c() } }\nd();";
        let left: Vec<_> = without_tests(code).lines().map(|l| l.trim().to_owned()).collect();
        assert_eq!(left, ["a();", "", "", "b();", "", "", "d();"]);
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("x.unwrap()", ".unwrap("));
        assert!(!has_word("x.unwrap_or()", ".unwrap("));
        assert!(has_word("std::panic!(", "panic!"));
        assert!(!has_word("dont_panic!(", "panic!"));
        assert!(!has_word("panics", "panic"));
    }
}
