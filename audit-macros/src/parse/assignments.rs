//! Assignments to parts of a variable, about which the compiler is to say nothing.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::{
    known,
    tokens::{self, is_punct},
};

/// The tokens with `unused_assignments` allowed for each assignment to a part of the variable, and
/// whether there may be one in what becomes of the input of a macro, which stays as it is.
pub(super) fn silent(body: TokenStream, name: &Ident) -> (TokenStream, bool) {
    within(body, Delimiter::Brace, name)
}

fn within(tokens: TokenStream, around: Delimiter, name: &Ident) -> (TokenStream, bool) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut written, mut hidden) = (TokenStream::new(), false);
    let mut place = 0;
    while let Some(token) = all.get(place) {
        let rest = all.get(place..).unwrap_or_default();
        if let Some(length) = assignment(&all, place, name) {
            let (assignment, behind) = rest.split_at(length);
            let ends = behind.first().filter(|sign| is_punct(Some(sign), ';'));
            let assignment: TokenStream = assignment.iter().cloned().collect();
            let silent = quote!(#[allow(unused_assignments)] { #assignment; });
            // An attribute stands in front of a statement only.
            if begins_statement(&all, place, around) {
                written.extend(silent);
                place += length + usize::from(ends.is_some());
            } else {
                written.extend(quote!({ #silent }));
                place += length;
            }
            continue;
        }
        place += 1;
        let TokenTree::Group(group) = token else {
            written.extend([token.clone()]);
            continue;
        };
        if let Some(called) = called(&all, place - 1)
            && !known::takes_code(called)
        {
            let input = group.stream();
            hidden |= tokens::assigns_part(&input, name)
                || !known::only_reads(called)
                    && tokens::mention(&input, &name.to_string()).is_some();
            written.extend([token.clone()]);
            continue;
        }
        let (inside, is_hidden) = within(group.stream(), group.delimiter(), name);
        hidden |= is_hidden;
        let mut changed = Group::new(group.delimiter(), inside);
        changed.set_span(group.span());
        written.extend([TokenTree::Group(changed)]);
    }
    (written, hidden)
}

/// How many tokens the assignment has that begins at `place`.
fn assignment(all: &[TokenTree], place: usize, name: &Ident) -> Option<usize> {
    let rest = all.get(place..)?;
    let TokenTree::Ident(variable) = rest.first()? else { return None };
    let before = place.checked_sub(1).and_then(|before| all.get(before));
    // What is behind a reference is not a part of the variable.
    let elsewhere = is_punct(before, '.') || is_punct(before, '*');
    let length = tokens::length(rest);
    if variable != name || elsewhere || length == 1 {
        return None;
    }
    tokens::assigned(rest.get(length..)?)?;
    let end =
        rest.iter().position(|token| is_punct(Some(token), ';') || is_punct(Some(token), ','));
    Some(end.unwrap_or(rest.len()))
}

/// Whether a statement begins at `place`.
fn begins_statement(all: &[TokenTree], place: usize, around: Delimiter) -> bool {
    let before = place.checked_sub(1).and_then(|before| all.get(before));
    around == Delimiter::Brace
        && before.is_none_or(|before| {
            is_punct(Some(before), ';') || tokens::group(Some(before), Delimiter::Brace).is_some()
        })
}

/// The macro whose input is the group at `place`.
fn called(all: &[TokenTree], place: usize) -> Option<&Ident> {
    let before = |distance| place.checked_sub(distance).and_then(|place| all.get(place));
    match before(2) {
        Some(TokenTree::Ident(name)) if is_punct(before(1), '!') => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn assignments_to_parts_become_statements_of_their_own() {
        let silence = "#[allow(unused_assignments)]";
        let name = Ident::new("n", Span::call_site());
        for (text, expected, hidden) in [
            ("n.a = 1; n", format!("{silence} {{ n.a = 1; }} n"), false),
            ("if x { n.a[0] += 1 }", format!("if x {{ {silence} {{ n.a[0] += 1; }} }}"), false),
            (
                "match x { 1 => n.a = 2, _ => n.b = 3 }",
                format!(
                    "match x {{ 1 => {{ {silence} {{ n.a = 2; }} }}, \
                     _ => {{ {silence} {{ n.b = 3; }} }} }}"
                ),
                false,
            ),
            ("f(|| n.a = 1);", format!("f(|| {{ {silence} {{ n.a = 1; }} }});"), false),
            ("(n.a = 1)", format!("({{ {silence} {{ n.a = 1; }} }})"), false),
            ("let x = n.a = 1;", format!("let x = {{ {silence} {{ n.a = 1; }} }};"), false),
            (
                "*n.a = 1; m.n.a = 2; n = 3; n.a == 4",
                "*n.a = 1; m.n.a = 2; n = 3; n.a == 4".to_owned(),
                false,
            ),
            ("m!(n.a = 1)", "m!(n.a = 1)".to_owned(), true),
            ("m!(n.a, 1)", "m!(n.a, 1)".to_owned(), true),
            ("println!(\"{}\", n.a)", "println!(\"{}\", n.a)".to_owned(), false),
            (
                "select! { x = f() => n.a = x, }",
                format!("select! {{ x = f() => {{ {silence} {{ n.a = x; }} }}, }}"),
                false,
            ),
        ] {
            let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
            let (written, found) = silent(tokens(text), &name);
            assert_eq!(written.to_string(), tokens(&expected).to_string(), "{text}");
            assert_eq!(found, hidden, "{text}");
        }
    }
}
