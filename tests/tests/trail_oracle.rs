//! The numbers of `trail report` against a slow and obvious recount of the same lines.
//!
//! The recount shares nothing with the program: it knows the lines as they were generated, goes
//! over all of them for every single number, and finds percentiles by their definition.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use audit_trail::report::{Group, Millis, Report, scan};
use audit_trail::window::Window;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One generated line: what it is, before anybody wrote it down.
#[derive(Debug, Clone)]
struct Drawn {
    kind: Kind,
    minute: i64,
    operation: &'static str,
    agent: Option<&'static str>,
    user: Option<&'static str>,
    outcome: &'static str,
    phase: Option<&'static str>,
    duration_us: Option<u64>,
    error: Option<&'static str>,
    /// 0 the gzip archive, 1 the plain archive, 2 the active file.
    file: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Operation,
    OtherAudit,
    Timing,
    Slow,
    /// Cut somewhere in the middle.
    Cut(usize),
    /// Without one of the members every line has.
    Without(&'static str),
    /// Not text.
    Bytes,
}

const START: &str = "2026-03-30T22:30";
const OUTCOMES: [&str; 7] =
    ["success", "failure", "none", "denied", "panicked", "cancelled", "unfinished"];

fn drawn() -> impl Strategy<Value = Drawn> {
    let kind = prop_oneof![
        12 => Just(Kind::Operation),
        1 => Just(Kind::OtherAudit),
        3 => Just(Kind::Timing),
        2 => Just(Kind::Slow),
        1 => (1_usize..60).prop_map(Kind::Cut),
        1 => proptest::sample::select(vec!["timestamp", "level", "category", "component", "event", "message"])
            .prop_map(Kind::Without),
        1 => Just(Kind::Bytes),
    ];
    let phase = prop_oneof![3 => Just(None), 1 => Just(Some("intent")), 1 => Just(Some("result"))];
    let names = || proptest::sample::select(vec!["ann", "Bob \"b\"", "c\u{1b}", "Zoë", ""]);
    let duration = prop_oneof![0_u64..30, 0_u64..5_000_000, Just(123_456_789_012)];
    (
        (kind, 0_i64..3_000, proptest::sample::select(vec!["CREATE", "CLAIM", "x::y"]), 0_usize..3),
        (proptest::option::of(names()), proptest::option::of(names())),
        (proptest::sample::select(OUTCOMES.to_vec()), phase),
        proptest::option::weighted(0.9, duration),
        proptest::option::of(proptest::sample::select(vec!["NotFound", "Denied"])),
    )
        .prop_map(
            |((kind, minute, operation, file), (agent, user), (outcome, phase), us, error)| Drawn {
                kind,
                minute,
                operation,
                agent,
                user,
                outcome,
                phase,
                duration_us: us,
                error,
                file,
            },
        )
}

impl Drawn {
    /// Minutes since midnight of 30 March; the lines lie on three days.
    fn timestamp(&self) -> String {
        let minutes = 22 * 60 + 30 + self.minute;
        let day = ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"]
            [usize::try_from(minutes / 1_440).unwrap()];
        format!("{day}T{:02}:{:02}:00.000000Z", minutes / 60 % 24, minutes % 60)
    }

    fn performance(&self) -> bool {
        matches!(self.kind, Kind::Timing | Kind::Slow)
    }

    fn good(&self) -> bool {
        match self.kind {
            Kind::Operation | Kind::OtherAudit => true,
            Kind::Timing | Kind::Slow => self.duration_us.is_some(),
            Kind::Cut(_) | Kind::Without(_) | Kind::Bytes => false,
        }
    }

    fn counts(&self) -> bool {
        self.kind == Kind::Operation && self.phase != Some("intent")
    }

