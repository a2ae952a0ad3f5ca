//! The attributes [`macro@audited`] and [`macro@timed`] and the derives [`macro@AuditValue`] and
//! [`macro@Redact`]. Use them through `audit-runtime`, which re-exports them.
//!
//! An attribute goes through four steps, one module each: `parse` what was typed, `judge` what it
//! means, `expand` it to tokens, `report` every mistake.
//!
#![doc = include_str!("../expansion.md")]

mod block;
mod capture;
mod derive;
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

/// Clears a type for logs: `details(task)` writes it without a word about how.
///
#[doc = include_str!("derive/audit_value.md")]
#[proc_macro_derive(AuditValue, attributes(audit))]
pub fn audit_value(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Cleared, item.into()).into()
}

/// Marks a type that holds secrets, and says what is written of it.
///
#[doc = include_str!("derive/redact.md")]
#[proc_macro_derive(Redact, attributes(redact))]
pub fn redact(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Secret, item.into()).into()
}

#[cfg(doctest)]
#[doc = include_str!("../../docs/from-instrument.md")]
mod from_instrument {}
