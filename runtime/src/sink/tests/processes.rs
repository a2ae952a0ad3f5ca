//! Several processes, and faults that need one of their own.
//!
//! A child is this test binary, told by an environment variable which part to play.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use super::{
    failures,
    support::{
        DAY, archive_names, file, gzip, is_tidy, parts_for, read, set_settings, settings, skipped,
    },
    torture,
};
use crate::{
    clock::Timestamp,
    ledger::testing::Plain,
    record::Category,
    render::Line,
    sink::{Delivery, FileSettings, Location, Rolling, SinkSet, Stream},
};

const PART: &str = "AUDIT_SINK_TEST_PART";
const PLACE: &str = "AUDIT_SINK_TEST_PLACE";
pub(super) const NUMBER: &str = "AUDIT_SINK_TEST_NUMBER";

/// The entry of the children; nothing to do in a run of the tests.
#[test]
fn child() {
    let Ok(part) = env::var(PART) else { return };
    let place = PathBuf::from(env::var(PLACE).unwrap());
    match &*part {
        "write" => torture::write(&place, env::var(NUMBER).unwrap().parse().unwrap()),
        "descriptors" => failures::without_descriptors(&place),
        "leak" => failures::many(&place),
        "acknowledge" => acknowledge(&place, &env::var(NUMBER).unwrap()),
        "limited" => limited(&place),
        "full" => full(&place),
        "moved" => moved(&place),
        "umask" => diverted(&place, Delivery::Written),
        "refused" => diverted(&place, Delivery::Diverted),
        _ => panic!("unknown part {part:?}"),
    }
}

/// A command that plays `part` in `place`, run by `wrapper`.
pub(super) fn command(wrapper: &[&str], part: &str, place: &Path) -> Command {
    command_of(&env::current_exe().unwrap(), wrapper, part, place)
}

/// The same by a copy of this test binary.
fn command_of(exe: &Path, wrapper: &[&str], part: &str, place: &Path) -> Command {
    let mut words = wrapper.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    words.push(exe.to_str().unwrap().to_owned());
    let child = format!("{}::child", module_path!().split_once("::").unwrap().1);
    words.extend(["--exact".to_owned(), child, "--nocapture".to_owned()]);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env(PART, part).env(PLACE, place);
    command
}

