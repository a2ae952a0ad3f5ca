//! Log shippers that follow the active file while it is rotated and compressed.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use super::support::{DAY, Log, gzip, skipped};
use crate::{
    fs::Identity,
    sink::{Codec, Compress},
};

const ROTATIONS: usize = 50;
/// A tailer keeps a file it does not find any more for so many looks.
const ROTATE_WAIT: usize = 3;

/// Follows the files that `*.log` matches by inode, as Fluent Bit does: it remembers how far it
/// read each inode, and keeps a file open for a while after it was renamed.
struct Tailer {
    dir: PathBuf,
    known: BTreeMap<String, Followed>,
    leaving: Vec<(Followed, usize)>,
    /// How far each inode was read that it has seen lately.
    offsets: Vec<(Identity, u64)>,
    lines: Vec<String>,
}

struct Followed {
    file: File,
    identity: Identity,
    offset: u64,
    part: String,
}

impl Followed {
    fn read(&mut self, lines: &mut Vec<String>) {
        self.file.seek(SeekFrom::Start(self.offset)).unwrap();
        let mut text = String::new();
        self.offset += self.file.read_to_string(&mut text).unwrap() as u64;
        self.part.push_str(&text);
        while let Some(end) = self.part.find('\n') {
            let rest = self.part.split_off(end + 1);
            lines.push(std::mem::replace(&mut self.part, rest).trim_end_matches('\n').to_owned());
        }
    }
}

impl Tailer {
    fn new(dir: &Path) -> Self {
        let (known, leaving, offsets, lines) = Default::default();
        Self { dir: dir.to_owned(), known, leaving, offsets, lines }
    }

    fn look(&mut self) {
        for entry in fs::read_dir(&self.dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.extension() != Some(OsStr::new("log")) {
                continue;
            }
            let Ok(file) = File::open(&path) else { continue };
            let identity = Identity::of(&file).unwrap();
            if self.known.get(&name).is_some_and(|known| known.identity == identity) {
                continue;
            }
            if let Some(old) = self.known.remove(&name) {
                self.leaving.push((old, ROTATE_WAIT));
            }
            // An inode that comes back within the time it is remembered is taken for the old file.
            let offset = self.offsets.iter().find(|(known, _)| *known == identity);
            let offset = offset.map_or(0, |(_, offset)| *offset);
            self.known.insert(name, Followed { file, identity, offset, part: String::new() });
        }
        for (old, _) in &mut self.leaving {
            old.read(&mut self.lines);
        }
        for known in self.known.values_mut() {
            known.read(&mut self.lines);
        }
        for (_, looks) in &mut self.leaving {
            *looks -= 1;
        }
        self.leaving.retain(|(_, looks)| *looks > 0);
        // Only of files it still holds: the inode of another one may be given to a new file as soon
        // as an archive is compressed, which is why compression waits in earnest.
        let all = self.leaving.iter().map(|(old, _)| old).chain(self.known.values());
        self.offsets = all.map(|followed| (followed.identity, followed.offset)).collect();
    }
}

fn log(codec: Codec) -> Log {
    Log::new(|file| {
        file.rotate_size = Some(2_000);
        file.compress = Some(Compress { codec, ..gzip() });
    })
}

fn line(n: usize) -> String {
    format!("{n:06} {}", "x".repeat(n % 80))
}

/// Scenario thirty-five.
#[test]
fn a_tailer_that_follows_inodes_reads_each_line_once() {
    for codec in [Codec::Gzip, Codec::Zstd] {
        let log = log(codec);
        let mut tailer = Tailer::new(log.temp.path());
        let (mut n, mut seed) = (0, 7_usize);
        let mut rotations = 0;
        while rotations < ROTATIONS {
            // Some looks come late, but before the next rotation.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let batch = 1 + (seed >> 33) % 12;
            let texts: Vec<_> = (n..n + batch).map(line).collect();
            n += batch;
            log.append(&texts.iter().map(String::as_str).collect::<Vec<_>>(), DAY);
            let now = usize::try_from(log.health().rotations).unwrap();
            if now > rotations || (seed >> 40).is_multiple_of(3) {
                assert!(now <= rotations + 1);
                rotations = now;
                tailer.look();
            }
        }
        tailer.look();
        let read = tailer.lines.iter().filter(|line| !line.contains("began")).cloned();
        assert!(read.eq((0..n).map(line)), "{codec:?}");
        assert!(log.parts.compressor.finish(Duration::from_mins(1)));
        assert!(log.health().compressions > 0 && log.health().compression_errors == 0);
    }
}

/// So many of the longest lines are shorter than a file.
const BATCH: usize = 2_000 / 90;

/// Scenario thirty-five.
#[test]
fn tail_reads_each_line_once() {
    let log = log(Codec::Gzip);
    log.append(&[&line(0)], DAY);
    let mut tail = Command::new("tail");
    tail.args(["-n", "+1", "--sleep-interval=0.05", "-F"]).arg(log.path("a.log"));
    let Ok(mut tail) = tail.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        return skipped("there is no `tail`");
    };
    let (sender, lines) = mpsc::channel();
    let output = BufReader::new(tail.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok).filter(|line| !line.contains("began")) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    // A deadline for a reader that lost a line; nothing is measured.
    let expect = |n: usize| lines.recv_timeout(Duration::from_mins(1)) == Ok(line(n));
    let mut good = expect(0);
    let mut n = 1;
    while good && log.health().rotations < ROTATIONS as u64 {
        // Shorter than a file, so that no more than one rotation comes between two looks.
        let texts: Vec<_> = (n..n + BATCH).map(line).collect();
        log.append(&texts.iter().map(String::as_str).collect::<Vec<_>>(), DAY);
        good = (n..n + BATCH).all(expect);
        n += BATCH;
    }
    tail.kill().unwrap();
    tail.wait().unwrap();
    reader.join().unwrap();
    assert!(good, "line {n} or one of {BATCH} before it is missing or doubled");
    assert_eq!(lines.try_iter().count(), 0, "more than was written");
}
