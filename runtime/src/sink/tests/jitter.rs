//! How much later a rotation comes where that is set.

use std::collections::BTreeSet;

use super::support::{DAY, Log, after, archive_names, lines, settings};
use crate::{
    config::{Environment, Layers, load},
    record::Category,
    sink::{FileSettings, Rolling, rolling::spread},
};

const HOUR: u64 = 60 * 60;

/// The hour of the next day in which a file of that name rotates.
fn hour_of(log: &Log, name: &str) -> u64 {
    let set: Environment = [
        ("AUDIT_LOG_ROTATE_EVERY", "day"),
        ("AUDIT_LOG_ROTATE_JITTER", "12h"),
        ("AUDIT_LOG_KEEP_FILES", "off"),
    ]
    .into_iter()
    .collect();
    let loaded = load(&Layers::new("app", &set)).settings;
    let mut file = FileSettings::from(loaded.file(Category::Audit));
    name.clone_into(&mut file.name);
    let schedule = file.rotate_every.clone().unwrap();
    let rolling = Rolling::new(settings(log.temp.path(), file), log.parts.clone());
    let append = |seconds| {
        rolling.append(&lines(&["1"]), after(seconds)).unwrap();
        archive_names(log.temp.path(), name).len()
    };
    let last = append(24 * HOUR - 1);
    assert_eq!(last, 0);
    let hour = (24..=36).find(|hour| append(hour * HOUR) > 0).unwrap() - 24;
    assert_eq!(append(48 * HOUR - 1), 1, "once");
    // As the timer sees it.
    let due = schedule.next(after(24 * HOUR), spread(log.temp.path(), name));
    assert_eq!(hour, (due.0 - DAY.0).unsigned_abs().div_ceil(HOUR * 1_000_000_000) - 24);
    hour
}

#[test]
fn files_share_the_time_that_a_rotation_may_come_later() {
    let log = Log::new(|_| ());
    let hours: BTreeSet<_> = (0..12).map(|n| hour_of(&log, &format!("{n}.log"))).collect();
    assert!(hours.len() > 1, "all in the same hour: {hours:?}");
}
