//! What is set of the files, as the files have it.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::{Durability, Environment, Every, Keep, Layers, MinFree, OnFailure, load},
    fs::Space,
    layout::{self, Archive, Compression},
    record::Category,
    sink::{Codec, Compress, DirKeep, FileSettings, Found, Schedule, Stock, plan},
};

fn audit(pairs: &[(&str, &str)]) -> FileSettings {
    let environment: Environment = pairs.iter().copied().collect();
    let loaded = load(&Layers::new("app", &environment));
    assert_eq!(loaded.faults().count(), 0, "{:?}", loaded.problems);
    loaded.settings.file(Category::Audit).into()
}

#[test]
fn every_setting_of_a_file_reaches_it() {
    let plain = audit(&[("AUDIT_LOG", "test")]);
    let floor = Keep { floor: 10, ..Keep::default() };
    let of_profile = FileSettings {
        keep: floor.clone(),
        on_failure: OnFailure::Deny,
        ..FileSettings::plain("audit.log")
    };
    assert_eq!(plain, of_profile);
    let day = |jitter| Schedule { jitter, ..Schedule::utc(Every::Day) };
    let second = Durability::Within(Duration::from_secs(1));
    let minute = Duration::from_mins(1);
    let kept = |keep| FileSettings { keep, ..plain.clone() };
    let every = |schedule| FileSettings { rotate_every: Some(schedule), ..plain.clone() };
    let gzip = |delay| Some(Compress { codec: Codec::Gzip, delay });
    for (pairs, expected) in [
        (
            &[("ROTATE_SIZE", "1MiB")][..],
            FileSettings { rotate_size: Some(1 << 20), ..plain.clone() },
        ),
        (&[("ROTATE_EVERY", "day")], every(day(Duration::ZERO))),
        (&[("ROTATE_EVERY", "day"), ("ROTATE_JITTER", "1m")], every(day(minute))),
        (&[("ROTATE_EVERY", "1m")], every(Schedule::utc(Every::Minute))),
        (&[("ROTATE_ON_START", "true")], FileSettings { rotate_on_start: true, ..plain.clone() }),
        (&[("KEEP_FILES", "3")], kept(Keep { files: Some(3), ..floor.clone() })),
        (&[("KEEP_AGE", "1m")], kept(Keep { age: Some(minute), ..floor.clone() })),
        (&[("KEEP_BYTES", "1MiB")], kept(Keep { bytes: Some(1 << 20), ..floor.clone() })),
        (&[("KEEP_FLOOR", "3")], kept(Keep { floor: 3, ..floor.clone() })),
        (&[("MIN_FREE", "5%")], kept(Keep { min_free: Some(MinFree::Percent(5)), ..floor })),
        (&[("COMPRESS", "gzip")], FileSettings { compress: gzip(5 * minute), ..plain.clone() }),
        (
            &[("COMPRESS", "gzip"), ("COMPRESS_DELAY", "off")],
            FileSettings { compress: gzip(Duration::ZERO), ..plain.clone() },
        ),
        (&[("FILE_MODE", "0660")], FileSettings { mode: 0o660, ..plain.clone() }),
        (
            &[("DURABILITY", "synced")],
            FileSettings { durability: Durability::Synced, ..plain.clone() },
        ),
        (&[("DURABILITY", "1s")], FileSettings { durability: second, ..plain.clone() }),
        (
            &[("ON_FAILURE", "abort")],
            FileSettings { on_failure: OnFailure::Abort, ..plain.clone() },
        ),
    ] {
        for infix in ["", "AUDIT_"] {
            let names = pairs.iter().map(|(name, _)| format!("AUDIT_LOG_{infix}{name}"));
            let names: Vec<_> = names.collect();
            let mut all = vec![("AUDIT_LOG", "test")];
            all.extend(names.iter().map(String::as_str).zip(pairs.iter().map(|pair| pair.1)));
            assert_eq!(audit(&all), expected, "{all:?}");
        }
    }
}

#[test]
fn free_space_wanted_of_each_file_is_that_of_the_directory() {
    let found = |category: Category| {
        let active = format!("{category}.log");
        (1..=3)
            .map(|seq| {
                let archive = Archive::new(Timestamp(seq), seq.unsigned_abs(), Compression::None);
                let name = layout::format(&active, &archive);
                Found { name, archive, is_file: true, bytes: 10 }
            })
            .collect::<Vec<_>>()
    };
    let found =
        Category::ALL.map(|category| (category, format!("{category}.log"), found(category)));
    let planned = |keep: &Keep, dir: &DirKeep| {
        let stock = |(category, active, archives)| Stock { category, active, keep, archives };
        let stocks: Vec<_> = found.iter().map(|(c, a, f)| stock((*c, a, f))).collect();
        let space = Space { free: 100, total: 1_000 };
        plan(&stocks, dir, Some(space), Timestamp(9))
    };
    for free in [MinFree::Bytes(100), MinFree::Bytes(125), MinFree::Percent(50)] {
        let of_files = Keep { min_free: Some(free), ..Keep::default() };
        let of_dir = DirKeep { min_free: Some(free), bytes: None };
        assert_eq!(
            planned(&of_files, &DirKeep::default()),
            planned(&Keep::default(), &of_dir),
            "{free}"
        );
    }
}
