//! From a judged type to implementations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{DeriveInput, Generics, LitStr, parse_quote, spanned::Spanned as _};

use super::{
    Kind,
    input::{self, Field, Form, Input},
};
use crate::{
    expand::{at, own},
    parse::{Word, tokens},
    report::Report,
};

/// The implementations for a type, or its mistakes.
pub(crate) fn derive(kind: Kind, item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let mut input = input::read(kind, item, &mut report);
    if report.is_empty() {
        return implementations(&input);
    }
    // The type counts as cleared, so that those who use it hear of nothing.
    input.form = Form::Whole(Word::Redact);
    let errors = report.into_tokens();
    let implementations = implementations(&input);
    quote!(#errors #implementations)
}

fn implementations(input: &Input) -> TokenStream {
    let Input { hooks, name, form, .. } = input;
    let taken = own("take");
    let (value, nested) = match form {
        Form::Variants(variants) => {
            let arms = variants.iter().map(|(variant, key)| {
                let key = LitStr::new(&key.value(), Span::mixed_site());
                quote!(Self::#variant => #key)
            });
            let named = if variants.is_empty() {
                quote!(match *self {})
            } else {
                quote!(#hooks::Value::Literal(match self { #(#arms,)* }))
            };
            (named, None)
        }
        Form::Text(text) => (quote!(#hooks::Value::Literal(#text)), None),
        Form::Only(field) if field.word == Word::Bare => (value(hooks, field), None),
        Form::Only(field) => {
            let value = value(hooks, field);
            (itself(hooks), Some(("Single", vec![quote!(#hooks::Value::Absent, #value)])))
        }
        Form::Whole(word) => {
            let word = Ident::new(word.hook(), Span::mixed_site());
            let value = quote!(#hooks::Shown::new(self).#word());
            (itself(hooks), Some(("Single", vec![quote!(#hooks::Value::Absent, #value)])))
        }
        Form::List(fields) => {
            let values = fields.iter().map(|field| value(hooks, field));
            let values = values.map(|value| quote!(#hooks::Value::Absent, #value)).collect();
            (itself(hooks), Some(("List", values)))
        }
        Form::Object(fields) => {
            let values = fields.iter().map(|field| {
                let value = value(hooks, field);
                let key = LitStr::new(&field.key.value(), Span::mixed_site());
                quote!(#hooks::Value::Literal(#key), #value)
            });
            (itself(hooks), Some(("Object", values.collect())))
        }
    };
    let generics = bounded(input);
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let nested = nested.map(|(shape, values)| {
        let shape = own(shape);
        let count = values.len();
        let each = if values.is_empty() {
            quote!(let _ = #taken;)
        } else {
            // Whoever takes the last one has nothing more to want.
            quote!(let _ = #(#taken(#values))&&*;)
        };
        quote! {
            #[automatically_derived]
            impl #parameters #hooks::Nested for #name #arguments #bounds {
                fn shape(&self) -> #hooks::Shape { #hooks::Shape::#shape }
                fn count(&self) -> ::core::primitive::usize { #count }
                fn each(
                    &self,
                    #taken: &mut dyn ::core::ops::FnMut(
                        #hooks::Value<'_>,
                        #hooks::Value<'_>,
                    ) -> ::core::primitive::bool,
                ) {
                    #each
                }
            }
        }
    });
    let secret = (input.kind == Kind::Secret).then(|| {
        let text = name.to_string();
        let formatter = own("f");
        quote! {
            #[automatically_derived]
            impl #parameters #hooks::Redact for #name #arguments #bounds {}

            #[automatically_derived]
            impl #parameters ::core::fmt::Debug for #name #arguments #bounds {
                fn fmt(
                    &self,
                    #formatter: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    #hooks::debug(#text, #hooks::AuditValue::value(self), #formatter)
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #parameters #hooks::AuditValue for #name #arguments #bounds {
            fn value(&self) -> #hooks::Value<'_> { #value }
        }
        #nested
        #secret
    }
}

fn itself(hooks: &TokenStream) -> TokenStream {
    quote!(#hooks::Value::Nested(self))
}

/// A field as its word writes it; errors are shown at its type.
fn value(hooks: &TokenStream, field: &Field) -> TokenStream {
    // `self` must be the one of the method around it.
    let place = Span::call_site().located_at(field.of.span());
    let hooks = at(hooks, place);
    let member = at(&field.member, place);
    if field.word == Word::Bare {
        return quote_spanned!(place=> #hooks::member(&self.#member));
    }
    let word = Ident::new(field.word.hook(), place);
    quote_spanned!(place=> #hooks::Shown::new(&self.#member).#word())
}

/// The type's parameters, each bound to what the words on its fields need.
fn bounded(input: &Input) -> Generics {
    let mut generics = input.generics.clone();
    let parameters: Vec<Ident> =
        input.generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let fields = match &input.form {
        Form::Only(field) => std::slice::from_ref(&**field),
        Form::List(fields) | Form::Object(fields) => fields,
        Form::Variants(_) | Form::Text(_) | Form::Whole(_) => &[],
    };
    for field in fields {
        let Some(needed) = needed(&input.hooks, field.word) else { continue };
        let of = &field.of;
        let used = of.to_token_stream();
        for parameter in &parameters {
            let name = parameter.to_string();
            if tokens::mention(&used, &name).is_some() {
                generics.make_where_clause().predicates.push(parse_quote!(#parameter: #needed));
            } else if tokens::find(&used, &mut |_, t, _| tokens::is_word(Some(t), &name)).is_some()
            {
                // `T::Id`
                generics.make_where_clause().predicates.push(parse_quote!(#of: #needed));
            }
        }
    }
    if let Form::Whole(word) = &input.form
        && !parameters.is_empty()
        && let Some(needed) = needed(&input.hooks, *word)
    {
        generics.make_where_clause().predicates.push(parse_quote!(Self: #needed));
    }
    generics
}

/// The trait that a word needs.
fn needed(hooks: &TokenStream, word: Word) -> Option<TokenStream> {
    Some(match word {
        Word::Bare => quote!(#hooks::AuditValue),
        Word::Display | Word::Mask | Word::Hash | Word::Last4 => quote!(::core::fmt::Display),
        Word::Debug => quote!(::core::fmt::Debug),
        Word::Json => quote!(#hooks::Serialize),
        Word::Len => quote!(#hooks::Measured),
        Word::Redact => return None,
    })
}
