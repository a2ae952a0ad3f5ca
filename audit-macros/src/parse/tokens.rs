//! Looking at tokens where parsing would be too much.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::Lifetime;

/// Gets a token with the one before it and the one behind it.
type Seek<'a> = &'a mut dyn FnMut(Option<&TokenTree>, &TokenTree, Option<&TokenTree>) -> bool;

/// The first token, at any depth, that `seek` accepts.
pub(crate) fn find(tokens: &TokenStream, seek: Seek<'_>) -> Option<TokenTree> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (place, token) in all.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| all.get(before));
        if seek(before, token, all.get(place + 1)) {
            return Some(token.clone());
        }
        if let TokenTree::Group(group) = token
            && let Some(found) = find(&group.stream(), seek)
        {
            return Some(found);
        }
    }
    None
}

/// Whether `token` is that punctuation character.
pub(crate) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// Whether `token` is that word.
pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// The group, where `token` is one of that kind.
pub(crate) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Where the tokens use the variable of that name: not as `.name` and not as the start of a path.
pub(crate) fn mention(tokens: &TokenStream, name: &str) -> Option<Span> {
    let found = find(tokens, &mut |before, token, after| {
        let follows_dot = is_punct(before, '.');
        let starts_path = matches!(
            after,
            Some(TokenTree::Punct(p)) if p.as_char() == ':' && p.spacing() == Spacing::Joint
        );
        is_word(Some(token), name) && !follows_dot && !starts_path
    });
    found.map(|found| found.span())
}

/// Where the tokens use the variable, also as `{name}` in a format string.
pub(crate) fn usage(tokens: &TokenStream, name: &str) -> Option<Span> {
    let start = format!("{{{name}");
    mention(tokens, name).or_else(|| {
        let found = find(tokens, &mut |_, token, _| {
            matches!(token, TokenTree::Literal(text) if text.to_string().contains(&start))
        });
        found.map(|found| found.span())
    })
}

/// What leaves the function that it stands in: `return` or `?`, outside closures and async blocks.
pub(crate) fn exit(tokens: &TokenStream) -> Option<TokenTree> {
    let own_scope = find(tokens, &mut |_, token, _| {
        is_punct(Some(token), '|') || is_word(Some(token), "async")
    });
    if own_scope.is_some() {
        return None;
    }
    find(tokens, &mut |_, token, _| is_word(Some(token), "return") || is_punct(Some(token), '?'))
}

/// Whether the function waits in it: `.await`, outside async blocks.
pub(crate) fn waits(tokens: &TokenStream) -> bool {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    all.iter().enumerate().any(|(place, token)| {
        let before = |distance| place.checked_sub(distance).and_then(|place| all.get(place));
        match token {
            TokenTree::Ident(word) => word == "await" && is_punct(before(1), '.'),
            TokenTree::Group(inner) => {
                let own = is_word(before(1), "async")
                    || is_word(before(1), "move") && is_word(before(2), "async");
                !own && waits(&inner.stream())
            }
            _ => false,
        }
    })
}

/// A return type as an expression may name it: `_` in the place of each `impl ..`.
pub(crate) fn nameable(tokens: TokenStream) -> TokenStream {
    let mut named = TokenStream::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                named.extend([TokenTree::Ident(Ident::new("_", word.span()))]);
                let mut depth = 0_usize;
                let mut arrow = false;
                while let Some(token) = rest.peek() {
                    if let TokenTree::Punct(punct) = token {
                        match punct.as_char() {
                            '<' => depth += 1,
                            '>' if arrow => {}
                            '>' | ',' | ';' if depth == 0 => break,
                            '>' => depth -= 1,
                            _ => {}
                        }
                        arrow = punct.as_char() == '-' && punct.spacing() == Spacing::Joint;
                    } else {
                        arrow = false;
                    }
                    rest.next();
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), nameable(group.stream()));
                inner.set_span(group.span());
                named.extend([TokenTree::Group(inner)]);
            }
            other => named.extend([other]),
        }
    }
    named
}

