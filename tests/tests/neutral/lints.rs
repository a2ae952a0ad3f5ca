//! Programs that only draw warnings: the same ones, of the compiler and of clippy.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{CHECKED, LINTED, Message, Said};

/// How often each lint is given at each line; what is worded otherwise is the same lint.
fn counts(said: &[Message]) -> BTreeMap<(&str, u64), i32> {
    let mut counts = BTreeMap::new();
    for message in said {
        *counts.entry((message.code.as_str(), message.line)).or_default() += 1;
    }
    counts
}

/// Every lint is given as often at each line, and in the words of the plain twin where the body
/// stays in its place.
#[track_caller]
fn same(said: &BTreeMap<String, Said>, cases: &[&str]) {
    let mut wrong = Vec::new();
    for case in cases {
        let said = &said[*case];
        let plain = counts(&said["plain"]);
        assert!(plain.len() > 10, "{case}: {plain:?}");
        for variant in ["audited", "timed", "both"] {
            let watched = counts(&said[variant]);
            let keys: BTreeSet<_> = plain.keys().chain(watched.keys()).collect();
            let differ = keys.into_iter().filter(|key| plain.get(key) != watched.get(key));
            wrong.extend(differ.map(|(lint, line)| format!("{case}, {variant}: {lint} at {line}")));
        }
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
    same(&CHECKED, &["lints_async", "lints_recursion", "lints_sync"]);
}

#[test]
fn clippy_warns_of_the_same() {
    same(&LINTED, &["lints_async", "lints_clippy", "lints_recursion", "lints_sync"]);
}

#[test]
fn what_is_lost_is_known() {
    let said = &CHECKED["lints_lost"];
    let lints = |variant: &str| -> Vec<(String, u64)> {
        said[variant].iter().map(|message| (message.code.clone(), message.line)).collect()
    };
    let (plain, audited) = (lints("plain"), lints("audited"));
    assert!(audited.iter().all(|lint| plain.contains(lint)), "{audited:?}");
    let lost = plain.iter().filter(|lint| !audited.contains(lint));
    let mut lost: Vec<_> = lost.map(|(lint, line)| (lint.as_str(), *line)).collect();
    lost.sort_unstable();
    let known = [("unconditional_recursion", 14), ("unused_assignments", 31)];
    assert_eq!(lost, known);
    assert_eq!(lints("timed"), lints("plain"));
}

#[test]
fn a_program_that_denies_all_of_them_stays_clean() {
    for variant in ["plain", "audited", "timed", "both"] {
        assert!(LINTED["lints_none"][variant].is_empty(), "{:?}", LINTED["lints_none"][variant]);
    }
}
