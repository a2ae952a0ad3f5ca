//! The watched code with what watches it.
//!
//! Where a value is wanted the body becomes a closure or an async block with the braces' own place,
//! so that the compiler and its lints take it for what the user wrote.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Lifetime;

use super::{
    braced, end, located, own as name, recursion,
    start::{Next, gate, site, start},
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
    let calls_itself = sync && recursion::may_call_itself(function);
    let given = function
        .gives_back(calls_itself)
        .map_or_else(|| ret.clone(), |place| Ident::new("ret", located(place)));
    if calls_itself {
        if function.returns_primitive() && !judges(plan) {
            return (head.clone(), spliced(plan, function, body, true, true));
        }
        let (items, statements) = parse::leading(body.clone());
        if let Some(kept) = recursion::kept(function, hooks, &statements) {
            let start = start(plan, function, &call, Next::Function { mutable: true });
            let end = end(plan, &call, &ret, false);
            let run = kept_in_place(plan, function, &statements, kept);
            return (head.clone(), quote!(#items #start #run #end #given));
        }
    }
    let by_value = plan.takes_parameters;
    let taken = by_value.then(|| function.taken(hooks));
    let Taken { head, statements: own, body, quiet } = taken.unwrap_or_else(|| Taken {
        head: head.clone(),
        statements: TokenStream::new(),
        body: body.clone(),
        quiet: false,
    });
    let (items, statements) = parse::leading(body.clone());
    let quiet = quiet.then(|| quote!(#[allow(unused_assignments)]));
    let place = function.braces;
    let by_value = by_value.then(|| quote_spanned!(place=> move));
    let run = if sync {
        let block = braced(quote!(#items #own #statements), place);
        let body = quote_spanned!(place=> #by_value || -> #returns #block);
        if in_place {
            let (start, end) = (timed(plan, function, true), end(plan, &call, &ret, false));
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
    let start = start(plan, function, &call, if sync { Next::Body } else { Next::Future });
    let end = end(plan, &call, &ret, true);
    (head, quote!(#start #run #end #given))
}

/// The body where it stands in the function, which calls itself.
///
/// What is rewritten for its label is there once more, where control never comes, as the closure
/// that it would be otherwise: for the mistakes and the lints of what was written.
fn kept_in_place(
    plan: &Plan,
    function: &Function,
    statements: &TokenStream,
    kept: recursion::Body,
) -> TokenStream {
    let (hooks, returns, place) = (&plan.hooks, function.returns(), function.braces);
    let (call, inside, ret) = (name("call"), name("inside"), name("ret"));
    let recursion::Body { statements: kept, label, is_left } = kept;
    let written = is_left.then(|| {
        let out = Lifetime::new("'written", located(place));
        let written = braced(statements.clone(), place);
        let written = quote_spanned!(place=> move || -> #returns #written);
        quote! {
            #[allow(unreachable_code, unused_assignments, unused_mut, unused_variables)]
            #out: {
                break #out;
                let _ = #hooks::called(#written);
            }
        }
    });
    let block = braced(kept, place);
    // Behind a statement nobody takes a body that never ends for a mistake of the `let`.
    let block = braced(quote!(let () = (); #label: #block), place);
    // That a result lives too long is to be found where it is given back.
    let returns = tokens::elided(&returns, None).unwrap_or(returns);
    let body = quote_spanned!(place=> let #ret: #returns = #block;);
    quote! {
        #written
        let #inside = #hooks::inside(&mut #call);
        #body
        #[allow(unreachable_code)]
        let #ret = #hooks::done(&mut #call, #inside, #ret);
    }
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
    let start = start(plan, function, &call, Next::Future);
    let end = end(plan, &call, &ret, true);
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
    quote!(#quiet let (#ret, #call) = #hooks::track(#call, #body).await;)
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
    let start = start(plan, function, &call, Next::Function { mutable: returns });
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
