//! What a command has to say, and saying it: data to stdout, the rest to stderr.

use std::io::{ErrorKind, Write as _};

use super::json;
use crate::Error;
use crate::text::one_line;

/// The result of a command.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// Data.
    pub(super) data: Vec<u8>,
    /// Remarks; the command did its work.
    pub(super) warnings: Vec<String>,
    /// What was refused while other things were done.
    pub(super) errors: Vec<Error>,
    /// An exit code above that of the errors.
    pub(super) exit: u8,
}

impl Output {
    pub(super) fn data(data: impl Into<Vec<u8>>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// Writes everything and tells the exit code.
    pub(super) fn send(self, as_json: bool) -> u8 {
        let mut exit = self.errors.iter().map(Error::exit_code).fold(self.exit, u8::max);
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(&self.data).and_then(|()| stdout.flush()) {
            Ok(()) => {}
            // The reader has seen enough (`taskmgr list | head -1`).
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => {
                say(&format!("error: cannot write to stdout: {error}"));
                exit = exit.max(4);
            }
        }
        for warning in &self.warnings {
            say(&format!("warning: {}", one_line(warning)));
        }
        for error in &self.errors {
            report(error, as_json);
        }
        exit
    }
}

/// An error as people or programs read it.
pub(super) fn report(error: &Error, as_json: bool) {
    if as_json {
        say(&json::error(error));
        return;
    }
    say(&format!("error: {}", one_line(&error.to_string())));
    if let Some(hint) = error.hint() {
        say(&format!("hint: {}", one_line(&hint)));
    }
}

/// One line on stderr.
pub(crate) fn say(line: &str) {
    // When stderr is gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
