//! The words of arguments that have a meaning of their own: members of lines, levels, durations.

use syn::{BinOp, Expr, ExprBinary, ExprLit, Lit};

/// The members that lines have of their own, so that no resource may be called so.
pub(crate) const RESERVED: [&str; 61] = [
    "timestamp",
    "level",
    "category",
    "component",
    "event",
    "message",
    "operation",
    "agent",
    "user",
    "outcome",
    "phase",
    "call_id",
    "duration_ms",
    "busy_ms",
    "idle_ms",
    "polls",
    "before",
    "after",
    "changed",
    "details",
    "context",
    "error",
    "target",
    "fields",
    "span",
    "source",
    "request_id",
    "correlation_id",
    "user_id",
    "trace_id",
    "span_id",
    "host",
    "pid",
    "run_id",
    "file",
    "line",
    "function",
    "truncated",
    "stream",
    "n",
    "chain",
    "seq",
    "prev",
    "hash",
    "count",
    "errors",
    "min",
    "p50",
    "p90",
    "p99",
    "p999",
    "max",
    "mean",
    "sample",
    "cache",
    "hits",
    "misses",
    "ratio",
    "rss_bytes",
    "window_start",
    "window_end",
];

/// The levels and the names of their variants.
pub(crate) const LEVELS: [(&str, &str); 5] = [
    ("trace", "Trace"),
    ("debug", "Debug"),
    ("info", "Info"),
    ("warn", "Warn"),
    ("error", "Error"),
];

/// What may hold of a record when its call returns, and the names of the variants.
pub(crate) const LASTS: [(&str, &str); 3] =
    [("spooled", "Spooled"), ("written", "Written"), ("synced", "Synced")];

/// The nanoseconds of `50ms` and the like; zero is none.
pub(crate) fn nanoseconds(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|nanos| *nanos > 0)
}

/// The 64 of `1 / 64`.
pub(crate) fn one_in(share: &Expr) -> Option<u32> {
    let Expr::Binary(ExprBinary { left, op: BinOp::Div(_), right, .. }) = share else {
        return None;
    };
    let number = |side: &Expr| match side {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse::<u32>().ok(),
        _ => None,
    };
    number(right).filter(|calls| number(left) == Some(1) && *calls > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_in_so_many() {
        for (text, calls) in [
            ("1 / 64", Some(64)),
            ("1/1", Some(1)),
            ("2 / 64", None),
            ("1 / 0", None),
            ("0.5", None),
        ] {
            let share = syn::parse_str(text).expect("an expression");
            assert_eq!(one_in(&share), calls, "{text}");
        }
    }

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        for (text, nanos) in [
            ("5ns", Some(5)),
            ("250us", Some(250_000)),
            ("50ms", Some(50_000_000)),
            ("2s", Some(2_000_000_000)),
            ("0s", None),
            ("50", None),
            ("ms", None),
            ("1.5s", None),
            ("50 ms", None),
            ("18446744073709551615s", None),
        ] {
            assert_eq!(nanoseconds(text), nanos, "{text}");
        }
    }
}
