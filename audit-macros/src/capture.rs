//! From fields to the code that takes their values.
//!
//! Variables, constants and literals are an array: to mention one can do nothing, and what it is
//! worth is asked where a panic is contained. Other fields without `.await` are taken in one closure,
//! so that a panic in one of them can be contained and the next ones are taken nevertheless. What
//! waits becomes statements of the function.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
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

/// The values as an array; none where taking one of them may do something.
pub(crate) fn listed(hooks: &TokenStream, fields: &[Field]) -> Option<TokenStream> {
    let does_nothing =
        |field: &Field| matches!(field.value.expression, Some(Expr::Path(_) | Expr::Lit(_)));
    if !fields.iter().all(does_nothing) {
        return None;
    }
    let values = fields.iter().map(|field| match (field.value.word, &field.value.expression) {
        (Word::Bare, Some(variable)) if field.value.literal().is_none() => {
            borrowed(variable, variable.span())
        }
        _ => {
            let value = value(hooks, &field.value);
            quote!(&#value)
        }
    });
    Some(quote!(&[#(#values),*]))
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
            let arms = (first..).map(literal).zip(all);
            let arms = arms.map(|(number, take)| quote!(#number => #take,));
            let n = own("n");
            let place = located(fields.first().map_or_else(Span::mixed_site, |field| field.list));
            quote_spanned!(place=> |#call, #n| match #n { #(#arms)* _ => #last })
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
        | Expr::Block(_) => borrowed(expression, span),
        _ => borrowed(&quote_spanned!(place=> (#expression)), span),
    };
    match value.word {
        Word::Bare => quote_spanned!(place=> #hooks::bare(#operand)),
        word => {
            let word = Ident::new(word.hook(), place);
            quote_spanned!(place=> #hooks::Shown::new(#operand).#word())
        }
    }
}

/// With a span of the user's own, so that errors show all of the expression.
fn borrowed(operand: &impl ToTokens, span: Span) -> TokenStream {
    quote_spanned!(span=> & #operand)
}
