//! The functions of a Rust file, found by its tokens.
//!
//! Only what an attribute may stand on: functions with a body that are not `const` and not the
//! input of a macro.

use std::ops::Range;

use crate::tidy::source::split;

/// A function with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The character, counted from 0, where the item begins with its attributes.
    pub(crate) start: usize,
    /// From the line where it begins to the one with its closing brace, counted from 1.
    pub(crate) lines: Range<usize>,
}

/// The functions of a text, in their order.
pub(crate) fn functions(text: &str) -> Vec<Found> {
    let tokens = tokens(&split(text).code);
    let mut walk = Walk { tokens: &tokens, found: Vec::new() };
    walk.items(0..tokens.len());
    walk.found.sort_by_key(|found| found.start);
    walk.found
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    start: usize,
    line: usize,
    /// The index of the bracket that belongs to this one.
    partner: usize,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Word(String),
    Sign(char),
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open = Vec::new();
    let mut line = 1;
    let chars: Vec<char> = code.chars().collect();
    let part = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        at += 1;
        if c == '\n' {
            line += 1;
        }
        if c.is_whitespace() {
            continue;
        }
        let mut partner = tokens.len();
        let kind = if part(start) {
            if c == 'r' && chars.get(at) == Some(&'#') && part(at + 1) {
                at += 1;
            }
            while part(at) {
                at += 1;
            }
            Kind::Word(chars.get(start..at).unwrap_or_default().iter().collect())
        } else {
            match c {
                '(' | '[' | '{' => open.push(tokens.len()),
                ')' | ']' | '}' => {
                    partner = open.pop().unwrap_or(partner);
                    let closing = tokens.len();
                    if let Some(opening) = tokens.get_mut(partner) {
                        opening.partner = closing;
                    }
                }
                _ => {}
            }
            Kind::Sign(c)
        };
        tokens.push(Token { kind, start, line, partner });
    }
    tokens
}

/// Words that stand in front of `fn`.
const QUALIFIERS: [&str; 7] = ["pub", "default", "const", "async", "unsafe", "safe", "extern"];
/// Words after which `!(` is a negation.
const BEFORE_NOT: [&str; 9] =
    ["return", "if", "while", "match", "in", "else", "break", "move", "await"];

struct Walk<'a> {
    tokens: &'a [Token],
    found: Vec<Found>,
}

