//! What a thread keeps of the spool: its stream, and the numbers of the call sites it uses.

use std::cell::RefCell;

use super::{
    fork,
    live::{LaneWriter, Pushed, Spool},
};
use crate::{drain::Route, record::Callsite};

/// How many call sites a thread remembers.
const REMEMBERED: usize = 64;

struct Local {
    spool: &'static Spool,
    /// None when all streams were taken.
    lane: Option<(usize, LaneWriter)>,
    /// Address and number, at the place that the address gives.
    sites: [(usize, u32); REMEMBERED],
}

thread_local! {
    static LOCAL: RefCell<Option<Local>> = const { RefCell::new(None) };
}

/// Writes a record into this thread's stream, which it gets at its first record.
#[expect(
    clippy::inline_always,
    reason = "a call is one piece, down to the store that publishes it"
)]
#[inline(always)]
pub(super) fn push<const AUDITED: bool>(
    spool: &'static Spool,
    site: &'static Callsite,
    bytes: &[u8],
    route: Route,
) -> Pushed {
    let own = LOCAL.try_with(|local| {
        let mut local = local.try_borrow_mut().ok()?;
        match &mut *local {
            Some(local) if std::ptr::eq(local.spool, spool) => local.push(site, bytes, route),
            other => Local::renew(other, spool).push(site, bytes, route),
        }
    });
    // A thread that ends has nothing of its own any more.
    match own {
        Ok(Some(pushed)) => pushed,
        _ => spool.push_shared(site, bytes, route),
    }
}

/// Gives this thread's stream back.
pub(super) fn leave(spool: &'static Spool) {
    // A thread that is ending gave it back already.
    let _ = LOCAL.try_with(|local| {
        if let Ok(mut local) = local.try_borrow_mut()
            && local.as_ref().is_some_and(|local| std::ptr::eq(local.spool, spool))
        {
            *local = None;
        }
    });
}

impl Local {
    /// That of another spool, in the place of what is there.
    #[cold]
    #[inline(never)]
    fn renew<'a>(place: &'a mut Option<Self>, spool: &'static Spool) -> &'a mut Self {
        // First the other one's stream is given back.
        *place = None;
        place.insert(Self { spool, lane: spool.claim(), sites: [(0, 0); REMEMBERED] })
    }

    /// None where the thread has no stream.
    #[expect(
        clippy::inline_always,
        reason = "a call is one piece, down to the store that publishes it"
    )]
    #[inline(always)]
    fn push(&mut self, site: &'static Callsite, bytes: &[u8], route: Route) -> Option<Pushed> {
        let (_, writer) = self.lane.as_mut()?;
        let address = std::ptr::from_ref(site).addr();
        let place = self.sites.get_mut((address >> 4) % REMEMBERED)?;
        if place.0 != address {
            let Some(number) = self.spool.number(site) else { return Some(Pushed::Refused) };
            *place = (address, number);
        }
        Some(match writer.push(place.1, route.0, bytes) {
            Ok(_) => {
                self.spool.sleeper.pushed(writer.is_filling());
                Pushed::Taken
            }
            Err(refused) => refused.into(),
        })
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if let Some((stream, writer)) = &self.lane
            && !fork::is_child()
        {
            self.spool.give_back(*stream, writer);
        }
    }
}
