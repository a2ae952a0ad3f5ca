//! The watched code with what watches it.
//!
//! Where a value is wanted the body becomes a closure or an async block with the braces' own place,
//! so that the compiler and its lints take it for what the user wrote.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::{
    braced, end, located, own as name,
    start::{gate, site, start},
    tells_more,
};
use crate::{
    judge::Plan,
    parse::{self, Block, Function, Kind, Taken, tokens},
};

/// The body of a function with what watches it, behind what stands in front of it.
pub(super) fn own(plan: &Plan, function: &Function) -> (TokenStream, TokenStream) {
    let returns = function.returns();
    let (head, body) = (&function.head, &function.body);
    let sync = function.signature.asyncness.is_none();
    let opaque = sync && function.is_opaque() && !judges(plan);
    if !plan.outcome || is_never(&returns) || opaque {
        // Only as a function's own tail does a closure learn its type from `impl Fn(..)`.
        return (head.clone(), spliced(plan, function, body, sync, plan.outcome && opaque));
    }
    let hooks = &plan.hooks;
    let (call, ret) = (name("call"), name("ret"));
    let in_place = sync && plan.kind == Kind::Timed && plan.fields.is_empty();
    let end = end(plan, &call, &ret);
    let given = function
        .gives_back()
        .map_or_else(|| ret.clone(), |place| Ident::new("ret", located(place)));
    let (items, statements) = parse::leading(body.clone());
    if sync && calls_itself(function) {
        let start = start(plan, function, &call, true);
        let block = braced(quote!(#items #statements), function.braces);
        let inside = name("inside");
        let run = quote! {
            let #inside = #hooks::inside(&mut #call);
            #[allow(unreachable_code)]
            let #ret = #hooks::done::<#returns>(&mut #call, #inside, #block);
        };
        return (head.clone(), quote!(#start #run #end #given));
    }
    let taken = plan.takes_parameters.then(|| function.taken());
    let Taken { head, statements: own, by_value, quiet } = taken.unwrap_or_else(|| Taken {
        head: head.clone(),
        statements: TokenStream::new(),
        by_value: false,
        quiet: false,
    });
    let quiet = quiet.then(|| quote!(#[allow(unused_assignments)]));
    let place = function.braces;
    let by_value = by_value.then(|| quote_spanned!(place=> move));
    let run = if sync {
        let block = braced(quote!(#items #own #statements), place);
        let body = quote_spanned!(place=> #by_value || -> #returns #block);
        if in_place {
            let start = timed(plan, function, true);
            return (
                head,
                quote!(let #call = #start; #quiet let #ret = #hooks::called(#body); #end #given),
            );
        }
        quote!(#quiet let #ret = #hooks::run(&mut #call, #body);)
    } else {
        let typed = !body.is_empty() && returns.to_string() != "_";
        let typed = typed.then(|| quote!(if false { return #hooks::never::<#returns>(); }));
        let block = braced(quote!(#items #typed #own #statements), place);
        let body = quote_spanned!(place=> async #by_value #block);
        waited(plan, quiet.as_ref(), &body)
    };
    let start = start(plan, function, &call, sync);
    (head, quote!(#start #run #end #given))
}

/// What the async block holds that a body ends with, with what watches it.
pub(super) fn block(plan: &Plan, function: &Function, block: &Block) -> TokenStream {
    let returns = function.returns();
    let body = block.braces.stream();
    if !plan.outcome || is_never(&returns) {
        return spliced(plan, function, &body, false, false);
    }
    let hooks = &plan.hooks;
    let (call, ret) = (name("call"), name("ret"));
    let (start, end) = (start(plan, function, &call, false), end(plan, &call, &ret));
    let place = block.braces.span();
    let typed = (returns.to_string() != "_")
        .then(|| quote!(#hooks::Same::<_, #returns>::of(&#ret).known();));
    let by_value = plan.takes_parameters.then(|| quote_spanned!(place=> move));
    let lent = by_value.is_none() && function.is_lent_mutably();
    let body = braced(if lent { receiver_lent(body) } else { body }, place);
    let body = quote_spanned!(place=> async #by_value #body);
    let run = waited(plan, None, &body);
    quote!(#start #run #typed #end #ret)
}

/// The body that `#[async_trait]` makes of a method with `&mut self`, where what follows it uses
/// `self` as well: its `let __self = self;` would move the reference away.
fn receiver_lent(body: TokenStream) -> TokenStream {
    let all: Vec<TokenTree> = body.into_iter().collect();
    let is_moved = |place: usize| {
        let at = |back: usize| place.checked_sub(back).and_then(|at| all.get(at));
        tokens::is_word(all.get(place), "self")
            && tokens::is_punct(at(1), '=')
            && tokens::is_word(at(2), "__self")
            && tokens::is_punct(all.get(place + 1), ';')
    };
    let lent = all.iter().enumerate().map(|(place, token)| {
        if is_moved(place) {
            let span = located(token.span());
            quote_spanned!(span=> &mut *#token)
        } else {
            token.clone().into()
        }
    });
    lent.collect()
}

/// A future that is polled under the eyes of its call.
fn waited(plan: &Plan, quiet: Option<&TokenStream>, body: &TokenStream) -> TokenStream {
    let hooks = &plan.hooks;
    let (call, ret) = (name("call"), name("ret"));
    let mutable = tells_more(plan).then(|| quote!(mut));
    quote!(#quiet let (#ret, #mutable #call) = #hooks::track(#call, #body).await;)
}

/// A guard in front of the untouched code, which may end in a value that nobody looks at.
fn spliced(
    plan: &Plan,
    function: &Function,
    body: &TokenStream,
    sync: bool,
    returns: bool,
) -> TokenStream {
    let call = name("call");
    let (items, statements) = parse::leading(body.clone());
    if plan.kind == Kind::Timed && plan.fields.is_empty() && !plan.outcome {
        let (guard, start) = (name("_call"), timed(plan, function, sync));
        return quote!(#items let #guard = #start; #statements);
    }
    let start = start(plan, function, &call, returns);
    let returns = returns.then(|| quote!(#call.returns();));
    quote!(#items #start #returns #statements)
}

/// The beginning of a call of which nothing is known but when it began and ended.
fn timed(plan: &Plan, function: &Function, sync: bool) -> TokenStream {
    let (hooks, site, gate) = (&plan.hooks, site(plan, function), gate(plan));
    let guard = name(if sync { "Timed" } else { "Waiting" });
    quote!({ #site #hooks::#guard::enter(&__AUDIT_SITE, #gate) })
}

/// Whether more than the kind of the value is asked of it.
fn judges(plan: &Plan) -> bool {
    tells_more(plan) || plan.rule.is_some() || plan.denied.is_some()
}

/// Whether nothing ever comes back.
fn is_never(returns: &TokenStream) -> bool {
    let mut tokens = returns.clone().into_iter();
    tokens::is_punct(tokens.next().as_ref(), '!') && tokens.next().is_none()
}

/// Macros of the standard library that do not return from the function they stand in, and those
/// that `#[timed]` puts there.
const WELL_KNOWN: [&str; 24] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
    "concat",
];

/// Whether the function may call itself, and is left at its end only: then its body stays a block,
/// for the lint that looks for calls without an end does not look into closures.
fn calls_itself(function: &Function) -> bool {
    let own = &function.signature.ident;
    let calls = tokens::find(&function.body, &mut |_, token, after| {
        matches!(token, TokenTree::Ident(called) if called == own)
            && tokens::group(after, Delimiter::Parenthesis).is_some()
    });
    let leaves = tokens::find(&function.body, &mut |before, token, _| match (before, token) {
        (Some(TokenTree::Ident(name)), TokenTree::Punct(sign))
            if sign.as_char() == '!' && sign.spacing() == Spacing::Alone =>
        {
            !WELL_KNOWN.iter().any(|known| name == known)
        }
        _ => tokens::is_word(Some(token), "return") || tokens::is_punct(Some(token), '?'),
    });
    calls.is_some() && leaves.is_none()
}
