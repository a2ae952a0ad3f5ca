//! Audit trails and timing.

pub mod clock;
pub mod frame;
pub mod fs;
pub mod health;
pub mod layout;
pub mod ledger;
pub mod record;
pub mod redact;
pub mod render;
pub mod sink;
pub mod trap;
pub mod value;
