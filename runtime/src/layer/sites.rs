//! The call sites of events: one description for each, made when the event first occurs.

use std::{
    collections::HashMap,
    sync::{OnceLock, PoisonError, RwLock},
};

use tracing::{Metadata, callsite::Identifier};

use crate::record::{Callsite, Category};

static SITES: OnceLock<RwLock<HashMap<Identifier, &'static Callsite>>> = OnceLock::new();

/// The description of the event's call site.
pub(super) fn of(metadata: &'static Metadata<'static>) -> &'static Callsite {
    let sites = SITES.get_or_init(RwLock::default);
    let id = metadata.callsite();
    // A map that a panic interrupted holds complete entries only.
    if let Some(site) = sites.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return site;
    }
    let mut sites = sites.write().unwrap_or_else(PoisonError::into_inner);
    sites.entry(id).or_insert_with(|| {
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
    })
}
