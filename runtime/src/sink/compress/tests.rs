//! Runs that are cut off, copies that are found, what is left alone.

use super::*;
use crate::layout::Archive;
use flate2::{read::MultiGzDecoder, write::GzEncoder};
use std::{collections::BTreeMap, fs as std_fs, io::Write};

const ACTIVE: &str = "a.log";

fn due(work: &Work<'_>) -> Option<Timestamp> {
    work.due(&archives::list(work.dir, work.active).unwrap())
}

fn name(seq: u64) -> String {
    let stamp = Timestamp(i64::try_from(seq).unwrap() * 1_000_000);
    layout::format(ACTIVE, &Archive::new(stamp, seq, Compression::None))
}

fn temporary(seq: u64) -> String {
    format!(".{}.gz.tmp", name(seq))
}

fn text(seq: u64) -> String {
    (0..2_000 * seq).map(|n| format!("line {n} of {seq}")).collect::<Vec<_>>().join("\n")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn directory(seqs: &[u64]) -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    for seq in seqs {
        std_fs::write(temp.path().join(name(*seq)), text(*seq)).unwrap();
    }
    temp
}

const GZIP: Compress = Compress { codec: Codec::Gzip, delay: Duration::ZERO };
const NOW: Timestamp = Timestamp(1_000_000_000);

fn work(dir: &Path) -> Work<'_> {
    Work { dir, active: ACTIVE, compress: GZIP, mode: fs::FILE_MODE }
}

fn go_with(work: Work<'_>, now: Timestamp) -> Counters {
    let counters = Counters::new();
    run(&[work], now, &AtomicBool::new(false), &counters);
    counters
}

fn go(dir: &Path) -> Counters {
    go_with(work(dir), NOW)
}

/// The directory with archives unpacked; the lock file left out.
fn listing(dir: &Path) -> BTreeMap<String, String> {
    let mut listing = BTreeMap::new();
    for entry in std_fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let bytes = std_fs::read(entry.path()).unwrap();
        let mut text = String::new();
        if name == layout::COMPRESS_LOCK {
            continue;
        }
        if entry.path().extension().is_some_and(|end| end == "gz") {
            MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        listing.insert(name, text);
    }
    listing
}

fn compressed_but_newest() -> BTreeMap<String, String> {
    let gz = |seq| (format!("{}.gz", name(seq)), text(seq));
    BTreeMap::from([gz(1), gz(2), (name(3), text(3))])
}

#[test]
fn all_but_the_newest_are_compressed() {
    let temp = directory(&[1, 2, 3]);
    assert!(due(&work(temp.path())).is_some());
    let health = go(temp.path()).snapshot();
    assert_eq!((health.compressions, health.compression_errors), (2, 0));
    assert_eq!(listing(temp.path()), compressed_but_newest());
    assert!(due(&work(temp.path())).is_none());
}

#[test]
fn a_run_cut_off_at_any_point_is_finished_by_the_next() {
    type Plant = fn(&Path);
    let half: Plant = |dir| {
        let bytes = gzip(&text(1));
        std_fs::write(dir.join(temporary(1)), &bytes[..bytes.len() / 2]).unwrap();
    };
    let whole: Plant = |dir| std_fs::write(dir.join(temporary(1)), gzip(&text(1))).unwrap();
    let renamed: Plant = |dir| std_fs::write(dir.join(name(1) + ".gz"), gzip(&text(1))).unwrap();
    let deleted: Plant = |dir| {
        std_fs::write(dir.join(name(1) + ".gz"), gzip(&text(1))).unwrap();
        std_fs::remove_file(dir.join(name(1))).unwrap();
    };
    for (state, plant) in
        [("half", half), ("whole", whole), ("renamed", renamed), ("deleted", deleted)]
    {
        let temp = directory(&[1, 2, 3]);
        plant(temp.path());
        assert_eq!(go(temp.path()).compression_errors.value(), 0, "{state}");
        assert_eq!(listing(temp.path()), compressed_but_newest(), "{state}");
    }
}

#[test]
fn an_archive_is_compressed_when_its_delay_is_over() {
    let temp = directory(&[1, 2, 3]);
    let delay = Duration::from_secs(5);
    let work = Work { compress: Compress { delay, ..GZIP }, ..work(temp.path()) };
    let first = Timestamp(1_000_000).after(delay);
    assert_eq!(due(&work), Some(first));
    assert_eq!(go_with(work, Timestamp(first.0 - 1)).compressions.value(), 0);
    assert_eq!(go_with(work, first).compressions.value(), 1);
    assert_eq!(due(&work), Some(Timestamp(2_000_000).after(delay)));
    assert_eq!(go_with(work, Timestamp(i64::MAX)).compressions.value(), 1);
    assert_eq!(listing(temp.path()), compressed_but_newest());
}

#[cfg(feature = "zstd")]
#[test]
fn an_archive_that_was_packed_otherwise_is_not_packed_again() {
    let temp = directory(&[1, 2, 3]);
    std_fs::write(temp.path().join(name(1) + ".gz"), gzip(&text(1))).unwrap();
    let zstd = Compress { codec: Codec::Zstd, ..GZIP };
    let counters = go_with(Work { compress: zstd, ..work(temp.path()) }, NOW);
    assert_eq!((counters.compressions.value(), counters.compression_errors.value()), (2, 0));
    assert!(temp.path().join(name(1) + ".gz").exists());
    assert!(temp.path().join(name(2) + ".zst").exists());
    assert!(!temp.path().join(name(1)).exists() && !temp.path().join(name(2)).exists());
}

#[test]
fn an_original_beside_another_copy_stays() {
    let temp = directory(&[1, 3]);
    std_fs::write(temp.path().join(name(1) + ".gz"), gzip("something else")).unwrap();
    assert_eq!(go(temp.path()).compression_errors.value(), 1);
    assert_eq!(std_fs::read_to_string(temp.path().join(name(1))).unwrap(), text(1));
}

#[test]
fn a_cancelled_run_leaves_the_originals_and_nothing_else() {
    let temp = directory(&[1, 2, 3]);
    let before = listing(temp.path());
    let counters = Counters::new();
    run(&[work(temp.path())], NOW, &AtomicBool::new(true), &counters);
    assert_eq!(listing(temp.path()), before);
    let health = counters.snapshot();
    assert_eq!((health.compressions, health.compression_errors), (0, 0));
}

#[test]
fn the_copy_of_an_archive_that_was_deleted_meanwhile_goes() {
    let temp = directory(&[1]);
    let (original, copy) = (temp.path().join(name(1)), temp.path().join("copy"));
    std_fs::write(&copy, "").unwrap();
    delete(&original, &copy).unwrap();
    assert!(copy.exists() && !original.exists());
    delete(&original, &copy).unwrap();
    assert!(!copy.exists());
}

#[test]
fn one_process_at_a_time() {
    let temp = directory(&[1, 2, 3]);
    let mut lock = LockFile::new(temp.path().join(layout::COMPRESS_LOCK), false);
    let guard = lock.acquire(Instant::now()).unwrap();
    assert_eq!(go(temp.path()).compressions.value(), 0);
    drop(guard);
    assert_eq!(go(temp.path()).compressions.value(), 2);
}

#[test]
fn foreign_temporary_files_stay() {
    let temp = directory(&[1]);
    for name in [".a.log.gz.tmp", ".b.log.19700101T000000.001Z-000001.gz.tmp"] {
        std_fs::write(temp.path().join(name), "foreign").unwrap();
    }
    let before = listing(temp.path());
    go(temp.path());
    assert_eq!(listing(temp.path()), before);
}
