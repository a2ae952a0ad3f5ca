//! Settings that need a feature: with it they are taken, without it that is told.

#[cfg(feature = "local-time")]
use crate::config::{Environment, Layers, ZoneName, load};

use super::{loaded, told, value};

#[cfg(not(feature = "zstd"))]
#[test]
fn gzip_stands_in_for_zstd_and_who_asked_is_told_once() {
    let compress = |pairs: &[(&str, &str)]| {
        let loaded = loaded(pairs);
        assert_eq!(loaded.faults().count(), 0);
        (value(&loaded.settings, "audit.compress"), told(&loaded))
    };
    assert_eq!(compress(&[("AUDIT_LOG", "production")]), ("gzip".into(), vec![]));
    assert!(loaded(&[("AUDIT_LOG", "production")]).settings.gzip_stands_in());
    assert!(!loaded(&[("AUDIT_LOG", "dev")]).settings.gzip_stands_in());
    let (used, notes) = compress(&[("AUDIT_LOG_COMPRESS", "zstd")]);
    assert_eq!(used, "gzip");
    assert_eq!(
        notes,
        ["AUDIT_LOG_COMPRESS=\"zstd\": 'zstd' at 1 is not built in, gzip stands in for it: the \
          program lacks the feature 'zstd' of audit-runtime"]
    );
}

#[cfg(feature = "zstd")]
#[test]
fn zstd_is_zstd() {
    let settings = loaded(&[("AUDIT_LOG", "production")]).settings;
    assert_eq!(value(&settings, "audit.compress"), "zstd");
}

#[cfg(not(any(feature = "local-time", feature = "signals")))]
#[test]
fn what_is_not_built_in_is_told_and_changes_nothing() {
    for (variable, text, feature) in [
        ("AUDIT_LOG_ROTATE_ZONE", "local", "local-time"),
        ("AUDIT_LOG_AUDIT_ROTATE_ZONE", "Europe/Berlin", "local-time"),
        ("AUDIT_LOG_ROTATE_SIGNAL", "hup", "signals"),
    ] {
        let bad = loaded(&[(variable, text)]);
        let expected = format!("lacks the feature '{feature}' of audit-runtime");
        assert_eq!(bad.faults().filter(|fault| fault.reason.contains(&expected)).count(), 1);
        assert_eq!(bad.settings.origins(), loaded(&[]).settings.origins());
    }
}

#[cfg(all(feature = "local-time", feature = "signals"))]
#[test]
fn what_is_built_in_is_taken() {
    let settings = loaded(&[
        ("AUDIT_LOG_ROTATE_ZONE", "Europe/Berlin"),
        ("AUDIT_LOG_AUDIT_ROTATE_ZONE", "local"),
        ("AUDIT_LOG_ROTATE_SIGNAL", "usr1"),
    ]);
    assert_eq!(told(&settings), [""; 0]);
    let settings = settings.settings;
    assert_eq!(value(&settings, "system.rotate_zone"), "Europe/Berlin");
    assert_eq!(value(&settings, "audit.rotate_zone"), "local");
    assert_eq!(value(&settings, "rotate_signal"), "SIGUSR1");
}

#[cfg(feature = "local-time")]
#[test]
fn a_zone_that_is_not_known_is_told_and_changes_nothing() {
    let environment: Environment =
        [("AUDIT_LOG_ROTATE_ZONE", "Europe/Atlantis")].into_iter().collect();
    let zones = |zone: &ZoneName| *zone != ZoneName::Named("Europe/Atlantis".into());
    let bad = load(&Layers { zones, ..Layers::new("taskmgr", &environment) });
    assert_eq!(
        told(&bad),
        ["AUDIT_LOG_ROTATE_ZONE=\"Europe/Atlantis\": 'Europe/Atlantis' at 1 is no time zone that \
          is known here; expected utc, local or a name such as Europe/Berlin; it is ignored"]
    );
    assert_eq!(bad.settings.origins(), loaded(&[]).settings.origins());
}
