//! Keys of the file that no variable has.

use crate::config::{
    Rule, Threshold,
    change::{Change, Scope},
    directives,
    values::{Input, Reading},
};

/// The default level.
pub(super) fn level(input: Input<'_>) -> Reading {
    threshold(input, Change::Level)
}

/// The level of a target.
pub(super) fn target_level(input: Input<'_>, target: &str) -> Reading {
    threshold(input, |level| Change::Target(target.to_owned(), level))
}

fn threshold(input: Input<'_>, change: impl FnOnce(Threshold) -> Change) -> Reading {
    let word = input.text.trim();
    if let Some(level) = Threshold::parse(word) {
        return change(level).into();
    }
    let meant = directives::near_level(word).map(Into::into);
    input.fault("is not a level", directives::LEVELS, meant)
}

/// What a category takes.
pub(super) fn category_level(input: Input<'_>) -> Reading {
    let Scope::One(category) = input.scope else { return Reading::default() };
    let word = input.text.trim();
    if let Some(rule) = Rule::parse(word) {
        return Change::Category(category, rule).into();
    }
    let meant = directives::near_level(word).map(Into::into);
    input.fault("is nothing a category can be", directives::RULES, meant)
}

/// The name of a category's file.
pub(super) fn file_name(input: Input<'_>) -> Reading {
    let Scope::One(category) = input.scope else { return Reading::default() };
    Change::FileName(category, input.text.to_owned()).into()
}
