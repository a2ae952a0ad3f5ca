//! A running program of a peer, and the orders it is given.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long an order, a start or an end may take before the program counts as hung.
const DEADLINE: Duration = Duration::from_secs(20);

/// What came of an order.
#[derive(Debug)]
pub(super) enum Answer {
    Done(String),
    /// The call said that it could not.
    Refused(String),
    Panicked(String),
    /// The program ended.
    Ended(String),
    Hung,
}

/// How a program is started.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// Words in front of the program: `sh -c …`, `setpriv …`.
    pub(super) wrapper: Vec<String>,
    pub(super) variables: Vec<(String, String)>,
    /// Its standard output is a pipe that nobody reads.
    pub(super) stuck: bool,
    /// How long it is waited for, where not for long.
    pub(super) patience: Option<Duration>,
}

/// A program that takes orders; killed, with all its children, when it is dropped.
pub(super) struct Program {
    child: Child,
    orders: UnixStream,
    answers: BufReader<UnixStream>,
    patience: Duration,
}

impl Program {
    /// Starts the program in `control`, where its socket and its streams are.
    pub(super) fn start(exe: &Path, control: &Path, how: &Start) -> io::Result<Self> {
        let socket = control.join("socket");
        let _ = fs::remove_file(&socket); // Of the program before; there may be none.
        let listener = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o777))?;
        listener.set_nonblocking(true)?;
        let stream = |name: &str| {
            let file = File::options().append(true).create(true).open(control.join(name))?;
            io::Result::Ok(Stdio::from(file))
        };
        let words: Vec<_> =
            how.wrapper.iter().map(AsRef::as_ref).chain([exe.as_os_str()]).collect();
        let (first, rest) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(first);
        command
            .args(rest)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TZ", "UTC")
            .env("COMPARISON_SOCKET", &socket)
            // Ours writes as the others do, unless a scene says otherwise.
            .env("AUDIT_LOG_SPOOL", "off")
            .envs(how.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(control)
            .stdin(Stdio::null())
            .stdout(if how.stuck { Stdio::piped() } else { stream("stdout")? })
            .stderr(stream("stderr")?)
            .process_group(0);
        let mut child = command.spawn()?;
        let start = Instant::now();
        let orders = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Err(_) => {}
            }
            if let Some(status) = child.try_wait()? {
                return Err(io::Error::other(format!("the program ended at once: {status}")));
            }
            if start.elapsed() > DEADLINE {
                kill(&child);
                return Err(io::Error::other("the program did not take orders"));
            }
            thread::sleep(Duration::from_millis(1));
        };
        orders.set_nonblocking(false)?;
        let patience = how.patience.unwrap_or(DEADLINE);
        orders.set_read_timeout(Some(patience))?;
        let answers = BufReader::new(orders.try_clone()?);
        Ok(Self { child, orders, answers, patience })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn order(&mut self, order: &str) -> Answer {
        if self.send(order).is_err() {
            return self.gone();
        }
        self.answer()
    }

    /// Gives an order without waiting for its answer.
    pub(super) fn send(&mut self, order: &str) -> io::Result<()> {
        writeln!(self.orders, "{order}")
    }

    pub(super) fn answer(&mut self) -> Answer {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) => self.gone(),
            Ok(_) => {
                let (word, rest) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
                let rest = rest.to_owned();
                match word {
                    "ok" => Answer::Done(rest),
                    "panicked" => Answer::Panicked(rest),
                    _ => Answer::Refused(rest),
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock) => Answer::Hung,
            Err(_) => self.gone(),
        }
    }

    fn gone(&mut self) -> Answer {
        match self.wait() {
            Some(end) => Answer::Ended(end),
            None => Answer::Hung,
        }
    }

    /// Waits for its end; nothing where it does not come.
    pub(super) fn wait(&mut self) -> Option<String> {
        let start = Instant::now();
        while start.elapsed() < self.patience {
            if let Ok(Some(status)) = self.child.try_wait() {
                let signal = status.signal().map(|signal| format!("signal {signal}"));
                let code = status.code().map(|code| format!("exit {code}"));
                return signal.or(code);
            }
            thread::sleep(Duration::from_millis(1));
        }
        None
    }

    /// Kills it as nobody can prevent.
    pub(super) fn kill(&mut self) {
        kill(&self.child);
        let _ = self.child.wait(); // Only its end matters.
    }

    /// The read end of its standard output.
    pub(super) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }
}

fn kill(child: &Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _ = kill_process_group(pid, Signal::KILL); // It may have ended.
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
