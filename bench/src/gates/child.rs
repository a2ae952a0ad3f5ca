//! What runs under valgrind: a path, a given number of times.

use std::{hint::black_box, io, path::Path, thread, time::Duration};

use crate::{
    contest::Kind,
    peers::{self, Order},
    ways,
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Calls of a function in one way.
    Way(Kind, &'static str),
    /// Records of a peer, on the calling thread.
    Records(&'static str),
    /// What becomes of the records of a peer behind the spool, whichever thread does it.
    Drain(&'static str),
}

impl Subject {
    /// The function inside of which it is counted, as callgrind names it.
    pub(super) const fn inside(self) -> &'static str {
        match self {
            Self::Way(..) | Self::Records(_) => "*gates::child::measured",
            Self::Drain(_) => "*Spool>::pass",
        }
    }

    /// How often it is done at least; the records of so many and the warm-up fit into a segment,
    /// so that the caller does not help.
    pub(super) const fn times(self) -> u64 {
        match self {
            Self::Way(..) => 1_000,
            Self::Records(_) => 150,
            Self::Drain(_) => 2_000,
        }
    }

    /// The words that [`run`] understands.
    pub(super) const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Way(kind, name) => [kind.word(), name],
            Self::Records(name) | Self::Drain(name) => ["records", name],
        }
    }
}

/// What comes first and is not counted.
const WARM_UP: u64 = 50;

/// Does what the words say: subject, directory, how often.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let mut word = || words.next().ok_or_else(|| io::Error::other("a word is missing"));
    let (what, name, dir, times) = (word()?, word()?, word()?, word()?);
    let (dir, times) = (Path::new(&dir), times.parse().map_err(io::Error::other)?);
    let unknown = || io::Error::other(format!("nothing to count: {what} {name}"));
    if what == "records" {
        let entry = peers::all().into_iter().find(|entry| entry.name == name);
        let peer = (entry.ok_or_else(unknown)?.make)(dir)?;
        let record = |n| peer.record(&Order::new(n, "leave at the door"));
        (0..WARM_UP).for_each(record);
        // What was written comes out of the spool meanwhile; nothing depends on it.
        thread::sleep(Duration::from_millis(20));
        measured(&|| (WARM_UP..WARM_UP + times).for_each(record));
        return peer.finish();
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == what).ok_or_else(unknown)?;
    let way = ways::of(kind).into_iter().find(|way| way.name == name).ok_or_else(unknown)?;
    let held = (way.set_up)(dir)?;
    black_box((way.run)(WARM_UP));
    measured(&|| {
        black_box((way.run)(times));
    });
    drop(held);
    Ok(())
}

/// What is done in here is counted.
#[inline(never)]
fn measured(work: &dyn Fn()) {
    work();
    // Not the last thing done, so that this is no jump.
    black_box(());
}
