//! First step: which known variables are set, as they were typed.

use super::{
    environment::{Environment, PREFIX},
    nearest::nearest,
    problem::{Finding, Problem},
    variables::{VARIABLES, Variable},
};
use crate::{config::Scope, record::Category};

/// A known variable and its value, unread.
#[derive(Clone, Debug)]
pub(super) struct Raw<'a> {
    pub(super) variable: &'static Variable,
    pub(super) scope: Scope,
    pub(super) name: String,
    pub(super) value: &'a str,
}

/// The known variables that are set, in the order of [`VARIABLES`], and what is odd about the rest.
///
/// `RUST_LOG` is left out where `AUDIT_LOG` is set.
pub(super) fn raw(environment: &Environment) -> (Vec<Raw<'_>>, Vec<Problem>) {
    let problems = environment.iter().filter_map(|(name, value)| odd(name, value)).collect();
    let mut found = Vec::new();
    for variable in &VARIABLES {
        for (name, scope) in spellings(variable) {
            if name == "RUST_LOG" && environment.value("AUDIT_LOG").is_some() {
                continue;
            }
            if let Some(value) = environment.value(&name) {
                found.push(Raw { variable, scope, name, value });
            }
        }
    }
    (found, problems)
}

/// The name, and the names with a category where the variable takes one.
fn spellings(variable: &Variable) -> impl Iterator<Item = (String, Scope)> {
    let special = Category::ALL
        .into_iter()
        .filter(|_| variable.takes_category)
        .map(|category| (with_category(variable.name, category.name()), Scope::One(category)));
    [(variable.name.to_owned(), Scope::All)].into_iter().chain(special)
}

/// `AUDIT_LOG_KEEP_FILES` → `AUDIT_LOG_AUDIT_KEEP_FILES`.
pub(super) fn with_category(name: &str, category: &str) -> String {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    format!("{PREFIX}_{}{rest}", category.to_ascii_uppercase())
}

/// What is wrong with a variable before its value is read.
///
/// Values are not shown: behind a mistyped name may stand a secret.
fn odd(name: &str, value: Option<&str>) -> Option<Problem> {
    let names = || VARIABLES.iter().flat_map(spellings).map(|(name, _)| name);
    if names().any(|known| known == name) {
        let finding = Finding::fault(0..0, "is not UTF-8").expected("UTF-8 text");
        return value.is_none().then(|| finding.of(name, None));
    }
    // With a category where none is taken: `AUDIT_LOG_AUDIT_COLOR`.
    let general = VARIABLES.iter().find(|variable| {
        let same = |c: Category| with_category(variable.name, c.name()) == name;
        Category::ALL.into_iter().any(same)
    });
    if let Some(variable) = general {
        let finding = Finding::fault(0..0, "belongs to a variable that takes no category");
        return Some(finding.nearest(Some(variable.name)).of(name, None));
    }
    let known: Vec<String> = names().collect();
    let meant = nearest(name, known.iter().map(String::as_str), 3);
    // `AUDIT_LOGIN_URL` is another program's; `AUDIT_LOGDIR` is not.
    let ours = name.as_bytes().get(PREFIX.len()).is_none_or(|&next| next == b'_');
    let finding = Finding::fault(0..0, "belongs to no known variable").nearest(meant);
    (ours || meant.is_some()).then(|| {
        let finding = if meant.is_none() {
            finding.expected("a name from docs/configuration.md")
        } else {
            finding
        };
        finding.of(name, None)
    })
}
