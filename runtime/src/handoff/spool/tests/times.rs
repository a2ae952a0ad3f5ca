//! The times of records are readings of a counter until somebody writes their lines.

use std::os::unix::fs::FileExt;

use super::{super::*, support::*};
use crate::{
    clock::{Anchor, Start, Timestamp},
    frame::Frame,
};

const READING: u64 = 1 << 40;

fn frame(start: Start, units: u64) -> Frame {
    let mut frame = Frame::started(&SITE, start);
    frame.set_units(units);
    frame
}

#[test]
fn the_anchor_in_the_file_tells_whoever_recovers_when_it_was() {
    // Readings that are half a nanosecond each, of which one was of the first second of 2026.
    const TIME: i64 = 1_767_225_600_000_000_000;
    for choice in [0, 1] {
        let (logs, path) = left_with(|spool| {
            let frame = frame(Start::of_reading(READING + 2_000_000), 3_000_000);
            assert_eq!(spool.push(&SITE, frame.bytes(), AUDIT), Pushed::Taken);
        });
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let [reading, time, rate] = plan::anchor(choice);
        for (at, word) in [
            (reading, READING),
            (time, TIME as u64),
            (rate, 1 << 31),
            (plan::anchor_choice(), choice),
        ] {
            file.write_all_at(&word.to_le_bytes(), at as u64).unwrap();
        }
        assert_eq!(recovered(logs.path()).lines, 1);
        let text = std::fs::read_to_string(logs.path().join("audit.log")).unwrap();
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["timestamp"], "2026-01-01T00:00:00.001000Z", "{text}");
        assert_eq!(line["duration_ms"], 1.5, "{text}");
    }
}

#[test]
fn an_anchor_is_in_the_file_from_the_beginning_and_taken_anew() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let words = || {
        let word = |at| {
            let word = spool.base.word(at).expect("a word");
            word.load(std::sync::atomic::Ordering::Relaxed)
        };
        let choice = word(plan::anchor_choice());
        (choice, plan::anchor(choice).map(word))
    };
    let (choice, [reading, time, rate]) = words();
    assert!(time > 0 && rate > 0);
    let anchor = spool.anchor(&mut spool.pump.lock().unwrap());
    let expected = [anchor.reading, anchor.time.0.cast_unsigned(), anchor.rate];
    assert_eq!(words(), (1 - choice, expected));
    assert!(anchor.reading > reading);
}

#[test]
fn a_drained_line_has_the_time_that_the_call_began() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let start = Start::now();
    let frame = frame(start, 0);
    assert_eq!(spool.push(&SITE, frame.bytes(), AUDIT), Pushed::Taken);
    let began = Anchor::now().time_of(start.reading());
    let (kept, drain) = drain();
    assert!(spool.finish(&drain, MINUTE));
    let kept = kept.lines();
    let told = kept[0]["timestamp"].as_str().expect("a time");
    // It is that second, or one beside it.
    let seconds = [-1, 0, 1].map(|by| Timestamp(began.0 + by * 1_000_000_000).to_string());
    let near = |second: &String| second[..19] == told[..19];
    assert!(seconds.iter().any(near), "{told} is not {began}");
}
