//! Values: what a field holds (`captured`), which types may be written as they are (`cleared`),
//! and the one that never is (`sensitive`).

mod captured;
mod cleared;
mod sensitive;

pub use captured::{JsonSource, Value};
pub use cleared::AuditValue;
pub use sensitive::Sensitive;

/// What stands where a secret would have been.
pub const REDACTED: &str = "[redacted]";
