//! Which events are wanted at the moment. It can change while the program runs.
//!
//! Asking takes no lock: every thread keeps what it saw last and looks again only when the number
//! of the filter is another one.

use std::{
    cell::RefCell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::{
    config::{Threshold, directives::Filter},
    record::Level,
    wait,
};

/// How often a filter was set; 0 before the first time.
static NUMBER: AtomicU64 = AtomicU64::new(0);
static CURRENT: Mutex<Option<Arc<Watched>>> = Mutex::new(None);

thread_local! {
    static SEEN: RefCell<(u64, Option<Arc<Watched>>)> = const { RefCell::new((0, None)) };
}

/// A filter that remembers which of its directives an event has matched.
#[derive(Debug)]
struct Watched {
    filter: Filter,
    matched: Vec<AtomicBool>,
}

impl Watched {
    /// A directive that was there before stays matched.
    fn new(filter: Filter, before: Option<&Self>) -> Self {
        let matched = |target: &str| {
            let before = before.map(|before| before.filter.targets().zip(&before.matched));
            let found = before.and_then(|mut all| all.find(|(other, _)| *other == target));
            found.is_some_and(|(_, matched)| matched.load(Ordering::Relaxed))
        };
        let matched = filter.targets().map(|target| AtomicBool::new(matched(target))).collect();
        Self { filter, matched }
    }

    fn wants(&self, target: &str, level: Level) -> bool {
        let (least, number) = self.filter.decide(target);
        let matched = number.and_then(|number| self.matched.get(number));
        if let Some(matched) = matched.filter(|matched| !matched.load(Ordering::Relaxed)) {
            matched.store(true, Ordering::Relaxed);
        }
        least.is_some_and(|least| level >= least)
    }

    fn unmatched(&self) -> Vec<String> {
        let all = self.filter.targets().zip(&self.matched);
        let unmatched = all.filter(|(_, matched)| !matched.load(Ordering::Relaxed));
        unmatched.map(|(target, _)| target.to_owned()).collect()
    }
}

/// Sets which events are wanted, and has `tracing` ask all its subscribers again.
pub(crate) fn set(filter: Filter) {
    {
        let Some(mut current) = wait::lock(&CURRENT) else { return };
        *current = Some(Arc::new(Watched::new(filter, current.as_deref())));
        NUMBER.fetch_add(1, Ordering::Release);
    }
    tracing::callsite::rebuild_interest_cache();
}

/// Whether an event is wanted; none is before a filter was set.
pub(super) fn wants(target: &str, level: Level) -> bool {
    level.is_compiled() && ask(|watched| watched.wants(target, level)).unwrap_or(false)
}

/// The least important level that any target lets through; `None` before a filter was set.
pub(super) fn max_level() -> Option<Threshold> {
    ask(|watched| Threshold(watched.filter.max_level()))
}

/// The targets of directives that no event has matched.
pub(crate) fn unmatched() -> Vec<String> {
    ask(Watched::unmatched).unwrap_or_default()
}

fn ask<R>(question: impl Fn(&Watched) -> R) -> Option<R> {
    let number = NUMBER.load(Ordering::Acquire);
    if number == 0 {
        return None;
    }
    let answer = SEEN.try_with(|seen| {
        let mut seen = seen.borrow_mut();
        if seen.0 != number
            && let Some(current) = wait::lock(&CURRENT)
        {
            // Where it cannot be had, what was seen last holds on.
            *seen = (number, current.clone());
        }
        seen.1.as_deref().map(&question)
    });
    // A thread that ends has forgotten what it saw.
    answer.unwrap_or_else(|_| wait::lock(&CURRENT)?.as_deref().map(question))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(directives: &[&str]) -> Filter {
        let mut filter = Filter::new(Level::Info);
        for target in directives {
            filter.set(target, Level::Debug);
        }
        filter
    }

    #[test]
    fn a_directive_is_matched_by_an_event_of_its_target_wanted_or_not() {
        let watched = Watched::new(filter(&["shop", "shop::store", "bank"]), None);
        assert_eq!(watched.unmatched(), ["shop::store", "bank", "shop"]);
        assert!(!watched.wants("shop::store::file", Level::Trace));
        assert!(watched.wants("other", Level::Info));
        assert_eq!(watched.unmatched(), ["bank", "shop"]);
        let next = Watched::new(filter(&["shop::store", "mint"]), Some(&watched));
        assert_eq!(next.unmatched(), ["mint"], "what was matched stays so");
    }
}
