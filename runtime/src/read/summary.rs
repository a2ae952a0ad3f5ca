//! What a `summary` line says of the calls it sums up.

use serde::Deserialize;
use serde_json::Value;

use super::Reason;

/// The calls of an operation within a window; durations in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many calls were measured.
    pub count: u64,
    /// How many of them are known to have failed.
    pub errors: u64,
    /// One call in so many was measured.
    pub sample: u64,
    /// The shortest.
    pub min: u64,
    /// Half took at most this, within the error that docs/format.md states; as the next three.
    pub p50: u64,
    /// Nine in ten took at most this.
    pub p90: u64,
    /// 99 in a hundred took at most this.
    pub p99: u64,
    /// 999 in a thousand took at most this.
    pub p999: u64,
    /// The longest.
    pub max: u64,
    /// The mean.
    pub mean: u64,
}

/// The members as they stand in a line.
#[derive(Deserialize)]
struct Members {
    count: Option<Value>,
    errors: Option<Value>,
    sample: Option<Value>,
    min: Option<Value>,
    p50: Option<Value>,
    p90: Option<Value>,
    p99: Option<Value>,
    p999: Option<Value>,
    max: Option<Value>,
    mean: Option<Value>,
}

impl Summary {
    /// Reads a line that is a summary, or says which member is missing or wrong.
    pub(super) fn parse(line: &str) -> Result<Self, Reason> {
        let members: Members =
            serde_json::from_str(line).map_err(|error| Reason::Member(error.to_string()))?;
        members.read()
    }
}

impl Members {
    fn read(&self) -> Result<Summary, Reason> {
        let number = |name: &str, value: &Option<Value>| {
            let found = value.as_ref().and_then(Value::as_u64);
            found.ok_or_else(|| Reason::Member(format!("`{name}` is not a whole number")))
        };
        let nanos = |name: &str, value: &Option<Value>| {
            let found = value.as_ref().and_then(Value::as_f64).and_then(nanos);
            let reason = || Reason::Member(format!("`{name}` is not a number of milliseconds"));
            found.ok_or_else(reason)
        };
        Ok(Summary {
            count: number("count", &self.count)?,
            errors: number("errors", &self.errors)?,
            sample: self.sample.as_ref().map_or(Ok(1), |_| number("sample", &self.sample))?,
            min: nanos("min", &self.min)?,
            p50: nanos("p50", &self.p50)?,
            p90: nanos("p90", &self.p90)?,
            p99: nanos("p99", &self.p99)?,
            p999: nanos("p999", &self.p999)?,
            max: nanos("max", &self.max)?,
            mean: nanos("mean", &self.mean)?,
        })
    }
}

/// About 104 days; up to here a double still tells millionths of a millisecond apart.
const LONGEST_NANOS: f64 = 9e15;

/// Milliseconds with six decimals are whole nanoseconds; what is longer is the longest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "brought between 0 and 9e15"
)]
fn nanos(millis: f64) -> Option<u64> {
    (millis >= 0.0).then(|| (millis * 1e6).round().min(LONGEST_NANOS) as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(change: &str, value: Value) -> Members {
        let mut line = json!({
            "count": 3, "min": 0.000_312, "p50": 1.0, "p90": 2, "p99": 2.5, "p999": 2.5,
            "max": 2.5, "mean": 1.270_104, "errors": 1, "operation": "x",
        });
        line[change] = value;
        serde_json::from_value(line).unwrap()
    }

    #[test]
    fn every_nanosecond_is_kept() {
        let summary = members("sample", json!(64)).read().unwrap();
        assert_eq!((summary.count, summary.errors, summary.sample), (3, 1, 64));
        assert_eq!((summary.min, summary.p90, summary.mean), (312, 2_000_000, 1_270_104));
        assert_eq!(members("x", json!(0)).read().unwrap().sample, 1);
        assert_eq!(members("max", json!(1e300)).read().unwrap().max, 9_000_000_000_000_000);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value) in [
            ("count", json!(-1)),
            ("errors", json!(null)),
            ("sample", json!("64")),
            ("min", json!(-0.5)),
            ("p999", json!("NaN")),
            ("mean", json!(null)),
        ] {
            let reason = members(name, value).read().unwrap_err().to_string();
            assert!(reason.contains(&format!("`{name}`")), "{reason}");
        }
    }
}
