//! The counters for whoever collects the metrics of the program.

use metrics::{counter, gauge};

use crate::health::Health;

/// What goes up and down.
const GAUGES: [&str; 5] =
    ["queue_bytes", "queue_lines", "queue_peak_bytes", "unsynced_lines", "unsynced_ms"];

/// Sets a metric `audit_log_…` for each counter, and one for each thing that is wrong at the moment.
pub(super) fn publish(health: &Health) {
    for (name, value) in health.counters() {
        let metric = format!("audit_log_{name}");
        if GAUGES.contains(&name) {
            gauge!(metric).set(float(value));
        } else {
            counter!(metric).absolute(value);
        }
    }
    gauge!("audit_log_degraded").set(float(health.degraded.len() as u64));
}

#[expect(clippy::cast_precision_loss, reason = "a gauge has no other type")]
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
pub(super) use tests::published;

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use metrics::{
        Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder,
        SharedString, Unit,
    };

    use super::*;
    use crate::health::Counters;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<BTreeMap<String, f64>>>);

    struct One(Kept, String);

    impl One {
        fn keep(&self, value: f64) {
            self.0.0.lock().unwrap().insert(self.1.clone(), value);
        }
    }

    impl CounterFn for One {
        fn increment(&self, _value: u64) {}

        fn absolute(&self, value: u64) {
            self.keep(float(value));
        }
    }

    impl GaugeFn for One {
        fn increment(&self, _value: f64) {}

        fn decrement(&self, _value: f64) {}

        fn set(&self, value: f64) {
            self.keep(value);
        }
    }

    impl Recorder for Kept {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(Arc::new(One(self.clone(), format!("counter {}", key.name()))))
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(Arc::new(One(self.clone(), format!("gauge {}", key.name()))))
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    /// What is published meanwhile on this thread.
    pub(in crate::install) fn published(run: impl FnOnce()) -> BTreeMap<String, f64> {
        let kept = Kept::default();
        metrics::with_local_recorder(&kept, run);
        kept.0.lock().unwrap().clone()
    }

    #[test]
    fn every_counter_is_published() {
        let counters = Counters::new();
        counters.lines_lost.add(3);
        counters.queue_bytes.set(9);
        counters.conditions.set("audit", Some("full".to_owned()));
        let kept = published(|| publish(&counters.snapshot()));
        assert_eq!(kept.get("counter audit_log_lines_lost"), Some(&3.0));
        assert_eq!(kept.get("gauge audit_log_queue_bytes"), Some(&9.0));
        assert_eq!(kept.get("gauge audit_log_degraded"), Some(&1.0));
        assert_eq!(kept.len(), counters.snapshot().counters().count() + 1);
    }
}
