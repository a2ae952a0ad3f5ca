//! What is left of an attribute where the feature `off` is on: its expressions, to be type-checked.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::{
    capture::value,
    judge::{Field, Plan},
    parse::{Function, tokens},
};

/// The function as it is without the attribute. Its fields stand where control never comes, so that
/// mistakes in them are found and the parameters they name are used; no code is made of them.
pub(super) fn unwatched(plan: &Plan, function: &Function) -> TokenStream {
    let all = || plan.fields.iter().chain(plan.ends.iter().flatten());
    let fields = all().filter(|field| stands_alone(field));
    let values: Vec<TokenStream> =
        fields.map(|field| value(&plan.hooks, &field.value, false)).collect();
    // Of a literal there is nothing to check.
    let texts = [Some(&plan.operation), plan.message.as_ref()].into_iter().flatten();
    let paths = texts.filter(|text| syn::parse2::<syn::LitStr>((*text).clone()).is_err());
    let paths: Vec<TokenStream> =
        paths.map(|path| quote!(const _: &::core::primitive::str = #path;)).collect();
    let known = (!values.is_empty() || !paths.is_empty())
        .then(|| quote!(if false { #(#paths)* #(let _ = #values;)* }));
    let Function { inner, body, .. } = function;
    let (items, statements) = crate::parse::leading(body.clone());
    function.with_body(quote!(#inner #items #known #statements))
}

/// Whether it means something in front of the body, and does not change a future that holds it.
fn stands_alone(field: &Field) -> bool {
    let used = field.value.expression.to_token_stream();
    ["ret", "err", "await"].iter().all(|word| {
        tokens::find(&used, &mut |_, token, _| tokens::is_word(Some(token), word)).is_none()
    })
}
