//! Setting up: settings, files, road, subscriber, panic hook.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    io::IsTerminal,
    path::{Path, PathBuf},
    process,
    sync::Arc,
    time::Instant,
};

use tracing::subscriber::set_global_default;
use tracing_subscriber::{layer::SubscriberExt, registry};

#[cfg(feature = "signals")]
use super::signals;
use super::{
    builder::{Builder, InitError},
    files::{Nowhere, Sinks},
    guard::{Logs, Running},
    heartbeat,
    live::{Live, Parts, Wishes, log_level, set_direct, tell, thresholds},
    panics, recovery, watch,
};
use crate::{
    clock::Timestamp,
    config::{
        Color, ConsoleFormat, ConsoleTarget, Dir, Format, Loaded, Problem, Settings, SpoolMode,
    },
    context::Context,
    drain::{Drain, Files},
    frame::{Capture, Datum},
    fs,
    handoff::{self, About, Road, Wish},
    health::Counters,
    hooks,
    layer::{Console, ConsoleGuard, EventLayer, Look, filter},
    record::{Category, Level},
    redact::{KeyRules, PseudonymKey, Rules},
    render::{Notice, Origin, Renderer},
    sink::{Bounds, DirKeep, Extra, LineNotices, Shared, SinkSet, SinkSettings, Stream, all_files},
    timing,
};

/// Sets up whatever can be.
pub(super) fn lenient(builder: Builder) -> Logs {
    let (wishes, choices) = taken(builder);
    let loaded = wishes.load();
    let running = match handoff::current() {
        Some(_) => None,
        None => install(wishes, choices, &loaded),
    };
    logs(loaded, running)
}

/// Sets up all or nothing.
pub(super) fn strict(builder: Builder) -> Result<Logs, InitError> {
    let (wishes, choices) = taken(builder);
    let loaded = wishes.load();
    let faults: Vec<_> = loaded.faults().cloned().collect();
    if !faults.is_empty() {
        return Err(InitError::Settings(faults));
    }
    match install(wishes, choices, &loaded) {
        Some(running) => Ok(logs(loaded, Some(running))),
        None => Err(InitError::Installed),
    }
}

fn logs(loaded: Loaded, running: Option<Running>) -> Logs {
    let Loaded { settings, problems } = loaded;
    Logs { settings: Arc::new(settings), problems, running }
}

/// Sets up nothing.
pub(super) fn settings(builder: Builder) -> Loaded {
    taken(builder).0.load()
}

/// What is not a setting: only code can say it.
struct Choices {
    subscriber: bool,
    extra: Option<PathBuf>,
}

fn taken(builder: Builder) -> (Wishes, Choices) {
    let environment = builder.environment.unwrap_or_else(|| env::vars_os().collect());
    let wishes = Wishes::new(builder.app, builder.defaults, environment, builder.pins);
    (wishes, Choices { subscriber: builder.subscriber, extra: builder.extra })
}

fn install(wishes: Wishes, choices: Choices, loaded: &Loaded) -> Option<Running> {
    let since = Instant::now();
    let Loaded { settings, problems } = loaded;
    let shared = Arc::new(Shared::default());
    let formats = Category::ALL.map(|category| settings.file(category).format);
    let limits = Category::ALL.map(|category| settings.file(category).max_line);
    let renderer = Renderer::new(origin(&settings.app), 0).with_formats(formats);
    let renderer = Arc::new(renderer.with_limits(limits));
    let private_dir = private_dir(settings);
    let sink_settings = files(settings, private_dir.as_ref());
    let logs = sink_settings.as_ref().and_then(|settings| settings.dir.clone());
    let wish = logs.clone().and_then(|logs| wish(settings, renderer.origin(), logs, &shared));
    let sinks = sink_settings.map(|sink_settings| {
        let notices = Arc::new(LineNotices::of_this(renderer.clone()));
        Arc::new(SinkSet::open(sink_settings, notices, shared.clone()))
    });
    let files: Arc<dyn Files> = match &sinks {
        Some(sinks) => Arc::new(Sinks(sinks.clone())),
        None => Arc::new(Nowhere),
    };
    let extra = choices.extra.and_then(|path| extra(&path, &shared));
    let writes = sinks.is_some() || extra.is_some();
    let thresholds = thresholds(settings, writes);
    let counters = shared.counters.clone();
    let capture = Capture { rules: rules(settings), counters: counters.clone() };
    let drain = Drain::new(files, renderer, counters, thresholds).with_extra(extra);
    let road = Road::new(capture, drain, defaults(settings)).with_spool(wish);
    set_direct(&road, settings);
    let road = handoff::install(road, &thresholds)?;
    if let Some((logs, sinks)) = logs.clone().zip(sinks.as_ref()) {
        recovery::look_every(Wish::LOOK, sinks, road, (logs, shared.clone()));
    }
    let recovering = logs.and_then(|logs| recovery::start(road, logs, shared.clone()));
    timing::configure(settings.timing, settings.summary_every);
    panics::hook();
    filter::set(settings.filter.clone());
    let (console, takes_log) = if choices.subscriber {
        subscribe(settings, shared.counters.clone())
    } else {
        (None, false)
    };
    tell_all(road, &shared, settings, problems);
    #[cfg(feature = "signals")]
    let rotation = settings
        .rotate_signal
        .and_then(|signal| signals::start(signal, sinks.clone(), shared.clone()));
    let parts = Parts { road, shared, sinks: sinks.clone(), writes, takes_log };
    let live = Arc::new(Live::new(parts, wishes, loaded));
    let watch = settings
        .watch
        .filter(|_| settings.config.is_some())
        .and_then(|every| watch::start(live.clone(), every, since));
    let beating = heartbeat::start(road, settings.heartbeat);
    Some(Running {
        beating,
        road,
        sinks,
        console,
        private_dir,
        live,
        watch,
        recovering,
        #[cfg(feature = "signals")]
        rotation,
        since,
        owner: process::id(),
    })
}