/// A type with `'_` in the place of a lifetime, or of all; `None` where that could be another type,
/// as in `Fn(&'a str)`.
pub(crate) fn elided(tokens: &TokenStream, lifetime: Option<&Lifetime>) -> Option<TokenStream> {
    let mut written = TokenStream::new();
    let mut before: Option<TokenTree> = None;
    for token in tokens.clone() {
        let token = match token {
            TokenTree::Ident(name)
                if is_punct(before.as_ref(), '\'')
                    && lifetime.is_none_or(|lifetime| lifetime.ident == name) =>
            {
                TokenTree::Ident(Ident::new("_", name.span()))
            }
            TokenTree::Group(group) => {
                let called = matches!(before, Some(TokenTree::Ident(_)));
                if called && group.delimiter() == Delimiter::Parenthesis {
                    return None;
                }
                let mut inner = Group::new(group.delimiter(), elided(&group.stream(), lifetime)?);
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        before = Some(token.clone());
        written.extend([token]);
    }
    Some(written)
}

/// Whether `token` is the `mut` of a variable: not that of `&mut` or of `ref mut`.
pub(crate) fn makes_mutable(before: Option<&TokenTree>, token: &TokenTree) -> bool {
    is_word(Some(token), "mut") && !is_punct(before, '&') && !is_word(before, "ref")
}

/// A pattern whose variables are not `mut`.
pub(crate) fn immutable(pattern: TokenStream) -> TokenStream {
    let mut written = TokenStream::new();
    let mut before: Option<TokenTree> = None;
    for token in pattern {
        let left = makes_mutable(before.as_ref(), &token);
        before = Some(token.clone());
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), immutable(group.stream()));
                inner.set_span(group.span());
                written.extend([TokenTree::Group(inner)]);
            }
            other if !left => written.extend([other]),
            _ => {}
        }
    }
    written
}

/// What is done with a variable at one place.
struct Use {
    /// With a part of it: `name.field`, `name.list[0]`.
    part: bool,
    /// What stands in front of the `=` where it is assigned to: `+` in `+=`, nothing in `=`.
    assigned: Option<String>,
}

impl Use {
    fn only_writes(&self) -> bool {
        self.assigned.as_deref() == Some("")
    }
}

/// Whether a part of the variable is assigned to.
pub(crate) fn assigns_part(tokens: &TokenStream, name: &Ident) -> bool {
    uses(tokens, name).iter().any(|used| used.part && used.assigned.is_some())
}

/// Whether the value is used that the variable has at first.
pub(crate) fn reads(tokens: &TokenStream, name: &Ident) -> bool {
    let all = uses(tokens, name);
    let is_overwritten = all.first().is_some_and(|first| !first.part && first.only_writes());
    !is_overwritten && !all.iter().all(Use::only_writes)
}

fn uses(tokens: &TokenStream, name: &Ident) -> Vec<Use> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let start = format!("{{{name}");
    let mut found = Vec::new();
    for (place, token) in all.iter().enumerate() {
        match token {
            TokenTree::Group(group) => found.extend(uses(&group.stream(), name)),
            TokenTree::Ident(used) if used == name => {
                if is_punct(place.checked_sub(1).and_then(|before| all.get(before)), '.') {
                    continue;
                }
                let rest = all.get(place..).unwrap_or_default();
                let length = length(rest);
                let assigned = assigned(rest.get(length..).unwrap_or_default());
                found.push(Use { part: length > 1, assigned });
            }
            TokenTree::Literal(text) if text.to_string().contains(&start) => {
                found.push(Use { part: false, assigned: None });
            }
            _ => {}
        }
    }
    found
}

/// How many tokens the place has that begins with a variable: `name.list[0]`.
pub(super) fn length(tokens: &[TokenTree]) -> usize {
    let mut end = 1;
    while let Some(token) = tokens.get(end) {
        end += match token {
            TokenTree::Punct(sign) if sign.as_char() == '.' => 2,
            TokenTree::Group(index) if index.delimiter() == Delimiter::Bracket => 1,
            _ => break,
        };
    }
    end
}

