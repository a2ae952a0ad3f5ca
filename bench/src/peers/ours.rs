//! This project: `#[audited]`, with each road there is.

use std::{fmt::Error, hint::black_box, io, path::Path, time::Duration};

use audit_runtime::{Builder, Category, ConsoleTarget, Logs, audited};

use super::{Entry, Order, Peer, entry};

pub(crate) const DIRECT: &str = "audited (direct)";
pub(crate) const SPOOLED: &str = "audited (spooled)";

/// A file takes about twenty thousand records.
pub(crate) const ROTATING: &str = "audited (direct), rotating at 10 MiB";
const ROTATING_SELDOM: &str = "audited (direct), rotating at 100 MiB";
const ROTATING_OFTEN: &str = "audited (direct), rotating at 1 MiB";

pub(crate) const SYNCED: &str = "audited, synced";

/// A variable and its value.
type Setting = (&'static str, &'static str);

// The settings that take a road. What needs one that the runtime does not know is left out.
const TO_SPOOL: Setting = ("AUDIT_LOG_SPOOL", "on");
const TO_FILE: Setting = ("AUDIT_LOG_SPOOL", "off");
const TO_DISK: Setting = ("AUDIT_LOG_DURABILITY", "synced");

/// The roads of a record that the runtime knows.
pub(super) fn entries() -> Vec<Entry> {
    let direct = entry(DIRECT, |dir| make(dir, TO_FILE)).that_is_ours();
    let spooled = entry(SPOOLED, |dir| make(dir, TO_SPOOL)).that_is_ours();
    let spooled = knows(TO_SPOOL).then_some(spooled);
    [Some(direct), spooled].into_iter().flatten().collect()
}

/// Records that are on the disk when the call returns.
pub(crate) fn synced() -> Option<Entry> {
    let entry = entry(SYNCED, |dir| make(dir, TO_DISK)).that_is_ours();
    knows(TO_DISK).then_some(entry)
}

/// Records into files that are rotated, with all else as in production, compression included.
pub(crate) fn rotating() -> [Entry; 3] {
    [
        entry(ROTATING, |dir| in_production(dir, "10MiB")).that_is_ours(),
        entry(ROTATING_SELDOM, |dir| in_production(dir, "100MiB")).that_is_ours(),
        entry(ROTATING_OFTEN, |dir| in_production(dir, "1MiB")).that_is_ours(),
    ]
}

fn in_production(dir: &Path, size: &str) -> io::Result<Box<dyn Peer>> {
    let settings = [
        ("AUDIT_LOG_PROFILE", "production"),
        // Lines are counted, so that none may be deleted.
        ("AUDIT_LOG_KEEP_FILES", "off"),
        ("AUDIT_LOG_ROTATE_SIZE", size),
        TO_FILE,
    ];
    let builder = audit_runtime::builder("bench").environment(settings);
    Ok(Box::new(Audited(builder.dir(dir).console(ConsoleTarget::Off).init())))
}

fn knows(setting: Setting) -> bool {
    audit_runtime::builder("bench").environment([setting]).settings().problems.is_empty()
}

fn make(dir: &Path, setting: Setting) -> io::Result<Box<dyn Peer>> {
    Ok(Box::new(Audited(builder(dir, setting).init())))
}

fn builder(dir: &Path, setting: Setting) -> Builder {
    audit_runtime::builder("bench")
        .environment(knows(setting).then_some(setting))
        .dir(dir)
        .console(ConsoleTarget::Off)
        .rotate_size(None)
        .rotate_every(None)
}

/// What the next process does with what a dead one left.
pub(crate) fn recover(dir: &Path) {
    drop(builder(dir, TO_SPOOL).init());
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

    fn sync(&self) -> io::Result<()> {
        let position = self.0.position(Category::Audit);
        self.0.sync_up_to(&position, Duration::from_mins(1))
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let lost = self.0.health().lines_lost;
        if lost > 0 { Err(io::Error::other(format!("{lost} lines lost"))) } else { Ok(()) }
    }
}
