//! Taking orders.

use std::{
    collections::BTreeMap,
    env,
    fmt::{self, Display},
    fs::File,
    io::{self, BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Signal, getpid, kill_process};

use crate::{Line, Logger, Peer, Setup};

type Pairs = BTreeMap<String, String>;

/// Serves the orders that come over the socket which the environment names.
///
/// # Errors
/// Where the socket fails.
pub fn serve(peer: Peer) -> io::Result<()> {
    // Only what the loggers themselves say belongs on the streams.
    std::panic::set_hook(Box::new(|_| {}));
    let path = env::var_os("COMPARISON_SOCKET").ok_or(io::ErrorKind::NotFound)?;
    let mut answers = UnixStream::connect(path)?;
    let orders = BufReader::new(answers.try_clone()?);
    let mut program = Program { peer, logger: None, taken: Vec::new() };
    for order in orders.lines() {
        let order = order?;
        let mut words = order.split(' ');
        let word = words.next().unwrap_or_default();
        let pairs: Pairs = words
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let answer = catch_unwind(AssertUnwindSafe(|| program.obey(word, &pairs)));
        let answer = match answer {
            Ok(Ok(answer)) => format!("ok {answer}"),
            Ok(Err(refusal)) => format!("refused {refusal}"),
            Err(panic) => format!("panicked {}", message(&*panic)),
        };
        writeln!(answers, "{}", answer.replace('\n', " "))?;
        if word == "end" {
            break;
        }
    }
    Ok(())
}

struct Program {
    peer: Peer,
    logger: Option<Box<dyn Logger>>,
    taken: Vec<File>,
}

impl Program {
    fn obey(&mut self, word: &str, pairs: &Pairs) -> Result<String, String> {
        match word {
            "start" => {
                let setup = Setup::of(pairs).ok_or("start needs dir=")?;
                self.logger = Some((self.peer.start)(&setup)?);
                Ok(String::new())
            }
            "write" => self.write(pairs),
            "value" => self.value(pairs),
            "filters" => self.filters(pairs),
            "fork" => self.fork(pairs),
            "descriptors" => self.descriptors(pairs),
            "writers" => {
                let setup = Setup::of(pairs).ok_or("writers needs dir=")?;
                for _ in 0..number(pairs, "count") {
                    (self.peer.writer)(&setup)?;
                }
                Ok(String::new())
            }
            "reported" => Ok(self.logger()?.reported().to_string()),
            "end" => self.end(pairs),
            other => Err(format!("unknown order {other}")),
        }
    }

    fn logger(&self) -> Result<&dyn Logger, String> {
        self.logger.as_deref().ok_or_else(|| "not started".to_owned())
    }

    /// Answers which numbers failed, how many calls panicked, and the longest call.
    fn write(&self, pairs: &Pairs) -> Result<String, String> {
        let logger = self.logger()?;
        let outcome = Mutex::new(Written::default());
        let threads = number(pairs, "threads").max(1);
        thread::scope(|scope| {
            for thread in 1..threads {
                let outcome = &outcome;
                scope.spawn(move || write(logger, pairs, (thread, threads), outcome));
            }
            write(logger, pairs, (0, threads), &outcome);
        });
        // At once, as where the last call of a program is followed by its end.
        match pairs.get("then").map(String::as_str) {
            Some("exit") => process::exit(0),
            Some("abort") => process::abort(),
            Some("kill") => drop(kill_process(getpid(), Signal::KILL)),
            _ => {}
        }
        let outcome = outcome.into_inner().map_err(|_| "poisoned")?;
        Ok(outcome.to_string())
    }

    /// A value that panics or logs while it is formatted, or forges a line.
    fn value(&self, pairs: &Pairs) -> Result<String, String> {
        let logger = self.logger()?;
        let line = Line { writer: "v", number: number(pairs, "from"), size: 10 };
        match pairs.get("kind").map(String::as_str) {
            Some("panics") => logger.log(&Panics)?,
            Some("forges") => logger.log(&format_args!("{line}\nforged entry \u{1b}[2J"))?,
            _ => logger.log(&Logs(logger, line))?,
        }
        Ok(String::new())
    }

    /// Writes while another thread changes the filter.
    fn filters(&self, pairs: &Pairs) -> Result<String, String> {
        let logger = self.logger()?;
        let filter = pairs.get("filter").map_or("info", String::as_str);
        let changed = thread::scope(|scope| {
            let changes = scope.spawn(|| {
                (0..number(pairs, "changes")).try_for_each(|_| logger.set_filter(filter))
            });
            let written = self.write(pairs);
            (changes.join(), written)
        });
        match changed {
            (Ok(Ok(())), written) => written,
            (Ok(Err(refusal)), _) => Err(refusal),
            (Err(_), _) => Err("the thread that changes the filter panicked".to_owned()),
        }
    }

    /// The child writes and ends as programs do; the parent waits for it.
    fn fork(&mut self, pairs: &Pairs) -> Result<String, String> {
        self.logger()?;
        match fork::fork().map_err(|error| error.to_string())? {
            fork::Fork::Parent(child) => {
                let status = fork::waitpid(child).map_err(|error| error.to_string())?;
                Ok(format!("status={status}"))
            }
            fork::Fork::Child => {
                let done = catch_unwind(AssertUnwindSafe(|| self.write(pairs).map(drop)));
                self.logger = None;
                process::exit(i32::from(!matches!(done, Ok(Ok(())))));
            }
        }
    }

    /// Takes all descriptors of the process, or gives them back.
    fn descriptors(&mut self, pairs: &Pairs) -> Result<String, String> {
        self.taken.clear();
        if pairs.contains_key("take") {
            while let Ok(file) = File::open("/dev/null") {
                self.taken.push(file);
            }
        }
        Ok(String::new())
    }

    fn end(&mut self, pairs: &Pairs) -> Result<String, String> {
        match pairs.get("how").map(String::as_str) {
            Some("panic") => {
                // As in `main` of a program: the guard is dropped while it unwinds.
                let logger = self.logger.take();
                let panic = catch_unwind(AssertUnwindSafe(move || {
                    let _guard = logger;
                    panic!("the program's own");
                }));
                process::exit(if panic.is_err() { 0 } else { 1 })
            }
            _ => {
                self.logger = None;
                Ok(String::new())
            }
        }
    }
}

fn number(pairs: &Pairs, key: &str) -> u64 {
    pairs.get(key).and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[derive(Default)]
struct Written {
    failed: Vec<u64>,
    panicked: u64,
    longest: Duration,
}

impl Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed: Vec<_> = self.failed.iter().map(ToString::to_string).collect();
        let (panicked, longest) = (self.panicked, self.longest.as_micros());
        write!(f, "failed={} panicked={panicked} longest={longest}", failed.join(","))
    }
}

