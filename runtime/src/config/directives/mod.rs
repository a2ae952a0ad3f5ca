//! Lists such as `production,taskmgr::store=debug,performance=off,debug`: read, kept, printed back.
//!
//! `parse` reads the grammar of `AUDIT_LOG` and `RUST_LOG` and keeps the good parts; [`List`] is
//! what was said; [`Filter`] is what it means for ordinary events and is asked for each of them.
//!
//! Never does: enable or close anything because of a word that it does not understand.

mod filter;
mod list;
mod parse;

#[cfg(test)]
mod tests;

pub use filter::Filter;
pub(super) use filter::{canonical, is_target};
pub use list::List;
pub(super) use parse::{Dialect, LEVELS, parse};
#[cfg(feature = "config-file")]
pub(super) use parse::{RULES, near_level};
