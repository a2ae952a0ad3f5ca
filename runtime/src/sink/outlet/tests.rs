//! Streams that are slow, stuck, full, closed, or whose writer panics.

use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering},
    },
    thread::{self, yield_now},
    time::Duration,
};

use super::{Bounds, Events, Outlet, Put, Rank, Target, queue::OVERHEAD};
use crate::{clock::Timestamp, ledger::Gap, record::Category, sink::Stream};

const LONG: Duration = Duration::from_mins(1);
const ROOMY: Bounds = Bounds { bytes: 1 << 20, lines: 1_000 };

#[derive(Default)]
struct Script {
    mode: AtomicU8,
    taken: Mutex<Vec<u8>>,
}

const OPEN: u8 = 0;
const STUCK: u8 = 1;
const FULL: u8 = 2;
const PANICS: u8 = 3;
const BYTEWISE: u8 = 4;

impl Target for Arc<Script> {
    fn write(&self, bytes: &[u8], _patience: Duration) -> (usize, io::Result<()>) {
        let mode = self.mode.load(Ordering::SeqCst);
        if mode == PANICS {
            std::panic::resume_unwind(Box::new("the writer"));
        }
        let mut taken = self.taken.lock().unwrap();
        match mode {
            STUCK => {
                yield_now();
                (0, Err(io::ErrorKind::TimedOut.into()))
            }
            FULL => (0, Err(io::ErrorKind::StorageFull.into())),
            BYTEWISE => {
                taken.extend(&bytes[..1]);
                let rest =
                    if bytes.len() > 1 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) };
                (1, rest)
            }
            _ => {
                taken.extend(bytes);
                (bytes.len(), Ok(()))
            }
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq, Clone)]
struct Seen {
    written: u64,
    lost: u64,
    dropped: u64,
    panics: u64,
    most: (usize, usize),
    trouble: Vec<Option<String>>,
    /// The next line that is written kills who wrote it.
    bomb: bool,
}

#[derive(Default)]
struct Log(Mutex<Seen>);

impl Events for Arc<Log> {
    fn written(&self, lines: u64, _bytes: u64) {
        let mut seen = self.0.lock().unwrap();
        seen.written += lines;
        if std::mem::take(&mut seen.bomb) {
            drop(seen);
            std::panic::resume_unwind(Box::new("what counts"));
        }
    }

    fn lost(&self, lines: u64, dropped: bool) {
        let mut seen = self.0.lock().unwrap();
        if dropped { seen.dropped += lines } else { seen.lost += lines }
    }

    fn depth(&self, bytes: usize, lines: usize) {
        let mut seen = self.0.lock().unwrap();
        seen.most = (seen.most.0.max(bytes), seen.most.1.max(lines));
    }

    fn trouble(&self, reason: Option<&str>) {
        self.0.lock().unwrap().trouble.push(reason.map(str::to_owned));
    }

    fn panicked(&self) {
        self.0.lock().unwrap().panics += 1;
    }

    fn gap(&self, category: Category, gap: &Gap, _now: Timestamp) -> Option<Box<[u8]>> {
        let Gap { lines, first, last, cause } = gap;
        let text = format!("gap {category} {lines} {}..{} {cause}\n", first.0, last.0);
        Some(text.into_bytes().into())
    }
}

struct Fixture {
    script: Arc<Script>,
    log: Arc<Log>,
    outlet: Arc<Outlet>,
}

impl Fixture {
    fn new(bounds: Bounds) -> Self {
        let (script, log) = (Arc::new(Script::default()), Arc::new(Log::default()));
        let (target, events) = (Box::new(script.clone()), Box::new(log.clone()));
        let outlet = Arc::new(Outlet::new("tests-outlet", bounds, target, events));
        Self { script, log, outlet }
    }

    /// Lines are written by whoever puts them.
    fn without_thread(bounds: Bounds) -> Self {
        let fixture = Self::new(bounds);
        assert_eq!(fixture.outlet.finish(Duration::ZERO), 0);
        fixture
    }

    fn mode(&self, mode: u8) {
        self.script.mode.store(mode, Ordering::SeqCst);
    }

    fn low(&self, text: &str, at: i64) -> Put {
        self.put(Category::System, Rank::Low, false, text, at)
    }

    fn high(&self, text: &str, at: i64) -> Put {
        self.put(Category::Error, Rank::High, false, text, at)
    }

    fn audit(&self, text: &str) -> Put {
        self.put(Category::Audit, Rank::High, true, text, 0)
    }

    fn put(&self, category: Category, rank: Rank, waits: bool, text: &str, at: i64) -> Put {
        let bytes = format!("{text}\n").into_bytes().into();
        self.outlet.put(category, rank, waits, bytes, Timestamp(at))
    }

    fn text(&self) -> String {
        String::from_utf8(self.script.taken.lock().unwrap().clone()).unwrap()
    }

    fn seen(&self) -> Seen {
        self.log.0.lock().unwrap().clone()
    }
}