fn write(logger: &dyn Logger, pairs: &Pairs, part: (u64, u64), outcome: &Mutex<Written>) {
    let writer = pairs.get("writer").map_or("a", String::as_str);
    let (from, count) = (number(pairs, "from"), number(pairs, "count"));
    let size = usize::try_from(number(pairs, "size")).unwrap_or(0);
    let mut mine = Written::default();
    for number in (from..from + count).filter(|n| n % part.1 == part.0) {
        if pairs.contains_key("probe") {
            std::hint::black_box(log::log_enabled!(log::Level::Debug));
        }
        let line = Line { writer, number, size };
        let start = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| logger.log(&line)));
        mine.longest = mine.longest.max(start.elapsed());
        if !matches!(done, Ok(Ok(()))) {
            mine.failed.push(number);
        }
        mine.panicked += u64::from(done.is_err());
    }
    if let Ok(mut outcome) = outcome.lock() {
        outcome.failed.extend(mine.failed);
        outcome.panicked += mine.panicked;
        outcome.longest = outcome.longest.max(mine.longest);
    }
}

struct Panics;

impl Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a value that panics")
    }
}

struct Logs<'a>(&'a dyn Logger, Line<'a>);

impl Display for Logs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = Line { number: self.1.number + 1, ..self.1 };
        self.0.log(&inner).map_err(|_| fmt::Error)?;
        self.1.fmt(f)
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("something").to_owned()
}
