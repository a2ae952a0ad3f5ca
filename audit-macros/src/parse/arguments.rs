//! The arguments of an attribute, as they were typed.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Expr, Ident, LitStr, Token,
    ext::IdentExt as _,
    parse::{ParseBuffer, ParseStream, Parser as _, discouraged::Speculative as _},
    spanned::Spanned as _,
    token::Paren,
};

use crate::report::{self, Report};

/// Which attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Audited,
    Timed,
}

impl Kind {
    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Audited => "audited",
            Self::Timed => "timed",
        }
    }

    /// The arguments it takes, in the order in which they are documented.
    pub(crate) fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Audited => &[
                "operation",
                "resource",
                "agent",
                "user",
                "before",
                "after",
                "change",
                "ok",
                "err",
                "ret",
                "details",
                "context",
                "outcome",
                "denied",
                "required",
                "durability",
                "level",
                "message",
                "slow",
                "crate",
            ],
            Self::Timed => {
                &["operation", "context", "outcome", "level", "message", "slow", "sample", "crate"]
            }
        }
    }
}

/// One argument.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) input: Input,
}

/// What follows an argument's name.
#[derive(Clone)]
pub(crate) enum Input {
    /// Nothing.
    Flag,
    /// `= value`
    Value(Value),
    /// `(key = value, …)`
    List(Vec<Entry>),
    /// `= A | B`, of `denied`.
    Pattern(Box<syn::Pat>),
    /// Something that was reported.
    Broken,
}

/// One element of a list.
#[derive(Clone)]
pub(crate) struct Entry {
    /// The key, where one is given or the value is a variable.
    pub(crate) key: Option<LitStr>,
    pub(crate) value: Value,
}

/// A value and the word that says how it is written.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) word: Word,
    pub(crate) span: Span,
    /// Nothing in `err = %`.
    pub(crate) expression: Option<Expr>,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Bare,
    Display,
    Debug,
    Json,
    Mask,
    Hash,
    Last4,
    Redact,
    Len,
}

impl Word {
    /// The hook of that name writes it.
    pub(crate) fn hook(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Display => "display",
            Self::Debug => "debug",
            Self::Json => "json",
            Self::Mask => "mask",
            Self::Hash => "hash",
            Self::Last4 => "last4",
            Self::Redact => "redact",
            Self::Len => "len",
        }
    }

    fn called(name: &str) -> Option<Self> {
        [Self::Json, Self::Mask, Self::Hash, Self::Last4, Self::Redact, Self::Len]
            .into_iter()
            .find(|word| word.hook() == name)
    }
}

/// Reads all arguments; reports what cannot be read and goes on behind it.
pub(crate) fn arguments(kind: Kind, tokens: TokenStream, report: &mut Report) -> Vec<Argument> {
    let mut read = Vec::new();
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            read.extend(argument(kind, input, report));
            separator(input, report);
        }
        Ok(())
    };
    // It reads to the end and reports mistakes itself.
    let _ = all.parse2(tokens);
    read
}

fn argument(kind: Kind, input: ParseStream<'_>, report: &mut Report) -> Option<Argument> {
    if !input.peek(Ident::peek_any) {
        report.at(input.span(), report::not_an_argument(kind));
        skip(input);
        return None;
    }
    let name = Ident::parse_any(input).ok()?;
    let input = if input.peek(Token![=]) {
        input.parse::<Token![=]>().ok()?;
        if input.is_empty() || input.peek(Token![,]) {
            report.at(name.span(), report::value_missing(&name));
            Input::Broken
        } else if name == "denied" && kind == Kind::Audited {
            pattern(input, report).map_or(Input::Broken, |read| Input::Pattern(Box::new(read)))
        } else {
            value(input, report).map_or(Input::Broken, Input::Value)
        }
    } else if input.peek(Paren) {
        let content = parentheses(input).ok()?;
        let empty = content.is_empty();
        let mut entries = Vec::new();
        while !content.is_empty() {
            entries.extend(entry(&content, report));
            separator(&content, report);
        }
        // Where all of them are broken, that was reported.
        if entries.is_empty() && !empty { Input::Broken } else { Input::List(entries) }
    } else if input.is_empty() || input.peek(Token![,]) {
        Input::Flag
    } else {
        report.at(input.span(), report::after_name(&name));
        skip(input);
        Input::Broken
    };
    Some(Argument { name, input })
}

fn entry(input: ParseStream<'_>, report: &mut Report) -> Option<Entry> {
    let keyed = (input.peek(Ident::peek_any) || input.peek(LitStr))
        && input.peek2(Token![=])
        && !input.peek2(Token![==]);
    if !keyed {
        let value = value(input, report)?;
        let key = value.expression.as_ref().and_then(variable);
        return Some(Entry { key, value });
    }
    let key = if input.peek(LitStr) {
        input.parse::<LitStr>().ok()?
    } else {
        let name = Ident::parse_any(input).ok()?;
        LitStr::new(&name.unraw().to_string(), name.span())
    };
    input.parse::<Token![=]>().ok()?;
    if input.is_empty() || input.peek(Token![,]) {
        report.at(key.span(), report::value_missing(&key.value()));
        return None;
    }
    Some(Entry { key: Some(key), value: value(input, report)? })
}