/// So many lines of one letter.
fn room(lines: usize) -> Bounds {
    Bounds { bytes: lines * (2 + OVERHEAD), lines: 100 }
}

#[test]
fn lines_of_many_threads_come_out_whole_and_in_order() {
    let fixture = Fixture::new(ROOMY);
    thread::scope(|scope| {
        for thread in 0..4 {
            let fixture = &fixture;
            scope.spawn(move || {
                for n in 0..100 {
                    let text = format!("{thread} {n}");
                    let put =
                        if n % 10 == 0 { fixture.audit(&text) } else { fixture.low(&text, 0) };
                    let expected = if n % 10 == 0 { Put::Written } else { Put::Queued };
                    assert_eq!(put, expected);
                }
            });
        }
    });
    assert_eq!(fixture.outlet.finish(LONG), 0);
    let text = fixture.text();
    for thread in 0..4 {
        let of = |line: &&str| line.starts_with(&format!("{thread} "));
        let lines: Vec<_> = text.lines().filter(of).collect();
        let expected: Vec<_> = (0..100).map(|n| format!("{thread} {n}")).collect();
        assert_eq!(lines, expected);
    }
    assert_eq!((fixture.seen().written, fixture.seen().lost), (400, 0));
}

/// Scenario 26.
#[test]
fn the_end_waits_for_no_stuck_writer_and_tells_what_is_left() {
    let fixture = Fixture::new(ROOMY);
    fixture.mode(STUCK);
    for n in 0..7 {
        assert_eq!(fixture.low("x", n), Put::Queued);
    }
    assert_eq!(fixture.outlet.finish(Duration::ZERO), 7);
    let seen = fixture.seen();
    assert_eq!((seen.written, seen.lost, seen.dropped), (0, 7, 0));
    assert_eq!(fixture.outlet.finish(Duration::ZERO), 0, "nothing is counted twice");
    drop(fixture.outlet);
    assert_eq!(fixture.log.0.lock().unwrap().lost, 7);
}

/// Scenario 27.
#[test]
fn what_waits_is_bounded_in_bytes() {
    let bounds = Bounds { bytes: 1 << 20, lines: 100_000 };
    let fixture = Fixture::new(bounds);
    fixture.mode(STUCK);
    let record = "x".repeat(64 * 1024);
    for n in 0..250 {
        fixture.low(&record, n);
        fixture.high(&record, n);
    }
    let seen = fixture.seen();
    assert!(seen.most.0 <= bounds.bytes, "{seen:?}");
    let left = fixture.outlet.finish(Duration::ZERO);
    assert_eq!(seen.dropped + left, 500);
    let fixture = Fixture::new(Bounds { bytes: 1 << 20, lines: 10 });
    fixture.mode(STUCK);
    for n in 0..100 {
        fixture.low("x", n);
    }
    assert_eq!(fixture.seen().most.1, 10, "and in number");
}

/// Scenario 28.
#[test]
fn the_newest_low_lines_make_room_and_a_line_says_so() {
    let fixture = Fixture::without_thread(room(4));
    fixture.mode(STUCK);
    for (at, text) in (1..).zip(["1", "2", "3", "4"]) {
        assert_eq!(fixture.low(text, at), Put::Queued);
    }
    assert_eq!(fixture.low("5", 5), Put::Lost);
    // The first batch is with the writer already; it cannot be dropped any more.
    assert_eq!(fixture.seen().dropped, 1);
    fixture.mode(OPEN);
    assert_eq!(fixture.low("6", 6), Put::Lost, "the queue is full until something is written");
    fixture.outlet.finish(LONG);
    let fixture = Fixture::new(room(4));
    // Nobody writes: the thread is at the first line.
    let first = fixture.script.taken.lock().unwrap();
    fixture.low("0", 0);
    while fixture.outlet.waiting() > 0 {
        yield_now();
    }
    for (at, text) in (1..).zip(["1", "2", "3"]) {
        assert_eq!(fixture.low(text, at), Put::Queued);
    }
    assert_eq!(fixture.high("a", 4), Put::Queued, "3 makes room");
    assert_eq!(fixture.high("b", 5), Put::Queued, "2 makes room");
    assert_eq!(fixture.low("4", 6), Put::Lost);
    drop(first);
    while fixture.outlet.depth() > 0 {
        yield_now();
    }
    fixture.low("5", 7);
    assert_eq!(fixture.outlet.finish(LONG), 0);
    assert_eq!(fixture.text(), "0\n1\na\nb\ngap system 3 2..6 queue_full\n5\n");
    assert_eq!(fixture.seen().dropped, 3);
}

