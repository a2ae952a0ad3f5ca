//! Bytes, files and threads that somebody else changed or took away.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
    sync::atomic::Ordering,
};

use super::{super::*, support::*};
use crate::{clock::Timestamp, frame::Frame};

fn spool_file(logs: &Path) -> File {
    let path = logs.join(plan::DIR).join(&plan::names(0xab)[0]);
    File::options().read(true).write(true).open(path).unwrap()
}

fn record() -> u64 {
    record::size(Frame::new(&SITE, Timestamp(0)).bytes().len()) as u64
}

/// What a line of lost records says: stream, cause, first and last number.
fn told(line: &serde_json::Value) -> (u64, String, Option<u64>, Option<u64>) {
    assert_eq!((line["event"].as_str(), line["level"].as_str()), (Some("dropped"), Some("WARN")));
    let (details, cause) = (&line["details"], line["details"]["cause"].as_str().unwrap());
    let n = |key: &str| details[key].as_u64();
    (line["stream"].as_u64().unwrap(), cause.to_owned(), n("first_n"), n("last_n"))
}

#[test]
fn records_that_somebody_wrote_over_are_told_by_their_numbers() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    for _ in 0..6 {
        assert_eq!(push(spool), Pushed::Taken);
    }
    let start = plan::segment(1) as u64;
    for (place, at) in [(2, 30), (3, 0)] {
        spool_file(logs.path()).write_all_at(&[0xff; 4], start + place * record() + at).unwrap();
    }
    assert!(spool.flush(&drain, MINUTE));
    assert_eq!(push(spool), Pushed::Taken);
    assert!(spool.flush(&drain, MINUTE));
    let (lost, read): (Vec<_>, Vec<_>) =
        kept.lines().into_iter().partition(|line| line["event"] == "dropped");
    let read: Vec<_> = read.iter().map(|line| line["n"].as_u64().unwrap()).collect();
    assert_eq!(read, [1, 2, 5, 6, 7]);
    let lost: Vec<_> = lost.iter().map(told).collect();
    assert_eq!(lost, [(1, "damaged".to_owned(), Some(3), Some(4))]);
    assert_eq!(drain.health().lines_lost, 2);
}

#[test]
fn positions_that_somebody_wrote_over_are_told_and_the_stream_goes_on() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    assert_eq!(push(spool), Pushed::Taken);
    assert!(spool.flush(&drain, MINUTE));
    assert_eq!(push(spool), Pushed::Taken);
    let tail = plan::positions(1).0 as u64;
    spool_file(logs.path()).write_all_at(&u64::MAX.to_le_bytes(), tail).unwrap();
    assert!(spool.flush(&drain, MINUTE));
    let lines = kept.lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(told(&lines[1]), (1, "positions".to_owned(), Some(2), None));
}

#[test]
fn a_batch_that_panics_is_told_by_its_numbers() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    for _ in 0..3 {
        assert_eq!(push(spool), Pushed::Taken);
    }
    kept.panics.store(true, Ordering::Relaxed);
    assert!(spool.flush(&drain, MINUTE));
    assert_eq!(kept.lines().len(), 0);
    assert_eq!(push(spool), Pushed::Taken);
    assert!(spool.finish(&drain, MINUTE));
    let lines = kept.lines();
    assert_eq!(lines[0]["n"], 4);
    assert_eq!(told(&lines[1]), (1, "panicked".to_owned(), Some(1), Some(3)));
    assert_eq!((lines.len(), drain.health().lines_lost), (2, 3));
}

/// Fault 22.
#[test]
fn a_spool_whose_file_is_deleted_takes_nothing_more_and_gives_what_it_has() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    assert_eq!(push(spool), Pushed::Taken);
    assert!(spool.look(&drain));
    fs::remove_dir_all(logs.path().join(plan::DIR)).unwrap();
    assert!(spool.look(&drain), "what is in it can still be read");
    assert_eq!(push(spool), Pushed::Gone, "and would not outlive the process");
    assert!(spool.look(&drain));
    assert_eq!(drain.health().spools_gone, 1);
    assert!(spool.finish(&drain, MINUTE));
    assert_eq!(kept.tickets(), [(1, 1)]);
}

