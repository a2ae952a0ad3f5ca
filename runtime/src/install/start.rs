//! Setting up: settings, files, road, subscriber, panic hook.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    io::IsTerminal,
    path::PathBuf,
    sync::Arc,
};

use tracing::subscriber::set_global_default;
use tracing_subscriber::{layer::SubscriberExt, registry};

use super::{
    builder::{Builder, InitError},
    guard::{Logs, Running},
    panics,
};
use crate::{
    clock::Timestamp,
    config::{Color, ConsoleFormat, ConsoleTarget, Dir, Loaded, Settings, load},
    context::Context,
    drain::{Drain, Files},
    frame::{Capture, Datum},
    fs,
    handoff::{self, Road},
    layer::{self, Console, ConsoleGuard, EventLayer},
    ledger::{At, Notices},
    record::{Category, Level},
    redact::{KeyRules, PseudonymKey, Rules},
    render::{Line, Notice, Origin, Renderer},
    sink::{FileSettings, Shared, SinkSet, SinkSettings},
    timing,
};

/// Sets up whatever can be.
pub(super) fn lenient(builder: Builder) -> Logs {
    let subscriber = builder.subscriber;
    let Loaded { settings, problems } = loaded(builder);
    if handoff::current().is_some() {
        return Logs { settings, problems, running: None };
    }
    let running = install(&settings, subscriber, &problems);
    Logs { settings, problems, running }
}

/// Sets up all or nothing.
pub(super) fn strict(builder: Builder) -> Result<Logs, InitError> {
    let subscriber = builder.subscriber;
    let loaded = loaded(builder);
    let faults: Vec<_> = loaded.faults().cloned().collect();
    if !faults.is_empty() {
        return Err(InitError::Settings(faults));
    }
    let Loaded { settings, problems } = loaded;
    match install(&settings, subscriber, &problems) {
        Some(running) => Ok(Logs { settings, problems, running: Some(running) }),
        None => Err(InitError::Installed),
    }
}

fn loaded(builder: Builder) -> Loaded {
    let environment = builder.environment.unwrap_or_else(|| env::vars_os().collect());
    load(&builder.app, &builder.defaults, &environment, &builder.pins)
}

fn install(
    settings: &Settings,
    subscriber: bool,
    problems: &[crate::config::Problem],
) -> Option<Running> {
    let shared = Arc::new(Shared::default());
    let renderer = Arc::new(Renderer::new(origin(&settings.app), settings.max_line));
    let private_dir = private_dir(settings);
    let sinks = files(settings, private_dir.as_ref()).map(|sink_settings| {
        let notices = Arc::new(FileNotices(renderer.clone()));
        Arc::new(SinkSet::open(sink_settings, notices, shared.clone()))
    });
    let files: Arc<dyn Files> = match &sinks {
        Some(sinks) => Arc::new(Sinks(sinks.clone())),
        None => Arc::new(Nowhere),
    };
    let thresholds = Category::ALL.map(|category| {
        let file = settings.file(category);
        (file.enabled && sinks.is_some()).then_some(file.level)
    });
    let counters = shared.counters.clone();
    let capture = Capture { rules: rules(settings), counters: counters.clone() };
    let drain = Drain::new(files, renderer, counters, thresholds);
    let road = handoff::install(Road::new(capture, drain, defaults(settings)), &thresholds)?;
    timing::configure(settings.timing, settings.summary_every);
    panics::hook();
    layer::install(settings.filter.clone());
    let console = subscriber.then(|| subscribe(settings)).flatten();
    tell(road, &shared, settings, problems);
    Some(Running { road, sinks, console, private_dir })
}

/// Says what was set up and what was not understood.
fn tell(road: &Road, shared: &Shared, settings: &Settings, problems: &[crate::config::Problem]) {
    for problem in problems {
        let text = problem.to_string();
        let fault = problem.is_fault();
        if fault {
            shared.trap.say(&text);
        }
        // `error.log` takes it where the operator asked for strictness.
        let level = if fault && settings.strict { Level::Error } else { Level::Warn };
        let event = if fault { "setting_ignored" } else { "setting_noted" };
        for category in [Category::System, Category::Error] {
            road.drain().notice(&Notice { category, level, event, message: &text, details: &[] });
        }
    }
    road.drain().notice(&Notice {
        category: Category::System,
        level: Level::Info,
        event: "logging_started",
        message: "logging started",
        details: &[
            ("profile", Datum::Text(settings.profile.name())),
            ("version", Datum::Text(env!("CARGO_PKG_VERSION"))),
            ("dir", Datum::Text(&settings.dir.to_string())),
            ("filter", Datum::Text(&settings.filter.to_string())),
        ],
    });
}

fn origin(app: &str) -> Origin {
    Origin {
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        pid: std::process::id(),
        run_id: format!("{:016x}", u64::from_le_bytes(random())),
        app: app.to_owned(),
    }
}