impl Walk<'_> {
    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            Kind::Sign(_) => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            Kind::Word(_) => None,
        }
    }

    fn opens(&self, at: usize) -> bool {
        matches!(self.sign(at), Some('(' | '[' | '{'))
    }

    /// The index behind the bracket that closes the one at `at`.
    fn behind(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(at, |token| token.partner.max(at)) + 1
    }

    fn items(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            at = self.next(at);
        }
    }

    /// Takes in what stands at `at`; gives the index of what to look at next.
    fn next(&mut self, at: usize) -> usize {
        if self.sign(at) == Some('#') {
            let bracket = at + 1 + usize::from(self.sign(at + 1) == Some('!'));
            return if self.sign(bracket) == Some('[') { self.behind(bracket) } else { at + 1 };
        }
        let Some(word) = self.word(at) else { return at + 1 };
        if self.sign(at + 1) == Some('!') && !BEFORE_NOT.contains(&word) {
            let group = at + 2 + usize::from(self.word(at + 2).is_some());
            return if self.opens(group) { self.behind(group) } else { at + 2 };
        }
        match word {
            // `macro name($a:expr) { … }`.
            "macro" if self.word(at + 1).is_some() && self.opens(at + 2) => {
                let rules = self.behind(at + 2);
                if self.sign(rules) == Some('{') { self.behind(rules) } else { rules }
            }
            "fn" if self.word(at + 1).is_some() => self.function(at),
            _ => at + 1,
        }
    }

    /// A function from its `fn` on; gives the index of its body, which is looked at next.
    fn function(&mut self, keyword: usize) -> usize {
        let Some(body) = self.body(keyword + 2) else { return keyword + 2 };
        let (first, constant) = self.first(keyword);
        let end = self.behind(body) - 1;
        let token = |at: usize| self.tokens.get(at);
        if let (false, Some(first), Some(end)) = (constant, token(first), token(end)) {
            self.found.push(Found { start: first.start, lines: first.line..end.line + 1 });
        }
        body + 1
    }

    /// The brace of the body, behind the name.
    fn body(&self, mut at: usize) -> Option<usize> {
        let mut angles = 0_usize;
        loop {
            match self.sign(at) {
                Some('{') if angles == 0 => return Some(at),
                Some(';') if angles == 0 => return None,
                Some('(' | '[' | '{') => {
                    at = self.behind(at);
                    continue;
                }
                Some(')' | ']' | '}') => return None,
                Some('<') => angles += 1,
                Some('>') if self.sign(at.wrapping_sub(1)) != Some('-') => {
                    angles = angles.saturating_sub(1);
                }
                None if self.word(at).is_none() => return None,
                _ => {}
            }
            at += 1;
        }
    }

    /// Where the item begins, and whether it is `const`.
    fn first(&self, keyword: usize) -> (usize, bool) {
        let mut first = keyword;
        let mut constant = false;
        while let Some(before) = first.checked_sub(1) {
            let opening = self.tokens.get(before).map_or(before, |token| token.partner);
            let earlier = |steps: usize| opening.checked_sub(steps);
            match (self.word(before), self.sign(before)) {
                (Some(word), _) if QUALIFIERS.contains(&word) => {
                    constant |= word == "const";
                    first = before;
                }
                (_, Some(')')) if earlier(1).and_then(|at| self.word(at)) == Some("pub") => {
                    first = opening - 1;
                }
                (_, Some(']')) if earlier(1).and_then(|at| self.sign(at)) == Some('#') => {
                    first = opening - 1;
                }
                _ => break,
            }
        }
        (first, constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the functions found in a text, by the word behind their `fn`.
    fn names(text: &str) -> Vec<String> {
        let name = |found: &Found| {
            let rest: String = text.chars().skip(found.start).collect();
            let name = rest.split("fn ").nth(1).unwrap_or_default();
            name.split(['(', '<']).next().unwrap_or_default().to_owned()
        };
        functions(text).iter().map(name).collect()
    }

    #[test]
    fn functions_with_a_body_are_found_wherever_they_stand() {
        let text = "fn a() { fn b() {} || { fn c() {} } } mod m { impl T { pub(in x::y) fn d(&self) {} } }\n\
                    trait X { fn required<F: Fn() -> u8, const N: u8 = { 1 }>(&self) -> A<{ 1 }>; fn e(&self) {} }\n\
                    pub default async unsafe extern \"C\" fn f() {}\n\
                    fn g<const N: usize, F: Fn(u8) -> u8>(x: [u8; { N }]) -> A<{ 1 }> where [(); { 2 }]:, A<{ 1 > 0 }>: B, {}\n\
                    fn r#h() -> u8 { if !(x) { fn i() {} } return !(0) }";
        let expected = ["a", "b", "c", "d", "e", "f", "g", "r#h", "i"];
        assert_eq!(names(text), expected);
    }

    #[test]
    fn what_takes_no_attribute_is_left_alone() {
        for text in [
            "const fn a() {}",
            "pub const unsafe fn a() {}",
            "extern \"C\" { fn a(); fn b(); }",
            "macro_rules! m { () => { fn a() {} }; }",
            "cfg_x! { fn a() {} }",
            "m!(fn a() {});",
            "macro m($x:expr) { fn a() {} }",
            "type A = fn(u8) -> u8; struct S { f: fn() }",
            "// fn a() {}\n/* fn b() {} */ const S: &str = \"fn c() {}\"; const R: &str = r#\"fn d() {}\"#;",
            "#[x(fn a() {})] struct S;",
        ] {
            assert!(functions(text).is_empty(), "{text}: {:?}", functions(text));
        }
    }

    #[test]
    fn an_item_begins_with_its_attributes() {
        let text = "#![x]\n/// Words.\n#[a]\n/// More.\n#[b(c)] pub(crate) fn f()\n{\n}\n";
        let found = functions(text);
        let start = text.find("#[a]").expect("the attribute");
        assert_eq!(found, [Found { start, lines: 3..8 }]);
        let odd = "const _: () = {}; static Q: char = '\"'; fn f<'a>(x: &'a u8) {} // \"";
        assert_eq!(names(odd), ["f"]);
    }
}
