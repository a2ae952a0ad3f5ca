//! Tests of the settings as a whole.
//!
//! `variables`, `tables`: each variable with good and bad values. `layers`: who wins, and who is told.
//! `features`: settings that need one. `file`: the configuration file. `document`: docs/configuration.md agrees with the code.

mod document;
mod features;
#[cfg(feature = "config-file")]
mod file;
mod layers;
mod tables;
mod variables;

use super::{Change, Environment, Layers, Loaded, Settings, load};

/// The settings of `taskmgr` in this environment, without a wish of the code.
fn loaded(pairs: &[(&str, &str)]) -> Loaded {
    layered(&[], pairs, &[])
}

/// The settings of `taskmgr` with wishes of the code.
fn layered(defaults: &[Change], pairs: &[(&str, &str)], pins: &[Change]) -> Loaded {
    let environment: Environment = pairs.iter().copied().collect();
    load(&Layers { defaults, pins, ..Layers::new("taskmgr", &environment) })
}

/// The settings of `taskmgr` in this environment.
fn loaded_from(environment: &Environment) -> Loaded {
    load(&Layers::new("taskmgr", environment))
}

/// The value of a setting by the name that people see.
fn value(settings: &Settings, key: &str) -> String {
    let found = settings.origins().into_iter().find(|effective| effective.key.to_string() == key);
    found.unwrap_or_else(|| panic!("{key} is no setting")).value
}

/// Where a setting came from, as people see it.
fn origin(settings: &Settings, key: &str) -> String {
    let found = settings.origins().into_iter().find(|effective| effective.key.to_string() == key);
    found.unwrap_or_else(|| panic!("{key} is no setting")).origin.to_string()
}

fn told(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}
