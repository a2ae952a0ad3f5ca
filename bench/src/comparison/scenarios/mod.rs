//! The scenarios, in the order of `docs/failures.md`. Each sets a scene, lets the peer's program
//! write, and leaves the counting to the oracle.

mod archives;
mod calls;
mod console;
mod disk;
mod ends;
mod outside;
mod rotation;
mod tailer;

use std::time::Duration;

use super::scene::{Act, Scene};

/// How long is waited where hanging is what is looked for.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(4));

/// One way in which file loggers fail.
#[derive(Clone, Copy)]
pub(super) struct Scenario {
    /// The row of `docs/failures.md`; a letter tells several of one row apart.
    pub(super) number: &'static str,
    pub(super) title: &'static str,
    /// How it is set up and judged, beyond the counting of lines.
    pub(super) how: &'static str,
    pub(super) act: fn(&mut Scene) -> Act,
}

impl Scenario {
    /// Its number without the letter.
    pub(super) fn row(&self) -> &'static str {
        self.number.trim_end_matches(|c: char| c.is_ascii_lowercase())
    }
}

/// All scenarios by their number.
pub(super) fn all() -> Vec<Scenario> {
    let groups = [
        disk::SCENARIOS,
        rotation::SCENARIOS,
        outside::SCENARIOS,
        archives::SCENARIOS,
        ends::SCENARIOS,
        calls::SCENARIOS,
        console::SCENARIOS,
    ];
    let mut all = groups.concat();
    all.sort_by_key(|scenario| (scenario.row().parse::<u32>().unwrap_or(0), scenario.number));
    all
}

/// Words in front of a program, which a shell carries out before it.
fn shell(before: &str) -> Vec<String> {
    ["sh", "-c", &format!("{before}; exec \"$@\""), "sh"].map(str::to_owned).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_catalogue_and_no_two_are_the_same() {
        let all = all();
        for pair in all.windows(2) {
            assert_ne!(pair[0].number, pair[1].number);
        }
        for scenario in &all {
            let row: u32 = scenario.row().parse().unwrap();
            assert!((1..=41).contains(&row), "{}", scenario.number);
            assert!(scenario.how.ends_with('.') && !scenario.title.is_empty());
        }
    }
}
