//! The items at the start of a body: generated statements go behind them.
//!
//! In front of them they would set off `clippy::items_after_statements` on the user's code.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tokens::{group, is_punct, is_word};

/// The items that a body starts with, and the rest.
pub(crate) fn leading(body: TokenStream) -> (TokenStream, TokenStream) {
    let all: Vec<TokenTree> = body.into_iter().collect();
    let mut end = 0;
    while let Some(length) = item(all.get(end..).unwrap_or_default()) {
        end += length;
    }
    let mut all = all.into_iter();
    (all.by_ref().take(end).collect(), all.collect())
}

/// How many tokens the item has that the tokens start with.
pub(crate) fn item(tokens: &[TokenTree]) -> Option<usize> {
    let mut start = 0;
    while is_punct(tokens.get(start), '#')
        && group(tokens.get(start + 1), Delimiter::Bracket).is_some()
    {
        start += 2;
    }
    if is_word(tokens.get(start), "pub") {
        start += 1;
        start += usize::from(group(tokens.get(start), Delimiter::Parenthesis).is_some());
    }
    let TokenTree::Ident(first) = tokens.get(start)? else { return None };
    let next = tokens.get(start + 1);
    let next_is = |words: &[&str]| words.iter().any(|word| is_word(next, word));
    let ends = match first.to_string().as_str() {
        "use" | "static" | "type" => Ends::Semicolon,
        "const" if next_is(&["fn", "async", "unsafe", "extern"]) => Ends::Either,
        "const" if matches!(next, Some(TokenTree::Ident(_))) => Ends::Semicolon,
        "async" if next_is(&["fn", "unsafe"]) => Ends::Either,
        "unsafe" if next_is(&["fn", "impl", "trait", "extern"]) => Ends::Either,
        "fn" | "struct" | "enum" | "trait" | "impl" | "mod" | "extern" => Ends::Either,
        "union" if matches!(next, Some(TokenTree::Ident(_))) => Ends::Either,
        "macro_rules" if is_punct(next, '!') => Ends::Either,
        _ => return None,
    };
    for (place, token) in tokens.iter().enumerate().skip(start + 1) {
        if is_punct(Some(token), ';') {
            return Some(place + 1);
        }
        // `{N}` among generic arguments is no body.
        let before = tokens.get(place - 1);
        let argument = ['<', ',', '='].iter().any(|sign| is_punct(before, *sign));
        if matches!(ends, Ends::Either)
            && group(Some(token), Delimiter::Brace).is_some()
            && !argument
        {
            return Some(place + 1);
        }
    }
    None
}

/// What an item ends with.
enum Ends {
    Semicolon,
    /// Braces, or a semicolon.
    Either,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_from_statements() {
        for (items, rest) in [
            ("", "let x = 1; use a::b;"),
            ("use a::{b, c}; const K: u32 = { 1 };", "K"),
            ("#[inline] pub(crate) fn f() -> A<{ 1 }> where B: C { 2 }", "f()"),
            ("struct P(u32); struct Q; enum E { A } impl P { }", "{ }"),
            ("unsafe fn f() {} async fn g() {}", "unsafe { f() }"),
            ("macro_rules! m { () => {} }", "m!()"),
            ("", "const { 1 }"),
            ("", "async { 1 }"),
            ("", "union(a, b)"),
            ("", "#[cfg(x)] let a = 1;"),
        ] {
            let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens").to_string();
            let all = format!("{items} {rest}").parse().expect("tokens");
            let (found, left) = leading(all);
            assert_eq!((found.to_string(), left.to_string()), (tokens(items), tokens(rest)));
        }
    }
}
