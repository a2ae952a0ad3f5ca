//! The function an attribute stands on: its signature parsed, its body left as tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Lifetime, PathArguments, ReceiverKind, ReturnType,
    Signature, Token, Type, TypeParamBound, Visibility,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    spanned::Spanned as _,
};

use super::tokens::{self, group, is_punct, is_word, nameable};
use crate::report::{self, Report};

/// A function with a body.
pub(crate) struct Function {
    /// Everything in front of the body, as written.
    pub(crate) head: TokenStream,
    pub(crate) signature: Signature,
    /// `#![..]` at the start of the body.
    pub(crate) inner: TokenStream,
    /// The rest of the body.
    pub(crate) body: TokenStream,
    /// The body's braces.
    pub(crate) braces: Span,
    pub(crate) tail: Tail,
}

/// Where the code that the attribute watches stands.
pub(crate) enum Tail {
    /// In the body itself.
    Body,
    /// In an async block at the end of the body, which makes the returned future.
    Block(Block),
}

/// An async block at the end of a body.
pub(crate) struct Block {
    /// The body up to the `async` block, or up to the parentheses around it.
    pub(crate) front: Vec<TokenTree>,
    /// The parentheses of `Box::pin(..)`, where there are any.
    pub(crate) around: Option<Group>,
    /// `async` or `async move`.
    pub(crate) keywords: Vec<TokenTree>,
    /// Its braces and what they hold.
    pub(crate) braces: Group,
    /// `.boxed()`, where it follows.
    pub(crate) behind: Vec<TokenTree>,
    /// The future's output, where the signature tells it.
    pub(crate) output: Option<TokenStream>,
}

impl Function {
    /// What the watched code returns, as an expression may name it.
    pub(crate) fn returns(&self) -> TokenStream {
        match (&self.tail, &self.signature.output) {
            (Tail::Block(block), _) => {
                block.output.clone().map_or_else(|| quote::quote!(_), |output| self.named(output))
            }
            (Tail::Body, ReturnType::Default) => {
                let mut unit = Group::new(Delimiter::Parenthesis, TokenStream::new());
                unit.set_span(self.signature.ident.span());
                unit.into_token_stream()
            }
            (Tail::Body, ReturnType::Type(_, output)) => self.named(output.to_token_stream()),
        }
    }

    /// A type of the signature as an expression may name it. A lifetime that need not be written
    /// in the signature is left to inference: the lint that says so takes a mention in the body for
    /// a use. Others are kept, for what breaks them is told by their names.
    fn named(&self, written: TokenStream) -> TokenStream {
        let named = nameable(written);
        let mut own = self.signature.generics.lifetimes();
        match (own.next(), own.next()) {
            (Some(only), None) if self.is_needless(&only.lifetime) => {
                tokens::elided(&named, Some(&only.lifetime)).unwrap_or(named)
            }
            _ => named,
        }
    }

    /// Whether a return type without it would mean the same: it is the receiver's, or the only one.
    fn is_needless(&self, lifetime: &Lifetime) -> bool {
        let mut count = 0;
        for parameter in &self.signature.inputs {
            let written = match parameter {
                FnArg::Receiver(receiver) => match &receiver.kind {
                    ReceiverKind::Reference(_, written, _) => {
                        return written.as_ref() == Some(lifetime);
                    }
                    _ => receiver.to_token_stream(),
                },
                FnArg::Typed(typed) => typed.ty.to_token_stream(),
            };
            tokens::find(&written, &mut |_, token, after| {
                let sign = |character| is_punct(Some(token), character);
                count += usize::from(sign('\'') || sign('&') && !is_punct(after, '\''));
                false
            });
        }
        count == 1
    }

    /// Whether the return type is `impl ..`, so that it is no `Result` and no `Option`.
    pub(crate) fn is_opaque(&self) -> bool {
        matches!(&self.signature.output, ReturnType::Type(_, output) if matches!(**output, Type::ImplTrait(_)))
    }
}

/// Reads a function; reports what is none, or cannot be watched.
pub(crate) fn function(item: &TokenStream, report: &mut Report) -> Option<Function> {
    let mut all: Vec<TokenTree> = item.clone().into_iter().collect();
    while let [TokenTree::Group(whole)] = all.as_slice()
        && whole.delimiter() == Delimiter::None
    {
        all = whole.stream().into_iter().collect();
    }
    if let Some(keyword) = other_item(&all) {
        report.at(keyword.span(), report::not_a_function());
        return None;
    }
    let last = all.pop()?;
    let head: TokenStream = all.into_iter().collect();
    let signature = match Parser::parse2(signature, head.clone()) {
        Ok(signature) => signature,
        Err(error) => {
            report.at(error.span(), report::not_a_signature(&error.to_string()));
            return None;
        }
    };
    let Some(body) = body(&last) else {
        report.at(last.span(), report::no_body());
        return None;
    };
    if let Some(keyword) = signature.constness {
        report.at(keyword.span, report::const_function());
        return None;
    }
    let (inner, rest) = inner_attributes(body.stream());
    let future = match &signature.output {
        ReturnType::Type(_, output) => future(output),
        ReturnType::Default => None,
    };
    let mut tail = Tail::Body;
    if signature.asyncness.is_none() {
        match (block(rest.clone()), future) {
            (Some(mut found), future) => {
                found.output = future.and_then(|future| future.output);
                let front = found.front.iter().cloned().collect();
                if let Some(exit) =
                    tokens::find(&front, &mut |_, token, _| is_word(Some(token), "return"))
                {
                    report.at(exit.span(), report::early_return());
                }
                tail = Tail::Block(found);
            }
            (None, Some(future)) => report.at(future.place, report::future_elsewhere()),
            (None, None) => {}
        }
    }
    let braces = body.span();
    Some(Function { head, signature, inner, body: rest, braces, tail })
}

