//! Each variable with good and bad values.

use super::{loaded, loaded_from, told, value};
use crate::{
    config::{Color, ConsoleTarget, Dir, Environment, Problem, variables::VARIABLES},
    record::Category,
    redact::{KeyRules, PseudonymKey, Rules},
};

/// Variable, value, a setting it is about, and that setting's value after it.
const GOOD: &[(&str, &str, &str, &str)] = &[
    ("AUDIT_LOG", "staging", "profile", "staging"),
    ("AUDIT_LOG", "warn", "level", "warn"),
    ("AUDIT_LOG", "performance=off", "performance", "off"),
    ("AUDIT_LOG", "error=warn", "error", "warn"),
    ("AUDIT_LOG", "audit=off", "audit", "off"),
    ("AUDIT_LOG", "a::b=off", "target.a::b", "off"),
    ("RUST_LOG", "trace", "level", "trace"),
    ("RUST_LOG", "a-b::c=error", "target.a_b::c", "error"),
    ("AUDIT_LOG_PROFILE", "PROD", "profile", "production"),
    ("AUDIT_LOG_PROFILE", " ci ", "profile", "test"),
    ("AUDIT_LOG_DIR", "/var/log/x y", "dir", "/var/log/x y"),
    ("AUDIT_LOG_DIR", "Off", "dir", "off"),
    ("AUDIT_LOG_CONSOLE", "off", "console", "off"),
    ("AUDIT_LOG_CONSOLE", "STDOUT", "console", "stdout"),
    ("AUDIT_LOG_CONSOLE", "warn", "console.level", "warn"),
    ("AUDIT_LOG_CONSOLE", "stdout, error", "console.level", "error"),
    ("NO_COLOR", "1", "console.color", "never"),
    ("AUDIT_LOG_COLOR", "always", "console.color", "always"),
    ("AUDIT_LOG_ROTATE_SIZE", "1KiB", "error.rotate_size", "1KiB"),
    ("AUDIT_LOG_ROTATE_SIZE", "2 gib", "audit.rotate_size", "2GiB"),
    ("AUDIT_LOG_ROTATE_SIZE", "1500000", "system.rotate_size", "1500kB"),
    ("AUDIT_LOG_ROTATE_SIZE", "4097", "system.rotate_size", "4097B"),
    ("AUDIT_LOG_ROTATE_SIZE", "off", "system.rotate_size", "off"),
    ("AUDIT_LOG_ROTATE_EVERY", "off", "system.rotate_every", "off"),
    ("AUDIT_LOG_ROTATE_EVERY", "Day", "system.rotate_every", "day"),
    ("AUDIT_LOG_KEEP_FILES", "7", "performance.keep_files", "7"),
    ("AUDIT_LOG_KEEP_FILES", "off", "performance.keep_files", "off"),
    ("AUDIT_LOG_COMPRESS", "gzip", "debug.compress", "gzip"),
    ("AUDIT_LOG_FORMAT", "ECS", "audit.format", "ecs"),
    ("AUDIT_LOG_FORMAT", "text", "debug.format", "text"),
    ("AUDIT_LOG_REDACT_KEYS", "phone, ,name", "redact_keys", "phone,name"),
    ("AUDIT_LOG_MAX_LINE", "512", "max_line", "512"),
    ("AUDIT_LOG_MAX_LINE", "1MiB", "max_line", "1048576"),
    ("AUDIT_LOG_SPOOL", "Auto", "spool", "auto"),
    ("AUDIT_LOG_SPOOL", "on", "spool", "on"),
    ("AUDIT_LOG_TIMING", "Summary", "timing", "summary"),
    ("AUDIT_LOG_TIMING", "slow", "timing", "slow"),
    ("AUDIT_LOG_SUMMARY_EVERY", "120 s", "summary_every", "2m"),
    ("AUDIT_LOG_SUMMARY_EVERY", "1d", "summary_every", "1d"),
    ("AUDIT_LOG_SUMMARY_EVERY", "OFF", "summary_every", "off"),
    ("AUDIT_LOG_USER", " jane ", "user", "jane"),
    ("AUDIT_LOG_AGENT", "agent-7", "agent", "agent-7"),
    ("AUDIT_LOG_STRICT", "TRUE", "strict", "true"),
    ("AUDIT_LOG_STRICT", "false", "strict", "false"),
    ("AUDIT_LOG_HASH_KEY", "sixteen bytes ok", "hash_key", "(not shown)"),
    ("AUDIT_LOG_CONFIG", "/etc/logs.toml", "config", "/etc/logs.toml"),
    ("AUDIT_LOG_CONFIG", "off", "config", "off"),
    ("AUDIT_LOG_WATCH", "250 ms", "watch", "250ms"),
    ("AUDIT_LOG_WATCH", "off", "watch", "off"),
];

