//! Each setting of the files, from the variable or the configuration file to what becomes of them.
//!
//! Archives and active files are planted, then the task manager runs once: whatever the profile
//! `test` leaves alone, the setting in question does.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, SystemTime};

use audit_runtime::{Change, Compression, FileSetting, InitError, Timestamp, layout};
use audit_tests::{Sandbox, taskmgr_sandbox};
use serde_json::Value;

/// Older than any limit that is set here, and in the future of any clock.
const OLD: &str = "20260102T000000.000Z";
const LATE: &str = "22000101T000000.000Z";

/// How a test says what is set.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Environment,
    File,
}

const WAYS: [Way; 2] = [Way::Environment, Way::File];

/// A sandbox with those settings, each by its key: `keep_files`, `audit.keep_files`.
fn sandbox(way: Way, settings: &[(&str, &str)]) -> Sandbox {
    let mut sandbox = taskmgr_sandbox!().with_env("AUDIT_LOG", "test,audit=on");
    let (mut top, mut tables) = (String::new(), String::new());
    for (key, value) in settings {
        let name = key.replace('.', "_").to_uppercase();
        match (way, key.split_once('.')) {
            (Way::Environment, _) => {
                sandbox = sandbox.with_env(&format!("AUDIT_LOG_{name}"), *value);
            }
            (Way::File, None) => writeln!(top, "{key} = '{value}'").unwrap(),
            (Way::File, Some((category, key))) => {
                writeln!(tables, "[{category}]\n{key} = '{value}'").unwrap();
            }
        }
    }
    if way == Way::File {
        sandbox.write("logs.toml", top + &tables);
        sandbox = sandbox.with_env("AUDIT_LOG_CONFIG", "logs.toml");
    }
    sandbox
}

fn plant(sandbox: &Sandbox, active: &str, stamp: &str, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        sandbox.write(format!("logs/{active}.{stamp}-{seq:06}"), vec![b'x'; 3_000]);
    }
}

/// A line that was written in an earlier period, whatever the period.
fn plant_active(sandbox: &Sandbox) {
    let line = r#"{"timestamp":"2026-01-02T00:00:00.000000Z","message":"old"}"#;
    for active in ["audit.log", "system.log"] {
        sandbox.write(format!("logs/{active}"), format!("{line}\n"));
    }
}

fn create(sandbox: &Sandbox, title: &str) -> String {
    let outcome = sandbox.run(["--log-dir", "logs", "create", title]).succeeds();
    outcome.stderr()
}

/// The numbers of the archives of a file, with how they are stored.
fn archives(sandbox: &Sandbox, active: &str) -> Vec<String> {
    let of = |name: String| {
        let archive = layout::parse(active, &name)?;
        Some(format!("{}{}", archive.seq(), archive.compression().suffix()))
    };
    sandbox.names("logs").into_iter().filter_map(of).collect()
}

#[test]
fn what_is_kept() {
    let all = ["1", "2", "3", "4", "5"];
    for (settings, audit, system) in [
        (vec![("keep_files", "2")], &all[3..], &all[3..]),
        (vec![("keep_files", "2"), ("audit.keep_files", "4")], &all[1..], &all[3..]),
        (vec![("audit.keep_files", "4")], &all[1..], &all[..]),
        // Three thousand bytes each.
        (vec![("keep_bytes", "7kB")], &all[3..], &all[3..]),
        (vec![("keep_bytes", "7kB"), ("audit.keep_bytes", "off")], &all[..], &all[3..]),
        (vec![("keep_age", "365d")], &all[5..], &all[5..]),
        (vec![("keep_age", "365d"), ("audit.keep_age", "36500d")], &all[..], &all[5..]),
        // The directory: others make room before the audit trail does.
        (vec![("dir_bytes", "20kB")], &all[..], &all[4..]),
        (vec![("dir_bytes", "10kB")], &all[..], &all[4..]),
        (vec![("dir_bytes", "10kB"), ("audit.keep_floor", "2")], &all[3..], &all[4..]),
        // More than any disk has free.
        (vec![("min_free", "1000000GiB")], &all[..], &all[4..]),
        (vec![("min_free", "1000000GiB"), ("keep_floor", "3")], &all[2..], &all[2..]),
        (vec![("system.min_free", "1000000GiB"), ("audit.keep_floor", "off")], &all[..], &all[4..]),
    ] {
        // Two years from the earliest run of this test, at least.
        let stamp = if settings[0].0 == "keep_age" { "20200102T000000.000Z" } else { OLD };
        for way in WAYS {
            let sandbox = sandbox(way, &settings);
            plant(&sandbox, "audit.log", stamp, 1..=5);
            plant(&sandbox, "system.log", stamp, 1..=5);
            let told = create(&sandbox, "One");
            assert_eq!(archives(&sandbox, "audit.log"), *audit, "{way:?} {settings:?} {told}");
            assert_eq!(archives(&sandbox, "system.log"), *system, "{way:?} {settings:?} {told}");
        }
    }
}

