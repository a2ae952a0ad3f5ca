//! What came back: found out by type, aliases included.
//!
//! [`Probe`] has the same methods for several kinds of types, in layers: each is a `&` less, or leads to
//! the next by `Deref` (`layers`). The compiler takes the first that fits, so that no type is
//! excluded. `ending` is how a call ended, `causes` what an error says of its source.

mod causes;
mod ending;
mod layers;

pub use causes::Causes;
pub use ending::{AuditOutcome, Ending};
pub use layers::{Ends, Fallible, Fruitful, Probe, probe};