/// Scenario 29.
#[test]
fn a_panic_of_the_writer_is_contained() {
    let fixture = Fixture::new(ROOMY);
    fixture.mode(PANICS);
    assert_eq!(fixture.audit("1"), Put::Lost);
    fixture.low("2", 2);
    while fixture.outlet.depth() > 0 {
        yield_now();
    }
    assert!(fixture.outlet.works());
    let seen = fixture.seen();
    assert_eq!((seen.panics, seen.lost), (2, 2));
    assert_eq!(seen.trouble, [Some("the writer panicked".to_owned())]);
    fixture.mode(OPEN);
    fixture.low("3", 3);
    assert_eq!(fixture.outlet.finish(LONG), 0);
    let expected =
        "gap system 1 2..2 the writer panicked\n3\ngap audit 1 0..0 the writer panicked\n";
    assert_eq!(fixture.text(), expected);
    assert_eq!(fixture.seen().trouble.last(), Some(&None));
}

/// Scenario 29.
#[test]
fn a_thread_that_died_is_replaced() {
    let fixture = Fixture::new(ROOMY);
    fixture.log.0.lock().unwrap().bomb = true;
    fixture.low("1", 1);
    fixture.low("2", 2);
    while fixture.log.0.lock().unwrap().bomb || fixture.outlet.depth() > 0 {
        yield_now();
    }
    assert!(fixture.outlet.works());
    assert_eq!(fixture.seen().panics, 1);
    fixture.low("3", 3);
    assert_eq!(fixture.outlet.finish(LONG), 0);
    assert_eq!(fixture.text(), "1\n2\n3\n");
}

#[test]
fn without_a_thread_callers_write_themselves() {
    let fixture = Fixture::without_thread(ROOMY);
    assert_eq!(fixture.low("1", 1), Put::Queued);
    assert_eq!(fixture.text(), "1\n");
    assert_eq!(fixture.audit("2"), Put::Written);
    assert_eq!(fixture.text(), "1\n2\n");
    assert!(!fixture.outlet.works());
}

#[test]
fn a_gap_outlives_the_loss_of_its_own_line() {
    let fixture = Fixture::without_thread(ROOMY);
    fixture.mode(FULL);
    fixture.low("1", 1);
    fixture.low("2", 2);
    assert_eq!(fixture.audit("a"), Put::Lost);
    assert_eq!(fixture.seen().lost, 3, "lines of gaps are none of the program's");
    fixture.mode(OPEN);
    fixture.low("3", 3);
    assert_eq!(fixture.audit("b"), Put::Written);
    let text = "gap system 2 1..2 no storage space\n3\ngap audit 1 0..0 no storage space\nb\n";
    assert_eq!(fixture.text(), text);
    let trouble = [Some("no storage space".to_owned()), None];
    assert_eq!(fixture.seen().trouble, trouble);
}

#[test]
fn a_stuck_stream_is_waited_for_once() {
    let fixture = Fixture::without_thread(ROOMY);
    fixture.mode(STUCK);
    for _ in 0..3 {
        assert_eq!(fixture.audit("1"), Put::Queued);
    }
    fixture.mode(BYTEWISE);
    for _ in 0..20 {
        fixture.low("2", 0);
    }
    assert_eq!(fixture.outlet.finish(LONG), 0);
    assert_eq!(fixture.text(), format!("{}{}", "1\n".repeat(3), "2\n".repeat(20)));
    assert_eq!(fixture.seen().written, 23);
}

#[test]
fn a_line_the_stream_failed_within_is_closed() {
    let (mut reader, writer) = io::pipe().unwrap();
    let log = Arc::new(Log::default());
    let stream = Stream::new(Box::new(writer));
    let outlet = Outlet::new("tests-outlet", ROOMY, Box::new(stream), Box::new(log.clone()));
    let first = vec![b'x'; 200_000];
    let put = |bytes: &[u8]| {
        outlet.put(Category::System, Rank::Low, false, [bytes, b"\n"].concat().into(), Timestamp(0))
    };
    put(&first);
    put(b"after");
    let read = thread::spawn(move || {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        text
    });
    assert_eq!(outlet.finish(LONG), 0);
    drop(outlet);
    assert_eq!(read.join().unwrap(), [&first[..], b"\nafter\n"].concat());
}

/// Scenario 24: another thread had the queue in the moment of the fork.
#[test]
fn where_no_queue_is_to_be_had_lines_are_written_past_it() {
    let fixture = Fixture::new(ROOMY);
    fixture.outlet.bar();
    assert_eq!(fixture.low("1", 1), Put::Written);
    assert_eq!(fixture.audit("2"), Put::Written);
    fixture.mode(FULL);
    assert_eq!(fixture.audit("3"), Put::Lost);
    assert_eq!(fixture.text(), "1\n2\n");
    assert_eq!((fixture.seen().written, fixture.seen().lost), (2, 1));
}

/// Scenario 24, as far as this process can tell: the other one writes what it had.
#[test]
fn what_a_fork_inherits_is_left_to_its_parent() {
    let fixture = Fixture::without_thread(ROOMY);
    fixture.mode(STUCK);
    fixture.low("parent", 1);
    fixture.outlet.forked();
    fixture.mode(OPEN);
    fixture.low("child", 2);
    assert_eq!(fixture.text(), "child\n");
}