    fn line(&self) -> Vec<u8> {
        let event = match self.kind {
            Kind::OtherAudit => "gap",
            Kind::Timing => "timing",
            Kind::Slow => "slow",
            _ => "operation",
        };
        let category = if self.performance() { "performance" } else { "audit" };
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("timestamp", json!(self.timestamp()));
        put("level", json!("INFO"));
        put("category", json!(category));
        put("component", json!("c"));
        put("event", json!(event));
        put("message", json!("operation \"outcome\":\"failure\""));
        put("operation", json!(self.operation));
        put("outcome", json!(self.outcome));
        put("details", json!({"operation": "NESTED", "agent": "nested", "duration_ms": 1}));
        let optional = [("agent", self.agent), ("user", self.user), ("phase", self.phase)];
        for (name, value) in optional.into_iter().filter_map(|(n, v)| Some((n, v?))) {
            put(name, json!(value));
        }
        if let Some(error) = self.error {
            put("error", json!({"type": error, "message": "why"}));
        }
        if let Kind::Without(name) = self.kind {
            members.remove(name);
        }
        let mut line = serde_json::to_string(&members).unwrap();
        if let Some(us) = self.duration_us {
            line.pop();
            line = format!("{line},\"duration_ms\":{}.{:03}}}", us / 1_000, us % 1_000);
        }
        let mut bytes = line.into_bytes();
        match self.kind {
            Kind::Cut(at) => bytes.truncate(at),
            Kind::Bytes => bytes.push(0xff),
            _ => {}
        }
        bytes.push(b'\n');
        bytes
    }
}

fn write(dir: &Path, lines: &[Drawn]) {
    for (active, performance) in [("audit.log", false), ("performance.log", true)] {
        let part = |file: usize| -> Vec<u8> {
            let mine = lines.iter().filter(|l| l.performance() == performance && l.file == file);
            mine.flat_map(Drawn::line).collect()
        };
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(&part(0)).unwrap();
        let archive = |tail: &str| dir.join(format!("{active}.20260401T00000{tail}"));
        std::fs::write(archive("0.000Z-000001.gz"), member.finish().unwrap()).unwrap();
        std::fs::write(archive("1.000Z-000002"), part(1)).unwrap();
        std::fs::write(dir.join(active), part(2)).unwrap();
    }
}

/// The smallest duration that enough of all durations do not exceed.
fn percentile(durations: &[u64], percent: usize) -> u64 {
    let enough = |limit: u64| {
        durations.iter().filter(|d| **d <= limit).count() * 100 >= percent * durations.len()
    };
    durations.iter().copied().filter(|d| enough(*d)).min().unwrap()
}

/// Compares one list of groups with a recount by `name`.
fn check_groups<'a>(
    found: &[Group],
    lines: &[&'a Drawn],
    name: impl Fn(&'a Drawn) -> Option<&'a str>,
) -> Result<(), TestCaseError> {
    let names: BTreeSet<Option<&str>> = lines.iter().map(|line| name(line)).collect();
    let reported: BTreeSet<Option<&str>> =
        found.iter().map(|group| group.name.as_deref()).collect();
    prop_assert_eq!(&reported, &names);
    prop_assert_eq!(found.len(), names.len());
    for group in found {
        let mine: Vec<_> =
            lines.iter().filter(|line| name(line) == group.name.as_deref()).collect();
        prop_assert_eq!(group.count, mine.len() as u64);
        for outcome in OUTCOMES {
            let count = mine.iter().filter(|line| line.outcome == outcome).count() as u64;
            prop_assert_eq!(group.outcomes.get(outcome).copied().unwrap_or(0), count);
        }
        let durations: Vec<u64> = mine.iter().filter_map(|line| line.duration_us).collect();
        let Some(spread) = group.duration_ms else {
            prop_assert!(durations.is_empty());
            continue;
        };
        prop_assert_eq!(spread.count, durations.len() as u64);
        let [Millis(min), Millis(max)] = [spread.min, spread.max];
        prop_assert_eq!(durations.iter().min().zip(durations.iter().max()), Some((&min, &max)));
        for (percent, Millis(value)) in [(50, spread.p50), (90, spread.p90), (99, spread.p99)] {
            prop_assert_eq!(value, percentile(&durations, percent), "p{}", percent);
        }
    }
    let order = |group: &Group| (std::cmp::Reverse(group.count), group.name.clone());
    prop_assert!(found.is_sorted_by_key(order));
    Ok(())
}

fn check(
    found: &Report,
    lines: &[Drawn],
    inside: impl Fn(&Drawn) -> bool,
) -> Result<(), TestCaseError> {
    let count =
        |wanted: &dyn Fn(&Drawn) -> bool| lines.iter().filter(|line| wanted(line)).count() as u64;
    prop_assert_eq!(found.malformed, count(&|line| !line.good()));
    prop_assert_eq!(found.complete, found.malformed == 0);
    let read: u64 = found.inputs.iter().map(|input| input.lines).sum();
    prop_assert_eq!(read, count(&Drawn::good));

    let seen: Vec<&Drawn> = lines.iter().filter(|line| line.good() && inside(line)).collect();
    let operations: Vec<&Drawn> = seen.iter().copied().filter(|line| line.counts()).collect();
    let ops = &found.operations;
    prop_assert_eq!(ops.total, operations.len() as u64);
    prop_assert_eq!(
        ops.other_lines,
        seen.iter().filter(|l| l.kind == Kind::OtherAudit).count() as u64
    );
    let intents = seen.iter().filter(|l| l.kind == Kind::Operation && l.phase == Some("intent"));
    prop_assert_eq!(ops.intents, intents.count() as u64);
    prop_assert_eq!(
        ops.results,
        operations.iter().filter(|l| l.phase == Some("result")).count() as u64
    );
    check_groups(&ops.by_operation, &operations, |line| Some(line.operation))?;
    check_groups(&ops.by_agent, &operations, |line| line.agent)?;
    check_groups(&ops.by_user, &operations, |line| line.user)?;
    for row in &ops.by_outcome {
        let count = operations.iter().filter(|line| line.outcome == row.name).count() as u64;
        prop_assert!(count == row.count && count > 0, "{:?}", row);
    }
    prop_assert_eq!(ops.by_outcome.iter().map(|row| row.count).sum::<u64>(), ops.total);

    let in_hour = |hour: usize| {
        let hour = format!("T{hour:02}:");
        operations.iter().filter(|line| line.timestamp()[10..].starts_with(&hour)).count() as u64
    };
    let hours: Vec<u64> = (0..24).map(in_hour).collect();
    prop_assert_eq!(&ops.by_hour_utc[..], &hours[..]);
    let busiest = hours.iter().max().filter(|count| **count > 0);
    prop_assert_eq!(ops.peak_hours_utc.first().map(|peak| peak.count), busiest.copied());

    let failed = |line: &&&Drawn| {
        line.error.is_some() || ["failure", "denied", "panicked"].contains(&line.outcome)
    };
    for kind in [None, Some("NotFound"), Some("Denied")] {
        let count =
            operations.iter().filter(failed).filter(|line| line.error == kind).count() as u64;
        let row = found.errors.iter().find(|row| row.kind.as_deref() == kind);
        prop_assert_eq!(row.map_or(0, |row| row.count), count);
    }

    let timed: Vec<&Drawn> = seen.iter().copied().filter(|line| line.performance()).collect();
    let groups: Vec<Group> = found.timings.iter().map(|timing| timing.calls.clone()).collect();
    check_groups(&groups, &timed, |line| Some(line.operation))?;
    for timing in &found.timings {
        let slow = timed.iter().filter(|line| {
            line.kind == Kind::Slow && Some(line.operation) == timing.calls.name.as_deref()
        });
        prop_assert_eq!(timing.slow, slow.count() as u64);
    }
    let stamps = || seen.iter().map(|line| line.timestamp());
    prop_assert_eq!(&found.window.first, &stamps().min());
    prop_assert_eq!(&found.window.last, &stamps().max());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_number_equals_the_recount(
        lines in proptest::collection::vec(drawn(), 0..150),
        since in proptest::option::of(0_i64..3_000),
        until in proptest::option::of(0_i64..3_000),
    ) {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &lines);
        let start = audit_runtime::read::parse_time(&format!("{START}:00Z")).unwrap();
        let at = |minute: i64| audit_runtime::Timestamp(start.0 + minute * 60_000_000_000);
        let window = Window { since: since.map(at), until: until.map(at) };
        let found = scan(dir.path(), &window).unwrap();
        let inside = |line: &Drawn| {
            since.is_none_or(|since| line.minute >= since) && until.is_none_or(|until| line.minute < until)
        };
        check(&found, &lines, inside)?;
    }
}
