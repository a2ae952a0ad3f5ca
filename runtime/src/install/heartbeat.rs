//! The thread that says how the logs are, every so often; it runs only where that is set.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    drain::Drain,
    frame::Datum,
    handoff::Road,
    health::{Health, Status},
    record::{Category, Level},
    render::Notice,
    trap,
};

/// How often the counters are published where nobody asked for heartbeats.
const PUBLISH: Duration = Duration::from_secs(10);

/// Ends the heartbeat when dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
    /// Never sent to: that it is gone ends the thread.
    _end: mpsc::Sender<()>,
}

/// Says how the logs are every so often, and publishes the counters; `None` where neither is
/// wanted, or there is no thread to be had.
pub(super) fn start(road: &'static Road, every: Option<Duration>) -> Option<Heartbeat> {
    let published = cfg!(feature = "metrics").then_some(PUBLISH);
    let period = every.into_iter().chain(published).min()?;
    let (end, ended) = mpsc::channel();
    let beats = move || {
        let mut last = Instant::now();
        while ended.recv_timeout(period) == Err(mpsc::RecvTimeoutError::Timeout) {
            let due = every.is_some_and(|every| last.elapsed() >= every);
            if due {
                last = Instant::now();
            }
            // Whatever panics there is not worth the thread.
            let _ = trap::contained(|| tick(road.drain(), &road.drain().health(), due));
        }
    };
    thread::Builder::new().name("audit-heartbeat".into()).spawn(beats).ok()?;
    Some(Heartbeat { _end: end })
}

/// Publishes the counters, and says how the logs are where that is due.
fn tick(drain: &Drain, health: &Health, due: bool) {
    if due {
        beat(drain, health);
    }
    #[cfg(any(feature = "metrics", test))]
    super::metrics::publish(health);
}

/// Says it once.
fn beat(drain: &Drain, health: &Health) {
    let status = health.status();
    let level = if status == Status::Ok { Level::Info } else { Level::Warn };
    let text = status.to_string();
    let mut details = vec![("status", Datum::Text(&text))];
    let degraded: Vec<_> =
        health.degraded.iter().map(|(what, wrong)| format!("{what} {wrong}")).collect();
    let degraded = degraded.join("; ");
    if !degraded.is_empty() {
        details.push(("degraded", Datum::Text(&degraded)));
    }
    let counted = health.counters().filter(|(_, count)| *count > 0);
    details.extend(counted.map(|(name, count)| (name, Datum::U64(count))));
    drain.notice(&Notice {
        category: Category::System,
        level,
        event: "heartbeat",
        message: "the state of the logs",
        details: &details,
    });
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{
        clock::Timestamp,
        drain::Files,
        health::Counters,
        render::{Line, Origin, Renderer},
        sink::Spot,
    };

    #[derive(Debug, Default)]
    struct Memory(Mutex<Vec<Line>>);

    impl Files for Memory {
        fn append(
            &self,
            _category: Category,
            lines: &[Line],
            _now: Timestamp,
            _begins: &mut dyn FnMut(Spot),
        ) -> bool {
            self.0.lock().unwrap().extend_from_slice(lines);
            true
        }
    }

    fn fixture() -> (Arc<Memory>, Arc<Counters>, Drain) {
        let (memory, counters) = (Arc::new(Memory::default()), Arc::new(Counters::new()));
        let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
        let drain = Drain::new(memory.clone(), renderer, counters.clone(), [Some(Level::Trace); 5]);
        (memory, counters, drain)
    }

    #[test]
    fn a_heartbeat_says_how_the_logs_are_and_what_was_counted() {
        let (memory, counters, drain) = fixture();
        tick(&drain, &counters.snapshot(), false);
        tick(&drain, &counters.snapshot(), true);
        counters.lines_written.add(7);
        counters.lines_lost.add(2);
        counters.conditions.set("audit", Some("is not written (full)".to_owned()));
        tick(&drain, &counters.snapshot(), true);
        let lines = memory.0.lock().unwrap();
        let lines: Vec<serde_json::Value> =
            lines.iter().map(|line| serde_json::from_str(line.as_str()).unwrap()).collect();
        assert_eq!((&lines[0]["level"], &lines[1]["level"]), (&"INFO".into(), &"WARN".into()));
        assert_eq!(lines[0]["details"], serde_json::json!({ "status": "ok" }));
        let details = serde_json::json!({
            "status": "lossy: 2 lines",
            "degraded": "audit is not written (full)",
            "lines_written": 7,
            "lines_lost": 2,
        });
        assert_eq!(lines[1]["details"], details);
        assert!(lines.iter().all(|line| line["event"] == "heartbeat"));
    }

    #[test]
    fn the_counters_are_published_where_no_heartbeat_is_due() {
        let (memory, counters, drain) = fixture();
        let published = crate::install::metrics::published(|| {
            counters.lines_lost.add(3);
            tick(&drain, &counters.snapshot(), false);
        });
        assert_eq!(published.get("counter audit_log_lines_lost"), Some(&3.0));
        assert!(memory.0.lock().unwrap().is_empty());
    }
}
