//! The code in front of a watched body: what the compiler knows of the function, and the fields.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, ext::IdentExt as _};

use super::{at, located, own};
use crate::{
    capture,
    judge::{Field, Plan},
    parse::{Function, Kind},
};

/// What the beginning of a call leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The function goes on, and drops the call.
    Function {
        /// Whether it tells the call something.
        mutable: bool,
    },
    /// The body is run.
    Body,
    /// The body is a future.
    Future,
}

impl Next {
    /// The type of the call, and the functions that begin one.
    fn begins(self) -> [Ident; 3] {
        match self {
            Self::Function { .. } => ["Call", "begin", "begin_with"],
            Self::Body => ["Running", "enter", "enter_with"],
            Self::Future => ["Running", "begin", "begin_with"],
        }
        .map(own)
    }
}

/// The call's beginning: its site, and the fields known by then.
///
/// Whether it is wanted is asked before anything is built for it.
pub(super) fn start(plan: &Plan, function: &Function, call: &Ident, next: Next) -> TokenStream {
    let hooks = &plan.hooks;
    let site = site(plan, function);
    let wanted = match plan.kind {
        Kind::Audited => quote!(audits()),
        Kind::Timed => {
            let level = gate(plan);
            quote!(times(#level))
        }
    };
    let fields = &plan.fields;
    let together = || capture::together(hooks, call, 0, fields, capture::copies(function, fields));
    let listed = capture::listed(hooks, function, fields);
    let together = listed.is_none().then(together).flatten();
    let waits = listed.is_none() && together.is_none();
    // What is told of the call before its body needs one that the function drops.
    let told = waits || plan.required.is_some();
    let mutable = told || matches!(next, Next::Body | Next::Function { mutable: true });
    let mutable = mutable.then(|| quote!(mut));
    let first = if told { Next::Function { mutable: true } } else { next };
    let [kind, begin, begin_with] = first.begins();
    let beginning = match (listed, together) {
        (Some(values), _) => quote!(#begin(&__AUDIT_SITE, #values)),
        (_, Some(taken)) => quote!(#begin_with(&__AUDIT_SITE, #taken)),
        _ => quote!(open(&__AUDIT_SITE)),
    };
    let fields = waits.then(|| {
        let fields = capture::fields(hooks, call, 0, fields);
        quote!(if #call.is_on() { #fields #call.start(); })
    });
    let runs = told.then(|| match next {
        Next::Function { .. } => TokenStream::new(),
        Next::Body => quote!(let mut #call = #hooks::Running::of(#call.entered());),
        Next::Future => quote!(let #call = #hooks::Running::of(#call);),
    });
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
        let #mutable #call = {
            #site
            if #hooks::#wanted { #hooks::#kind::#beginning } else { #hooks::#kind::OFF }
        };
        #fields
        #required
        #runs
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
    // Only what differs from the others is written: all that is written costs the compiler time.
    let kind = own(plan.kind.name());
    let name = function.signature.ident.unraw().to_string();
    let function_name = plan.is_named.then(|| quote!(.function(#name)));
    let level = (plan.level != "Info").then(|| {
        let level = own(plan.level);
        quote!(.level(#hooks::Level::#level))
    });
    let message = plan.message.as_ref().map(|text| quote!(.message(#text)));
    let slow = (*slow_nanos > 0).then(|| quote!(.slow(#slow_nanos)));
    let lasts = plan.lasts.map(|lasts| {
        let lasts = own(lasts);
        quote!(.lasts(#hooks::Lasts::#lasts))
    });
    let sample = (plan.sample > 1).then(|| {
        let calls = plan.sample;
        quote!(.sampled(#calls))
    });
    // Only with the user's own span do these tell the function's place, not the attribute's.
    let place = function.signature.ident.span();
    let file = quote_spanned!(place=> ::core::file!());
    let line = quote_spanned!(place=> ::core::line!());
    let fields = keys(plan);
    quote! {
        static __AUDIT_SITE: #hooks::Site = #hooks::Site::#kind(
            #operation, ::core::module_path!(), #file, #line, &#fields
        )#function_name #level #message #slow #lasts #sample;
    }
}

/// Parts and keys of the fields.
fn keys(plan: &Plan) -> TokenStream {
    let fields = || plan.fields.iter().chain(plan.ends.iter().flatten());
    if fields().next().is_none() {
        return quote!([]);
    }
    let hooks = &plan.hooks;
    let parts: Vec<u8> = fields().map(Field::part_number).collect();
    let parts = Literal::byte_string(&parts);
    let keys = fields().map(|field| LitStr::new(&field.key.value(), Span::mixed_site()));
    quote!(#hooks::fields(#parts, [#(#keys),*]))
}
