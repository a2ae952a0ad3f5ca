//! What few calls have: limits, shares, polls.

use std::time::Duration;

use super::{Live, Progress};
use crate::{
    clock,
    frame::Hints,
    hooks::Site,
    record::{Category, Part},
    value::Value,
};

impl Live {
    /// Adds what few calls have.
    #[inline(never)]
    pub(super) fn details(&mut self, units: u64, slow: bool) {
        let Site { callsite: site, sample, .. } = self.site;
        let (frame, capture) = (&mut self.frame, self.road.capture());
        if !self.framed {
            self.framed = true;
            frame.restart(site, Hints::default());
            self.road.ambient_of(&self.more.context, frame);
        }
        if let Some(Progress { polls, busy, .. }) = self.more.future {
            let took = Duration::from_nanos(clock::nanos(units));
            let busy = busy.min(took);
            for (key, value) in [
                ("busy_ms", Value::Duration(busy)),
                ("idle_ms", Value::Duration(took.saturating_sub(busy))),
                ("polls", Value::U64(polls)),
            ] {
                frame.named(capture, Part::Progress, key, value);
            }
        }
        if site.category == Category::Performance {
            if *sample > 1 {
                frame.named(capture, Part::Resource, "sample", Value::U64((*sample).into()));
            }
            if slow {
                frame.named(capture, Part::Event, "event", Value::Literal("slow"));
            }
        }
    }
}
