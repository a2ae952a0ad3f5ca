//! What the value of each variable about files means.

use std::time::Duration;

use super::{Input, Reading, SPAN};
use crate::{
    config::{
        change::Change,
        failure::OnFailure,
        keep::MinFree,
        limits,
        log_file::FileSetting,
        nearest::nearest,
        place::Format,
        rotate::{Durability, Every, RotateSignal, ZoneName},
        size::{near_size, size},
        span::near_span,
    },
    layout::Compression,
};

const SIZE: &str = "a size such as 10MiB (units B, kB, MB, GB, KiB, MiB, GiB)";

/// Other tools' words for periods.
const PERIODS: [(&str, &str); 6] = [
    ("minutely", "minute"),
    ("hourly", "hour"),
    ("daily", "day"),
    ("midnight", "day"),
    ("weekly", "week"),
    ("never", "off"),
];

impl Input<'_> {
    fn set(self, setting: FileSetting) -> Reading {
        Change::File(self.scope, setting).into()
    }

    fn is_off(self) -> bool {
        self.text.trim().eq_ignore_ascii_case("off")
    }

    /// What `off` or a size means.
    fn bytes(self, change: impl FnOnce(Option<u64>) -> Change) -> Reading {
        let word = self.text.trim();
        if self.is_off() {
            return change(None).into();
        }
        match size(word) {
            Some(size) => change(Some(size)).into(),
            None => self.fault("is not a size", SIZE, near_size(word)),
        }
    }

    fn span(self, usual: &str, setting: impl FnOnce(Option<Duration>) -> FileSetting) -> Reading {
        self.time(("is not a time", SPAN, usual), |time| Change::File(self.scope, setting(time)))
    }
}

pub(in crate::config) fn rotate_size(input: Input<'_>) -> Reading {
    input.bytes(|bytes| Change::File(input.scope, FileSetting::RotateSize(bytes)))
}

pub(in crate::config) fn rotate_every(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if input.is_off() {
        return input.set(FileSetting::RotateEvery(None));
    }
    if let Some(every) = Every::parse(word) {
        return input.set(FileSetting::RotateEvery(Some(every)));
    }
    let foreign = PERIODS.iter().find(|(other, _)| other.eq_ignore_ascii_case(word));
    let meant = foreign.map(|(_, meant)| (*meant).to_owned()).or_else(|| near_span(word, "m"));
    let words = || Every::NAMED.map(|(name, _)| name).into_iter().chain(["off"]);
    let meant = meant.or_else(|| nearest(word, words(), 2).map(Into::into));
    let expected = "minute, hour, day, week, a period such as 15m (units s, m, h, d), or off";
    input.fault("is not a period", expected, meant)
}

pub(in crate::config) fn rotate_zone(input: Input<'_>) -> Reading {
    input.set(FileSetting::RotateZone(ZoneName::parse(input.text.trim())))
}

pub(in crate::config) fn rotate_jitter(input: Input<'_>) -> Reading {
    input.span("s", |time| FileSetting::RotateJitter(time.unwrap_or_default()))
}

pub(in crate::config) fn rotate_on_start(input: Input<'_>) -> Reading {
    input.truth(|rotate| Change::File(input.scope, FileSetting::RotateOnStart(rotate)))
}

pub(in crate::config) fn rotate_signal(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if input.is_off() {
        return Change::RotateSignal(None).into();
    }
    if let Some(signal) = RotateSignal::parse(word) {
        return Change::RotateSignal(Some(signal)).into();
    }
    let meant = nearest(word, ["SIGHUP", "SIGUSR1", "HUP", "USR1", "off"], 2);
    input.fault("is not one of its values", "SIGHUP, SIGUSR1 or off", meant.map(Into::into))
}

pub(in crate::config) fn keep_files(input: Input<'_>) -> Reading {
    count(input, limits::KEEP, FileSetting::KeepFiles)
}

pub(in crate::config) fn keep_floor(input: Input<'_>) -> Reading {
    let expected = "a number of files, or off";
    count(input, expected, |count| FileSetting::KeepFloor(count.unwrap_or_default()))
}

