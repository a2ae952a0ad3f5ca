//! Call sites of which nothing is wanted.

use std::{any::Any, convert::Infallible, io, path::Path};

use audit_runtime::{Category, ConsoleTarget, Rule, audited, timed};
use tracing_subscriber::filter::LevelFilter;

use super::{Way, repeat, way};

pub(super) const WAYS: [Way; 5] = [
    way("#[audited], category off", |n| repeat(n, audited_off))
        .set_up(nothing_wanted)
        .that_is_ours(),
    way("#[timed], category off", |n| repeat(n, timed_off)).set_up(nothing_wanted).that_is_ours(),
    way("tracing event, no subscriber", |n| repeat(n, event)),
    way("tracing event, filtered out", |n| repeat(n, event)).set_up(errors_only),
    way("tracing #[instrument], filtered out", |n| repeat(n, instrumented)).set_up(errors_only),
];

fn nothing_wanted(dir: &Path) -> io::Result<Box<dyn Any>> {
    let logs = audit_runtime::builder("bench")
        .environment(Vec::<(String, String)>::new())
        .dir(dir)
        .console(ConsoleTarget::Off)
        .category(Category::Audit, Rule::Off)
        .category(Category::Performance, Rule::Off)
        .init();
    Ok(Box::new(logs))
}

fn errors_only(_: &Path) -> io::Result<Box<dyn Any>> {
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::ERROR).finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    Ok(Box::new(()))
}

#[inline(never)]
fn audited_off(x: u64) -> u64 {
    #[audited(resource(id = x), details(twice = x.wrapping_mul(2)))]
    fn inner(x: u64) -> Result<u64, Infallible> {
        Ok(x.wrapping_mul(3))
    }
    let Ok(value) = inner(x);
    value
}

#[inline(never)]
#[timed]
fn timed_off(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
fn event(x: u64) -> u64 {
    tracing::info!(id = x, twice = x.wrapping_mul(2), "called");
    x.wrapping_mul(3)
}

#[inline(never)]
#[tracing::instrument]
fn instrumented(x: u64) -> u64 {
    x.wrapping_mul(3)
}
