//! The attributes `#[audited]` and `#[timed]`.
//!
//! Use them through `audit-runtime`, which re-exports and documents them. An attribute goes
//! through four steps, one module each: [`parse`] what was typed, [`judge`] what it means,
//! [`expand`] it to tokens, [`report`] every mistake.

mod expand;
mod judge;
mod parse;
mod report;

use proc_macro::TokenStream;

use crate::parse::Kind;

#[expect(missing_docs, reason = "documented where audit-runtime re-exports it")]
#[proc_macro_attribute]
pub fn audited(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Audited, arguments.into(), &item.into()).into()
}

#[expect(missing_docs, reason = "documented where audit-runtime re-exports it")]
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Timed, arguments.into(), &item.into()).into()
}
