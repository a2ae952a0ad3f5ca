//! The call sites of events: one description for each, made when the event first occurs.

use std::{collections::HashMap, sync::RwLock};

use tracing::{Metadata, callsite::Identifier};

use crate::{
    record::{Callsite, Category, Level},
    wait::{self, Once},
};

type Sites = RwLock<HashMap<Identifier, &'static Callsite>>;

static SITES: Once<Sites> = Once::new();

/// The description of the event's call site.
pub(super) fn of(metadata: &'static Metadata<'static>) -> &'static Callsite {
    let sites = SITES.get_or_make(RwLock::default);
    sites
        .and_then(|sites| known(sites, metadata))
        .unwrap_or_else(|| unknown((*metadata.level()).into()))
}

/// None where the map cannot be had. What a panic interrupted holds complete entries only.
fn known(sites: &Sites, metadata: &'static Metadata<'static>) -> Option<&'static Callsite> {
    let id = metadata.callsite();
    if let Some(site) = wait::read(sites)?.get(&id) {
        return Some(site);
    }
    let mut sites = wait::write(sites)?;
    let site = sites.entry(id).or_insert_with(|| {
        // Call sites are static and so is their number; these descriptions live as long as they do.
        Box::leak(Box::new(Callsite {
            category: Category::System,
            level: (*metadata.level()).into(),
            event: "log",
            component: metadata.module_path().unwrap_or(metadata.target()),
            file: metadata.file().unwrap_or_default(),
            line: metadata.line().unwrap_or_default(),
            ..Callsite::BLANK
        }))
    });
    Some(site)
}

/// Of an event whose place in the program cannot be looked up.
fn unknown(level: Level) -> &'static Callsite {
    const fn of(level: Level) -> Callsite {
        Callsite { category: Category::System, level, event: "log", ..Callsite::BLANK }
    }
    static UNKNOWN: [Callsite; Level::ALL.len()] = [
        of(Level::ALL[0]),
        of(Level::ALL[1]),
        of(Level::ALL[2]),
        of(Level::ALL[3]),
        of(Level::ALL[4]),
    ];
    UNKNOWN.get(level as usize).unwrap_or(&UNKNOWN[0])
}