/// Fault 23: seen before anybody stores into what is gone, which would be a signal.
#[test]
fn a_spool_whose_file_is_cut_is_not_touched_any_more() {
    for length in [0, 4096, plan::BASE, plan::segment(2) - 1] {
        let logs = tempfile::tempdir().unwrap();
        let spool = create(logs.path(), 0xab);
        let (kept, drain) = drain();
        assert_eq!(push(spool), Pushed::Taken);
        spool_file(logs.path()).set_len(length as u64).unwrap();
        assert!(!spool.look(&drain), "{length}");
        assert_eq!(push(spool), Pushed::Gone);
        assert!(spool.finish(&drain, MINUTE));
        assert_eq!((kept.lines().len(), drain.health().spools_gone), (0, 1));
    }
}

#[test]
fn a_thread_that_died_is_replaced_by_the_next_record() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    spool.employ(drain.clone(), wish(logs.path(), 0xab));
    spool.sleeper.state.store(pump::DEAD, Ordering::Relaxed);
    assert_eq!(push(spool), Pushed::Taken);
    until(|| kept.lines().len() == 1);
    assert!(spool.finish(&drain, MINUTE));
    spool.sleeper.state.store(pump::DEAD, Ordering::Relaxed);
    spool.sleeper.pushed(true);
    assert!(spool.sleeper.handle.lock().unwrap().is_none(), "none behind its end");
}

#[test]
fn a_process_that_runs_on_takes_up_what_another_one_left() {
    let (logs, path) = left(2);
    let spool = create(logs.path(), 1);
    let (_, drain) = drain();
    let look = std::time::Duration::ZERO;
    assert!(spool.start(drain.clone(), Wish { look, ..wish(logs.path(), 1) }));
    until(|| !path.exists());
    assert_eq!(lines(logs.path()), 2);
    assert!(spool.finish(&drain, MINUTE));
}

/// Fault 11.
#[test]
fn no_changed_byte_makes_a_record_that_nobody_wrote() {
    let (_logs, path) = left(3);
    let whole = fs::read(&path).unwrap();
    let records = |image: &image::Image| -> Vec<_> {
        let parcels = image.parcels();
        let of = parcels.iter().filter(|parcel| parcel.site.event != "dropped");
        of.map(|parcel| (parcel.ticket, parcel.bytes.to_vec(), parcel.route)).collect()
    };
    let expected = records(&image::parse(&whole, 0xab).unwrap());
    assert_eq!(expected.len(), 3);
    let used = plan::segment(1)..plan::segment(1) + 4 * usize::try_from(record()).unwrap();
    let about = plan::ABOUT.start..plan::ABOUT.start + 256;
    let sites = plan::SITES.start..plan::SITES.start + 128;
    let words = 0..plan::positions(3).0;
    let mut read = 0;
    for at in words.chain(about).chain(sites).chain(used) {
        for bit in [0x01, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            let Ok(image) = image::parse(&changed, 0xab) else { continue };
            let found = records(&image);
            assert!(found.iter().all(|record| expected.contains(record)), "{at}: {found:?}");
            let fewer = found.len() < expected.len();
            // Positions that fit each other are believed.
            let (tail, head) = plan::positions(1);
            let believed = (tail..tail + 8).contains(&at) || (head..head + 8).contains(&at);
            assert!(!fewer || image.ruin.is_some() || believed, "{at}: {found:?}");
            read += 1;
        }
    }
    assert!(read > 10_000);
}

/// Fault 29.
#[test]
fn the_number_of_a_process_decides_nothing() {
    // `create` writes that of a process that is always there.
    let (logs, path) = left(1);
    let mut pid = [0; 4];
    File::open(&path).unwrap().read_exact_at(&mut pid, 56).unwrap();
    assert_eq!(u32::from_le_bytes(pid), 1);
    assert_eq!(recovered(logs.path()).spools, 1);
    let spool = create(logs.path(), 2);
    assert_eq!(recovered(logs.path()).alive, 1);
    assert!(spool.finish(&drain().1, MINUTE));
}
