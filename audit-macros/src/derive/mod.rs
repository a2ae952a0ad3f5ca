//! The derives `AuditValue` and `Redact`: what is written of a type, field by field.
//!
//! `input` reads the type and the words on its fields and judges them, `expand` prints the
//! implementations, `messages` holds every message. `Redact` is `AuditValue` with words of its own,
//! a mark that refuses `%`, `?` and `json(..)`, and a `Debug` that shows no more than the log does.

mod expand;
mod input;
mod messages;
mod name;

pub(crate) use expand::derive;
pub(crate) use input::Kind;
