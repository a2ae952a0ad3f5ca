//! First step: which known variables are set, as they were typed.

use super::{
    environment::{Environment, PREFIX},
    nearest::nearest,
    origin::Origin,
    problem::{Finding, Problem},
    variables::{VARIABLES, Variable},
};
use crate::{config::Scope, record::Category};

/// Where a wish of the operator stands.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The variable, or the key in the file.
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) value: String,
    /// Whether the value is never shown.
    pub(super) secret: bool,
    pub(super) origin: Origin,
    /// Line and column of the value where it stands in a file.
    pub(super) position: Option<(usize, usize)>,
}

impl Source {
    /// The finding as a problem of this source.
    pub(super) fn told(&self, finding: Finding) -> Problem {
        let value = (!self.secret).then_some(self.value.as_str());
        match (&self.origin, self.position) {
            (Origin::File { path, .. }, Some((line, column))) => {
                let before = self.value.get(..finding.range.start).unwrap_or_default();
                let column = column + before.chars().count();
                finding.of(&format!("{path}:{line}:{column}: {}", self.name), value)
            }
            _ => finding.of(&self.name, value),
        }
    }

    /// How the same would be said for one category alone.
    pub(super) fn special(&self, category: Category) -> String {
        match self.position {
            Some(_) => format!("[{category}] {}", self.name),
            None => with_category(&self.name, category.name()),
        }
    }
}

/// A known variable and its value, unread.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) variable: &'static Variable,
    pub(super) source: Source,
}

/// The known variables that are set, in the order of [`VARIABLES`], and what is odd about the rest.
///
/// `RUST_LOG` is left out where `AUDIT_LOG` is set.
pub(super) fn raw(environment: &Environment) -> (Vec<Raw>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (name, value) in environment.iter() {
        let Some((place, variable, scope)) = known(name) else {
            problems.extend(odd(name));
            continue;
        };
        if value.is_none() {
            let finding = Finding::fault(0..0, "is not UTF-8").expected("UTF-8 text");
            problems.push(finding.of(name, None));
        }
        if name == "RUST_LOG" && environment.value("AUDIT_LOG").is_some() {
            continue;
        }
        if let Some(value) = environment.value(name) {
            let origin = Origin::Environment(name.to_owned());
            let (name, value, secret) = (name.to_owned(), value.to_owned(), variable.secret);
            let source = Source { name, scope, value, secret, origin, position: None };
            found.push((place, Raw { variable, source }));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    (found.into_iter().map(|(_, raw)| raw).collect(), problems)
}

/// The variable of that name, its place in the table, and the category in the name.
fn known(name: &str) -> Option<(usize, &'static Variable, Scope)> {
    let variable = |name: &str| VARIABLES.iter().position(|variable| variable.name == name);
    let (place, scope) = if let Some(place) = variable(name) {
        (place, Scope::All)
    } else {
        let (general, category) = without_category(name)?;
        (variable(&general)?, Scope::One(category))
    };
    let variable = VARIABLES.get(place)?;
    (scope == Scope::All || variable.takes_category).then_some((place, variable, scope))
}

/// `AUDIT_LOG_AUDIT_KEEP_FILES` → `AUDIT_LOG_KEEP_FILES`, audit.
fn without_category(name: &str) -> Option<(String, Category)> {
    let rest = name.strip_prefix(PREFIX)?.strip_prefix('_')?;
    Category::ALL.into_iter().find_map(|category| {
        let (word, rest) = rest.split_at_checked(category.name().len())?;
        let ours = word.eq_ignore_ascii_case(category.name()) && rest.starts_with('_');
        let upper = !word.contains(|c: char| c.is_ascii_lowercase());
        (ours && upper).then(|| (format!("{PREFIX}{rest}"), category))
    })
}

/// The name, and the names with a category where the variable takes one.
fn spellings(variable: &Variable) -> impl Iterator<Item = String> {
    let special = Category::ALL
        .into_iter()
        .filter(|_| variable.takes_category)
        .map(|category| with_category(variable.name, category.name()));
    [variable.name.to_owned()].into_iter().chain(special)
}

/// `AUDIT_LOG_KEEP_FILES` → `AUDIT_LOG_AUDIT_KEEP_FILES`.
pub(super) fn with_category(name: &str, category: &str) -> String {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    format!("{PREFIX}_{}{rest}", category.to_ascii_uppercase())
}

/// What is wrong with a variable that is not known.
///
/// Values are not shown: behind a mistyped name may stand a secret.
fn odd(name: &str) -> Option<Problem> {
    // With a category where none is taken: `AUDIT_LOG_AUDIT_COLOR`.
    let general = without_category(name).map(|(general, _)| general);
    if let Some((_, variable, _)) = general.as_deref().and_then(known) {
        let finding = Finding::fault(0..0, "belongs to a variable that takes no category");
        return Some(finding.nearest(Some(variable.name)).of(name, None));
    }
    let names: Vec<String> = VARIABLES.iter().flat_map(spellings).collect();
    let meant = nearest(name, names.iter().map(String::as_str), 3);
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
