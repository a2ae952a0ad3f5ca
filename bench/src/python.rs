//! Python's `RotatingFileHandler`: a process that is told how many records to write.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::peers::Peer;

struct Python {
    child: Child,
    counts: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    failed: bool,
}

/// Starts it; `NotFound` where there is no python3.
pub(crate) fn rotating(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fs::create_dir_all(dir)?;
    let mut command = Command::new("python3");
    command.args(["-c", include_str!("rotating.py")]).arg(dir.join("audit.log"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let counts = child.stdin.take();
    let answers = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    Ok(Box::new(Python { child, counts, answers: BufReader::new(answers), failed: false }))
}

impl Python {
    fn order(&mut self, count: usize) -> io::Result<bool> {
        let counts = self.counts.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(counts, "{count}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer == "done\n")
    }
}

impl Peer for Python {
    fn write(&mut self, count: usize) {
        self.failed |= !matches!(self.order(count), Ok(true));
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed { Err(io::Error::other("python3 gave up")) } else { Ok(()) }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // The end of its input is its end.
        self.counts = None;
        let _ = self.child.wait();
    }
}
