//! From fields to the code that takes their values.
//!
//! Variables, constants and literals are an array: to mention one can do nothing, and what it is
//! worth is asked where a panic is contained. Other fields without `.await` are taken in one closure,
//! so that a panic in one of them can be contained and the next ones are taken nevertheless. What
//! waits becomes statements of the function.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use crate::{
    expand::{at, located, own},
    judge::Field,
    parse::{Function, Tail, Value, Word, tokens},
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
        let together = together(hooks, call, number, run, false);
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
pub(crate) fn listed(
    hooks: &TokenStream,
    function: &Function,
    fields: &[Field],
) -> Option<TokenStream> {
    let does_nothing =
        |field: &Field| matches!(field.value.expression, Some(Expr::Path(_) | Expr::Lit(_)));
    if !fields.iter().all(does_nothing) {
        return None;
    }
    let (copied, _) = copied(function);
    let values = fields.iter().map(|field| {
        let Some(Expr::Path(variable)) = &field.value.expression else {
            let value = value(hooks, &field.value, false);
            return quote!(&#value);
        };
        let copied = variable.path.get_ident().is_some_and(|name| copied.iter().any(|c| name == c));
        if field.value.word == Word::Bare {
            return operand(&Expr::Path(variable.clone()), copied);
        }
        let value = value(hooks, &field.value, copied);
        quote!(&#value)
    });
    Some(quote!(&[#(#values),*]))
}

/// The parameters that a function's start may copy, and the others. A future keeps what it has.
fn copied(function: &Function) -> (Vec<String>, Vec<String>) {
    match function.tail {
        Tail::Body if function.signature.asyncness.is_none() => function.copied(),
        _ => (Vec::new(), function.parameters()),
    }
}

/// Whether a closure with the fields can copy all that it takes.
pub(crate) fn copies(function: &Function, fields: &[Field]) -> bool {
    if matches!(function.tail, Tail::Block(_)) {
        return false;
    }
    let (_, others) = copied(function);
    fields.iter().all(|field| {
        let used = field.value.expression.to_token_stream();
        others.iter().all(|name| tokens::usage(&used, name).is_none())
    })
}

/// The numbers of the fields and the closure that takes them; none where one of them waits.
pub(crate) fn together(
    hooks: &TokenStream,
    call: &Ident,
    first: usize,
    fields: &[Field],
    copies: bool,
) -> Option<TokenStream> {
    if fields.iter().any(waits) {
        return None;
    }
    let each = (first..).zip(fields).map(|(number, field)| take(hooks, call, number, field));
    let each: Vec<TokenStream> = each.collect();
    let by_value = copies.then(|| quote!(move));
    let take = match each.as_slice() {
        [only] => {
            // Errors about what a closure may borrow are shown at the closure.
            let place = fields.first().and_then(|field| field.value.expression.as_ref());
            let place = located(place.map_or_else(Span::mixed_site, Expr::span));
            quote_spanned!(place=> #by_value |#call, _| #only)
        }
        [all @ .., last] => {
            // Those behind a field that panicked are taken by another call.
            let n = own("n");
            let behind = (first + 1..).map(literal).zip(all);
            let all = behind.map(|(behind, take)| quote!(if #n < #behind { #take }));
            let place = located(fields.first().map_or_else(Span::mixed_site, |field| field.list));
            quote_spanned!(place=> #by_value |#call, #n| { #(#all)* #last })
        }
        [] => return None,
    };
    let (start, end) = (literal(first), literal(first + fields.len()));
    Some(quote!(#start..#end, &mut #take))
}

fn take(hooks: &TokenStream, call: &Ident, number: usize, field: &Field) -> TokenStream {
    let number = literal(number);
    if let Some(text) = field.value.literal() {
        return quote!(#call.literal(#number, #text));
    }
    let value = value(hooks, &field.value, false);
    quote!(#call.field(#number, #value))
}

fn waits(field: &Field) -> bool {
    field.value.expression.as_ref().is_some_and(|used| tokens::waits(&used.to_token_stream()))
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

/// The code that makes the value, of a copy of the variable where it is one that is copied.
pub(crate) fn value(hooks: &TokenStream, value: &Value, copied: bool) -> TokenStream {
    if let Some(text) = value.literal() {
        return quote!(#hooks::Value::Literal(#text));
    }
    let Some(expression) = &value.expression else { return TokenStream::new() };
    let place = located(expression.span());
    let hooks = at(hooks, place);
    let operand = operand(expression, copied);
    match value.word {
        Word::Bare => quote_spanned!(place=> #hooks::bare(#operand)),
        word => {
            let word = Ident::new(word.hook(), place);
            quote_spanned!(place=> #hooks::Shown::new(#operand).#word())
        }
    }
}

/// A reference to what the expression is. With a span of the user's own, so that errors show all of
/// the expression.
fn operand(expression: &Expr, copied: bool) -> TokenStream {
    let span = expression.span();
    let place = located(span);
    let value = match expression {
        _ if copied => quote_spanned!(place=> { #expression }),
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
    quote_spanned!(span=> & #value)
}
