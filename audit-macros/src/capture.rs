//! From fields to the code that takes their values.
//!
//! Fields without `.await` are taken in one closure, so that a panic in one of them can be
//! contained and the next ones are taken nevertheless; the others are statements of the function.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use crate::{
    expand::{at, located, own},
    judge::Field,
    parse::{Value, Word, tokens},
};

/// Takes the fields whose numbers begin at `first`.
pub(crate) fn fields(
    hooks: &TokenStream,
    call: &Ident,
    first: usize,
    fields: &[Field],
) -> TokenStream {
    let mut taken = TokenStream::new();
    let mut number = first;
    for run in fields.chunk_by(|a, b| !waits(a) && !waits(b)) {
        let together = together(hooks, call, number, run);
        taken.extend(together.map_or_else(
            || {
                let taken = (number..).zip(run).map(|(n, field)| take(hooks, call, n, field));
                quote!(#(#taken;)*)
            },
            |taken| quote!(#call.fields(#taken);),
        ));
        number += run.len();
    }
    taken
}

/// The numbers of the fields and the closure that takes them; none where one of them waits.
pub(crate) fn together(
    hooks: &TokenStream,
    call: &Ident,
    first: usize,
    fields: &[Field],
) -> Option<TokenStream> {
    if fields.iter().any(waits) {
        return None;
    }
    let each = (first..).zip(fields).map(|(number, field)| take(hooks, call, number, field));
    let each: Vec<TokenStream> = each.collect();
    let take = match each.as_slice() {
        [only] => {
            // Errors about what a closure may borrow are shown at the closure.
            let place = fields.first().and_then(|field| field.value.expression.as_ref());
            let place = located(place.map_or_else(Span::mixed_site, Expr::span));
            quote_spanned!(place=> |#call, _| #only)
        }
        [all @ .., last] => {
            // Those behind a field that panicked are taken by another call.
            let n = own("n");
            let behind = (first + 1..).map(literal).zip(all);
            let all = behind.map(|(behind, take)| quote!(if #n < #behind { #take }));
            let place = located(fields.first().map_or_else(Span::mixed_site, |field| field.list));
            quote_spanned!(place=> |#call, #n| { #(#all)* #last })
        }
        [] => return None,
    };
    let (start, end) = (literal(first), literal(first + fields.len()));
    Some(quote!(#start..#end, &mut #take))
}

fn take(hooks: &TokenStream, call: &Ident, number: usize, field: &Field) -> TokenStream {
    let (number, value) = (literal(number), value(hooks, &field.value));
    quote!(#call.field(#number, #value))
}

fn waits(field: &Field) -> bool {
    field.value.expression.as_ref().is_some_and(|used| tokens::waits(&used.to_token_stream()))
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

/// The code that makes the value.
pub(crate) fn value(hooks: &TokenStream, value: &Value) -> TokenStream {
    if let Some(text) = value.literal() {
        return quote!(#hooks::Value::Literal(#text));
    }
    let Some(expression) = &value.expression else { return TokenStream::new() };
    let span = expression.span();
    let place = located(span);
    let hooks = at(hooks, place);
    // With a span of the user's own, errors show all of the expression.
    let borrow = quote_spanned!(span=> &);
    let operand = match expression {
        Expr::Path(_)
        | Expr::Field(_)
        | Expr::MethodCall(_)
        | Expr::Call(_)
        | Expr::Lit(_)
        | Expr::Index(_)
        | Expr::Macro(_)
        | Expr::Paren(_)
        | Expr::Tuple(_)
        | Expr::Await(_)
        | Expr::Block(_) => expression.to_token_stream(),
        _ => quote_spanned!(place=> (#expression)),
    };
    match value.word {
        Word::Bare => quote_spanned!(place=> #hooks::bare(#borrow #operand)),
        word => {
            let word = Ident::new(word.hook(), place);
            quote_spanned!(place=> #hooks::Shown::new(#borrow #operand).#word())
        }
    }
}
