//! Batches that several threads make into lines, and their order in the files.

use super::{
    super::{
        outlet::{Draining, Ready},
        *,
    },
    support::*,
};
use crate::{
    clock::{Anchor, Timestamp},
    drain::{Drain, Parcel, Rendered},
    frame::{Frame, Ticket},
};

/// A batch of one record.
fn ready(spool: &Spool, drain: &Drain, number: u64) -> Ready {
    let frame = Frame::new(&SITE, Timestamp(0));
    let ticket = Ticket { stream: 1, n: number + 1 };
    let anchor = &Anchor::OF_TIMES;
    let parcel = Parcel { site: &SITE, bytes: frame.bytes(), route: AUDIT, ticket, anchor };
    let lines = Some(drain.render_all(&[parcel], spool, Rendered::default()));
    let numbers = [gap::Numbers::of_all(); 2];
    Ready { number, lines, reached: Vec::new(), numbers, bytes: Vec::new() }
}

#[test]
fn a_batch_waits_for_those_before_it() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    for number in [2, 1, 4] {
        spool.deliver(&drain, ready(spool, &drain, number));
        assert_eq!(kept.tickets(), []);
    }
    spool.deliver(&drain, ready(spool, &drain, 0));
    assert_eq!(kept.tickets(), [(1, 1), (1, 2), (1, 3)]);
    spool.deliver(&drain, ready(spool, &drain, 3));
    assert_eq!(kept.tickets(), [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]);
}

#[test]
fn who_helps_does_not_wait_for_who_writes() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    kept.hold(true);
    assert_eq!(push(spool), Pushed::Taken);
    let mut taken = 0;
    std::thread::scope(|scope| {
        let _released = Released(&kept);
        scope.spawn(|| spool.try_pass(&drain));
        kept.is_entered();
        // One more is taken out, and left to the one who is held up.
        for _ in 0..10 {
            assert_eq!(push(spool), Pushed::Taken);
            taken += usize::from(spool.try_pass(&drain).is_some_and(|bytes| bytes > 0));
        }
        assert_eq!(kept.tickets(), []);
        assert!(!spool.is_at_rest());
        let waiting = spool.lanes.iter().filter_map(|lane| lane.get()).map(|lane| lane.waiting());
        assert!(waiting.sum::<u64>() > 0, "nothing is let go of that is in no file");
    });
    assert_eq!(taken, 1);
    assert!(spool.flush(&drain, MINUTE) && spool.is_at_rest());
    assert!(kept.tickets().into_iter().eq((1..=11).map(|n| (1, n))));
}

#[test]
fn a_signal_in_the_middle_of_a_batch_begins_none() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    assert_eq!(push(spool), Pushed::Taken);
    let draining = Draining::begin();
    assert!(draining.is_some());
    // It tries again and again, as it waits for room.
    for _ in 0..2 {
        assert_eq!(spool.try_pass(&drain), Some(0));
    }
    assert_eq!(kept.tickets(), []);
    drop(draining);
    assert!(spool.try_pass(&drain) > Some(0));
    assert_eq!(kept.tickets(), [(1, 1)]);
}

#[test]
fn many_threads_that_help_keep_the_order_of_each_stream() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    let each = 3_000;
    at_once(6, || {
        for _ in 0..each {
            while push(spool) == Pushed::Full {
                spool.try_pass(&drain);
            }
        }
    });
    assert!(spool.finish(&drain, MINUTE));
    let tickets = kept.tickets();
    assert_eq!(tickets.len(), 6 * each);
    for stream in 0..=plan::STREAMS as u64 {
        let of_stream = tickets.iter().filter(|(of, _)| *of == stream).map(|(_, n)| *n);
        assert!(of_stream.zip(1..).all(|(n, expected)| n == expected), "stream {stream}");
    }
}
