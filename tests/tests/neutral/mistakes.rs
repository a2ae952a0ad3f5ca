//! Programs with a mistake: the first error is that of the plain twin.

use std::collections::BTreeSet;

use crate::project::{CHECKED, Message, Said};

/// Programs with a mistake, at the least.
const LEAST: usize = 30;

/// What the compiler words otherwise under `#[audited]`: "in a closure" or "in an async block" for
/// "in a function". It says it at the same line.
const WORDED_OTHERWISE: [&str; 5] = [
    "async_question_in_unit",
    "break_outside_loop",
    "question_in_unit",
    "question_on_option",
    "recursion_break_outside_loop",
];

/// The first error; for programs whose mistakes are denied lints, all of them: lints have no order.
fn first(said: &Said, variant: &str, case: &str) -> BTreeSet<Message> {
    let errors = said[variant].iter().filter(|message| message.level == "error").cloned();
    errors.take(if case.starts_with("denied") { usize::MAX } else { 1 }).collect()
}

fn lines(errors: &BTreeSet<Message>) -> Vec<u64> {
    errors.iter().map(|error| error.line).collect()
}

#[test]
fn the_first_error_is_that_of_the_plain_program() {
    let mistakes = CHECKED.iter().filter(|(case, _)| !case.starts_with("lints"));
    let mut differences = Vec::new();
    let mut worded_otherwise = Vec::new();
    let mut count = 0;
    for (case, said) in mistakes {
        count += 1;
        let plain = first(said, "plain", case);
        assert!(!plain.is_empty(), "{case} has no mistake");
        for variant in ["audited", "timed"] {
            let watched = first(said, variant, case);
            let known = variant == "audited" && WORDED_OTHERWISE.contains(&case.as_str());
            if known && lines(&watched) == lines(&plain) && watched != plain {
                worded_otherwise.push(case.as_str());
            } else if watched != plain {
                differences.push(format!("{case}, {variant}:\n  {plain:?}\n  {watched:?}"));
            }
        }
    }
    assert!(count >= LEAST, "{count} programs");
    assert!(
        differences.is_empty(),
        "{} of {count}:\n{}",
        differences.len(),
        differences.join("\n")
    );
    let mut known = WORDED_OTHERWISE;
    known.sort_unstable();
    assert_eq!(worded_otherwise, known, "what is worded the same is no exception");
}