#[test]
fn good_values() {
    for (variable, text, key, expected) in GOOD {
        let loaded = loaded(&[(variable, text)]);
        let notes = told(&loaded);
        assert_eq!(loaded.faults().count(), 0, "{variable}={text}: {notes:?}");
        assert_eq!(value(&loaded.settings, key), *expected, "{variable}={text}");
    }
}

/// Variable, value, what is told from the reason on.
const BAD: &[(&str, &str, &str)] = &[
    (
        "AUDIT_LOG",
        "inof",
        "'inof' at 1 is not a level or profile; did you mean 'info'? expected a level (off, \
         error, warn, info, debug or trace), a profile (dev, test, staging, production, \
         container) or, for a target, 'inof=trace'; it is ignored",
    ),
    (
        "RUST_LOG",
        "a_b=wran",
        "'wran' at 5 is not a level; did you mean 'warn'? expected off, error, warn, info, debug \
         or trace; it is ignored",
    ),
    (
        "AUDIT_LOG_PROFILE",
        "prodution",
        "'prodution' at 1 is not a profile; did you mean 'production'? expected dev, test, \
         staging, production or container; it is ignored",
    ),
    (
        "AUDIT_LOG_DIR",
        "none",
        "'none' at 1 is not a directory; did you mean 'off'? expected a path with a '/', or off; \
         it is ignored",
    ),
    (
        "AUDIT_LOG_CONSOLE",
        "stder",
        "'stder' at 1 is neither a place nor a level; did you mean 'stderr'? expected off, \
         stderr, stdout, or a level, or both with ',' between; it is ignored",
    ),
    (
        "AUDIT_LOG_COLOR",
        "yes",
        "'yes' at 1 is not one of its values; expected auto, always or never; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "10M",
        "'10M' at 1 is not a size; did you mean '10MiB'? expected a size such as 10MiB (units B, \
         kB, MB, GB, KiB, MiB, GiB); it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "99999999999GiB",
        "'99999999999GiB' at 1 is not a size; expected a size such as 10MiB",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "0",
        "'0' at 1 is too small a file; expected at least 1KiB, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_EVERY",
        "daily",
        "'daily' at 1 is not one of its values; did you mean 'day'? expected day or off; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_KEEP_FILES",
        "0",
        "'0' at 1 would delete each archive at once; expected a number of files from 1 on, or \
         off to keep all; it is ignored",
    ),
    ("AUDIT_LOG_KEEP_FILES", "-1", "'-1' at 1 is not a number of files; expected a number"),
    (
        "AUDIT_LOG_COMPRESS",
        "gz",
        "'gz' at 1 is not one of its values; did you mean 'gzip'? expected gzip or off; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_FORMAT",
        "txt",
        "'txt' at 1 is not one of its values; did you mean 'text'? expected json, text or ecs; it \
         is ignored",
    ),
    (
        "AUDIT_LOG_REDACT_KEYS",
        "phone,*",
        "'*' at 7 would match nearly every key; expected keys of at least 2 letters or digits, \
         with ',' between; it is ignored",
    ),
    (
        "AUDIT_LOG_MAX_LINE",
        "511",
        "'511' at 1 is out of range; expected 512 to 1048576 bytes; it is ignored",
    ),
    (
        "AUDIT_LOG_SPOOL",
        "aut",
        "'aut' at 1 is not one of its values; did you mean 'auto'? expected off, auto or on; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_TIMING",
        "sumary",
        "'sumary' at 1 is not one of its values; did you mean 'summary'? expected each, summary \
         or slow; it is ignored",
    ),
    (
        "AUDIT_LOG_SUMMARY_EVERY",
        "5min",
        "'5min' at 1 is not a period; did you mean '5m'? expected a period such as 30s (units s, \
         m, h, d), or off; it is ignored",
    ),
    (
        "AUDIT_LOG_SUMMARY_EVERY",
        "0s",
        "'0s' at 1 is out of range; expected 1s to 1d, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_USER",
        "a\u{1b}b",
        "'a\\u{1b}b' at 1 is no name; expected 1 to 256 bytes without control characters; it is \
         ignored",
    ),
    ("AUDIT_LOG_AGENT", "a\nb", "'a\\nb' at 1 is no name; expected 1 to 256 bytes"),
    (
        "AUDIT_LOG_STRICT",
        "1",
        "'1' at 1 is not one of its values; did you mean 'true'? expected true or false; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_WATCH",
        "5",
        "'5' at 1 is not a time; did you mean '5s'? expected a time such as 5s (units ms, s, m, h, \
         d); it is ignored",
    ),
    ("AUDIT_LOG_WATCH", "1ms", "'1ms' at 1 is out of range; expected 10ms to 1d, or off"),
    ("AUDIT_LOG_STRICT", "flase", "'flase' at 1 is not one of its values; did you mean 'false'?"),
];