/// The key that a variable gives by its own name.
fn variable(expression: &Expr) -> Option<LitStr> {
    let Expr::Path(path) = expression else { return None };
    let name = path.path.get_ident()?;
    (name != "self").then(|| LitStr::new(&name.unraw().to_string(), name.span()))
}

fn value(input: ParseStream<'_>, report: &mut Report) -> Option<Value> {
    let span = input.span();
    let sign = if input.peek(Token![%]) {
        input.parse::<Token![%]>().map(|_| Word::Display).ok()
    } else if input.peek(Token![?]) {
        input.parse::<Token![?]>().map(|_| Word::Debug).ok()
    } else {
        None
    };
    if let Some(word) = sign {
        if input.is_empty() || input.peek(Token![,]) {
            return Some(Value { word, span, expression: None });
        }
        return Some(Value { word, span, expression: Some(expression(input, report)?) });
    }
    if let Some((name, word)) = word(input) {
        let content = parentheses(input).ok()?;
        if content.is_empty() {
            report.at(name.span(), report::word_takes_one(&name));
            return None;
        }
        let expression = expression(&content, report)?;
        content.parse::<Option<Token![,]>>().ok()?;
        if !content.is_empty() {
            report.at(content.span(), report::word_takes_one(&name));
            skip_all(&content);
            return None;
        }
        return Some(Value { word, span: name.span(), expression: Some(expression) });
    }
    Some(Value { word: Word::Bare, span, expression: Some(expression(input, report)?) })
}

/// `mask(..)` and the like, where nothing follows that makes it part of a larger expression.
fn word(input: ParseStream<'_>) -> Option<(Ident, Word)> {
    let ahead = input.fork();
    let name: Ident = ahead.parse().ok()?;
    let word = Word::called(&name.to_string())?;
    let Ok(TokenTree::Group(group)) = ahead.parse::<TokenTree>() else { return None };
    if group.delimiter() != proc_macro2::Delimiter::Parenthesis
        || !(ahead.is_empty() || ahead.peek(Token![,]))
    {
        return None;
    }
    input.parse::<Ident>().ok()?;
    Some((name, word))
}

fn expression(input: ParseStream<'_>, report: &mut Report) -> Option<Expr> {
    let ahead = input.fork();
    match ahead.parse::<Expr>() {
        Ok(expression) => {
            input.advance_to(&ahead);
            Some(expression)
        }
        Err(error) => {
            let problem = error.to_string();
            let place = if problem.starts_with("unexpected end") {
                last(input).unwrap_or_else(|| error.span())
            } else {
                error.span()
            };
            report.at(place, report::not_an_expression(&problem));
            skip(input);
            None
        }
    }
}

fn pattern(input: ParseStream<'_>, report: &mut Report) -> Option<syn::Pat> {
    let ahead = input.fork();
    match ahead.call(syn::Pat::parse_multi_with_leading_vert) {
        Ok(pattern) => {
            input.advance_to(&ahead);
            Some(pattern)
        }
        Err(error) => {
            report.at(error.span(), report::not_a_pattern());
            skip(input);
            None
        }
    }
}

fn parentheses(input: ParseStream<'_>) -> syn::Result<ParseBuffer<'_>> {
    let content;
    syn::parenthesized!(content in input);
    Ok(content)
}

/// Goes over a comma, or reports what stands in its place and goes on behind the next one.
fn separator(input: ParseStream<'_>, report: &mut Report) {
    if input.is_empty() {
        return;
    }
    if !input.peek(Token![,]) {
        report.at(input.span(), report::comma_expected());
        skip(input);
    }
    // At the end there is none.
    let _ = input.parse::<Option<Token![,]>>();
}

/// Goes up to the next comma outside all brackets.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// Where the last token before the next comma is.
fn last(input: ParseStream<'_>) -> Option<Span> {
    let ahead = input.fork();
    let mut place = None;
    while !ahead.is_empty() && !ahead.peek(Token![,]) {
        place = Some(ahead.parse::<TokenTree>().ok()?.span());
    }
    place
}

fn skip_all(input: ParseStream<'_>) {
    while !input.is_empty() && input.parse::<TokenTree>().is_ok() {}
}

impl Value {
    /// The text, where it is a bare string literal.
    pub(crate) fn literal(&self) -> Option<&LitStr> {
        match (self.word, &self.expression) {
            (
                Word::Bare,
                Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), attrs: _, .. })),
            ) => Some(text),
            _ => None,
        }
    }

    /// The path, where it is a bare path.
    pub(crate) fn path(&self) -> Option<&syn::Path> {
        match (self.word, &self.expression) {
            (Word::Bare, Some(Expr::Path(path))) if path.qself.is_none() => Some(&path.path),
            _ => None,
        }
    }

    /// Where it stands, for a message about all of it.
    pub(crate) fn place(&self) -> Span {
        self.expression.as_ref().map_or(self.span, Expr::span)
    }
}