fn count(
    input: Input<'_>,
    expected: &'static str,
    setting: impl FnOnce(Option<u32>) -> FileSetting,
) -> Reading {
    let word = input.text.trim();
    if input.is_off() {
        return input.set(setting(None));
    }
    if let Ok(count) = word.parse() {
        return input.set(setting(Some(count)));
    }
    input.fault("is not a number of files", expected, nearest(word, ["off"], 2).map(Into::into))
}

pub(in crate::config) fn keep_age(input: Input<'_>) -> Reading {
    input.span("d", FileSetting::KeepAge)
}

pub(in crate::config) fn keep_bytes(input: Input<'_>) -> Reading {
    input.bytes(|bytes| Change::File(input.scope, FileSetting::KeepBytes(bytes)))
}

pub(in crate::config) fn dir_bytes(input: Input<'_>) -> Reading {
    input.bytes(Change::DirBytes)
}

pub(in crate::config) fn min_free(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if input.is_off() {
        return input.set(FileSetting::MinFree(None));
    }
    match MinFree::parse(word) {
        Some(free) => input.set(FileSetting::MinFree(Some(free))),
        None => input.fault("is not free space", limits::MIN_FREE, near_size(word)),
    }
}

pub(in crate::config) fn compress(input: Input<'_>) -> Reading {
    let choices =
        [("zstd", Compression::Zstd), ("gzip", Compression::Gzip), ("off", Compression::None)];
    let set = |compression| Change::File(input.scope, FileSetting::Compress(compression));
    input.choice(&choices, "zstd, gzip or off", set)
}

pub(in crate::config) fn compress_delay(input: Input<'_>) -> Reading {
    input.span("m", |time| FileSetting::CompressDelay(time.unwrap_or_default()))
}

pub(in crate::config) fn durability(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if let Some(durability) = Durability::parse(word) {
        return input.set(FileSetting::Durability(durability));
    }
    let meant = nearest(word, Durability::NAMED.map(|(name, _)| name), 2).map(Into::into);
    input.fault(
        "is not one of its values",
        limits::DURABILITY,
        meant.or_else(|| near_span(word, "s")),
    )
}

pub(in crate::config) fn on_failure(input: Input<'_>) -> Reading {
    let set = |on_failure| Change::File(input.scope, FileSetting::OnFailure(on_failure));
    input.choice(&OnFailure::NAMED, "continue, drop, deny or abort", set)
}

pub(in crate::config) fn format(input: Input<'_>) -> Reading {
    let choices = [("json", Format::Json), ("text", Format::Text), ("ecs", Format::Ecs)];
    let set = |format| Change::File(input.scope, FileSetting::Format(format));
    input.choice(&choices, "json, text or ecs", set)
}

pub(in crate::config) fn max_line(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    match size(word).and_then(|bytes| usize::try_from(bytes).ok()) {
        Some(bytes) => input.set(FileSetting::MaxLine(bytes)),
        None => input.fault("is not a size", SIZE, near_size(word)),
    }
}

pub(in crate::config) fn queue(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    match size(word) {
        Some(bytes) => Change::Queue(bytes).into(),
        None => input.fault("is not a size", SIZE, near_size(word)),
    }
}

pub(in crate::config) fn file_mode(input: Input<'_>) -> Reading {
    match mode(input.text) {
        Some(mode) => input.set(FileSetting::FileMode(mode)),
        None => input.fault("is not a mode", limits::FILE_MODE, None),
    }
}

pub(in crate::config) fn dir_mode(input: Input<'_>) -> Reading {
    match mode(input.text) {
        Some(mode) => Change::DirMode(mode).into(),
        None => input.fault("is not a mode", limits::DIR_MODE, None),
    }
}

/// Three octal digits, or four.
fn mode(text: &str) -> Option<u32> {
    let word = text.trim();
    let octal =
        matches!(word.len(), 3 | 4) && word.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    octal.then(|| u32::from_str_radix(word, 8).ok()).flatten()
}
