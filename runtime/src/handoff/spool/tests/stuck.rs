//! A drain that does not get on: a disk that hangs, a lock whose holder stands still.

use std::time::Duration;

use super::{super::*, support::*};

/// Has the drain held up in the middle of its first batch, and the ring of this thread full.
fn stuck(run: impl FnOnce(&'static Spool, &Kept, &std::sync::Arc<crate::drain::Drain>)) {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let (kept, drain) = drain();
    kept.hold(true);
    assert_eq!(push(spool), Pushed::Taken);
    std::thread::scope(|scope| {
        let _released = Released(&kept);
        scope.spawn(|| spool.try_pass(&drain));
        kept.is_entered();
        while push(spool) == Pushed::Taken {}
        run(spool, &kept, &drain);
    });
}

#[test]
fn a_drain_that_does_not_get_on_is_waited_for_once() {
    stuck(|spool, kept, drain| {
        let help = |within| {
            let mut tries = 0;
            let pushed = spool.help(drain, within, || {
                tries += 1;
                push(spool)
            });
            (pushed, tries)
        };
        let degraded = || drain.counted().degraded.into_iter().map(|(what, _)| what);
        assert_eq!(degraded().next(), None);
        // The time is over at the first look.
        assert_eq!(help(Duration::ZERO), (Pushed::Full, 1));
        assert!(degraded().eq(["spool"]));
        // From here on nobody waits: with a minute to spare it would be tried again and again.
        assert_eq!(help(MINUTE), (Pushed::Full, 1));
        assert!(!spool.catch_up(drain, MINUTE));
        kept.hold(false);
        until(|| degraded().next().is_none());
        assert_eq!(help(MINUTE).0, Pushed::Taken);
        assert!(spool.catch_up(drain, MINUTE));
    });
}

/// Who waited in vain before says nothing of a drain that has got on since.
#[test]
fn a_drain_that_got_on_is_waited_for_again() {
    stuck(|spool, kept, drain| {
        assert!(!spool.catch_up(drain, Duration::ZERO));
        kept.hold(false);
        assert!(spool.flush(drain, MINUTE));
        kept.hold(true);
        assert_eq!(push(spool), Pushed::Taken);
        std::thread::scope(|scope| {
            let _released = Released(kept);
            // A first batch may have the filling at the end of the ring alone.
            scope.spawn(|| spool.flush(drain, MINUTE));
            kept.is_entered();
            let mut tries = 0;
            let pushed = spool.help(drain, MINUTE, || {
                tries += 1;
                kept.hold(tries < 3);
                if tries < 5 { Pushed::Full } else { Pushed::Taken }
            });
            assert_eq!((pushed, tries), (Pushed::Taken, 5));
        });
    });
}
