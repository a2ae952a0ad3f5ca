//! What tells of records that are lost: a line in the files that miss them, by stream and number.

use std::sync::Arc;

use super::plan::STREAMS;
use crate::{
    clock::{Anchor, Timestamp},
    drain::{Parcel, Route},
    frame::{Capture, Frame, Ticket},
    record::{Callsite, Category, Field, Level, Part},
    redact::{KeyRules, PseudonymKey, Rules},
    value::Value,
};

/// Why records are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// Somebody wrote over them.
    Damaged,
    /// Somebody wrote over the positions of the stream.
    Positions,
    /// Their call site was never described.
    Site,
    /// Writing them panicked.
    Panicked,
}

impl Loss {
    const fn word(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Positions => "positions",
            Self::Site => "call_site",
            Self::Panicked => "panicked",
        }
    }
}

static SITE: Callsite = Callsite {
    category: Category::System,
    level: Level::Warn,
    event: "dropped",
    component: "audit_runtime",
    message: Some("records of a thread are missing here"),
    fields: &[
        Field { part: Part::Details, key: "cause" },
        Field { part: Part::Details, key: "records" },
        Field { part: Part::Details, key: "first_n" },
        Field { part: Part::Details, key: "last_n" },
    ],
    ..Callsite::BLANK
};

/// Records of one stream that are lost.
#[derive(Debug)]
pub(super) struct Gap {
    frame: Frame,
    ticket: Ticket,
    pub(super) loss: Loss,
    /// How many; at least one.
    pub(super) records: u64,
}

impl Gap {
    /// Those from `first` to `last`, as far as that is known.
    pub(super) fn new(stream: u32, first: Option<u64>, last: Option<u64>, loss: Loss) -> Self {
        // Nothing of it is a user's: any rules do.
        let rules = Rules::new(KeyRules::new(&[]), PseudonymKey::new([0; 32]));
        let capture = Capture { rules, counters: Arc::default() };
        let mut frame = Frame::new(&SITE, Timestamp::now());
        frame.field(&capture, 0, Value::Literal(loss.word()));
        let records = first.zip(last).map(|(first, last)| last.saturating_sub(first) + 1);
        for (field, n) in (1..).zip([records, first, last]) {
            if let Some(n) = n {
                frame.field(&capture, field, Value::U64(n));
            }
        }
        let ticket = Ticket { stream, n: first.or(last).unwrap_or_default() };
        Self { frame, ticket, loss, records: records.unwrap_or(1) }
    }

    /// The line, for those files. Its number is that of the first record that is lost, so that who
    /// recovers once more knows it.
    pub(super) fn parcel(&self, route: Route) -> Parcel<'_> {
        let anchor = &Anchor::OF_TIMES;
        Parcel { site: &SITE, bytes: self.frame.bytes(), route, ticket: self.ticket, anchor }
    }
}

/// The numbers of a stream, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    /// The last one that was read; none when it is not known.
    last: Option<u64>,
    loss: Option<Loss>,
}

impl Numbers {
    /// Those of a stream of which nothing was read yet.
    pub(super) const fn from_start() -> Self {
        Self { last: Some(0), loss: None }
    }

    /// Those of all streams of a new spool.
    pub(super) const fn of_all() -> [Self; STREAMS] {
        [Self::from_start(); STREAMS]
    }

    /// Records cannot be read here.
    pub(super) fn broke(&mut self, loss: Loss) {
        self.loss.get_or_insert(loss);
    }

    /// A record was read; what is missing in front of it.
    pub(super) fn saw(&mut self, stream: u32, n: u64) -> Option<Gap> {
        let (loss, before) = (self.loss.take(), self.last.replace(n));
        let first = before.map(|before| before.saturating_add(1));
        match (first, loss) {
            (Some(first), _) if first >= n => None,
            (None, None) => None,
            (first, loss) => {
                let last = Some(n.saturating_sub(1));
                Some(Gap::new(stream, first, last, loss.unwrap_or(Loss::Damaged)))
            }
        }
    }

    /// There is nothing more to be read; what is missing at the end.
    pub(super) fn end(&mut self, stream: u32) -> Option<Gap> {
        let loss = self.loss.take()?;
        let first = self.last.take().map(|last| last.saturating_add(1));
        Some(Gap::new(stream, first, None, loss))
    }

    /// What was read since `earlier` did not get anywhere.
    pub(super) fn lost_since(self, earlier: Self, stream: u32) -> Option<Gap> {
        let first = earlier.last.map(|last| last.saturating_add(1));
        (self.last != earlier.last).then(|| Gap::new(stream, first, self.last, Loss::Panicked))
    }
}

/// The files in which records may be missing that cannot be read: of all whose records were, and of
/// all that have a call site.
pub(super) fn route<'a>(seen: Route, sites: impl Iterator<Item = &'a Callsite>) -> Route {
    let mut route = seen;
    for site in sites {
        route = Route(route.0 | Route::to(|category| category == site.category).0);
    }
    if route == Route::default() {
        Route::to(|category| category == Category::Audit)
    } else {
        route
    }
}