/// Random bytes of the system; of the clock and the process where it has none to give.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rustix::rand::getrandom(&mut bytes[..], rustix::rand::GetRandomFlags::empty()).is_ok() {
        return bytes;
    }
    let mut hasher = RandomState::new().build_hasher();
    for byte in &mut bytes {
        hasher.write_i64(Timestamp::now().0);
        hasher.write_u32(std::process::id());
        *byte = hasher.finish().to_le_bytes()[0];
    }
    bytes
}

fn rules(settings: &Settings) -> Rules {
    let key = settings.hash_key.clone().unwrap_or_else(|| PseudonymKey::new(random::<32>()));
    Rules::new(KeyRules::new(&settings.redact_keys), key)
}

/// What records carry that nothing nearer gives: from the settings, then from the environment.
fn defaults(settings: &Settings) -> Context {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let mut context = Context::default();
    if let Some(header) = variable("TRACEPARENT") {
        context = context.traceparent(&header);
    }
    if let Some(user) = settings.user.clone().or_else(|| variable("USER")) {
        context = context.user(user);
    }
    match &settings.agent {
        Some(agent) => context.agent(agent.clone()),
        None => context,
    }
}

fn private_dir(settings: &Settings) -> Option<PathBuf> {
    matches!(settings.dir, Dir::PrivateTemp)
        .then(|| fs::create_private_dir(&env::temp_dir(), "audit-log-test-").ok())
        .flatten()
}

/// The settings of the files; `None` where nothing is written at all.
fn files(settings: &Settings, private_dir: Option<&PathBuf>) -> Option<SinkSettings> {
    let console = settings.console;
    let to_stdout =
        console.target == ConsoleTarget::Stdout && console.format == ConsoleFormat::Json;
    let dir = match &settings.dir {
        Dir::At(dir) => Some(dir.clone()),
        Dir::PrivateTemp => Some(private_dir?.clone()),
        Dir::Off if to_stdout => None,
        Dir::Off => return None,
    };
    Some(SinkSettings {
        app: settings.app.clone(),
        dir,
        state_home: env::var_os("XDG_STATE_HOME").map(PathBuf::from),
        home: env::var_os("HOME").map(PathBuf::from),
        temp: Some(env::temp_dir()),
        files: Category::ALL.map(|category| {
            let file = settings.file(category);
            file.enabled.then(|| FileSettings {
                name: file.name.clone(),
                rotate_size: file.rotate_size,
                rotate_daily: file.rotate_daily,
                keep_files: file.keep_files,
                gzip: file.gzip,
                sync: false,
            })
        }),
        lock_timeout: SinkSettings::LOCK_TIMEOUT,
    })
}

/// Installs a subscriber with our layer and the developer console, unless the program has one.
fn subscribe(settings: &Settings) -> Option<ConsoleGuard> {
    let console = settings.console;
    let wanted = matches!(console.target, ConsoleTarget::Stderr | ConsoleTarget::Captured);
    let colour = match console.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => console.target == ConsoleTarget::Stderr && std::io::stderr().is_terminal(),
    };
    let (console, guard) =
        wanted.then(|| Console::new(settings.filter.clone(), console.level, colour)).unzip();
    let subscriber = registry().with(EventLayer::new()).with(console);
    if set_global_default(subscriber).is_err() {
        // The program has its own: it joins through `layer()`.
        return None;
    }
    let log_level =
        settings.filter.max_level().map_or(log::LevelFilter::Off, |level| match level {
            Level::Trace => log::LevelFilter::Trace,
            Level::Debug => log::LevelFilter::Debug,
            Level::Info => log::LevelFilter::Info,
            Level::Warn => log::LevelFilter::Warn,
            Level::Error => log::LevelFilter::Error,
        });
    // A program that has set a logger of its own keeps it.
    let _ = tracing_log::LogTracer::builder().with_max_level(log_level).init();
    guard
}

/// The files of a process as the drain sees them.
#[derive(Debug)]
struct Sinks(Arc<SinkSet>);

impl Files for Sinks {
    fn append(&self, category: Category, lines: &[Line], now: Timestamp) {
        // Where the lines went, or that they are lost, is in the counters.
        let _ = self.0.append(category, lines, now);
    }
}

/// For a program that wants a console only.
#[derive(Debug)]
struct Nowhere;

impl Files for Nowhere {
    fn append(&self, _category: Category, _lines: &[Line], _now: Timestamp) {}
}

/// The lines that files get about themselves.
struct FileNotices(Arc<Renderer>);

impl FileNotices {
    fn line(&self, at: At, event: &str, message: &str, detail: (&str, Datum<'_>)) -> Line {
        let notice = Notice {
            category: at.category,
            level: Level::Warn,
            event,
            message,
            details: &[detail],
        };
        self.0.notice(&notice, at.now)
    }
}

impl Notices for FileNotices {
    fn torn(&self, at: At, bytes: u64) -> Line {
        let message = "the line before was torn; its writer was stopped in the middle of it";
        self.line(at, "torn_line", message, ("bytes", Datum::U64(bytes)))
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        let message = "the file before was taken away; a new one begins here";
        self.line(at, "file_reopened", message, ("cause", Datum::Text(cause)))
    }

    fn began(&self, _at: At, _previous: &str) -> Option<Line> {
        None
    }
}
