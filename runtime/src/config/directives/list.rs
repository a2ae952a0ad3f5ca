//! What a list says.

use std::{collections::BTreeMap, fmt};

use super::filter::mark;
use crate::{
    config::{Profile, Rule, Threshold},
    record::Category,
};

/// What a list of directives says; `Display` writes it in canonical form, which reads back the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The profile.
    pub profile: Option<Profile>,
    /// The level of targets that no directive names.
    pub level: Option<Threshold>,
    /// What categories take.
    pub categories: BTreeMap<Category, Rule>,
    /// Levels of targets, in canonical spelling.
    pub targets: BTreeMap<String, Threshold>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut part = |text: fmt::Arguments<'_>| {
            f.write_str(separator)?;
            separator = ",";
            f.write_fmt(text)
        };
        if let Some(profile) = self.profile {
            part(format_args!("{profile}"))?;
        }
        if let Some(level) = self.level {
            part(format_args!("{level}"))?;
        }
        for (category, rule) in &self.categories {
            part(format_args!("{category}={rule}"))?;
        }
        for (target, level) in &self.targets {
            part(format_args!("{}{target}={level}", mark(target)))?;
        }
        Ok(())
    }
}
