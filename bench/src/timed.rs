//! What it costs to time a call that does next to nothing: our ways, and what clocks cost.

use std::{any::Any, hint::black_box, io, path::Path, sync::LazyLock, time::Instant};

use audit_runtime::{__private as hooks, Category, ConsoleTarget, Level, Rule, Timing, timed};
use quanta::Clock;

use crate::ways::{Way, repeat, way};

/// The least that timing takes: the processor's counter, twice.
pub(crate) const COUNTERS: &str = "two readings of the counter";

/// The histogram of a thread, and nothing else.
pub(crate) const SUMMARY: &str = "#[timed], summary";

/// The clocks, and those of ours.
pub(crate) const WAYS: [Way; 7] = [
    way(COUNTERS, |n| repeat(n, counters)),
    way("two Instant::now()", |n| repeat(n, instants)),
    way("#[timed], off", |n| repeat(n, off)).set_up(logs).that_is_ours(),
    way(SUMMARY, |n| repeat(n, summed_up)).set_up(logs).that_is_ours(),
    way("#[timed(outcome)], summary", |n| repeat(n, with_outcome)).set_up(logs).that_is_ours(),
    way("timer(name), summary", |n| repeat(n, by_name)).set_up(logs).that_is_ours(),
    way("sampled 1/64, summary", |n| repeat(n, sampled)).set_up(logs).that_is_ours(),
];

fn logs(dir: &Path) -> io::Result<Box<dyn Any>> {
    let logs = audit_runtime::builder("bench")
        .environment(Vec::<(String, String)>::new())
        .dir(dir)
        .console(ConsoleTarget::Off)
        .timing(Timing::Summary)
        .summary_every(None)
        .category(Category::Performance, Rule::From(Level::Info))
        .init();
    Ok(Box::new(logs))
}

#[inline(never)]
fn counters(x: u64) -> u64 {
    static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);
    let clock = &*CLOCK;
    let start = clock.raw();
    let returned = x.wrapping_mul(3);
    black_box(clock.raw().wrapping_sub(start));
    returned
}

#[inline(never)]
fn instants(x: u64) -> u64 {
    let start = Instant::now();
    let returned = x.wrapping_mul(3);
    black_box(start.elapsed());
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
    static SITE: hooks::Site =
        hooks::Site::timed("sampled", module_path!(), file!(), line!(), &[]).sampled(64);
    let _call = hooks::Timed::enter(&SITE, hooks::Level::Info);
    x.wrapping_mul(3)
}