pub(super) fn check(output: &Output) {
    let text = [&*output.stdout, &*output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

/// Lines that name their writer and count up.
pub(super) fn line(writer: &str, n: usize) -> Line {
    Line::new(format!(r#"{{"writer":"{writer}","n":{n},"pad":"{}"}}"#, "x".repeat(n % 97)))
}

/// A file that rotates after a few batches.
fn restless() -> FileSettings {
    FileSettings { rotate_size: Some(2_000), compress: Some(gzip()), ..file("a.log") }
}

/// Writes until it is killed, and says the number of the last line after each append.
fn acknowledge(dir: &Path, writer: &str) {
    let rolling = Rolling::new(settings(dir, restless()), parts_for(dir, &restless()));
    for n in (0..).step_by(3) {
        rolling.append(&[n, n + 1, n + 2].map(|n| line(writer, n)), Timestamp::now()).unwrap();
        let said = format!("\nwritten {}\n", n + 2);
        rustix::io::write(io::stdout(), said.as_bytes()).unwrap();
    }
}

#[test]
fn killed_writers_lose_no_acknowledged_line() {
    let temp = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..12_usize {
        let writer = round.to_string();
        let mut child = command(&[], "acknowledge", temp.path());
        let mut child = child.env(NUMBER, &writer).output_later();
        let output = io::BufReader::new(child.stdout.take().unwrap());
        let mut acks = output
            .lines()
            .map(Result::unwrap)
            .filter_map(|line| line.strip_prefix("written ").map(|n| n.parse::<u64>().unwrap()));
        let enough = acks.nth(3 + 7 * round).unwrap();
        child.kill().unwrap();
        acknowledged.insert(writer, acks.last().unwrap_or(enough));
        child.wait().unwrap();
    }
    // What the last one left half done is finished: the tail, a rotation, a compression.
    let parts = parts_for(temp.path(), &restless());
    let rolling = Rolling::new(settings(temp.path(), restless()), parts.clone());
    let now = Timestamp::now();
    rolling.append(&[line("last", 0)], now).unwrap();
    rolling.rotate_now(now).unwrap();
    assert!(parts.compressor.finish(Duration::from_mins(1)));
    assert!(is_tidy(temp.path(), "a.log"));

    let (mut broken, mut sealed) = (0, 0);
    let mut seen = BTreeMap::<String, u64>::new();
    for name in archive_names(temp.path(), "a.log") {
        for line in read(&temp.path().join(name)).lines() {
            let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else {
                broken += 1;
                continue;
            };
            if let Some(writer) = line["writer"].as_str() {
                let expected = seen.entry(writer.to_owned()).or_default();
                assert_eq!(line["n"], *expected, "writer {writer}");
                *expected += 1;
            } else if line["event"] == "torn" {
                sealed += 1;
            }
        }
    }
    assert_eq!(broken, sealed);
    for (writer, last) in acknowledged {
        assert!(seen[&writer] > last, "{writer}: {last} was acknowledged");
    }
    assert_eq!(seen["last"], 1);
}

pub(super) trait OutputLater {
    fn output_later(&mut self) -> std::process::Child;
}

impl OutputLater for Command {
    fn output_later(&mut self) -> std::process::Child {
        use std::process::Stdio;
        self.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// A set whose three directories stand in `place`, and the end of its standard error.
fn set(place: &Path) -> (SinkSet, io::PipeReader) {
    let mut settings = set_settings(place);
    settings.state_home = Some(place.join("state"));
    settings.temp = Some(place.join("temp"));
    fs::create_dir_all(place.join("temp")).unwrap();
    let (reader, writer) = io::pipe().unwrap();
    let shared = super::support::shared();
    let stderr = Stream::new(Box::new(writer));
    (SinkSet::with_streams(settings, Arc::new(Plain), shared, Stream::stdout(), stderr), reader)
}

/// The numbers of the lines of all files under `place`, and of `rest`.
fn numbers(place: &Path, rest: &str) -> Vec<u64> {
    let mut texts = vec![rest.to_owned()];
    let mut dirs = vec![place.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "log") {
                texts.push(read(&path));
            }
        }
    }
    let lines = texts.iter().flat_map(|text| text.lines());
    let parsed = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut numbers: Vec<_> = parsed.filter_map(|line| line["n"].as_u64()).collect();
    numbers.sort_unstable();
    numbers
}

/// Writes batches until the standard error got one; then every line is somewhere, once.
fn fill(place: &Path) {
    use std::io::Read;
    let (set, mut stderr) = set(place);
    let mut n = 0;
    while n < 20_000 && set.dirs()[Category::Audit.index()] != Location::StandardError {
        let lines: Vec<_> = (n..n + 7).map(|n| line("w", n)).collect();
        n += lines.len();
        assert_ne!(set.append(Category::Audit, &lines, DAY), Delivery::Lost);
    }
    drop(set);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(!rest.is_empty());
    assert!(numbers(place, &rest).into_iter().eq(0..n as u64));
}

fn limited(place: &Path) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Fsize, Rlimit { current: Some(10_000), maximum: Some(10_000) }).unwrap();
    fill(place);
}

#[test]
fn a_limit_of_the_file_size_ends_nothing_and_diverts_each_line_once() {
    let temp = tempfile::tempdir().unwrap();
    check(&command(&[], "limited", temp.path()).output().unwrap());
}

fn mount(arguments: &[&str], place: &Path) {
    let status = Command::new("mount").args(arguments).arg(place).status().unwrap();
    assert!(status.success());
}

fn full(place: &Path) {
    mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], place);
    fill(place);
    fs::remove_file(place.join("logs/audit.log")).unwrap();
    let append = |expected, location| {
        let (set, _stderr) = set(place);
        assert_eq!(set.append(Category::System, &[line("w", 0)], DAY), expected);
        assert_eq!(set.dirs()[Category::System.index()], location);
    };
    append(Delivery::Written, Location::Dir(place.join("logs")));
    mount(&["-o", "remount,ro"], place);
    append(Delivery::Diverted, Location::StandardError);
}

