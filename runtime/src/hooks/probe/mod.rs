//! What came back: found out by type, aliases included.
//!
//! [`Probe`] has the same methods for several kinds of types, in layers that lead to each other by
//! `Deref` (`layers`). The compiler takes the first that fits, so that no trait is needed and no
//! type is excluded. `ending` is how a call ended, `causes` what an error says of its source.

mod causes;
mod ending;
mod layers;

pub use causes::Causes;
pub use ending::{AuditOutcome, Ending};
pub use layers::{Fallible, Fruitful, Probe};
