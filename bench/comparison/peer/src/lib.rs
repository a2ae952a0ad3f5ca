//! What the programs of the comparison share: orders come over a socket, lines go to a logger.
//!
//! An order is a word and `key=value` pairs on one line; each is answered by one line that begins
//! with `ok`, `refused` or `panicked`. Nothing is said on the program's own streams.

mod line;
mod orders;
mod setup;

pub use line::{Line, text};
pub use orders::serve;
pub use setup::{Logger, Peer, Setup};
