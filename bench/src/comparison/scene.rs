//! The stage of one scenario: directories, programs, what was acknowledged, and what came of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    oracle::{self, Id},
    outcome::{Grade, Outcome, Stop},
    peers::Peer,
    program::{Answer, Program, Start},
};

/// How a scenario ends early.
pub(super) type Act<T = ()> = Result<T, Stop>;

/// Lines to write: `count` of them from `from` on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    pub(super) writer: &'static str,
    pub(super) from: u64,
    pub(super) count: u64,
    pub(super) size: usize,
    pub(super) threads: u64,
}

/// Lines of 80 bytes by one thread.
pub(super) fn lines(writer: &'static str, from: u64, count: u64) -> Lines {
    Lines { writer, from, count, size: 80, threads: 1 }
}

pub(super) struct Scene {
    peer: Peer,
    exe: PathBuf,
    root: TempDir,
    pub(super) programs: Vec<Program>,
    /// How the next program is started.
    pub(super) how: Start,
    acknowledged: BTreeSet<Id>,
    sizes: BTreeMap<String, usize>,
    mounts: Vec<PathBuf>,
    /// Old lines may go, but none that is younger than one that stays.
    pub(super) retention: bool,
    /// A line may be cut where a program is killed, if it stands whole behind it.
    pub(super) cuts: bool,
    pub(super) quick: bool,
    pub(super) outcome: Outcome,
}

