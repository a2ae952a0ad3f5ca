//! What was typed: the attribute's arguments and the function it stands on.
//!
//! `arguments` reads `name = value`, `name(key = value, …)` and `name`, and goes on after a
//! mistake; `function` reads a signature and leaves the body as tokens; `items`, `assignments`,
//! `known` and `tokens` look at tokens where parsing would be too much.

mod arguments;
mod assignments;
mod function;
mod items;
mod known;
mod parameters;
pub(crate) mod tokens;

pub(crate) use arguments::{Argument, Entry, Input, Kind, Value, Word, arguments};
pub(crate) use function::{Block, Function, Tail, function};
pub(crate) use items::{item as item_length, leading};
pub(crate) use known::is_well_known;
pub(crate) use parameters::Taken;
