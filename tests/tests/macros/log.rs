//! The records of this test process, rendered as they would stand in its files.
//!
//! Tests run at once: each uses operation names of its own.

use std::sync::{Arc, LazyLock, Mutex};

use audit_runtime::{
    clock::Timestamp,
    context::Context,
    drain::{Drain, Files},
    frame::Capture,
    handoff::{self, Road},
    health::Counters,
    record::{Category, Level},
    redact::{KeyRules, PseudonymKey, Rules},
    render::{Line, Origin, Renderer},
};
use serde_json::Value;

static LOG: LazyLock<Arc<Memory>> = LazyLock::new(|| {
    let memory = Arc::new(Memory::default());
    let thresholds = [
        Some(Level::Info),
        Some(Level::Debug),
        Some(Level::Error),
        Some(Level::Trace),
        Some(Level::Info),
    ];
    let counters = Arc::new(Counters::new());
    let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
    let drain = Drain::new(memory.clone(), renderer, counters.clone(), thresholds);
    let rules = Rules::new(KeyRules::new(&[]), PseudonymKey::new("tests"));
    let defaults = Context::default().agent("ambient-agent").user("ambient-user");
    let road = Road::new(Capture { rules, counters }, drain, defaults);
    assert!(handoff::install(road, &thresholds).is_some(), "the first of the process");
    memory
});

#[derive(Debug, Default)]
struct Memory(Mutex<Vec<(Category, Value)>>);

impl Files for Memory {
    fn append(&self, category: Category, lines: &[Line], _now: Timestamp) {
        let mut kept = self.0.lock().unwrap();
        for line in lines {
            kept.push((category, serde_json::from_str(line.as_str()).unwrap()));
        }
    }
}

/// Begins to record, unless it has begun.
pub(crate) fn start() {
    LazyLock::force(&LOG);
}

/// The records of that operation in the file of `category`, in their order.
pub(crate) fn records(category: Category, operation: &str) -> Vec<Value> {
    let kept = LOG.0.lock().unwrap();
    let of_operation = kept.iter().filter(|(c, r)| *c == category && r["operation"] == operation);
    of_operation.map(|(_, record)| record.clone()).collect()
}

/// The only audit record of that operation.
#[track_caller]
pub(crate) fn audited(operation: &str) -> Value {
    only(Category::Audit, operation)
}

/// The only performance record of that operation.
#[track_caller]
pub(crate) fn timed(operation: &str) -> Value {
    only(Category::Performance, operation)
}

#[track_caller]
fn only(category: Category, operation: &str) -> Value {
    let mut records = records(category, operation);
    assert_eq!(records.len(), 1, "records of {operation}: {records:?}");
    records.remove(0)
}