/// A file system that goes away from under the directory, and comes back.
fn moved(place: &Path) {
    let [logs, away] = ["logs", "away"].map(|name| place.join(name));
    for dir in [&logs, &away] {
        fs::create_dir(dir).unwrap();
    }
    mount(&["-t", "tmpfs", "tmpfs"], &logs);
    let (set, _stderr) = set(place);
    let append = |n| {
        assert_eq!(set.append(Category::Audit, &[line("w", n)], DAY), Delivery::Written);
    };
    append(0);
    mount(&["--move", logs.to_str().unwrap()], &away);
    append(1);
    let text = fs::read_to_string(logs.join("audit.log")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].contains("reopened") && lines[0].contains("renamed"), "{text}");
    assert_eq!(lines[1..], [line("w", 1).as_str().trim_end()]);
    mount(&["--move", away.to_str().unwrap()], &logs);
    append(2);
    let text = fs::read_to_string(logs.join("audit.log")).unwrap();
    let expected = [line("w", 0), line("w", 2)].map(|line| line.as_str().trim_end().to_owned());
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_mount_that_moves_away_and_comes_back_costs_no_line() {
    with_mounts("moved");
}

#[test]
fn a_full_and_a_read_only_disk_divert_each_line_once() {
    with_mounts("full");
}

/// Plays a part that mounts file systems which nobody else sees.
fn with_mounts(part: &str) {
    let wrapper = ["unshare", "--user", "--map-root-user", "--mount"];
    let root = rustix::process::geteuid().is_root();
    let wrapper = if root { vec!["unshare", "--mount"] } else { wrapper.to_vec() };
    let temp = tempfile::tempdir().unwrap();
    let place = temp.path().to_str().unwrap();
    let probe = [&wrapper[1..], &["mount", "-t", "tmpfs", "tmpfs", place]].concat();
    if !Command::new("unshare").args(probe).output().is_ok_and(|output| output.status.success()) {
        skipped("a file system of its own cannot be mounted here");
        return;
    }
    check(&command(&wrapper, part, temp.path()).output().unwrap());
}

/// Writes one line.
fn diverted(place: &Path, expected: Delivery) {
    let (set, _stderr) = set(place);
    assert_eq!(set.append(Category::Audit, &[line("w", 0)], DAY), expected);
}

#[test]
fn the_umask_changes_no_mode() {
    use std::os::unix::fs::PermissionsExt;
    for umask in ["000", "077"] {
        let temp = tempfile::tempdir().unwrap();
        let script = format!(r#"umask {umask}; exec "$@""#);
        let wrapper = ["sh", "-c", &script, "sh"];
        check(&command(&wrapper, "umask", temp.path()).output().unwrap());
        let mode = |name: &str| {
            let path = temp.path().join(name);
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        let modes = (mode("logs"), mode("logs/audit.log"), mode("logs/.audit.log.lock"));
        assert_eq!(modes, (0o750, 0o640, 0o640), "umask {umask}");
    }
}

#[test]
fn a_directory_that_may_not_be_written_diverts() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().unwrap();
    let place = temp.path().join("place");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (name, bits) in [("", 0o777), ("logs", 0o555), ("temp", 0o777)] {
        fs::create_dir_all(place.join(name)).unwrap();
        mode(&place.join(name), bits);
    }
    mode(temp.path(), 0o755);
    if rustix::process::geteuid().is_root() {
        // Root may write everywhere; another user may not, and has to be able to run the binary.
        let exe = temp.path().join("exe");
        // Copied by another process: a file that a thread here has open for writing, or a child
        // between fork and exec, cannot be run.
        let copied = Command::new("cp").arg(env::current_exe().unwrap()).arg(&exe).status();
        assert!(copied.unwrap().success());
        let wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        match command_of(&exe, &wrapper, "refused", &place).output() {
            Ok(output) => check(&output),
            Err(_) => {
                return skipped("there is no `setpriv` to give up root with");
            }
        }
    } else {
        check(&command(&[], "refused", &place).output().unwrap());
    }
    assert_eq!(fs::read_dir(place.join("logs")).unwrap().count(), 0);
    assert_eq!(numbers(&place.join("state"), ""), [0]);
}
