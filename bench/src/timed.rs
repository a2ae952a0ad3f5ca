//! What it costs to time a call that does next to nothing: every way in one interleaved run.
//!
//! Expects that `Timing::Summary` holds and that the performance log takes INFO and above.

use std::{hint::black_box, io, time::Instant};

use audit_runtime::{__private as hooks, timed};

use crate::{
    allocations,
    row::{Row, least, median},
};

const BENCH: &str = "timed_call";

const BARE: &str = "bare call";
const CLOCKS: &str = "two Instant::now()";
/// Only with the feature `tsc`.
const COUNTER: &str = "two readings of the counter";

/// Calls a function so many times.
type Repeat = fn(u64) -> u64;

/// All ways; those with `true` are ours and must not allocate.
const WAYS: &[(&str, bool, Repeat)] = &[
    (BARE, false, |n| repeat(n, bare)),
    (CLOCKS, false, |n| repeat(n, instants)),
    #[cfg(feature = "tsc")]
    (COUNTER, false, |n| repeat(n, counter)),
    ("#[timed], off", true, |n| repeat(n, off)),
    ("#[timed], summary", true, |n| repeat(n, summed_up)),
    ("#[timed(outcome)], summary", true, |n| repeat(n, with_outcome)),
    ("timer(name), summary", true, |n| repeat(n, by_name)),
    ("sampled 1/64, summary", true, |n| repeat(n, sampled)),
];

fn repeat(n: u64, call: impl Fn(u64) -> u64) -> u64 {
    (0..n).fold(0, |sum, x| sum ^ call(black_box(x)))
}

#[inline(never)]
fn bare(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
fn instants(x: u64) -> u64 {
    let start = Instant::now();
    let returned = x.wrapping_mul(3);
    black_box(start.elapsed());
    returned
}

#[cfg(feature = "tsc")]
#[inline(never)]
fn counter(x: u64) -> u64 {
    static CLOCK: std::sync::LazyLock<quanta::Clock> = std::sync::LazyLock::new(quanta::Clock::new);
    let start = CLOCK.raw();
    let returned = x.wrapping_mul(3);
    black_box(CLOCK.raw() - start);
    returned
}

#[inline(never)]
#[timed(level = "debug")]
fn off(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
#[timed]
fn summed_up(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
#[timed(outcome)]
fn with_outcome(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
fn by_name(x: u64) -> u64 {
    let _timer = audit_runtime::timer("by_name");
    x.wrapping_mul(3)
}

#[inline(never)]
fn sampled(x: u64) -> u64 {
    static SITE: hooks::Site = hooks::Site::new(hooks::Callsite {
        category: hooks::Category::Performance,
        level: hooks::Level::Info,
        event: "timing",
        operation: "sampled",
        component: module_path!(),
        message: None,
        function: "sampled",
        file: file!(),
        line: line!(),
        slow_nanos: 0,
        fields: &[],
    })
    .sampled(64);
    let _call = hooks::Timed::enter(&SITE, hooks::Level::Info);
    x.wrapping_mul(3)
}

/// Runs all ways in turn, `rounds` times, `calls` each.
pub(crate) fn run(rounds: usize, calls: u64) -> io::Result<Vec<Row>> {
    let mut measured: Vec<_> = WAYS.iter().map(|way| (way, Vec::new(), 0)).collect();
    // A round that is not counted warms caches, and makes each thread's cells.
    for round in 0..=rounds {
        for ((_, _, run), nanos, allocated) in &mut measured {
            let before = allocations::count();
            let start = Instant::now();
            black_box(run(calls));
            let took = start.elapsed();
            let more = allocations::count() - before;
            if round > 0 {
                nanos.push(took.as_nanos() as f64 / calls as f64);
                *allocated += more;
            }
        }
    }
    let mut rows = Vec::new();
    let middle = |way: &str, measured: &mut [(&(&str, bool, Repeat), Vec<f64>, u64)]| {
        let found = measured.iter_mut().find(|((name, _, _), _, _)| *name == way);
        found.map_or(f64::NAN, |(_, nanos, _)| median(nanos))
    };
    let [bare, clocks, counter] = [BARE, CLOCKS, COUNTER].map(|way| middle(way, &mut measured));
    for ((way, ours, _), mut nanos, allocated) in measured {
        let value = median(&mut nanos);
        if *ours && allocated > 0 {
            return Err(io::Error::other(format!("{way} allocated {allocated} times")));
        }
        let row = |metric, value, unit| Row {
            bench: BENCH,
            peer: way,
            threads: 1,
            metric,
            value,
            unit,
            rounds,
        };
        rows.push(row("call", value, "ns/call"));
        rows.push(row("call, least", least(&nanos), "ns/call"));
        rows.push(row("call, over the bare one", value - bare, "ns/call"));
        rows.push(row("call, ratio to two clocks", value / clocks, "×"));
        if !counter.is_nan() {
            rows.push(row("call, ratio to two counters", value / counter, "×"));
        }
        rows.push(row("allocations", allocated as f64 / (rounds as u64 * calls) as f64, "1/call"));
    }
    Ok(rows)
}
