//! What a program has to bring.

use std::{collections::BTreeMap, fmt::Display, path::PathBuf};

/// How the logger is to be set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where the files are.
    pub dir: PathBuf,
    /// The name of the active file up to `.log`, as far as the peer lets one choose.
    pub name: String,
    /// The size at which files are rotated.
    pub rotate: Option<u64>,
    /// Whether files are rotated when the day ends.
    pub daily: bool,
    /// How many archives are kept.
    pub keep: Option<u32>,
    /// How many bytes all archives may have.
    pub keep_bytes: Option<u64>,
    /// Whether archives are compressed.
    pub compress: bool,
    /// To the standard output in the place of files.
    pub console: bool,
    /// A filter as an operator would give it.
    pub filter: Option<String>,
}

impl Setup {
    /// What the pairs of an order say.
    pub(crate) fn of(pairs: &BTreeMap<String, String>) -> Option<Self> {
        let number = |key| pairs.get(key).map(|text: &String| text.parse::<u64>()).transpose().ok();
        let word = |key| pairs.contains_key(key);
        Some(Self {
            dir: pairs.get("dir")?.into(),
            name: pairs.get("name").cloned().unwrap_or_else(|| "app".to_owned()),
            rotate: number("rotate")?,
            keep: number("keep")?.map(u32::try_from).transpose().ok()?,
            keep_bytes: number("keep_bytes")?,
            daily: word("daily"),
            compress: word("compress"),
            console: word("console"),
            filter: pairs.get("filter").cloned(),
        })
    }
}

/// A logger that is set up; dropping it ends it as its documentation says.
pub trait Logger: Send + Sync {
    /// Logs one line at level INFO.
    ///
    /// # Errors
    /// What the peer's call tells; most tell nothing.
    fn log(&self, text: &dyn Display) -> Result<(), String>;

    /// Failures that the peer counts for the program.
    fn reported(&self) -> u64 {
        0
    }

    /// Changes the filter while the program runs.
    ///
    /// # Errors
    /// `n/a` where the peer cannot.
    fn set_filter(&self, _filter: &str) -> Result<(), String> {
        Err("n/a: changes no filter".to_owned())
    }
}

/// A peer.
#[derive(Clone, Copy)]
pub struct Peer {
    /// Sets it up for the whole process; an error that begins with `n/a` says what it cannot do.
    pub start: fn(&Setup) -> Result<Box<dyn Logger>, String>,
    /// Makes its writer of files, writes a line and drops it.
    pub writer: fn(&Setup) -> Result<(), String>,
}
