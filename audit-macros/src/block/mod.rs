//! An attribute over an `impl` block, a trait or an inline module: it watches the functions in it.
//!
//! `item` takes the block apart at its functions and leaves everything else as tokens; `expand`
//! chooses among them and gives each the arguments; `messages` holds the messages of both.

mod expand;
mod item;
mod messages;

pub(crate) use expand::block;