#[test]
fn bad_values_are_told_and_change_nothing() {
    for (variable, text, expected) in BAD {
        let told_value = text.replace('\u{1b}', "\\u{1b}").replace('\n', "\\n");
        let loaded = loaded(&[(variable, text)]);
        let faults: Vec<_> = loaded.faults().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 1, "{variable}={text}: {faults:?}");
        let expected = format!("{variable}=\"{told_value}\": {expected}");
        assert!(faults[0].starts_with(&expected), "{}\n{expected}", faults[0]);
        if *text != "phone,*" {
            let untouched = super::loaded(&[]).settings.origins();
            assert_eq!(loaded.settings.origins(), untouched, "{variable}={text}");
        }
    }
}

#[test]
fn every_variable_has_a_good_and_a_bad_value_here() {
    for variable in &VARIABLES {
        let name = variable.name;
        assert!(GOOD.iter().any(|(known, ..)| *known == name), "{name}");
        // Anything is good for NO_COLOR and a path for AUDIT_LOG_CONFIG; a bad key is tested where nothing of it is shown.
        let elsewhere = ["NO_COLOR", "AUDIT_LOG_HASH_KEY", "AUDIT_LOG_CONFIG"].contains(&name);
        assert!(elsewhere || BAD.iter().any(|(known, ..)| *known == name), "{name}");
    }
}