#[test]
fn when_a_file_is_rotated() {
    for (settings, audit, system) in [
        (vec![], 0, 0),
        (vec![("rotate_every", "minute")], 1, 1),
        (vec![("rotate_every", "hour")], 1, 1),
        (vec![("rotate_every", "day")], 1, 1),
        (vec![("rotate_every", "week")], 1, 1),
        (vec![("rotate_every", "15m")], 1, 1),
        (vec![("rotate_every", "day"), ("audit.rotate_every", "off")], 0, 1),
        (vec![("rotate_every", "day"), ("rotate_zone", "local")], 1, 1),
        (vec![("rotate_on_start", "true")], 1, 1),
        (vec![("audit.rotate_on_start", "true")], 1, 0),
        (vec![("rotate_on_start", "true"), ("audit.rotate_on_start", "false")], 0, 1),
    ] {
        for way in WAYS {
            let sandbox = sandbox(way, &settings);
            plant_active(&sandbox);
            let told = create(&sandbox, "One");
            let found = ["audit.log", "system.log"].map(|active| archives(&sandbox, active).len());
            assert_eq!(found, [audit, system], "{way:?} {settings:?} {told}");
            for active in ["audit.log", "system.log"] {
                let text = sandbox.read_text(format!("logs/{active}"));
                assert_eq!(text.contains("old"), archives(&sandbox, active).is_empty());
            }
        }
    }
}

/// Periods of nearly a year of which one began a minute or two ago, whenever the test is run: each
/// file is due at once, and a share of twelve hours puts it off, but for one directory in hundreds.
#[test]
fn a_jitter_puts_a_rotation_off() {
    let now = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs() - 60;
    let year = 366 * 24 * 60 * 60;
    let period = format!("{}s", now / now.div_ceil(year));
    for way in WAYS {
        let settings = [("rotate_every", period.as_str()), ("audit.rotate_jitter", "12h")];
        let mut put_off = 0;
        for _ in 0..6 {
            let sandbox = sandbox(way, &settings);
            plant_active(&sandbox);
            let told = create(&sandbox, "One");
            assert_eq!(archives(&sandbox, "system.log").len(), 1, "{way:?} {period} {told}");
            put_off += usize::from(archives(&sandbox, "audit.log").is_empty());
        }
        assert!(put_off > 0, "{way:?} {period}: not one of six directories");
    }
}

#[test]
fn how_large_a_file_gets() {
    for way in WAYS {
        let sandbox = sandbox(way, &[("rotate_size", "1KiB"), ("audit.rotate_size", "off")]);
        for number in 0..4 {
            create(&sandbox, &format!("Task {number}"));
        }
        assert!(archives(&sandbox, "system.log").len() >= 2);
        assert_eq!(archives(&sandbox, "audit.log"), [""; 0]);
        for name in sandbox.names("logs").iter().filter(|name| name.starts_with("system.log")) {
            assert!(sandbox.read(format!("logs/{name}")).len() <= 1_024, "{name}");
        }
    }
}

#[test]
fn how_archives_are_compressed() {
    for way in WAYS {
        for (settings, expected) in [
            (vec![("compress", "gzip"), ("compress_delay", "off")], ["1.gz", "2.gz", "3", "4"]),
            (vec![("compress", "gzip"), ("compress_delay", "12h")], ["1.gz", "2", "3", "4"]),
            (vec![("compress", "zstd"), ("compress_delay", "off")], ["1.zst", "2.zst", "3", "4"]),
            (
                vec![("compress", "gzip"), ("audit.compress", "zstd"), ("compress_delay", "12h")],
                ["1.zst", "2", "3", "4"],
            ),
            (
                vec![
                    ("compress", "gzip"),
                    ("compress_delay", "off"),
                    ("audit.compress_delay", "12h"),
                ],
                ["1.gz", "2", "3", "4"],
            ),
        ] {
            let sandbox = sandbox(way, &settings);
            plant(&sandbox, "audit.log", OLD, 1..=1);
            // A minute old, whenever the test is run.
            let now = Timestamp::from(SystemTime::now() - Duration::from_mins(1));
            let young = layout::Archive::new(now, 2, Compression::None);
            sandbox.write(format!("logs/{}", layout::format("audit.log", &young)), "x");
            // Too young, whatever the delay; and the newest.
            plant(&sandbox, "audit.log", LATE, 3..=4);
            // A command may end before the thread of the archives is done; another one goes on.
            let mut runs = 0;
            while archives(&sandbox, "audit.log") != expected {
                let found = sandbox.names("logs");
                assert!(runs < 50, "{way:?} {settings:?}: {found:?}");
                create(&sandbox, &format!("Task {runs}"));
                runs += 1;
            }
        }
        let off = sandbox(way, &[("compress", "gzip"), ("audit.compress", "off")]);
        plant(&off, "audit.log", OLD, 1..=3);
        create(&off, "One");
        assert_eq!(archives(&off, "audit.log"), ["1", "2", "3"]);
    }
}

