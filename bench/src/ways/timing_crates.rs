//! Crates that time calls.

use std::{any::Any, cell::RefCell, io, path::Path, sync::OnceLock, time::Instant};

use hdrhistogram::Histogram;
use hotpath::{Format, HotpathGuardBuilder};
use metrics::{Counter, Gauge, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_util::registry::{AtomicStorage, Registry};

use super::{Way, repeat, way};

pub(super) const WAYS: [Way; 7] = [
    // It keeps each measurement until its thread has counted it.
    Way { share: 20, ..way("hotpath #[measure]", |n| repeat(n, by_hotpath)).set_up(hotpath_guard) },
    way("autometrics", |n| repeat(n, by_autometrics)),
    // Nobody reads the buckets here, so each sample stays.
    Way { share: 5, ..way("metrics, histogram!", |n| repeat(n, by_macro)).set_up(recorder) },
    Way { share: 5, ..way("metrics, histogram held", |n| repeat(n, by_handle)).set_up(recorder) },
    way("hdrhistogram of the thread, Instant", |n| repeat(n, by_hdr)),
    Way {
        share: 5,
        ..way("tracing #[instrument], registry", |n| repeat(n, by_span)).set_up(registry)
    },
    way("fastrace #[trace], no parent", |n| repeat(n, by_fastrace)),
];

fn hotpath_guard(dir: &Path) -> io::Result<Box<dyn Any>> {
    std::fs::create_dir_all(dir)?;
    let guard = HotpathGuardBuilder::new("main").format(Format::Json);
    Ok(Box::new(guard.output_path(dir.join("report.json")).build()))
}

#[inline(never)]
#[hotpath::measure]
fn by_hotpath(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
#[autometrics::autometrics]
fn by_autometrics(x: u64) -> u64 {
    x.wrapping_mul(3)
}

struct InMemory(Registry<Key, AtomicStorage>);

impl Recorder for InMemory {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.0.get_or_create_counter(key, |counter| counter.clone().into())
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.0.get_or_create_gauge(key, |gauge| gauge.clone().into())
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        self.0.get_or_create_histogram(key, |histogram| histogram.clone().into())
    }
}

fn recorder(_: &Path) -> io::Result<Box<dyn Any>> {
    let recorder = InMemory(Registry::atomic());
    metrics::set_global_recorder(recorder).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Box::new(()))
}

#[inline(never)]
fn by_macro(x: u64) -> u64 {
    let start = Instant::now();
    let value = x.wrapping_mul(3);
    metrics::histogram!("duration").record(start.elapsed());
    value
}

#[inline(never)]
fn by_handle(x: u64) -> u64 {
    static HELD: OnceLock<metrics::Histogram> = OnceLock::new();
    let start = Instant::now();
    let value = x.wrapping_mul(3);
    HELD.get_or_init(|| metrics::histogram!("duration")).record(start.elapsed());
    value
}

#[inline(never)]
fn by_hdr(x: u64) -> u64 {
    thread_local! {
        static OF_THREAD: RefCell<Option<Histogram<u64>>> =
            RefCell::new(Histogram::new_with_bounds(1, 60_000_000_000, 3).ok());
    }
    let start = Instant::now();
    let value = x.wrapping_mul(3);
    let nanos = start.elapsed().as_nanos() as u64;
    OF_THREAD.with_borrow_mut(|histogram| {
        if let Some(histogram) = histogram {
            histogram.saturating_record(nanos.max(1));
        }
    });
    value
}

fn registry(_: &Path) -> io::Result<Box<dyn Any>> {
    let registry = tracing_subscriber::registry();
    tracing::subscriber::set_global_default(registry).map_err(io::Error::other)?;
    Ok(Box::new(()))
}

#[inline(never)]
#[tracing::instrument]
fn by_span(x: u64) -> u64 {
    x.wrapping_mul(3)
}

#[inline(never)]
#[fastrace::trace]
fn by_fastrace(x: u64) -> u64 {
    x.wrapping_mul(3)
}
