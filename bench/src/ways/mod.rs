//! Ways to call a function that does next to nothing: what timing costs, and what is left of a
//! record when nothing of it is wanted.
//!
//! A way is a loop of calls to a function that is not inlined; `black_box` keeps the loop from
//! being folded. The bare call is a way too, and stands in the same run.

mod disabled;
#[cfg(feature = "peers")]
mod timing_crates;

use std::{any::Any, hint::black_box, io, path::Path};

use crate::{contest::Kind, timed};

/// The call without anything.
pub(crate) const BARE: &str = "bare call";

/// A way to call a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// It is ours and must not allocate.
    pub(crate) ours: bool,
    /// Sets it up; what is given back is held while the calls are made.
    pub(crate) set_up: fn(&Path) -> io::Result<Box<dyn Any>>,
    /// Calls it so many times.
    pub(crate) run: fn(u64) -> u64,
    /// It makes one of so many calls: slow ones, and those that keep each of them.
    pub(crate) share: u64,
}

/// A way without a set-up.
pub(crate) const fn way(name: &'static str, run: fn(u64) -> u64) -> Way {
    Way { name, ours: false, set_up: |_| Ok(Box::new(())), run, share: 1 }
}

impl Way {
    pub(crate) const fn set_up(self, set_up: fn(&Path) -> io::Result<Box<dyn Any>>) -> Self {
        Self { set_up, ..self }
    }

    pub(crate) const fn that_is_ours(self) -> Self {
        Self { ours: true, ..self }
    }
}

/// The ways that a bench compares.
pub(crate) fn of(kind: Kind) -> Vec<Way> {
    let mut ways = vec![way(BARE, |n| repeat(n, bare))];
    if kind == Kind::Disabled {
        ways.extend(disabled::WAYS);
        return ways;
    }
    ways.extend(timed::WAYS);
    #[cfg(feature = "peers")]
    ways.extend(timing_crates::WAYS);
    ways
}

pub(crate) fn repeat(n: u64, call: impl Fn(u64) -> u64) -> u64 {
    (0..n).fold(0, |sum, x| sum ^ call(black_box(x)))
}

#[inline(never)]
fn bare(x: u64) -> u64 {
    x.wrapping_mul(3)
}