#[test]
fn how_long_a_line_gets() {
    let longest = |sandbox: &Sandbox, active: &str| {
        let text = sandbox.read_text(format!("logs/{active}"));
        text.lines().map(|line| line.len() + 1).max().unwrap()
    };
    let title = "long ".repeat(600);
    for way in WAYS {
        let sandbox = sandbox(way, &[("max_line", "1200"), ("debug.max_line", "16kB")]);
        create(&sandbox, &title);
        assert!((600..=1_200).contains(&longest(&sandbox, "audit.log")));
        let free = self::sandbox(way, &[("max_line", "1200"), ("audit.max_line", "16kB")]);
        create(&free, &title);
        assert!(longest(&free, "audit.log") > 3_000);
    }
}

#[test]
fn which_modes_files_and_the_directory_have() {
    use std::os::unix::fs::PermissionsExt as _;

    for way in WAYS {
        let settings = [
            ("file_mode", "0660"),
            ("audit.file_mode", "0600"),
            ("dir_mode", "2770"),
            ("rotate_on_start", "true"),
            ("compress", "gzip"),
            ("compress_delay", "off"),
        ];
        let sandbox = sandbox(way, &settings);
        let mut runs = 0;
        while !archives(&sandbox, "system.log").iter().any(|name| name.contains("gz")) {
            assert!(runs < 100, "{:?}", sandbox.names("logs"));
            create(&sandbox, &format!("Task {runs}"));
            runs += 1;
        }
        let mode = |path: &str| {
            let path = sandbox.path(path);
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        };
        assert_eq!(mode("logs"), 0o2770, "{way:?}");
        for name in sandbox.names("logs") {
            let expected = if name.contains("audit.log") { 0o600 } else { 0o660 };
            assert_eq!(mode(&format!("logs/{name}")), expected, "{way:?} {name}");
        }
    }
}

/// What the settings come to, in a program that sets something itself.
fn seen(
    defaults: &[FileSetting],
    text: &str,
    pairs: &[(&str, &str)],
    pin: Option<Change>,
) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.toml");
    fs::write(&path, text).unwrap();
    let all = audit_runtime::config::Scope::All;
    let mut builder = audit_runtime::builder("tests").config_file(&path);
    builder = builder.environment(pairs.iter().copied());
    for setting in defaults {
        builder = builder.file(all, setting.clone());
    }
    if let Some(pin) = pin {
        builder = builder.pin(pin);
    }
    let settings = builder.settings().settings.origins();
    let found = settings.iter().find(|found| found.key.to_string() == "system.keep_files").unwrap();
    let origin = found.origin.to_string();
    format!("{} {}", found.value, origin.split(' ').next().unwrap_or_default())
}

#[test]
fn profile_then_code_then_file_then_environment_then_pin() {
    let code = [FileSetting::KeepFiles(Some(2))];
    let pin = || Change::File(audit_runtime::config::Scope::All, FileSetting::KeepFiles(Some(5)));
    let variable = [("AUDIT_LOG_KEEP_FILES", "4"), ("AUDIT_LOG", "staging")];
    assert_eq!(seen(&[], "", &[("AUDIT_LOG", "staging")], None), "10 profile");
    assert_eq!(seen(&code, "", &[], None), "2 code");
    assert_eq!(seen(&code, "keep_files = 3", &[], None), "3 file");
    assert_eq!(seen(&code, "keep_files = 3", &variable, None), "4 environment");
    assert_eq!(seen(&code, "keep_files = 3", &variable, Some(pin())), "5 pinned");
    // In its layer what names the category wins, and no more than there.
    let special = "[system]\nkeep_files = 3";
    assert_eq!(seen(&code, special, &[], None), "3 file");
    assert_eq!(seen(&code, special, &variable, None), "4 environment");
}

#[test]
fn a_bad_value_is_told_and_the_default_holds() {
    for (name, bad, told) in [
        ("AUDIT_LOG_KEEP_AGE", "14", "did you mean '14d'?"),
        ("AUDIT_LOG_SYSTEM_KEEP_AGE", "14 fortnights", "expected a time such as"),
    ] {
        let sandbox = taskmgr_sandbox!().with_env("AUDIT_LOG", "staging").with_env(name, bad);
        plant(&sandbox, "system.log", "20200102T000000.000Z", 1..=3);
        let stderr = create(&sandbox, "One");
        assert!(stderr.contains(name) && stderr.contains(told), "{stderr}");
        // Seven days, as the profile has it.
        assert_eq!(archives(&sandbox, "system.log"), [""; 0]);
        let text = sandbox.read_text("logs/system.log");
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let reports = lines.iter().filter(|line| line["event"] == "setting_ignored");
        assert_eq!(reports.count(), 1);
    }
}

#[test]
fn a_strict_program_does_not_start_with_a_bad_value() {
    let bad = [("AUDIT_LOG_AUDIT_COMPRESS", "lz4"), ("AUDIT_LOG_ROTATE_EVERY", "fortnight")];
    let result = audit_runtime::builder("tests").without_files().environment(bad).try_init();
    let Err(InitError::Settings(problems)) = result else { panic!("started: {result:?}") };
    let names: Vec<_> = problems.iter().map(|problem| problem.variable.as_str()).collect();
    assert_eq!(names, ["AUDIT_LOG_ROTATE_EVERY", "AUDIT_LOG_AUDIT_COMPRESS"]);
}
