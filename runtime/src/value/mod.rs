//! Values: what a field holds (`captured`), which types may be written as they are (`cleared`),
//! also as several at once (`collections`), and those that never are (`sensitive`, `secret`).

mod captured;
mod cleared;
mod collections;
mod secret;
mod sensitive;

pub use captured::{JsonSource, Nested, Shape, Value};
pub use cleared::AuditValue;
pub use secret::Redact;
pub use sensitive::Sensitive;

/// What stands where a secret would have been.
pub const REDACTED: &str = "[redacted]";
