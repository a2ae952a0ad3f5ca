//! A block, taken apart at its functions.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{ItemImpl, Type, ext::IdentExt as _};

use crate::parse::{
    item_length,
    tokens::{group, is_punct, is_word},
};

/// An `impl` block, a trait or a module.
pub(super) struct Block {
    /// `impl`, `trait` or `mod`.
    pub(super) keyword: Ident,
    /// The name of the type, trait or module.
    pub(super) name: String,
    /// Whether what stands in it is as visible as the trait it belongs to.
    pub(super) of_trait: bool,
    /// Everything in front of its braces.
    pub(super) head: Vec<TokenTree>,
    /// Nothing for `mod name;`.
    pub(super) braces: Option<Group>,
    pub(super) items: Vec<Item>,
}

/// One thing that stands in a block.
pub(super) struct Item {
    pub(super) tokens: TokenStream,
    pub(super) function: Option<Function>,
}

/// What decides whether a function is watched.
pub(super) struct Function {
    pub(super) name: Ident,
    pub(super) is_public: bool,
    pub(super) is_const: bool,
    pub(super) has_body: bool,
    /// The last words of the paths of its attributes.
    pub(super) attributes: Vec<String>,
}

impl Block {
    /// What it is called in a message.
    pub(super) fn noun(&self) -> &'static str {
        if self.keyword == "mod" {
            "module"
        } else if self.keyword == "trait" {
            "trait"
        } else {
            "`impl` block"
        }
    }
}

/// Takes a block apart; other items are none.
pub(super) fn read(item: &TokenStream) -> Option<Block> {
    let mut head: Vec<TokenTree> = item.clone().into_iter().collect();
    let keyword = keyword(&head)?;
    let braces = match head.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let group = group.clone();
            head.pop();
            Some(group)
        }
        _ => None,
    };
    let (name, of_trait) = if keyword == "impl" {
        let front: TokenStream = head.iter().cloned().collect();
        let whole: ItemImpl = syn::parse2(quote!(#front {})).ok()?;
        (type_name(&whole.self_ty), whole.trait_.is_some())
    } else {
        let mut behind =
            head.iter().skip_while(|token| !is_word(Some(token), &keyword.to_string()));
        let name = behind.nth(1)?.to_string();
        (name.trim_start_matches("r#").to_owned(), keyword == "trait")
    };
    let items = braces.as_ref().map(|braces| items(braces.stream())).unwrap_or_default();
    Some(Block { keyword, name, of_trait, head, braces, items })
}

fn keyword(item: &[TokenTree]) -> Option<Ident> {
    let mut place = 0;
    loop {
        let token = item.get(place);
        if is_punct(token, '#') {
            place += 2;
        } else if is_word(token, "pub") {
            place += 1 + usize::from(group(item.get(place + 1), Delimiter::Parenthesis).is_some());
        } else if ["unsafe", "auto", "default"].iter().any(|word| is_word(token, word)) {
            place += 1;
        } else {
            return match token {
                Some(TokenTree::Ident(word))
                    if ["impl", "trait", "mod"].iter().any(|keyword| word == keyword) =>
                {
                    Some(word.clone())
                }
                _ => None,
            };
        }
    }
}

fn type_name(of: &Type) -> String {
    match of {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.unraw().to_string()),
        Type::Reference(reference) => Some(type_name(&reference.elem)),
        Type::Paren(inner) => Some(type_name(&inner.elem)),
        Type::Group(inner) => Some(type_name(&inner.elem)),
        _ => None,
    }
    .unwrap_or_else(|| of.to_token_stream().to_string().replace(' ', ""))
}

fn items(body: TokenStream) -> Vec<Item> {
    let mut rest: Vec<TokenTree> = body.into_iter().collect();
    let mut items = Vec::new();
    while !rest.is_empty() {
        let inner = is_punct(rest.first(), '#') && is_punct(rest.get(1), '!');
        let length = if inner { Some(3) } else { item_length(&rest) };
        // A macro call, or something that the compiler will not like.
        let length = length.unwrap_or_else(|| {
            let ends = |token: &TokenTree| {
                is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
            };
            rest.iter().position(ends).map_or(rest.len(), |end| end + 1)
        });
        let behind = rest.split_off(length.min(rest.len()));
        let function = function(&rest);
        items.push(Item { tokens: rest.into_iter().collect(), function });
        rest = behind;
    }
    items
}

fn function(item: &[TokenTree]) -> Option<Function> {
    let mut attributes = Vec::new();
    let mut start = 0;
    while is_punct(item.get(start), '#') {
        let content = group(item.get(start + 1), Delimiter::Bracket)?.stream();
        let words = content.into_iter().take_while(|token| !matches!(token, TokenTree::Group(_)));
        let last = words.filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        attributes.extend(last.last());
        start += 2;
    }
    let item = item.get(start..)?;
    let place = item.iter().position(|token| is_word(Some(token), "fn"))?;
    let front = item.get(..place)?;
    // `mod`, `struct` and others may hold a `fn` pointer; only qualifiers stand in front of a function.
    let qualifiers = ["pub", "const", "async", "unsafe", "extern", "safe", "default"];
    let fits = front.iter().all(|token| match token {
        TokenTree::Ident(word) => qualifiers.iter().any(|qualifier| word == qualifier),
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
        TokenTree::Punct(_) => false,
    });
    let Some(TokenTree::Ident(name)) = item.get(place + 1).filter(|_| fits) else { return None };
    Some(Function {
        name: name.clone(),
        is_public: is_word(front.first(), "pub"),
        is_const: front.iter().any(|token| is_word(Some(token), "const")),
        has_body: group(item.last(), Delimiter::Brace).is_some(),
        attributes,
    })
}
