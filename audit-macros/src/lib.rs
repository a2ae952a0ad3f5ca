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
/// What is written is found out from the type. A struct with one field is written as that field,
/// one with named fields as a JSON object, one with several unnamed fields as a JSON array, and a
/// variant as its name in snake case. Each field must itself be of a cleared type; text and other
/// types need a word.
///
/// ```
/// use audit_runtime::{AuditValue, audited};
///
/// #[derive(AuditValue)]
/// struct TaskId(#[audit(display)] String);
///
/// #[derive(AuditValue)]
/// enum Status {
///     Open,
///     InProgress,
///     #[audit(rename = "closed")]
///     Done,
/// }
///
/// #[derive(AuditValue)]
/// struct Task {
///     id: TaskId,
///     status: Status,
///     #[audit(mask)]
///     owner: Option<String>,
///     #[audit(rename = "subtasks", len)]
///     children: Vec<Task>,
///     #[audit(skip)]
///     notes: String,
/// }
///
/// // {"id":"T-1","status":"in_progress","owner":"j***g","subtasks":0}
/// #[audited(resource(task))]
/// fn archive(task: &Task) {}
/// # archive(&Task {
/// #     id: TaskId("T-1".to_owned()),
/// #     status: Status::InProgress,
/// #     owner: Some("jane@example.org".to_owned()),
/// #     children: Vec::new(),
/// #     notes: String::new(),
/// # });
/// # let _ = [Status::Open, Status::Done];
/// ```
///
/// | on a field | recorded |
/// | --- | --- |
/// | nothing | the value, of a cleared type |
/// | `#[audit(display)]`, `#[audit(debug)]` | as text |
/// | `#[audit(json)]` | as JSON, by `serde::Serialize` |
/// | `#[audit(mask)]`, `#[audit(hash)]`, `#[audit(last4)]`, `#[audit(len)]`, `#[audit(redact)]` | as the words of [`macro@audited`] do |
/// | `#[audit(skip)]` | nothing |
/// | `#[audit(rename = "key")]` | under that key; also on a variant |
///
/// A word on the type itself writes all of it: `#[audit(display)]` by its `Display`. That is also
/// the way for an enum whose variants have fields. `None` is left out of an object and is `null` in
/// an array. `PhantomData` is not written.
///
/// ```
/// # use audit_runtime::AuditValue;
/// #[derive(AuditValue)]
/// #[audit(display)]
/// enum Target {
///     Task(u64),
///     Everything,
/// }
///
/// impl std::fmt::Display for Target {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         match self {
///             Self::Task(id) => write!(f, "task {id}"),
///             Self::Everything => f.write_str("everything"),
///         }
///     }
/// }
/// # let _ = [Target::Task(1), Target::Everything];
/// ```
///
/// A type parameter needs what its fields need: `struct Page<T> { items: Vec<T> }` is cleared where
/// `T` is. `#[audit(crate = path)]` on the type says where the runtime is, when it is not
/// `::audit_runtime`.
#[proc_macro_derive(AuditValue, attributes(audit))]
pub fn audit_value(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Cleared, item.into()).into()
}

/// Marks a type that holds secrets, and says what is written of it.
///
/// It is named without a word and written as its type says; `%x`, `?x` and `json(x)` do not compile,
/// nor for an `Option` or a collection of it. It also implements `Debug`, which shows no more than
/// the log does, so that a type that holds one can derive its own; a `Debug` of one's own beside it
/// is a conflict.
///
/// ```
/// use audit_runtime::{Redact, audited};
///
/// #[derive(Redact)]
/// struct Payment {
///     cents: u64,
///     #[redact(plain)]
///     currency: String,
///     #[redact(last4)]
///     card: String,
///     #[redact(hash)]
///     payer: String,
///     #[redact]
///     cvv: String,
///     #[redact(omit)]
///     token: String,
/// }
///
/// // {"cents":995,"currency":"EUR","card":"***1111","payer":"2c26b46b68ffc68f","cvv":"[redacted]"}
/// #[audited(details(payment))]
/// fn pay(payment: &Payment) {}
/// # let payment = Payment {
/// #     cents: 995,
/// #     currency: "EUR".to_owned(),
/// #     card: "4111111111111111".to_owned(),
/// #     payer: "jane".to_owned(),
/// #     cvv: "123".to_owned(),
/// #     token: "t".to_owned(),
/// # };
/// # pay(&payment);
/// # assert_eq!(
/// #     format!("{payment:?}"),
/// #     r#"Payment { cents: 995, currency: "EUR", card: "***1111", payer: [redacted], cvv: [redacted] }"#,
/// # );
/// ```
///
/// | on a field | recorded |
/// | --- | --- |
/// | nothing | the value, of a type that is cleared or derives `Redact` too |
/// | `#[redact(plain)]` | as text, by `Display` |
/// | `#[redact(mask)]` | first and last character |
/// | `#[redact(hash)]` | a keyed pseudonym, the same for the same text; not in `Debug`, which has no key |
/// | `#[redact(last4)]` | the last four characters |
/// | `#[redact]` | that there was one |
/// | `#[redact(omit)]` | nothing |
/// | `#[redact(rename = "key")]` | under that key |
///
/// A word on the type itself, such as `#[redact(last4)]`, is about its `Display`. What else there is
/// to say about fields, variants, type parameters and `crate` stands at [`macro@AuditValue`].
#[proc_macro_derive(Redact, attributes(redact))]
pub fn redact(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Secret, item.into()).into()
}

#[cfg(doctest)]
#[doc = include_str!("../../docs/from-instrument.md")]
mod from_instrument {}
