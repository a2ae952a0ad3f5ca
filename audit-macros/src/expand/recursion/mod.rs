//! Functions that may do nothing but call themselves.
//!
//! The lint `unconditional_recursion` looks at what a function itself calls, and not into closures.
//! So the body of a function each of whose paths leads to its own name stays where it is, and what
//! leaves it early is caught there: the body is a block with a label, `return` leaves that block,
//! and so does `?` where it would return. Whether the name means the function only the compiler
//! knows.

mod paths;

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Lifetime, parse::Parser as _};

use crate::parse::{self, Function, tokens};

/// The statements of a body that stays where it is.
pub(super) struct Body {
    pub(super) statements: TokenStream,
    /// The label of the block that they become, as which it is not taken for needless.
    pub(super) label: Lifetime,
    /// Whether the block is left by it.
    pub(super) is_left: bool,
}

/// What is called by a sign, or by none.
const OPERATORS: [&str; 33] = [
    "add",
    "add_assign",
    "bitand",
    "bitand_assign",
    "bitor",
    "bitor_assign",
    "bitxor",
    "bitxor_assign",
    "deref",
    "deref_mut",
    "div",
    "div_assign",
    "drop",
    "eq",
    "ge",
    "gt",
    "index",
    "index_mut",
    "le",
    "lt",
    "mul",
    "mul_assign",
    "ne",
    "neg",
    "not",
    "rem",
    "rem_assign",
    "shl",
    "shl_assign",
    "shr",
    "shr_assign",
    "sub",
    "sub_assign",
];

/// Whether the function may call itself: it names itself, or is an operator.
pub(super) fn may_call_itself(function: &Function) -> bool {
    let own = &function.signature.ident;
    is_operator(&own.to_string()) || calls(&function.body, own)
}

/// The body where it can stay, and where staying is of use: it is left at its end only, or by its
/// label, with each path leading to the function's own name.
pub(super) fn kept(
    function: &Function,
    hooks: &TokenStream,
    statements: &TokenStream,
) -> Option<Body> {
    // With the user's own span, or clippy takes the block for another's.
    let label = Lifetime::new("'_audited_body", function.braces);
    if !leaves(statements) {
        return Some(Body { statements: statements.clone(), label, is_left: false });
    }
    let mut block = Block {
        brace_token: syn::token::Brace::default(),
        stmts: Block::parse_within.parse2(statements.clone()).ok()?,
    };
    let is_left = paths::caught(&mut block, function, hooks, &label)?;
    let statements = block.stmts.iter().map(ToTokens::to_token_stream).collect();
    Some(Body { statements, label, is_left })
}

/// Whether the tokens may leave the function that they stand in.
fn leaves(statements: &TokenStream) -> bool {
    let found = tokens::find(statements, &mut |before, token, _| match (before, token) {
        (Some(TokenTree::Ident(name)), TokenTree::Punct(sign))
            if sign.as_char() == '!' && sign.spacing() == Spacing::Alone =>
        {
            !parse::is_well_known(name)
        }
        _ => tokens::is_word(Some(token), "return") || tokens::is_punct(Some(token), '?'),
    });
    found.is_some()
}

/// Whether the tokens call what has that name.
fn calls(tokens: &TokenStream, name: &Ident) -> bool {
    let found = tokens::find(tokens, &mut |_, token, after| {
        let called =
            tokens::group(after, Delimiter::Parenthesis).is_some() || tokens::is_punct(after, ':');
        called && matches!(token, TokenTree::Ident(found) if found == name)
    });
    found.is_some()
}

fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::{parse::function, report::Report};

    #[test]
    fn a_body_stays_where_each_path_leads_to_its_name() {
        for (body, expected) in [
            ("f(n)", Some(false)),
            ("return f(n);", Some(true)),
            ("let m = f(n)?; Some(m)", Some(true)),
            ("Some(self.0.f(n)?.len())", Some(true)),
            ("loop { if f(n)? == 1 { break; } } None", Some(true)),
            ("if n == 0 { return f(1); } else { f(2)?; } n", Some(true)),
            ("match n { 0 => return f(1), 1 => panic!(), _ if f(2)? => n, _ => f(3) }", Some(true)),
            ("let Some(m) = f(n) else { return None }; m", Some(true)),
            ("println!(\"{:?}\", f(n)); return n;", Some(true)),
            // A path leaves first, or goes by, or goes round.
            ("if n == 0 { return None; } f(n)", None),
            ("if n == 0 { f(n)?; } None", None),
            ("n && f(n)?; None", None),
            ("for m in n { f(m)?; } None", None),
            ("for m in n { g(m); } f(n)?; None", None),
            ("loop { if n { break; } f(n)?; } None", None),
            ("loop { if n { continue; } return f(n); }", None),
            ("let f = |n| { return f(n); }; f", None),
            ("async { f(n)? }; None", None),
            // What may leave is not seen, or would be there twice.
            ("m!(); return f(n);", None),
            ("f(n)?; println!(\"{}\", n?); n", None),
            ("f(n)?; static N: u8 = 1; n", None),
        ] {
            let item = format!("fn f(&self, n: u8) -> Option<u8> {{ {body} }}");
            let mut report = Report::default();
            let function = function(&item.parse().expect("tokens"), &mut report).expect(body);
            let kept = kept(&function, &quote!(hooks), &function.body);
            assert_eq!(kept.map(|kept| kept.is_left), expected, "{body}");
            drop(report.into_tokens());
        }
    }
}
