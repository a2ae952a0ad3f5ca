//! Which functions of a block are watched, and with what arguments.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Expr, LitStr, ext::IdentExt as _};

use super::{
    item::{self, Block, Function},
    messages,
};
use crate::{
    expand, judge,
    parse::{self, Argument, Input, Kind, Value},
    report::{Report, nearest},
};

/// The block with its functions watched, or with the mistakes; nothing where it is no block.
pub(crate) fn block(
    kind: Kind,
    arguments: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    let block = item::read(item)?;
    let mut report = Report::default();
    let arguments = parse::arguments(kind, arguments.clone(), &mut report);
    let Some(braces) = &block.braces else {
        report.at(block.keyword.span(), messages::no_block());
        let errors = report.into_tokens();
        return Some(quote!(#errors #item));
    };
    let (choice, arguments) = choice(arguments, &block, &mut report);
    let mut inside = TokenStream::new();
    let mut watched = 0_usize;
    for item in &block.items {
        match &item.function {
            Some(function) if choice.takes(kind, &block, function) => {
                watched += 1;
                let given = arguments.clone();
                inside.extend(one(kind, &block, given, &item.tokens, &mut report));
            }
            Some(function) if function.attributes.iter().any(|name| name == kind.name()) => {
                watched += 1;
                inside.extend(item.tokens.clone());
            }
            _ => inside.extend(item.tokens.clone()),
        }
    }
    if watched == 0 && report.is_empty() {
        report.at(block.keyword.span(), messages::nothing_to_watch(block.noun()));
    }
    if !report.is_empty() {
        let errors = report.into_tokens();
        return Some(quote!(#errors #item));
    }
    let head = block.head.iter();
    let mut body = Group::new(Delimiter::Brace, inside);
    body.set_span(braces.span());
    Some(quote!(#(#head)* #body))
}

/// A function with the block's arguments.
fn one(
    kind: Kind,
    block: &Block,
    mut arguments: Vec<Argument>,
    item: &TokenStream,
    report: &mut Report,
) -> TokenStream {
    let mut own = Report::default();
    let Some(function) = parse::function(item, &mut own) else {
        report.merge(own);
        return TokenStream::new();
    };
    let name = function.signature.ident.unraw().to_string();
    let parameters = function.parameters();
    for argument in &mut arguments {
        if argument.name == "operation"
            && let Input::Value(value) = &mut argument.input
        {
            placeholders(value, &block.name, &name, &mut own);
        }
    }
    let mut values: Vec<&Value> = Vec::new();
    for argument in arguments.iter().filter(|argument| is_about_fields(&argument.name)) {
        match &argument.input {
            Input::Value(value) => values.push(value),
            Input::List(entries) => {
                // What came back has a name of its own there.
                let bound = match argument.name.to_string().as_str() {
                    "after" | "ok" | "ret" => Some("ret"),
                    "err" => Some("err"),
                    _ => None,
                };
                let is_own = |entry: &&parse::Entry| {
                    let used = root(entry.value.expression.as_ref());
                    bound.is_none_or(|bound| used.is_none_or(|used| used != bound))
                };
                values.extend(entries.iter().filter(is_own).map(|entry| &entry.value));
            }
            Input::Flag | Input::Broken | Input::Pattern(_) => {}
        }
    }
    let mut fits = true;
    for value in values {
        if let Some(used) = root(value.expression.as_ref())
            && !parameters.contains(&used.unraw().to_string())
        {
            fits = false;
            let used_name = used.unraw().to_string();
            let message = messages::no_such_parameter(kind, &name, &used_name, &parameters);
            own.at(used.span(), message);
        }
    }
    if fits {
        let plan = judge::plan(kind, arguments, Some(&function), &mut own);
        if own.is_empty() {
            return expand::watched(&plan, &function);
        }
    }
    report.merge(own);
    item.clone()
}

/// Whether the values of that argument are expressions over the function's parameters.
fn is_about_fields(name: &Ident) -> bool {
    const LISTS: [&str; 10] = [
        "resource", "agent", "user", "before", "after", "change", "ok", "ret", "details", "context",
    ];
    LISTS.iter().any(|known| name == known)
}

/// The variable that an expression starts from, as far as one can tell it from a constant.
fn root(expression: Option<&Expr>) -> Option<Ident> {
    let inner = match expression? {
        Expr::Path(path) => {
            let name = path.path.get_ident()?;
            let first = name.unraw().to_string().chars().next()?;
            return (first.is_lowercase() || first == '_').then(|| name.clone());
        }
        Expr::Field(field) => &field.base,
        Expr::MethodCall(call) => &call.receiver,
        Expr::Reference(reference) => &reference.expr,
        Expr::Paren(inner) => &inner.expr,
        Expr::Unary(unary) => &unary.expr,
        Expr::Index(index) => &index.expr,
        Expr::Await(future) => &future.base,
        _ => return None,
    };
    root(Some(inner))
}

/// Puts the names in the place of `{type}` and `{fn}`.
fn placeholders(value: &mut Value, block: &str, function: &str, report: &mut Report) {
    let Some(text) = value.literal() else { return };
    let place = text.span();
    let mut named = String::new();
    let written = text.value();
    let mut rest = written.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else { break };
        named.push_str(before);
        match name {
            "type" => named.push_str(block),
            "fn" => named.push_str(function),
            other => report.at(place, messages::unknown_placeholder(&other)),
        }
        rest = behind;
    }
    named.push_str(rest);
    let literal = LitStr::new(&named, place);
    value.expression = syn::parse2(literal.into_token_stream()).ok();
}

/// Which functions are watched.
#[derive(Default)]
struct Choice {
    skip: Vec<String>,
    only: Vec<String>,
    private: bool,
}

impl Choice {
    fn takes(&self, kind: Kind, block: &Block, function: &Function) -> bool {
        let name = function.name.unraw().to_string();
        if function.attributes.iter().any(|attribute| attribute == kind.name()) {
            return false;
        }
        if !self.only.is_empty() {
            return self.only.contains(&name);
        }
        let visible = function.is_public || block.of_trait || self.private;
        visible && function.has_body && !function.is_const && !self.skip.contains(&name)
    }
}

/// Takes the arguments out that choose functions.
fn choice(arguments: Vec<Argument>, block: &Block, report: &mut Report) -> (Choice, Vec<Argument>) {
    let mut choice = Choice::default();
    let mut first: Option<String> = None;
    let mut others = Vec::new();
    for argument in arguments {
        let word = argument.name.to_string();
        let place = argument.name.span();
        if !["skip", "only", "private"].contains(&word.as_str()) {
            others.push(argument);
            continue;
        }
        if let Some(first) = &first {
            let message = match (first.as_str(), word.as_str()) {
                (first, word) if first == word => crate::report::given_twice(word),
                ("only", "private") | ("private", "only") => messages::private_is_useless("only"),
                (first @ ("skip" | "only"), "skip" | "only") => messages::skip_or_only(first),
                _ => String::new(),
            };
            if !message.is_empty() {
                report.at(place, message);
                continue;
            }
        }
        if word != "private" || first.is_none() {
            first = Some(word.clone());
        }
        match (word.as_str(), argument.input) {
            ("private", Input::Flag) => choice.private = true,
            ("private", _) => report.at(place, crate::report::takes_nothing(&word)),
            (_, Input::List(entries)) if !entries.is_empty() => {
                for entry in entries {
                    let name = match &entry.value.expression {
                        Some(Expr::Path(path)) => path.path.get_ident().cloned(),
                        _ => None,
                    };
                    let Some(name) = name else {
                        report.at(entry.value.place(), messages::takes_names(&word));
                        continue;
                    };
                    let text = name.unraw().to_string();
                    known(block, &name, &text, report);
                    if word == "skip" { &mut choice.skip } else { &mut choice.only }.push(text);
                }
            }
            (_, Input::Broken) => {}
            _ => report.at(place, messages::takes_names(&word)),
        }
    }
    (choice, others)
}

fn known(block: &Block, name: &Ident, text: &str, report: &mut Report) {
    let names = block.items.iter().filter_map(|item| item.function.as_ref());
    let names: Vec<String> = names.map(|function| function.name.unraw().to_string()).collect();
    if names.iter().any(|known| known == text) {
        return;
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = messages::not_in_block(block.noun(), text, nearest(&known, text));
    report.at(name.span(), message);
}
