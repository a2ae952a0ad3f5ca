//! The code in front of a watched body: what the compiler knows of the function, and the fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, ext::IdentExt as _};

use super::{at, located, own, refusal, shows};
use crate::{
    capture,
    judge::{Field, Plan},
    parse::{Function, Kind},
};

/// The call's beginning: its site, and the fields known by then.
pub(super) fn start(plan: &Plan, function: &Function, call: &Ident, changes: bool) -> TokenStream {
    let hooks = &plan.hooks;
    let site = site(plan, function);
    let gate = match plan.kind {
        Kind::Audited => quote!(#hooks::Gate::Audit),
        Kind::Timed => {
            let level = gate(plan);
            quote!(#hooks::Gate::Performance(#level))
        }
    };
    let refusal = plan.fields.iter().any(shows).then(|| refusal(hooks));
    let (entered, fields) = match capture::together(hooks, call, 0, &plan.fields) {
        Some(taken) => {
            (quote!(#refusal #hooks::Call::enter_with(&__AUDIT_SITE, #gate, #taken)), None)
        }
        None if plan.fields.is_empty() => (quote!(#hooks::Call::enter(&__AUDIT_SITE, #gate)), None),
        None => {
            let fields = capture::fields(hooks, call, 0, &plan.fields);
            let fields = quote!(if #call.is_on() { #refusal #fields #call.start(); });
            (quote!(#hooks::Call::open(&__AUDIT_SITE, #gate)), Some(fields))
        }
    };
    let changes = changes || fields.is_some() || plan.required.is_some();
    let mutable = changes.then(|| quote!(mut));
    let required = plan.required.map(|place| {
        let (operation, error) = (&plan.operation, Ident::new("error", located(place)));
        let place = located(place);
        let hooks = at(hooks, place);
        let refused = quote_spanned!(place=> return #hooks::refused(#error););
        quote! {
            if let ::core::result::Result::Err(#error) = #call.intent(#operation) { #refused }
        }
    });
    quote! {
        let #mutable #call = { #site #entered };
        #fields
        #required
    }
}

/// The highest level that a timing can have without failing: a slow call is a warning, and wanted
/// where warnings are.
pub(super) fn gate(plan: &Plan) -> TokenStream {
    let hooks = &plan.hooks;
    let is_error = plan.level == "Error";
    let level = own(if plan.slow_nanos > 0 && !is_error { "Warn" } else { plan.level });
    quote!(#hooks::Level::#level)
}

/// Everything that is known when the program is compiled.
pub(super) fn site(plan: &Plan, function: &Function) -> TokenStream {
    let Plan { hooks, operation, slow_nanos, .. } = plan;
    // Only what differs from the others is written: each member costs the compiler time.
    let others = own(match plan.kind {
        Kind::Audited => "OPERATION",
        Kind::Timed => "TIMING",
    });
    let level = (plan.level != "Info").then(|| {
        let level = own(plan.level);
        quote!(level: #hooks::Level::#level,)
    });
    let message = plan.message.as_ref();
    let message = message.map(|text| quote!(message: ::core::option::Option::Some(#text),));
    let slow = (*slow_nanos > 0).then(|| quote!(slow_nanos: #slow_nanos,));
    let name = function.signature.ident.unraw().to_string();
    // Only with the user's own span do these tell the function's place, not the attribute's.
    let place = function.signature.ident.span();
    let file = quote_spanned!(place=> ::core::file!());
    let line = quote_spanned!(place=> ::core::line!());
    let fields =
        plan.fields.iter().chain(plan.ends.iter().flatten()).map(|Field { part, key, .. }| {
            let part = own(part);
            let key = LitStr::new(&key.value(), Span::mixed_site());
            quote!(#hooks::#part(#key))
        });
    let sample = (plan.sample > 1).then(|| {
        let calls = plan.sample;
        quote!(.sampled(#calls))
    });
    quote! {
        static __AUDIT_SITE: #hooks::Site = #hooks::Site::new(#hooks::Callsite {
            #level
            operation: #operation,
            component: ::core::module_path!(),
            #message
            function: #name,
            file: #file,
            line: #line,
            #slow
            fields: &[#(#fields),*],
            ..#hooks::#others
        })#sample;
    }
}