/// What stands in front of the `=` that the tokens begin with, where they begin with an assignment.
pub(super) fn assigned(tokens: &[TokenTree]) -> Option<String> {
    let mut spelled = String::new();
    for token in tokens {
        let TokenTree::Punct(sign) = token else { break };
        spelled.push(sign.as_char());
        if sign.spacing() == Spacing::Alone {
            break;
        }
    }
    let operator = spelled.strip_suffix('=')?;
    let known = ["", "+", "-", "*", "/", "%", "^", "&", "|", "<<", ">>"];
    known.contains(&operator).then(|| operator.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect("tokens")
    }

    #[test]
    fn each_impl_becomes_a_placeholder() {
        for (written, expected) in [
            ("u32", "u32"),
            ("impl Fn(u32) -> u32", "_"),
            ("Result<impl Iterator<Item = Vec<u8>> + use<'a>, E>", "Result<_, E>"),
            ("(impl A<fn(u8) -> u8>, [impl B; 2])", "(_, [_; 2])"),
        ] {
            let expected = tokens(expected).to_string();
            assert_eq!(nameable(tokens(written)).to_string(), expected, "{written}");
        }
    }

    #[test]
    fn a_lifetime_is_elided_where_that_is_the_same_type() {
        let own = Lifetime::new("'a", Span::call_site());
        for (written, expected) in [
            ("&'a str", Some("&'_ str")),
            (
                "Result<(Ref<'a>, &'b u8), [&'static u8; 2]>",
                Some("Result<(Ref<'_>, &'b u8), [&'static u8; 2]>"),
            ),
            ("Box<dyn Fn(&'a str) -> u8>", None),
        ] {
            let elided = elided(&tokens(written), Some(&own)).map(|elided| elided.to_string());
            assert_eq!(elided, expected.map(|expected| tokens(expected).to_string()), "{written}");
        }
    }

    #[test]
    fn parts_that_are_assigned_to_are_told_from_parts_that_are_read() {
        let name = Ident::new("n", Span::call_site());
        for (text, assigned) in [
            ("n.a = 1", true),
            ("if x { n.0.list[1] <<= 2; }", true),
            ("n.a -= 1", true),
            ("n.a == 1", false),
            ("match n.a { _ => 1 }", false),
            ("n = 1", false),
            ("m.n = 1", false),
            ("n.a.push(1)", false),
        ] {
            assert_eq!(assigns_part(&tokens(text), &name), assigned, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_overwritten_is_not_read() {
        let name = Ident::new("n", Span::call_site());
        for (text, read) in [
            ("n = 1; { n = m; }", false),
            ("n += 1", true),
            ("n == 1", true),
            ("println!(\"{n:?}\")", true),
            ("n.a = 1; n.b[0] = 2;", false),
            ("n.a = n.b;", true),
            ("n = 1; f(n)", false),
        ] {
            assert_eq!(reads(&tokens(text), &name), read, "{text}");
        }
    }

    #[test]
    fn a_field_or_a_path_is_no_mention_of_a_variable() {
        assert!(mention(&tokens("ret.status"), "status").is_none());
        assert!(mention(&tokens("status::of(ret)"), "status").is_none());
        assert!(mention(&tokens("f(ret, [status])"), "status").is_some());
        assert!(usage(&tokens(r#"format!("{status:?}")"#), "status").is_some());
    }

    #[test]
    fn waiting_is_seen_outside_async_blocks_only() {
        assert!(waits(&tokens("f(|x| x + 1, [g().await])")));
        assert!(!waits(&tokens("block_on(async { f().await })")));
        assert!(!waits(&tokens("block_on(async move { f().await })")));
        assert!(!waits(&tokens("r#await")));
    }

    #[test]
    fn leaving_is_seen_outside_closures_only() {
        assert!(exit(&tokens("self.load()?.title")).is_some());
        assert!(exit(&tokens("{ return 1; }")).is_some());
        assert!(exit(&tokens("x.map(|x| { return x; })")).is_none());
    }
}
