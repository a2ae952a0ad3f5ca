//! The plan by hand and by rules, and that deleting touches nothing else.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::layout::Archive;

const NOW: Timestamp = Timestamp(1_000_000_000_000_000);
const SPACE: Space = Space { free: 1_000, total: 10_000 };

fn found(seq: u64, stamp: i64, compression: Compression, is_file: bool) -> Found {
    let archive = Archive::new(Timestamp(stamp * 1_000_000), seq, compression);
    Found { name: layout::format("a.log", &archive), archive, is_file, bytes: 100 }
}

fn plain(seqs: impl IntoIterator<Item = u64>) -> Vec<Found> {
    seqs.into_iter().map(|seq| found(seq, 5, Compression::None, true)).collect()
}

fn stock<'a>(category: Category, keep: &'a Keep, archives: &'a [Found]) -> Stock<'a> {
    Stock { category, active: "a.log", keep, archives }
}

/// The numbers of what goes, in order, with the cause.
fn gone(stocks: &[Stock<'_>], dir: &DirKeep, space: Option<Space>) -> Vec<(u64, Cause)> {
    let seq = |name: &str| layout::parse("a.log", name).unwrap().seq();
    let plan = plan(stocks, dir, space, NOW);
    plan.iter().map(|deletion| (seq(&deletion.name), deletion.cause)).collect()
}

fn alone(keep: &Keep, archives: &[Found]) -> Vec<u64> {
    let stock = stock(Category::System, keep, archives);
    let mut seqs: Vec<_> =
        gone(&[stock], &DirKeep::default(), Some(SPACE)).into_iter().map(|(seq, _)| seq).collect();
    seqs.sort_unstable();
    seqs
}

fn files(files: u32) -> Keep {
    Keep { files: Some(files), ..Keep::default() }
}

#[test]
fn the_newest_stay_by_number_not_by_time() {
    let archives = [
        found(3, 10, Compression::None, true),
        found(1, 90, Compression::Gzip, true),
        found(2, 20, Compression::Zstd, true),
    ];
    assert_eq!(alone(&files(2), &archives), [1]);
    assert_eq!(alone(&files(0), &archives), [1, 2, 3]);
    assert_eq!(alone(&files(3), &archives), [0; 0]);
    assert_eq!(alone(&Keep::default(), &archives), [0; 0]);
}

#[test]
fn a_pair_counts_once_and_goes_together() {
    let archives = [
        found(1, 1, Compression::None, true),
        found(1, 1, Compression::Gzip, true),
        found(2, 2, Compression::None, true),
        found(2, 2, Compression::Zstd, true),
    ];
    assert_eq!(alone(&files(1), &archives), [1, 1]);
    assert_eq!(alone(&files(2), &archives), [0; 0]);
    assert_eq!(alone(&Keep { bytes: Some(399), ..Keep::default() }, &archives), [1, 1]);
}

#[test]
fn what_is_no_file_neither_counts_nor_goes() {
    let archives = [found(1, 1, Compression::None, false), found(2, 2, Compression::None, true)];
    assert_eq!(alone(&files(1), &archives), [0; 0]);
    assert_eq!(alone(&files(0), &archives), [2]);
}

/// Scenario thirteen: the name tells the age, whatever the file system says.
#[test]
fn the_age_is_that_of_the_name() {
    let second = |seq, seconds: i64| {
        let stamp = NOW.0 / 1_000_000 - seconds * 1_000;
        found(seq, stamp, Compression::None, true)
    };
    let archives = [second(1, 101), second(2, 100), second(3, 99), second(4, -50)];
    let keep = Keep { age: Some(Duration::from_secs(100)), ..Keep::default() };
    assert_eq!(alone(&keep, &archives), [1]);
}

/// Scenario sixteen: bytes as stored, the oldest first, up to the limit and not one file more.
#[test]
fn the_bytes_of_a_category_are_those_of_its_archives() {
    for (limit, expected) in
        [(300, &[][..]), (299, &[1]), (200, &[1]), (199, &[1, 2]), (0, &[1, 2, 3])]
    {
        let keep = Keep { bytes: Some(limit), ..Keep::default() };
        assert_eq!(alone(&keep, &plain(1..=3)), expected, "{limit}");
    }
}

#[test]
fn debug_makes_room_first_and_audit_last_and_never_below_its_floor() {
    let none = Keep::default();
    let floor = Keep { floor: 2, ..Keep::default() };
    let (debug, audit) = (plain(1..=3), plain(11..=14));
    let stocks = [stock(Category::Audit, &floor, &audit), stock(Category::Debug, &none, &debug)];
    let bytes = |bytes| DirKeep { bytes: Some(bytes), min_free: None };
    assert_eq!(gone(&stocks, &bytes(700), None), []);
    assert_eq!(gone(&stocks, &bytes(650), None), [(1, Cause::DirBytes)]);
    assert_eq!(
        gone(&stocks, &bytes(0), None),
        [1, 2, 11, 12].map(|seq| (seq, Cause::DirBytes)),
        "the newest of each category stays, and two of the audit category"
    );
    let free = |min_free| DirKeep { bytes: None, min_free: Some(min_free) };
    assert_eq!(gone(&stocks, &free(MinFree::Bytes(1_001)), Some(SPACE)), [(1, Cause::Free)]);
    assert_eq!(
        gone(&stocks, &free(MinFree::Percent(12)), Some(SPACE)),
        [1, 2].map(|seq| (seq, Cause::Free))
    );
    assert_eq!(
        gone(&stocks, &free(MinFree::Percent(100)), Some(SPACE)),
        [1, 2, 11, 12].map(|seq| (seq, Cause::Free))
    );
    assert_eq!(
        gone(&stocks, &free(MinFree::Percent(100)), None),
        [],
        "unknown space deletes nothing"
    );
}

#[test]
fn a_category_may_want_more_free_space_than_the_directory() {
    let more = Keep { min_free: Some(MinFree::Bytes(1_150)), ..Keep::default() };
    let none = Keep::default();
    let (debug, error) = (plain(1..=5), plain(11..=15));
    let stocks = [stock(Category::Error, &none, &error), stock(Category::Debug, &more, &debug)];
    let dir = DirKeep { bytes: None, min_free: Some(MinFree::Bytes(1_050)) };
    assert_eq!(gone(&stocks, &dir, Some(SPACE)), [(1, Cause::Free), (2, Cause::Free)]);
    // What a limit of its own deletes makes room as well.
    let limited = Keep { files: Some(4), ..more };
    let stocks = [stock(Category::Debug, &limited, &debug)];
    assert_eq!(gone(&stocks, &dir, Some(SPACE)), [(1, Cause::Files), (2, Cause::Free)]);
}

#[test]
fn an_archive_compressed_since_it_was_listed_goes_as_well() {
    for suffix in ["gz", "zst"] {
        let temp = tempfile::tempdir().unwrap();
        let name = found(1, 1, Compression::None, true).name;
        std::fs::write(temp.path().join(format!("{name}.{suffix}")), "").unwrap();
        let deletion = Deletion { active: "a.log".to_owned(), name, bytes: 0, cause: Cause::Files };
        assert!(!remove(temp.path(), &deletion).unwrap());
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_name_that_is_no_archive_is_never_deleted() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("a.log"), "").unwrap();
    let (active, name) = ("a.log".to_owned(), "a.log".to_owned());
    assert!(remove(temp.path(), &Deletion { active, name, bytes: 0, cause: Cause::Age }).is_err());
    assert!(temp.path().join("a.log").exists());
}

fn limits() -> impl Strategy<Value = Keep> {
    let files = proptest::option::of(0u32..12);
    let bytes = proptest::option::of(0u64..3_000);
    let free = proptest::option::of(0u64..4_000);
    (files, bytes, free, 0u32..6).prop_map(|(files, bytes, free, floor)| Keep {
        files,
        age: None,
        bytes,
        min_free: free.map(MinFree::Bytes),
        floor,
    })
}

fn archives() -> impl Strategy<Value = Vec<Found>> {
    proptest::collection::btree_map(0u64..1_000, 0u64..500, 0..15).prop_map(|sizes| {
        let file = |(seq, bytes)| Found { bytes, ..found(seq, 5, Compression::None, true) };
        sizes.into_iter().rev().map(file).collect()
    })
}

proptest! {
    /// Of each category the oldest go, the limits hold, and pressure spares what it must.
    #[test]
    fn a_plan_keeps_its_limits_and_spares_the_newest(
        stocks in proptest::collection::vec((limits(), archives()), 5),
        bytes in proptest::option::of(0u64..8_000),
        free in proptest::option::of(0u64..8_000),
    ) {
        let dir = DirKeep { bytes, min_free: free.map(MinFree::Bytes) };
        let names: Vec<_> = Category::ALL.iter().map(|category| format!("{category}.log")).collect();
        let stocks: Vec<_> = stocks
            .iter()
            .zip(Category::ALL)
            .zip(&names)
            .map(|(((keep, archives), category), active)| Stock { category, active, keep, archives })
            .collect();
        let plan = plan(&stocks, &dir, Some(SPACE), NOW);
        let (mut left, mut freed, mut spared) = (0, 0, true);
        for stock in &stocks {
            let of_stock = |found: &Found| plan.iter().find(|deletion| {
                deletion.active == stock.active && deletion.name == found.name
            });
            // The newest first.
            let mut stay = 0_u32;
            let mut stay_bytes = 0;
            let mut ended = false;
            for (rank, found) in (0_u32..).zip(stock.archives) {
                match of_stock(found) {
                    None => {
                        prop_assert!(!ended, "something older than what goes stays");
                        stay += 1;
                        stay_bytes += found.bytes;
                    }
                    Some(deletion) => {
                        ended = true;
                        freed += found.bytes;
                        if matches!(deletion.cause, Cause::DirBytes | Cause::Free) {
                            prop_assert!(rank >= stock.keep.floor.max(1));
                        }
                    }
                }
            }
            prop_assert!(stock.keep.files.is_none_or(|files| stay <= files));
            prop_assert!(stock.keep.bytes.is_none_or(|bytes| stay_bytes <= bytes));
            spared &= stay <= stock.keep.floor.max(1);
            left += stay_bytes;
        }
        // A limit of the directory is kept unless only what is spared is left.
        prop_assert!(spared || bytes.is_none_or(|bytes| left <= bytes));
        prop_assert!(spared || free.is_none_or(|free| SPACE.free + freed >= free));
    }
}

/// Scenario twelve: neighbours, foreign files, look-alikes, directories and links are not touched.
#[test]
fn retention_deletes_own_archives_only() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    let own: Vec<_> = (1..=4).map(|seq| found(seq, 9, Compression::None, true).name).collect();
    let foreign = [
        "a.log",
        ".a.log.lock",
        "a.log.bak",
        "a.log2",
        "a.log.1",
        "b.a.log.19700101T000000.009Z-000001",
        "a.log.b.19700101T000000.009Z-000001",
        "a.log.19700101T000000.009Z-000001.bz2",
        "a.log.19700101T000000.009Z-000001.GZ",
        "A.log.19700101T000000.009Z-000001",
        "a.log.19700132T000000.009Z-000001",
    ];
    for name in own.iter().map(String::as_str).chain(foreign) {
        std::fs::write(dir.join(name), name).unwrap();
    }
    std::fs::create_dir(dir.join("a.log.19700101T000000.009Z-000000")).unwrap();
    std::os::unix::fs::symlink("a.log", dir.join("a.log.19700101T000000.008Z-000000")).unwrap();
    let shared = Shared::default();
    let archives = archives::survey(dir, "a.log").unwrap();
    let sizes = archives.iter().filter(|found| found.is_file).map(|found| found.bytes);
    assert_eq!(sizes.sum::<u64>(), own.concat().len() as u64);
    let keep = files(1);
    let plan = plan(&[stock(Category::System, &keep, &archives)], &DirKeep::default(), None, NOW);
    carry_out(dir, &plan, &shared);
    let health = shared.counters.snapshot();
    assert_eq!((health.archives_deleted, health.retention_errors), (3, 0));
    for name in foreign {
        assert_eq!(std::fs::read_to_string(dir.join(name)).unwrap(), name);
    }
    assert!(dir.join("a.log.19700101T000000.009Z-000000").is_dir());
    assert!(dir.join("a.log.19700101T000000.008Z-000000").is_symlink());
    assert!(dir.join(&own[3]).is_file() && !dir.join(&own[2]).exists());
}

/// Scenario fifteen.
#[test]
fn retention_goes_on_after_an_error() {
    let temp = tempfile::tempdir().unwrap();
    let mut plan = Vec::new();
    for seq in 1..=3 {
        let name = found(seq, 9, Compression::None, true).name;
        let path = temp.path().join(&name);
        if seq == 2 {
            // It became a directory since the list was made.
            std::fs::create_dir(&path).unwrap();
        } else {
            std::fs::write(&path, "").unwrap();
        }
        plan.push(Deletion { active: "a.log".to_owned(), name, bytes: 0, cause: Cause::Files });
    }
    let shared = Shared::default();
    carry_out(temp.path(), &plan, &shared);
    let health = shared.counters.snapshot();
    assert_eq!((health.archives_deleted, health.retention_errors), (2, 1));
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1);
}