/// The spool of a process that writes such files; none where another process could not tell from a
/// line which record it is.
fn wish(settings: &Settings, origin: &Origin, logs: PathBuf, shared: &Arc<Shared>) -> Option<Wish> {
    let formats = Category::ALL.map(|category| settings.file(category).format);
    if settings.spool == SpoolMode::Off || formats.contains(&Format::Text) {
        return None;
    }
    Some(Wish {
        mode: settings.spool,
        logs,
        dir_mode: settings.dir_mode,
        id: u64::from_str_radix(&origin.run_id, 16).ok()?,
        key: u64::from_le_bytes(random()),
        about: About {
            app: origin.app.clone(),
            host: origin.host.clone(),
            pid: origin.pid,
            max_lines: Category::ALL.map(|category| {
                u32::try_from(settings.file(category).max_line).unwrap_or(u32::MAX)
            }),
            names: Category::ALL.map(|category| settings.file(category).name.clone()),
            formats,
            rotate_sizes: Category::ALL
                .map(|category| settings.file(category).rotate_size.unwrap_or(u64::MAX)),
            modes: Category::ALL.map(|category| settings.file(category).mode),
        },
        shared: shared.clone(),
        look: Wish::LOOK,
    })
}

/// Says what was set up and what was not understood.
fn tell_all(road: &Road, shared: &Shared, settings: &Settings, problems: &[Problem]) {
    for problem in problems {
        tell(road, shared, problem, settings.strict);
    }
    let (dir, filter) = (settings.dir.to_string(), settings.filter.to_string());
    let mut details = vec![
        ("profile", Datum::Text(settings.profile.name())),
        ("version", Datum::Text(env!("CARGO_PKG_VERSION"))),
        ("dir", Datum::Text(&dir)),
        ("filter", Datum::Text(&filter)),
    ];
    if settings.gzip_stands_in() {
        details.push(("compress", Datum::Text("gzip, as zstd is not built in")));
    }
    road.drain().notice(&Notice {
        category: Category::System,
        level: Level::Info,
        event: "logging_started",
        message: "logging started",
        details: &details,
    });
}

fn extra(path: &Path, shared: &Arc<Shared>) -> Option<Extra> {
    match Extra::open(path, shared.clone()) {
        Ok(extra) => Some(extra),
        Err(error) => {
            let (path, reason) = (path.display(), fs::reason(&error));
            shared.trap.say(&format!("cannot open {path} ({reason}); going on without it"));
            None
        }
    }
}

pub(super) fn origin(app: &str) -> Origin {
    Origin {
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        pid: process::id(),
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
        hasher.write_u32(process::id());
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
        .then(|| fs::create_private_dir(&env::temp_dir(), "audit-log-test").ok())
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
    let is_users = settings.dir != Dir::PrivateTemp;
    Some(SinkSettings {
        app: settings.app.clone(),
        dir,
        // What a test wrote must not turn up among the user's own logs.
        state_home: env::var_os("XDG_STATE_HOME").filter(|_| is_users).map(PathBuf::from),
        home: env::var_os("HOME").filter(|_| is_users).map(PathBuf::from),
        temp: Some(env::temp_dir()),
        files: all_files(settings),
        keep: DirKeep::from(settings),
        dir_mode: settings.dir_mode,
        lock_timeout: SinkSettings::LOCK_TIMEOUT,
        queue: queue(settings),
    })
}

/// How much may wait for a stream.
fn queue(settings: &Settings) -> Bounds {
    let bytes = usize::try_from(settings.queue).unwrap_or(usize::MAX);
    // A line of fewer bytes than that is rare.
    Bounds { bytes, lines: bytes / 128 }
}

/// Installs a subscriber with our layer and the developer console, unless the program has one;
/// tells whether `log` records come through us as well.
fn subscribe(settings: &Settings, counters: Arc<Counters>) -> (Option<ConsoleGuard>, bool) {
    let console = settings.console;
    let stream = match (console.target, console.format) {
        (ConsoleTarget::Stderr | ConsoleTarget::Captured, _) => Some(Stream::stderr()),
        (ConsoleTarget::Stdout, ConsoleFormat::Text) => Some(Stream::stdout()),
        // The lines themselves go there.
        (ConsoleTarget::Stdout, ConsoleFormat::Json) | (ConsoleTarget::Off, _) => None,
    };
    let colour = match (console.color, console.target) {
        (Color::Always, _) => true,
        (Color::Auto, ConsoleTarget::Stderr) => std::io::stderr().is_terminal(),
        (Color::Auto, ConsoleTarget::Stdout) => std::io::stdout().is_terminal(),
        (Color::Never | Color::Auto, _) => false,
    };
    let look = Look { least: console.level, colour, queue: queue(settings) };
    let (console, guard) = stream.map(|stream| Console::new(stream, look, counters)).unzip();
    let subscriber = registry().with(EventLayer::new()).with(console);
    if set_global_default(subscriber).is_err() {
        // The program has its own: it joins through `layer()`.
        return (None, false);
    }
    hooks::subscriber_is_ours();
    // A program that has set a logger of its own keeps it.
    let log_level = log_level(settings.filter.max_level());
    let takes_log = tracing_log::LogTracer::builder().with_max_level(log_level).init().is_ok();
    (guard, takes_log)
}