impl Scene {
    pub(super) fn new(peer: Peer, exe: &Path, quick: bool) -> io::Result<Self> {
        let root = tempfile::Builder::new().prefix("comparison-").tempdir()?;
        let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o777));
        for name in ["", "logs", "control", "home", "state", "tmp"] {
            let path = root.path().join(name);
            fs::create_dir_all(&path)?;
            open(&path)?;
        }
        // Where others than its owner can run it, too.
        let copy = root.path().join("control/program");
        fs::copy(exe, &copy)?;
        let mut how = Start::default();
        for (name, place) in [("HOME", "home"), ("XDG_STATE_HOME", "state"), ("TMPDIR", "tmp")] {
            let place = root.path().join(place).display().to_string();
            how.variables.push((name.to_owned(), place));
        }
        Ok(Self {
            peer,
            exe: copy,
            root,
            programs: Vec::new(),
            how,
            acknowledged: BTreeSet::new(),
            sizes: BTreeMap::new(),
            mounts: Vec::new(),
            retention: false,
            cuts: false,
            quick,
            outcome: Outcome::default(),
        })
    }

    /// The directory of the logs, or a file in it.
    pub(super) fn logs(&self, name: &str) -> PathBuf {
        self.root.path().join("logs").join(name)
    }

    /// A path beside it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// What the program said on one of its streams.
    pub(super) fn said(&self, stream: &str) -> String {
        let bytes = fs::read(self.beside("control").join(stream)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn sizes_rotate(&self) -> bool {
        self.peer.sizes
    }

    pub(super) fn bounds_bytes(&self) -> bool {
        self.peer.bytes
    }

    pub(super) fn maps_files(&self) -> bool {
        self.peer.maps
    }

    pub(super) fn compresses(&self) -> bool {
        self.peer.compresses
    }

    /// Starts one more program.
    pub(super) fn program(&mut self) -> Act {
        self.programs.push(Program::start(&self.exe, &self.beside("control"), &self.how)?);
        Ok(())
    }

    /// The youngest program.
    pub(super) fn last(&mut self) -> Act<&mut Program> {
        Ok(self.programs.last_mut().ok_or_else(|| io::Error::other("no program"))?)
    }

    /// Starts a program and its logger.
    pub(super) fn start(&mut self, settings: &str) -> Act {
        self.program()?;
        self.set_up(settings)
    }

    /// Starts the logger of the youngest program.
    pub(super) fn set_up(&mut self, settings: &str) -> Act {
        let order = format!("start dir={} {settings}", self.logs("").display());
        self.order(&order).map(drop)
    }

    /// Gives the youngest program an order.
    pub(super) fn order(&mut self, order: &str) -> Act<String> {
        let answer = match self.last()?.order(order) {
            // The name of the directory is another one each time.
            Answer::Refused(why) => {
                Answer::Refused(why.replace(&self.root.path().display().to_string(), ""))
            }
            answer => answer,
        };
        self.outcome.take(answer)
    }

    pub(super) fn write(&mut self, what: Lines) -> Act<String> {
        let order = self.plan("write", what);
        let answer = self.order(&order)?;
        self.acknowledge(what, &answer);
        Ok(answer)
    }

    /// The order that writes these lines.
    pub(super) fn plan(&mut self, word: &str, what: Lines) -> String {
        let Lines { writer, from, count, size, threads } = what;
        self.sizes.insert(writer.to_owned(), size);
        format!("{word} writer={writer} from={from} count={count} size={size} threads={threads}")
    }

    /// Takes down which lines the program has to have kept.
    pub(super) fn acknowledge(&mut self, what: Lines, answer: &str) {
        let failed: BTreeSet<u64> =
            field(answer, "failed").split(',').filter_map(|number| number.parse().ok()).collect();
        let panicked: u64 = field(answer, "panicked").parse().unwrap_or(0);
        self.outcome.panicked += panicked;
        self.outcome.refused_lines += failed.len() as u64 - panicked.min(failed.len() as u64);
        let written = (what.from..what.from + what.count).filter(|n| !failed.contains(n));
        self.acknowledged.extend(written.map(|n| (what.writer.to_owned(), n)));
    }

    /// Lines that somebody else destroyed are nobody's fault.
    pub(super) fn forget(&mut self) {
        self.acknowledged.clear();
    }

    /// The same for the lines of one writer.
    pub(super) fn forget_writer(&mut self, writer: &str) {
        self.acknowledged.retain(|(name, _)| name != writer);
    }

    /// Names of archives that are compressed, or on their way to it.
    pub(super) fn compressed(&self) -> Vec<String> {
        let entries = fs::read_dir(self.logs("")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains(".gz") || name.contains("tmp")).collect()
    }

    /// Ends the youngest program as its documentation says.
    pub(super) fn end(&mut self) -> Act {
        if let Ok(reported) = self.order("reported") {
            self.outcome.reported += reported.parse::<u64>().unwrap_or(0);
        }
        self.order("end")?;
        self.gone("exit 0")
    }

    /// Waits for the end of the youngest program.
    pub(super) fn gone(&mut self, expected: &str) -> Act {
        let mut program = self.programs.pop().ok_or_else(|| io::Error::other("no program"))?;
        match program.wait() {
            Some(end) if end == expected => Ok(()),
            Some(end) => self.outcome.take(Answer::Ended(end)).map(drop),
            None => self.outcome.take(Answer::Hung).map(drop),
        }
    }

    /// Starts a program, lets it write and ends it.
    pub(super) fn run(&mut self, settings: &str, what: Lines) -> Act {
        self.start(settings)?;
        self.write(what)?;
        self.end()
    }

    /// Runs a program of the system; a scenario without it is left out.
    pub(super) fn tool(&self, words: &[&str]) -> Act {
        let (program, arguments) = words.split_first().unwrap_or((&"false", &[]));
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(Stop::LeftOut(format!("`{program}` fails here: {}", said.trim())))
            }
            Err(_) => Err(Stop::LeftOut(format!("there is no `{program}`"))),
        }
    }

    /// Mounts a file system that ends with the scene.
    pub(super) fn mount(&mut self, options: &[&str], place: &Path) -> Act {
        let shown = place.display().to_string();
        self.tool(&[&["mount"], options, &[shown.as_str()]].concat())?;
        self.mounts.push(place.to_owned());
        Ok(())
    }

    /// The files in the directory of the logs, without those that begin with a dot.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.logs("")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> =
            names.filter(|name| !name.starts_with('.') && !name.ends_with(".lock")).collect();
        names.sort();
        names
    }

    /// The file that is written: the youngest plain one.
    pub(super) fn active(&self) -> Act<PathBuf> {
        let mut files: Vec<_> = self.names().into_iter().map(|name| self.logs(&name)).collect();
        files.retain(|path| path.is_file());
        files.sort_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
        Ok(files.pop().ok_or_else(|| io::Error::other("no file was made"))?)
    }

    /// Waits, for a bounded time, until `done` holds.
    pub(super) fn until(&self, limit: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < limit {
            if done(self) {
                return true;
            }
            thread::sleep(Duration::from_millis(1));
        }
        done(self)
    }

    /// Waits until nothing changes in the directory any more, as when archives are compressed.
    pub(super) fn quiet(&self) {
        let state = |scene: &Self| -> Vec<_> {
            let size = |path: &PathBuf| fs::metadata(path).map_or(0, |data| data.len());
            oracle::files(&scene.logs("")).into_iter().map(|path| (size(&path), path)).collect()
        };
        let mut known = (state(self), Instant::now());
        self.until(Duration::from_secs(5), |scene| {
            let now = state(scene);
            if now != known.0 {
                known = (now, Instant::now());
            }
            known.1.elapsed() > Duration::from_millis(300)
        });
    }

    /// Ends what still runs and judges.
    pub(super) fn judge(mut self) -> Outcome {
        self.programs.clear();
        let mut places: Vec<_> =
            ["logs", "state", "home", "tmp", "moved"].map(|name| self.beside(name)).into();
        places.push(self.beside("control/stdout"));
        let mut found = oracle::search(&places, &self.sizes);
        let told = oracle::streams(&self.said("stderr"), &self.sizes, &mut found);
        let mut outcome = self.outcome.clone();
        let missing = self
            .acknowledged
            .iter()
            .filter(|id| !found.whole.contains_key(*id) && !found.shortened.contains(*id));
        outcome.lost = if self.retention {
            // The youngest that stays of each writer; what is missing after it is a hole.
            let first = |writer: &str| {
                let mut known = found.whole.keys().filter(|(name, _)| name == writer);
                known.next().map(|(_, number)| *number)
            };
            missing.filter(|id| first(&id.0).is_none_or(|first| id.1 > first)).count() as u64
        } else {
            missing.count() as u64
        };
        outcome.written = self.acknowledged.len() as u64;
        outcome.doubled = found.whole.values().map(|times| times - 1).sum();
        outcome.torn = found.torn;
        if self.cuts && outcome.lost == 0 && found.torn > 0 {
            outcome.finding(format!("cut {}, whole behind it", found.torn), Grade::Told);
            outcome.torn = 0;
        }
        outcome.shortened = found.shortened.len() as u64;
        outcome.zeros = found.zeros;
        outcome.damaged = found.damaged;
        outcome.told = told || found.marked > 0;
        outcome
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.programs.clear();
        for place in self.mounts.iter().rev() {
            // What cannot be unmounted now is unmounted when its last file is closed.
            let _ = Command::new("umount").arg("--lazy").arg(place).output();
        }
    }
}

/// The value of `key=` in an answer.
pub(super) fn field<'a>(answer: &'a str, key: &str) -> &'a str {
    let pair = answer.split(' ').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
    pair.unwrap_or_default()
}
