//! Runs a child under callgrind and reads how many instructions it counted.

use std::{fs, io, path::Path, process::Command};

use super::child::Subject;

/// Fails where valgrind is not installed.
pub(super) fn look() -> io::Result<()> {
    let found = Command::new("valgrind").arg("--version").output();
    if found.is_ok_and(|done| done.status.success()) {
        return Ok(());
    }
    let what = "valgrind does not run: install the package `valgrind`, it counts the instructions";
    Err(io::Error::other(what))
}

/// Instructions of one of many: what twice as many have more.
pub(super) fn each(scratch: &Path, subject: Subject) -> io::Result<f64> {
    let times = subject.times();
    let (once, twice) = (count(scratch, subject, times)?, count(scratch, subject, 2 * times)?);
    Ok((twice as f64 - once as f64) / times as f64)
}

fn count(scratch: &Path, subject: Subject, times: u64) -> io::Result<u64> {
    let (logs, out) = (scratch.join("logs"), scratch.join("callgrind.out"));
    if logs.exists() {
        fs::remove_dir_all(&logs)?;
    }
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--quiet"]);
    command.arg(format!("--toggle-collect={}", subject.inside()));
    command.arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(std::env::current_exe()?).arg("gate").args(subject.words());
    let done = command.arg(logs).arg(times.to_string()).output()?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(io::Error::other(format!("{subject:?} under valgrind: {complaint}")));
    }
    let text = fs::read_to_string(&out)?;
    let total = total(&text).filter(|total| *total > 0);
    let nothing = || format!("{subject:?}: nothing was counted inside of {}", subject.inside());
    total.ok_or_else(|| io::Error::other(nothing()))
}

/// The sum in a file of callgrind.
fn total(text: &str) -> Option<u64> {
    let line = |name| text.lines().rev().find_map(|line| line.strip_prefix(name));
    line("totals:").or_else(|| line("summary:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("events: Ir\nsummary: 7\n\nfn=(1)\n3 4\ntotals: 123\n"), Some(123));
        assert_eq!(total("events: Ir\nsummary: 7\n\nfn=(1)\n3 4\n"), Some(7));
        assert_eq!(total("events: Ir\n"), None);
    }
}
