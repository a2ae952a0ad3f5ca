//! The rows that every benchmark writes.

use serde_json::{Value, json};

/// One figure of one peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) bench: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) threads: usize,
    pub(crate) metric: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) rounds: usize,
}

impl Row {
    pub(crate) fn to_json(self) -> Value {
        json!({
            "bench": self.bench,
            "peer": self.peer,
            "threads": self.threads,
            "metric": self.metric,
            "value": self.value,
            "unit": self.unit,
            "rounds": self.rounds,
        })
    }
}

/// The middle one of `values`.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