#[test]
fn values_as_the_code_sees_them() {
    let settings = loaded(&[
        ("AUDIT_LOG_DIR", "/data"),
        ("AUDIT_LOG_CONSOLE", "stdout"),
        ("AUDIT_LOG_COLOR", "never"),
        ("AUDIT_LOG_ROTATE_SIZE", "3MB"),
        ("AUDIT_LOG_ROTATE_EVERY", "off"),
        ("AUDIT_LOG_COMPRESS", "gzip"),
        ("AUDIT_LOG_USER", "jane"),
        ("AUDIT_LOG_HASH_KEY", "sixteen bytes ok"),
    ])
    .settings;
    assert_eq!(settings.app, "taskmgr");
    assert_eq!(settings.dir, Dir::At("/data".into()));
    assert_eq!(settings.console.target, ConsoleTarget::Stdout);
    assert_eq!(settings.console.color, Color::Never);
    assert_eq!(settings.user.as_deref(), Some("jane"));
    let audit = settings.file(Category::Audit);
    assert_eq!(audit.name, "audit.log");
    assert_eq!((audit.rotate_size, audit.rotate_daily, audit.gzip), (Some(3_000_000), false, true));
    let pseudonym = |key| Rules::new(KeyRules::default(), key).pseudonym("jane");
    let key = settings.hash_key.expect("a key was given");
    assert_eq!(pseudonym(key), pseudonym(PseudonymKey::new("sixteen bytes ok")));
}

#[test]
fn a_secret_is_never_shown() {
    let mut shown = Vec::new();
    for (name, value) in [
        ("AUDIT_LOG_HASH_KEY", "hush-hush"),
        ("AUDIT_LOG_HASH_KEY", "hush-hush-hush-hush"),
        ("AUDIT_LOG_HASHKEY", "hush-hush-hush-hush"),
        ("AUDIT_LOG_AUDIT_HASH_KEY", "hush-hush-hush-hush"),
    ] {
        let loaded = loaded(&[(name, value)]);
        shown.push(format!("{loaded:?} {:?}", loaded.settings.origins()));
        shown.extend(told(&loaded));
        shown.extend(loaded.problems.iter().map(Problem::caret));
    }
    assert!(shown.len() > 8);
    assert!(shown.iter().all(|text| !text.contains("hush")), "{shown:?}");
}

#[test]
fn a_short_hash_key_is_not_used() {
    let loaded = loaded(&[("AUDIT_LOG_HASH_KEY", "short")]);
    assert!(loaded.settings.hash_key.is_none());
    assert_eq!(
        told(&loaded),
        ["AUDIT_LOG_HASH_KEY: the value (not shown) is too short to keep anybody from trying; \
          expected at least 16 bytes; it is ignored"]
    );
}

#[test]
fn unknown_names() {
    let nearest = |name: &str| {
        let loaded = loaded(&[(name, "secret")]);
        assert!(told(&loaded).iter().all(|text| !text.contains("secret")));
        loaded.problems.first().map(|problem| problem.nearest.clone())
    };
    let meant = |name: &str| Some(Some(name.to_owned()));
    assert_eq!(nearest("AUDIT_LOG_ROTATE_SIEZ"), meant("AUDIT_LOG_ROTATE_SIZE"));
    assert_eq!(nearest("AUDIT_LOG_AUDIT_KEEPFILES"), meant("AUDIT_LOG_AUDIT_KEEP_FILES"));
    assert_eq!(nearest("AUDIT_LOGDIR"), meant("AUDIT_LOG_DIR"));
    assert_eq!(nearest("audit_log"), meant("AUDIT_LOG"));
    assert_eq!(nearest("AUDIT_LOG_AUDIT_COLOR"), meant("AUDIT_LOG_COLOR"));
    assert_eq!(nearest("AUDIT_LOG_SOMETHING_ELSE"), Some(None));
    assert_eq!(nearest("AUDIT_LOGIN_SERVICE_URL"), None, "another program's");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_told_and_unset() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let bad = || OsString::from_vec(vec![b'/', 0xff]);
    let pairs = [("AUDIT_LOG_DIR", bad()), ("NO_COLOR", bad()), ("OTHER", bad())];
    let environment: Environment = pairs.into_iter().collect();
    let loaded = loaded_from(&environment);
    assert_eq!(loaded.settings.dir, Dir::At("logs".into()));
    let unreadable = |name| {
        format!("{name}: the value (not shown) is not UTF-8; expected UTF-8 text; it is ignored")
    };
    assert_eq!(told(&loaded), ["AUDIT_LOG_DIR", "NO_COLOR"].map(unreadable));
}
