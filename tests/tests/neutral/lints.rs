//! Programs that only draw warnings: the same ones, of the compiler and of clippy.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{CHECKED, LINTED, Message, Said};

/// What changes under `#[audited]`, because the body is in a closure or in an async block there:
/// the case, the lint, and the difference in how often it is given at a line.
type Known = (&'static str, &'static str, i32);

/// A `mut` parameter that is assigned and never read draws "unused variable" and "value captured
/// by `n` is never read" in the place of one warning; a call of itself is not seen in a closure.
const KNOWN_OF_COMPILER: [Known; 3] = [
    ("lints_async", "unused_assignments", 1),
    ("lints_sync", "unconditional_recursion", -1),
    ("lints_sync", "unused_assignments", 1),
];

/// A closure of ours is generated code to clippy, and what a closure returns is not looked at.
const KNOWN_OF_CLIPPY: [Known; 3] = [
    ("lints_clippy", "clippy::needless_lifetimes", -1),
    ("lints_clippy", "clippy::needless_return", -1),
    ("lints_clippy", "clippy::needless_return", -1),
];

/// How often each lint is given at each line; what is worded otherwise is the same lint.
fn counts(said: &[Message]) -> BTreeMap<(&str, u64), i32> {
    let mut counts = BTreeMap::new();
    for message in said {
        *counts.entry((message.code.as_str(), message.line)).or_default() += 1;
    }
    counts
}

/// What appears and disappears in each case, but for what is known.
#[track_caller]
fn same(said: &BTreeMap<String, Said>, cases: &[&str], known: &[Known]) {
    let mut wrong = Vec::new();
    for case in cases {
        let said = &said[*case];
        let plain = counts(&said["plain"]);
        assert!(plain.len() > 10, "{case}: {plain:?}");
        for variant in ["audited", "timed", "both"] {
            let watched = counts(&said[variant]);
            let keys: BTreeSet<_> = plain.keys().chain(watched.keys()).collect();
            let count = |of: &BTreeMap<_, i32>, key| of.get(key).copied().unwrap_or(0);
            let mut differences: Vec<(&str, i32)> = keys
                .iter()
                .map(|key| (key.0, count(&watched, *key) - count(&plain, *key)))
                .collect();
            differences.retain(|(_, difference)| *difference != 0);
            differences.sort_unstable();
            let of_case = known.iter().filter(|(of, ..)| of == case && variant != "timed");
            let expected: Vec<(&str, i32)> =
                of_case.map(|(_, lint, difference)| (*lint, *difference)).collect();
            if differences != expected {
                wrong.push(format!("{case}, {variant}: {differences:?}, expected {expected:?}"));
            }
        }
        // Word for word, and in place, where the body stays where it is.
        let sorted = |variant: &str| {
            let mut messages = said[variant].clone();
            messages.sort();
            messages
        };
        assert_eq!(sorted("timed"), sorted("plain"), "{case}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_compiler_warns_of_the_same() {
    same(&CHECKED, &["lints_async", "lints_sync"], &KNOWN_OF_COMPILER);
}

#[test]
fn clippy_warns_of_the_same() {
    let known = [&KNOWN_OF_COMPILER[..], &KNOWN_OF_CLIPPY].concat();
    same(&LINTED, &["lints_async", "lints_clippy", "lints_sync"], &known);
}

#[test]
fn a_program_that_denies_all_of_them_stays_clean() {
    for variant in ["plain", "audited", "timed", "both"] {
        assert!(LINTED["lints_none"][variant].is_empty(), "{:?}", LINTED["lints_none"][variant]);
    }
}
