//! From a plan to tokens.
//!
//! Two styles. **Splice**, where the returned value is not needed: a guard in front of the
//! untouched body. **Outcome**, where it is: the body in a closure or an async block, so that
//! whatever it returns passes by. Generated names have the macro's own hygiene and all paths start
//! at the runtime, so that nothing in the user's scope can be meant by accident.

mod body;
mod off;
mod recursion;
mod start;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Expr;

use crate::{
    block, capture,
    judge::{self, Field, Plan, When},
    order,
    parse::{self, Argument, Block, Function, Input, Kind, Tail, tokens},
    report::Report,
};

/// The item with what the attribute makes of it, or with its mistakes.
pub(crate) fn attribute(kind: Kind, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if let Some(block) = block::block(kind, &arguments, item) {
        return block;
    }
    let mut report = Report::default();
    if kind == Kind::Audited
        && let Some(changed) = order::timed_first(|| hooks(arguments.clone()), &arguments, item)
    {
        return changed;
    }
    let arguments = parse::arguments(kind, arguments, &mut report);
    let function = parse::function(item, &mut report);
    let named = expressions(&arguments);
    let plan = judge::plan(kind, arguments, function.as_ref(), &mut report);
    match function {
        Some(function) if report.is_empty() => watched(&plan, &function),
        Some(function) => {
            let errors = report.into_tokens();
            let item = unwatched(&function, named);
            quote!(#errors #item)
        }
        None => {
            let errors = report.into_tokens();
            quote!(#errors #item)
        }
    }
}

/// Where the hooks are, by the argument `crate`; what is wrong with it is reported elsewhere.
fn hooks(arguments: TokenStream) -> TokenStream {
    let mut unread = Report::default();
    let arguments = parse::arguments(Kind::Audited, arguments, &mut unread);
    judge::plan(Kind::Audited, arguments, None, &mut unread).hooks
}

/// The function as it would be without the attribute, with the expressions of the attribute in
/// code that never runs: the editor goes on to know them.
fn unwatched(function: &Function, mut named: Vec<Expr>) -> TokenStream {
    named.retain(means_something);
    let Function { inner, body, .. } = function;
    let known = (!named.is_empty()).then(|| quote!(if false { #(let _ = &(#named);)* }));
    function.with_body(quote!(#inner #known #body))
}

/// The expressions that stand in arguments.
fn expressions(arguments: &[Argument]) -> Vec<Expr> {
    let mut all = Vec::new();
    for argument in arguments {
        match &argument.input {
            Input::Value(value) => all.extend(value.expression.clone()),
            Input::List(entries) => {
                all.extend(entries.iter().filter_map(|entry| entry.value.expression.clone()));
            }
            Input::Flag | Input::Broken | Input::Pattern(_) => {}
        }
    }
    all
}

/// Whether it does so without the attribute.
fn means_something(expression: &Expr) -> bool {
    let used = expression.to_token_stream();
    let elsewhere = ["ret", "err", "await", "self", "crate"];
    !elsewhere.iter().any(|word| {
        tokens::find(&used, &mut |_, token, _| tokens::is_word(Some(token), word)).is_some()
    }) && tokens::exit(&used).is_none()
}

pub(crate) fn watched(plan: &Plan, function: &Function) -> TokenStream {
    if cfg!(feature = "off") {
        return off::unwatched(plan, function);
    }
    let inner = &function.inner;
    match &function.tail {
        Tail::Body => {
            let (head, body) = body::own(plan, function);
            let body = braced(quote!(#inner #body), function.braces);
            quote!(#head #body)
        }
        Tail::Block(block) => {
            let tail = block.with_body(body::block(plan, function, block));
            function.with_body(quote!(#inner #tail))
        }
    }
}

/// The call's end: its outcome, the error's text, and the fields known by then. It is a `Running`
/// one, or one that the function drops.
fn end(plan: &Plan, call: &Ident, ret: &Ident, running: bool) -> TokenStream {
    let hooks = &plan.hooks;
    let (probe, ending, error) = (own("probe"), own("ending"), own("error"));
    let judged = plan.rule.as_ref().map(|rule| quote!(let #ending = #ending.judged(&#ret, #rule);));
    let denied = plan.denied.as_ref().map(|(pattern, place)| {
        let place = located(*place);
        let found = quote_spanned!(place=> #probe.error());
        quote! {
            let #ending = match #found {
                ::core::option::Option::Some(#pattern) => #ending.denied(),
                _ => #ending,
            };
        }
    });
    let written = plan.error.map(|(word, place)| {
        let place = located(place);
        let word = Ident::new(word.hook(), place);
        let hooks = at(hooks, place);
        quote_spanned! {place=>
            if let ::core::option::Option::Some(#error) = #probe.error() {
                #call.error(#hooks::Shown::new(#error).#word());
                #call.causes(#hooks::Causes::new(#error).first());
            }
        }
    });
    let mut number = plan.fields.len();
    let fields = When::ALL.map(|when| {
        let fields = &plan.ends[when as usize];
        let Some(first) = fields.first() else { return TokenStream::new() };
        let taken = capture::fields(hooks, call, number, fields);
        number += fields.len();
        let place = located(first.list);
        let found = match when {
            When::After => {
                let value = bound(fields, "ret");
                return quote! {
                    if #call.succeeded() {
                        if let ::core::option::Option::Some(#value) = #probe.good() { #taken }
                    }
                };
            }
            When::Ok => quote_spanned!(place=> #probe.fruit()),
            When::Err => quote_spanned!(place=> #probe.error()),
            When::Ret => quote!(::core::option::Option::Some(&#ret)),
        };
        let value = bound(fields, if matches!(when, When::Err) { "err" } else { "ret" });
        quote!(if let ::core::option::Option::Some(#value) = #found { #taken })
    });
    let told = if tells_more(plan) {
        quote!(#call.end(#ending); #written #(#fields)* #call.finish();)
    } else {
        quote!(#call.done(#ending);)
    };
    let simple = judged.is_none() && denied.is_none() && !tells_more(plan);
    if simple && running {
        return quote! {
            {
                use #hooks::Ends as _;
                (&&&#hooks::probe(&#ret)).end(#call);
            }
        };
    }
    if simple {
        return quote! {
            if #call.is_watched() {
                use #hooks::Ends as _;
                #call.done((&&&#hooks::probe(&#ret)).ending());
            }
        };
    }
    let mutable = tells_more(plan).then(|| quote!(mut));
    let over = running.then(|| quote!(let #mutable #call = #call.over();));
    quote! {
        if #call.is_watched() {
            #over
            use #hooks::Ends as _;
            let #probe = #hooks::probe(&#ret);
            let #ending = (&&&#probe).ending();
            #judged
            #denied
            #told
        }
    }
}

/// Whether more than the ending is told of the end.
fn tells_more(plan: &Plan) -> bool {
    plan.error.is_some() || plan.ends.iter().any(|fields| !fields.is_empty())
}

/// The name as the fields write it, or `_` where none does.
fn bound(fields: &[Field], name: &str) -> TokenStream {
    let written = fields.iter().find_map(|field| {
        let used = field.value.expression.to_token_stream();
        tokens::usage(&used, name)
    });
    written.map_or_else(|| quote!(_), |place| Ident::new(name, place).into_token_stream())
}

/// A name that only generated code can mean.
pub(crate) fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// Generated code that errors are shown at.
pub(crate) fn located(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The same tokens, so that errors are shown at `place`.
pub(crate) fn at(tokens: &TokenStream, place: Span) -> TokenStream {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let usual = all.len() == 6
        && tokens::is_punct(all.first(), ':')
        && tokens::is_word(all.get(2), "audit_runtime");
    if usual {
        // What each of its tokens means does not depend on its span, which takes a while to ask for.
        return quote_spanned!(place=> ::audit_runtime::__private);
    }
    let moved = all.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}

fn braced(content: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(span);
    group
}

impl Function {
    fn with_body(&self, body: TokenStream) -> TokenStream {
        let head = &self.head;
        let body = braced(body, self.braces);
        quote!(#head #body)
    }
}

impl Block {
    fn with_body(&self, body: TokenStream) -> TokenStream {
        let mut future: TokenStream = self.keywords.iter().cloned().collect();
        braced(body, self.braces.span()).to_tokens(&mut future);
        if let Some(around) = &self.around {
            let mut group = Group::new(around.delimiter(), future);
            group.set_span(around.span());
            future = group.into_token_stream();
        }
        let front: TokenStream = self.front.iter().cloned().collect();
        let behind: TokenStream = self.behind.iter().cloned().collect();
        quote!(#front #future #behind)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use super::*;

    /// The expansion as `rustfmt` would print it.
    fn expansion(arguments: &str, item: &str) -> String {
        let arguments = arguments.parse().expect("tokens");
        let tokens = attribute(Kind::Audited, arguments, &item.parse().expect("tokens"));
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("rustfmt is part of the toolchain");
        let mut input = rustfmt.stdin.take().expect("piped");
        input.write_all(tokens.to_string().as_bytes()).expect("written");
        drop(input);
        let output = rustfmt.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{tokens}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    #[test]
    fn two_arguments_expand_to_a_few_lines() {
        let arguments = r#"operation = "STATUS_CHANGE", resource(task_id = id)"#;
        for item in [
            "fn change(id: TaskId) -> Result<Task, Error> { store(id) }",
            "async fn change(id: TaskId) -> Result<Task, Error> { store(id).await }",
            "fn change(id: TaskId) -> Result<Task, Error> { change(id) }",
            "fn change(id: TaskId) -> Result<Task, Error> { return change(id); }",
        ] {
            let text = expansion(arguments, item);
            assert!(text.lines().count() <= 40, "{text}");
        }
    }
}
