//! This project: `#[audited]`, with each road there is.

use std::{fmt::Error, hint::black_box, io, path::Path};

use audit_runtime::{Builder, ConsoleTarget, Logs, audited};

use super::{Entry, Order, Peer, entry};

pub(crate) const DIRECT: &str = "audited (direct)";
pub(crate) const SPOOLED: &str = "audited (spooled)";

/// The setting that takes the road, and its two values.
const SPOOL: &str = "AUDIT_LOG_SPOOL";

/// The spooled road is left out as long as the runtime does not know its setting.
pub(super) fn entries() -> Vec<Entry> {
    let direct = entry(DIRECT, |dir| Ok(Box::new(Audited(builder(dir, "off").init()))));
    let spooled = entry(SPOOLED, |dir| Ok(Box::new(Audited(builder(dir, "on").init()))));
    let mut entries = vec![direct.that_is_ours()];
    if knows_spool() {
        entries.push(spooled.that_is_ours());
    }
    entries
}

fn knows_spool() -> bool {
    audit_runtime::builder("bench").environment([(SPOOL, "on")]).settings().problems.is_empty()
}

fn builder(dir: &Path, spool: &str) -> Builder {
    let variables = knows_spool().then_some((SPOOL, spool));
    audit_runtime::builder("bench")
        .environment(variables)
        .dir(dir)
        .console(ConsoleTarget::Off)
        .rotate_size(None)
        .rotate_daily(false)
}

/// What the next process does with what a dead one left.
pub(crate) fn recover(dir: &Path) {
    drop(builder(dir, "on").init());
}

struct Audited(Logs);

#[audited(
    operation = "bench-order",
    resource(order_id = order.id),
    agent = "picker",
    user = "jane",
    details(shelf = order.shelf, cents = order.cents, weight = order.weight, express = order.express, note = %order.note),
)]
fn process(order: &Order<'_>) -> Result<(), Error> {
    black_box(order);
    Ok(())
}

#[audited(operation = "bench-order", resource(order_id = order.id))]
fn process_one(order: &Order<'_>) -> Result<(), Error> {
    black_box(order);
    Ok(())
}

#[audited(
    operation = "bench-order",
    resource(order_id = order.id),
    agent = "picker",
    user = "jane",
    details(
        shelf = order.shelf, cents = order.cents, weight = order.weight, express = order.express, note = %order.note,
        shelf_2 = order.shelf, cents_2 = order.cents, weight_2 = order.weight, express_2 = order.express, note_2 = %order.note,
        shelf_3 = order.shelf, cents_3 = order.cents, weight_3 = order.weight,
    ),
)]
fn process_sixteen(order: &Order<'_>) -> Result<(), Error> {
    black_box(order);
    Ok(())
}

impl Peer for Audited {
    fn record(&self, order: &Order<'_>) {
        // The body always succeeds.
        let _ = process(order);
    }

    fn record_one(&self, order: &Order<'_>) {
        // The body always succeeds.
        let _ = process_one(order);
    }

    fn record_sixteen(&self, order: &Order<'_>) {
        // The body always succeeds.
        let _ = process_sixteen(order);
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let lost = self.0.health().lines_lost;
        if lost > 0 { Err(io::Error::other(format!("{lost} lines lost"))) } else { Ok(()) }
    }
}