fn signature(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    if input.peek(Ident) {
        input.parse::<Ident>()?; // `default`
    }
    input.parse()
}

/// The keyword of an item that is no function.
fn other_item(item: &[TokenTree]) -> Option<&TokenTree> {
    const OTHERS: [&str; 10] =
        ["struct", "enum", "union", "mod", "impl", "trait", "type", "use", "static", "macro_rules"];
    for (place, token) in item.iter().enumerate() {
        let TokenTree::Ident(word) = token else { continue };
        if word == "fn" {
            return None;
        }
        let next = item.get(place + 1);
        let constant = word == "const"
            && !["fn", "async", "unsafe", "extern"].iter().any(|word| is_word(next, word));
        let external = word == "extern"
            && (is_word(next, "crate")
                || group(next, Delimiter::Brace).is_some()
                || group(item.get(place + 2), Delimiter::Brace).is_some());
        if constant || external || OTHERS.iter().any(|other| word == other) {
            return Some(token);
        }
    }
    item.first()
}

fn body(token: &TokenTree) -> Option<Group> {
    if let Some(braces) = group(Some(token), Delimiter::Brace) {
        return Some(braces.clone());
    }
    // `$body:block` in a macro.
    let inner: Vec<TokenTree> = group(Some(token), Delimiter::None)?.stream().into_iter().collect();
    match inner.as_slice() {
        [only] => body(only),
        _ => None,
    }
}

fn inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let all: Vec<TokenTree> = body.into_iter().collect();
    let mut end = 0;
    while is_punct(all.get(end), '#')
        && is_punct(all.get(end + 1), '!')
        && group(all.get(end + 2), Delimiter::Bracket).is_some()
    {
        end += 3;
    }
    let mut all = all.into_iter();
    (all.by_ref().take(end).collect(), all.collect())
}

/// The async block that a body ends with.
fn block(body: TokenStream) -> Option<Block> {
    let mut front: Vec<TokenTree> = body.into_iter().collect();
    let mut behind = Vec::new();
    if let [.., dot, method, empty] = front.as_slice()
        && is_punct(Some(dot), '.')
        && (is_word(Some(method), "boxed") || is_word(Some(method), "boxed_local"))
        && group(Some(empty), Delimiter::Parenthesis).is_some()
    {
        behind = front.split_off(front.len() - 3);
    }
    if behind.is_empty()
        && let [.., colon, method, _] = front.as_slice()
        && is_punct(Some(colon), ':')
        && is_word(Some(method), "pin")
        && let Some(parentheses) = group(front.last(), Delimiter::Parenthesis).cloned()
    {
        let mut inside: Vec<TokenTree> = parentheses.stream().into_iter().collect();
        if is_punct(inside.last(), ',') {
            inside.pop();
        }
        let (keywords, braces) = split_block(&mut inside)?;
        front.pop();
        let around = inside.is_empty().then_some(parentheses)?;
        return Some(Block { front, around: Some(around), keywords, braces, behind, output: None });
    }
    let (keywords, braces) = split_block(&mut front)?;
    Some(Block { front, around: None, keywords, braces, behind, output: None })
}

fn split_block(tokens: &mut Vec<TokenTree>) -> Option<(Vec<TokenTree>, Group)> {
    let block = group(tokens.last(), Delimiter::Brace)?.clone();
    let length = match tokens.as_slice() {
        [.., first, second, _]
            if is_word(Some(first), "async") && is_word(Some(second), "move") =>
        {
            3
        }
        [.., first, _] if is_word(Some(first), "async") => 2,
        _ => return None,
    };
    let mut keywords = tokens.split_off(tokens.len() - length);
    keywords.pop();
    Some((keywords, block))
}

/// A return type that is written as a future.
struct Future {
    place: Span,
    /// Its output, where that is written too.
    output: Option<TokenStream>,
}

fn future(written: &Type) -> Option<Future> {
    let place = written.span();
    match written {
        Type::ImplTrait(bounds) => bound(&bounds.bounds),
        Type::TraitObject(bounds) => bound(&bounds.bounds),
        Type::Paren(inner) => future(&inner.elem),
        Type::Group(inner) => future(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(argument) => Some(argument),
                _ => None,
            });
            if last.ident == "Pin" || last.ident == "Box" {
                future(types.next()?)
            } else if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                Some(Future { place, output: types.next_back().map(ToTokens::to_token_stream) })
            } else {
                None
            }
        }
        _ => None,
    }
}

fn bound(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Future> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let output = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(output),
            _ => None,
        };
        Some(Future { place: bounds.span(), output })
    })
}

fn output(argument: &GenericArgument) -> Option<TokenStream> {
    match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => {
            Some(output.ty.to_token_stream())
        }
        _ => None,
    }
}
