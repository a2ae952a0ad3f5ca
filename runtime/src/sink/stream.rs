//! Lines to the standard output or the standard error.
//!
//! Written with `write(2)`: `println!` panics when its stream is closed, and a buffer would hold
//! lines back. A stream that nobody reads is waited for 100 ms, then not at all until it moves.

use std::{
    fmt, io,
    os::fd::AsFd,
    sync::Mutex,
    time::{Duration, Instant},
};

use super::Target;
use crate::{render::Line, wait};

/// How long a stream that takes nothing is waited for.
const PATIENCE: Duration = Duration::from_millis(100);

/// A stream that takes whole lines.
pub struct Stream {
    target: Box<dyn AsFd + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last write ended within a line.
    torn: bool,
    /// The last wait was in vain.
    stalled: bool,
}

/// Lines that the stream did not take.
#[derive(Debug)]
pub struct StreamError {
    /// How many lines it took whole, from the first on.
    pub written: usize,
    /// Why it did not take the next one.
    pub cause: io::Error,
}

impl Stream {
    /// Lines to that descriptor.
    #[must_use]
    pub fn new(target: Box<dyn AsFd + Send + Sync>) -> Self {
        Self { target, state: Mutex::default() }
    }

    /// Lines to the standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::new(Box::new(io::stdout()))
    }

    /// Lines to the standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Self::new(Box::new(io::stderr()))
    }

    /// Writes the lines.
    pub fn write(&self, lines: &[Line]) -> Result<(), StreamError> {
        let Some(mut state) = wait::lock_within(&self.state, Instant::now() + PATIENCE) else {
            return Err(StreamError { written: 0, cause: io::ErrorKind::TimedOut.into() });
        };
        let closing: &[u8] = if state.torn { b"\n" } else { b"" };
        let parts = [closing].into_iter().chain(lines.iter().map(Line::as_bytes));
        let bytes = parts.collect::<Vec<_>>().concat();
        let patience = if state.stalled { Duration::ZERO } else { PATIENCE };
        let (taken, result) = wait::write_within(&self.target, &bytes, patience);
        let timed_out = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut);
        state.stalled = timed_out;
        let Err(cause) = result else {
            state.torn = false;
            return Ok(());
        };
        let taken = bytes.get(..taken).unwrap_or_default();
        state.torn = taken.last().map_or(state.torn, |last| *last != b'\n');
        let ends = taken.iter().skip(closing.len()).filter(|byte| **byte == b'\n').count();
        Err(StreamError { written: ends, cause })
    }
}

impl Target for Stream {
    fn write(&self, bytes: &[u8], patience: Duration) -> (usize, io::Result<()>) {
        wait::write_within(&self.target, bytes, patience)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("state", &self.state).finish_non_exhaustive()
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} lines", crate::fs::reason(&self.cause), self.written)
    }
}

impl std::error::Error for StreamError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs::File,
        io::{PipeReader, Read},
    };

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts.iter().map(|text| Line::new((*text).to_owned())).collect()
    }

    fn piped() -> (PipeReader, Stream) {
        let (reader, writer) = io::pipe().unwrap();
        (reader, Stream::new(Box::new(writer)))
    }

    #[test]
    fn lines_come_out_whole() {
        let (mut reader, stream) = piped();
        let long = "x".repeat(10_000);
        stream.write(&lines(&["a", &long])).unwrap();
        drop(stream);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, format!("a\n{long}\n"));
    }

    #[test]
    fn a_full_device_and_a_closed_pipe_are_errors() {
        let full = Stream::new(Box::new(File::options().write(true).open("/dev/full").unwrap()));
        let error = full.write(&lines(&["a"])).unwrap_err();
        assert_eq!((error.written, error.cause.kind()), (0, io::ErrorKind::StorageFull));
        let (reader, closed) = piped();
        drop(reader);
        let error = closed.write(&lines(&["a"])).unwrap_err();
        assert_eq!(error.cause.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_pipe_nobody_reads_is_given_up_and_its_torn_line_closed() {
        let (mut reader, stream) = piped();
        let many = lines(&[&*"y".repeat(5_000); 30]);
        let error = stream.write(&many).unwrap_err();
        assert_eq!(error.cause.kind(), io::ErrorKind::TimedOut);
        let taken = error.written;
        assert!(taken < many.len());
        let stalled = || stream.state.lock().unwrap().stalled;
        assert!(stalled());
        let mut page = vec![0; 4096];
        reader.read_exact(&mut page).unwrap();
        let taken = taken + stream.write(&many).unwrap_err().written;
        let rest = std::thread::spawn(move || {
            reader.read_to_end(&mut page).unwrap();
            page
        });
        while stream.write(&lines(&["after"])).is_err() {
            std::thread::yield_now();
        }
        assert!(!stalled());
        drop(stream);
        let all = rest.join().unwrap();
        let text = String::from_utf8(all).unwrap();
        let whole = text.lines().filter(|line| line.len() == 5_000).count();
        assert_eq!(whole, taken);
        assert!(text.ends_with("y\nafter\n"));
    }
}
