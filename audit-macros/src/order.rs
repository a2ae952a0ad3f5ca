//! `#[audited]` above `#[timed]`: they change places, so that what is timed is the body and not the
//! writing of its audit record.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::parse::tokens::{group, is_punct};

/// The item with `#[timed]` in front and `#[audited]` behind it, where it has a `#[timed]`.
pub(crate) fn timed_first(
    hooks: impl FnOnce() -> TokenStream,
    arguments: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    let mut all: Vec<TokenTree> = item.clone().into_iter().collect();
    while let [TokenTree::Group(whole)] = all.as_slice()
        && whole.delimiter() == Delimiter::None
    {
        all = whole.stream().into_iter().collect();
    }
    let mut end = 0;
    let mut timed = None;
    while is_punct(all.get(end), '#')
        && let Some(attribute) = group(all.get(end + 1), Delimiter::Bracket)
    {
        end += 2;
        if is_timed(attribute.stream()) {
            timed = Some(end);
        }
    }
    let behind = all.split_off(timed?);
    let hooks = hooks();
    let arguments = (!arguments.is_empty()).then(|| quote!((#arguments)));
    Some(quote!(#(#all)* #[#hooks::audited #arguments] #(#behind)*))
}

/// Whether an attribute's path ends in `timed`.
fn is_timed(attribute: TokenStream) -> bool {
    let mut last = None;
    for token in attribute {
        match token {
            TokenTree::Ident(name) => last = Some(name),
            TokenTree::Punct(sign) if sign.as_char() == ':' => {}
            // `#[$attribute]` in a macro.
            TokenTree::Group(inner) if inner.delimiter() == Delimiter::None && last.is_none() => {
                return is_timed(inner.stream());
            }
            _ => break,
        }
    }
    last.is_some_and(|name| name == "timed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect("tokens")
    }

    #[test]
    fn they_change_places() {
        for (arguments, item, expected) in [
            ("", "#[timed] fn f() {}", "#[timed] #[h::audited] fn f() {}"),
            (
                "err = %",
                "#[a] #[x::timed(slow = \"1s\")] #[b] pub fn f() {}",
                "#[a] #[x::timed(slow = \"1s\")] #[h::audited(err = %)] #[b] pub fn f() {}",
            ),
            ("", "#[timed] #[timed(b)] fn f() {}", "#[timed] #[timed(b)] #[h::audited] fn f() {}"),
        ] {
            let changed = timed_first(|| tokens("h"), &tokens(arguments), &tokens(item));
            let changed = changed.expect("there is a `timed`").to_string();
            assert_eq!(changed, tokens(expected).to_string());
        }
    }

    #[test]
    fn without_a_timed_they_stay() {
        for item in ["fn timed() {}", "#[doc = \"timed\"] fn f() {}", "#[timed::other] fn f() {}"] {
            assert!(timed_first(|| tokens("h"), &tokens(""), &tokens(item)).is_none(), "{item}");
        }
    }
}
