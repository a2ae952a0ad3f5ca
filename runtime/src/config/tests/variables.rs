//! Each variable with good and bad values.

use super::{
    loaded, loaded_from,
    tables::{BAD, GOOD},
    told, value,
};
use crate::{
    config::{Color, ConsoleTarget, Dir, Environment, Problem, variables::VARIABLES},
    layout::Compression,
    record::Category,
    redact::{KeyRules, PseudonymKey, Rules},
};

#[test]
fn good_values() {
    for (variable, text, key, expected) in GOOD {
        let loaded = loaded(&[(variable, text)]);
        let notes = told(&loaded);
        assert_eq!(loaded.faults().count(), 0, "{variable}={text}: {notes:?}");
        assert_eq!(value(&loaded.settings, key), *expected, "{variable}={text}");
    }
}

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
    for variable in VARIABLES {
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
    assert_eq!((audit.rotate_size, audit.rotate_every), (Some(3_000_000), None));
    assert_eq!(audit.compress, Compression::Gzip);
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
