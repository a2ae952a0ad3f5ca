//! The attributes [`macro@audited`] and [`macro@timed`]. Use them through `audit-runtime`, which re-exports them.
//!
//! An attribute goes through four steps, one module each: `parse` what was typed, `judge` what it
//! means, `expand` it to tokens, `report` every mistake.
//!
#![doc = include_str!("../expansion.md")]

mod capture;
mod expand;
mod judge;
mod order;
mod parse;
mod report;
mod words;

use proc_macro::TokenStream;

use crate::parse::Kind;

/// Records each call of a function: who did what to which thing, and how it ended.
///
#[doc = include_str!("../audited.md")]
#[proc_macro_attribute]
pub fn audited(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Audited, arguments.into(), &item.into()).into()
}

/// Records how long each call of a function takes.
///
#[doc = include_str!("../timed.md")]
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Timed, arguments.into(), &item.into()).into()
}

#[cfg(doctest)]
#[doc = include_str!("../../docs/from-instrument.md")]
mod from_instrument {}
