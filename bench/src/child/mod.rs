//! One measurement: a process of its own for each bench, peer and round.
//!
//! The parent starts this program with `child` and the words of [`Task`], and reads from its
//! standard output a line for each figure: name, tab, value. What the peer wrote is in the
//! directory; the parent counts it.

mod burst;
mod clock;
mod load;
mod loss;
mod memory;
mod paced;
mod start;
mod sustained;
mod synced;
mod way;

use std::{io, path::PathBuf, process, thread, time::Duration};

pub(crate) use synced::{DISK, MUTEX};

use crate::{
    contest::Kind,
    peers::{self, Entry, Order, Peer},
};

/// A peer that waits for longer than this waits for ever.
const DEADLINE: Duration = Duration::from_secs(60);

/// What a child is to do.
pub(crate) struct Task {
    pub(crate) kind: Kind,
    pub(crate) peer: String,
    pub(crate) dir: PathBuf,
    pub(crate) threads: u64,
    /// Records of all threads, or calls.
    pub(crate) records: u64,
    /// Bytes of the note, or number of fields.
    pub(crate) size: usize,
}

impl Task {
    /// The words that [`run`] understands.
    pub(crate) fn words(&self) -> Vec<String> {
        let dir = self.dir.to_string_lossy().into_owned();
        let numbers = [self.threads, self.records, self.size as u64].map(|n| n.to_string());
        let [threads, records, size] = numbers;
        vec![self.kind.word().to_owned(), self.peer.clone(), dir, threads, records, size]
    }

    fn read(mut words: impl Iterator<Item = String>) -> io::Result<Self> {
        let mut word = || words.next().ok_or_else(|| io::Error::other("a child lacks a word"));
        let number = |text: String| text.parse::<u64>().map_err(io::Error::other);
        let kind = word()?;
        let kind = Kind::ALL.into_iter().find(|known| known.word() == kind);
        Ok(Self {
            kind: kind.ok_or_else(|| io::Error::other("an unknown kind"))?,
            peer: word()?,
            dir: word()?.into(),
            threads: number(word()?)?,
            records: number(word()?)?,
            size: number(word()?)? as usize,
        })
    }

    fn entry(&self) -> io::Result<Entry> {
        let mut all = peers::all().into_iter().chain(peers::synced()).chain(peers::rotating());
        let entry = all.find(|entry| entry.name == self.peer);
        entry.ok_or_else(|| io::Error::other(format!("no peer {}", self.peer)))
    }

    fn peer(&self) -> io::Result<Box<dyn Peer>> {
        (self.entry()?.make)(&self.dir)
    }

    fn note(&self) -> String {
        let size = if self.kind == Kind::Size { self.size } else { 17 };
        "leave at the door ".chars().cycle().take(size).collect()
    }

    /// The records of one thread.
    fn each(&self) -> u64 {
        (self.records / self.threads).max(1)
    }

    /// How a record of this task is written.
    fn write(&self) -> fn(&dyn Peer, &Order<'_>) {
        match (self.kind, self.size) {
            (Kind::Fields, 1) => |peer, order| peer.record_one(order),
            (Kind::Fields, 16) => |peer, order| peer.record_sixteen(order),
            _ => |peer, order| peer.record(order),
        }
    }
}

/// Says a figure.
fn tell(metric: &str, value: f64) {
    println!("{metric}\t{value}");
}

/// Runs the task that the words say.
pub(crate) fn run(words: impl Iterator<Item = String>) -> io::Result<()> {
    let task = Task::read(words)?;
    if !matches!(task.kind, Kind::Start | Kind::Memory) {
        thread::spawn(|| {
            thread::sleep(DEADLINE);
            eprintln!("not done after {DEADLINE:?}");
            process::exit(3);
        });
    }
    match task.kind {
        Kind::Burst => burst::run(&task),
        Kind::Paced => paced::run(&task),
        Kind::Sustained | Kind::Rotating | Kind::Size | Kind::Fields | Kind::Growth => {
            sustained::run(&task)
        }
        Kind::Exit => loss::exit(&task),
        Kind::Kill => loss::kill(&task),
        Kind::Memory => memory::run(&task),
        Kind::Start => start::run(&task),
        Kind::Synced => synced::run(&task),
        Kind::Pipelined => synced::pipelined(&task),
        Kind::Timed | Kind::Disabled => way::run(&task),
        Kind::Recover => {
            peers::recover(&task.dir);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_survives_its_words() {
        let (kind, peer, dir) = (Kind::Size, "a peer, raw".to_owned(), PathBuf::from("/a b"));
        let task = Task { kind, peer, dir, threads: 2, records: 5, size: 16 };
        let read = Task::read(task.words().into_iter()).unwrap();
        assert_eq!(read.words(), task.words());
        assert_eq!((read.kind, read.each(), read.note().len()), (Kind::Size, 2, 16));
        assert!(Task::read(task.words().into_iter().take(5)).is_err());
        assert!(Task::read(["none".to_owned()].into_iter()).is_err());
    }
}
