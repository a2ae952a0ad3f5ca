//! Settings that change while the program runs. One test, as a process has one set of logs.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use audit_runtime::config::Scope;
use audit_runtime::record::Category;
use audit_runtime::{Change, FileSetting, Level, Rule, audited};
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, layer::SubscriberExt as _};

/// How often `tracing` asked its subscribers what they want.
static ASKED: AtomicU32 = AtomicU32::new(0);

struct Counter;

impl Layer<Registry> for Counter {
    fn max_level_hint(&self) -> Option<LevelFilter> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Some(LevelFilter::OFF)
    }
}

fn lines(dir: &Path, category: Category) -> Vec<Value> {
    let text = fs::read_to_string(dir.join(format!("{category}.log"))).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn messages(dir: &Path, category: Category, event: &str) -> Vec<String> {
    let lines = lines(dir, category).into_iter().filter(|line| line["event"] == event);
    lines.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[audited(operation = "PACK")]
fn pack() {}

#[test]
fn levels_targets_and_categories_change_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, config) = (folder.path().join("logs"), folder.path().join("logs.toml"));
    fs::write(&config, "level = 'info'\n[levels]\nnobody = 'debug'\nchanges = 'info'\n").unwrap();
    let logs = audit_runtime::builder("tests")
        .environment([("AUDIT_LOG_USER", "jane")])
        .dir(&dir)
        .config_file(&config)
        .target("silent_by_code", Level::Info)
        .without_subscriber()
        .pin(Change::Category(Category::Audit, Rule::On))
        .init();
    assert_eq!(logs.problems(), []);
    // Our layer is below, so that the counter is asked by every rebuild.
    let subscriber = Registry::default().with(Counter).with(audit_runtime::layer());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let said = || messages(&dir, Category::Debug, "log");
    let changes = || {
        lines(&dir, Category::System)
            .into_iter()
            .filter(|l| l["event"] == "settings_changed")
            .collect::<Vec<_>>()
    };

    // The program changes a level: every thread follows, and `tracing` asks once.
    let (ask, asked) = std::sync::mpsc::channel::<()>();
    let (done, finished) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        for () in asked {
            tracing::debug!("from the other thread");
            done.send(()).unwrap();
        }
    });
    let say = || {
        tracing::debug!("from this thread");
        ask.send(()).unwrap();
        finished.recv().unwrap();
    };
    say();
    assert!(said().is_empty(), "{:?}", said());
    let before = ASKED.load(Ordering::Relaxed);
    logs.set_filter("changes=debug").unwrap();
    assert_eq!(ASKED.load(Ordering::Relaxed), before + 1);
    say();
    assert_eq!(said(), ["from this thread", "from the other thread"]);
    assert_eq!(changes().len(), 1);
    assert_eq!(changes()[0]["details"]["by"], "the program");

    // What is not understood, or is pinned, changes nothing.
    let problems = logs.set_filter("changes=debug,inof").unwrap_err();
    assert_eq!(problems[0].nearest.as_deref(), Some("info"));
    assert!(logs.set_filter("staging").is_err(), "a profile holds from the start");
    assert!(logs.set_category(Category::Audit, Rule::Off).is_err(), "pinned");
    assert!(logs.set_category(Category::Audit, Rule::From(Level::Error)).is_err());
    assert_eq!(ASKED.load(Ordering::Relaxed), before + 1);
    assert_eq!(changes().len(), 1);

    // An empty list takes the change away.
    logs.set_filter("").unwrap();
    say();
    assert_eq!(said().len(), 2);
    assert_eq!(ASKED.load(Ordering::Relaxed), before + 2);

    // A category that was off at the start has a file once it is on.
    logs.set_category(Category::Performance, Rule::Off).unwrap();
    assert!(logs.file(Category::Performance).is_none());
    logs.set_category(Category::Performance, Rule::On).unwrap();
    assert!(logs.file(Category::Performance).is_some());
    assert_eq!(ASKED.load(Ordering::Relaxed), before + 2, "a category is no matter of events");

    // The file changes a level; what holds until the next start is named.
    let written = changes().len();
    fs::write(&config, "level = 'debug'\nuser = 'joe'\nkeep_files = 3\nmax_line = 4000\n[levels]\nnobody = 'debug'\n").unwrap();
    logs.reload().unwrap();
    say();
    assert_eq!(said().len(), 4);
    let change = changes().pop().unwrap();
    assert_eq!(changes().len(), written + 1);
    assert_eq!(change["details"]["by"], config.to_str().unwrap());
    let told = |name: &str| change["details"][name].as_str().unwrap_or_default();
    assert!(told("changed").contains("audit.keep_files"), "{change}");
    assert!(told("at_next_start").contains("audit.max_line"), "{change}");
    assert!(!told("at_next_start").contains("user"), "jane's variable");
    let audit = logs.settings().file(Category::Audit).clone();
    assert_eq!((audit.max_line, audit.keep.files), (8_000, Some(3)));
    logs.reload().unwrap();
    assert_eq!(changes().len(), written + 1, "the same file is no change");

    // A bad file changes nothing, and is told once.
    fs::write(&config, "level = 'wran'\n").unwrap();
    let problems = logs.reload().unwrap_err();
    assert_eq!(problems[0].nearest.as_deref(), Some("warn"));
    logs.reload().unwrap();
    assert_eq!(messages(&dir, Category::System, "setting_ignored").len(), 1);
    fs::remove_file(&config).unwrap();
    assert!(logs.reload().is_err(), "a file that is gone is a problem");
    say();
    assert_eq!(said().len(), 6, "the level of the last good file");

    // What the files are like changes with the next line, and what is too much goes at once.
    let archives = |category: Category| -> usize {
        let names = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(&format!("{category}.log."))).count()
    };
    for seq in 1..=5 {
        fs::write(dir.join(format!("debug.log.20260102T000000.000Z-00000{seq}")), "x").unwrap();
    }
    let debug = |setting| Change::File(Scope::One(Category::Debug), setting);
    logs.set(debug(FileSetting::KeepFiles(Some(2)))).unwrap();
    assert_eq!(archives(Category::Debug), 2);
    logs.set(debug(FileSetting::RotateSize(Some(1 << 10)))).unwrap();
    say();
    assert_eq!(archives(Category::Debug), 2, "one came, one went");
    let text = fs::read_to_string(dir.join("debug.log")).unwrap();
    assert!(!text.contains("from the other thread") || text.len() < 1 << 10, "{text}");
    assert_eq!(archives(Category::System), 0);
    assert!(logs.rotate(Category::System).unwrap());
    assert_eq!(archives(Category::System), 1);
    // What holds from the start, and what is not understood, changes nothing.
    let lines_before = changes().len();
    for late in [
        Change::User("joe".into()),
        debug(FileSetting::MaxLine(4_000)),
        debug(FileSetting::RotateOnStart(true)),
        Change::FileName(Category::Debug, "other.log".into()),
    ] {
        let problems = logs.set(late).unwrap_err();
        assert!(problems[0].to_string().contains("comes too late"), "{}", problems[0]);
    }
    let problems = logs.set(debug(FileSetting::KeepFiles(Some(0)))).unwrap_err();
    assert!(problems[0].to_string().contains("would delete each archive"), "{}", problems[0]);
    assert_eq!(changes().len(), lines_before);

    // The line that says so comes before `system.log` is closed.
    pack();
    assert_eq!(lines(&dir, Category::Audit).len(), 1);
    logs.set_category(Category::System, Rule::Off).unwrap();
    let count = lines(&dir, Category::System).len();
    tracing::error!("nobody hears in the system file");
    assert_eq!(lines(&dir, Category::System).len(), count);
    logs.set_category(Category::System, Rule::On).unwrap();
    assert_eq!(lines(&dir, Category::System).len(), count + 1);
    assert_eq!(
        changes().pop().unwrap()["details"]["list"].as_str().map(|l| l.contains("system=on")),
        Some(true)
    );

    // At the end a developer learns which directives matched nothing.
    drop(ask);
    other.join().unwrap();
    drop(logs);
    let told: Vec<_> = lines(&dir, Category::System)
        .into_iter()
        .filter(|line| line["event"] == "directives_unmatched")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["details"]["targets"], "nobody");
}
