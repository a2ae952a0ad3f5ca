//! The layers put on top of each other: profile < code defaults < environment < code pins.

use super::{
    change::{Change, Scope},
    environment::Environment,
    origin::{Key, Origin},
    place::ConsoleTarget,
    problem::{Finding, Problem},
    profile::Profile,
    raw::{Raw, raw, with_category},
    settings::Settings,
    values::{Input, Reading},
};
use crate::record::Category;

/// Settings, and what was wrong on the way to them.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The effective settings. They can be used whatever the problems are.
    pub settings: Settings,
    /// What was ignored, and what may mean something else than its author thought.
    pub problems: Vec<Problem>,
}

impl Loaded {
    /// The problems that a strict program does not start with: what was ignored.
    pub fn faults(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.is_fault())
    }
}

/// A change, and whose it is.
struct Wish<'a> {
    change: Change,
    origin: Origin,
    /// Where it was read from.
    source: Option<&'a Raw<'a>>,
}

/// The effective settings of the program `app`; never fails.
///
/// `defaults` is what the program wants unless the operator says otherwise; `pins` is what the
/// operator must not change. Within each of the layers a change for one category beats a general
/// one, and among equals the last one wins.
#[must_use]
pub fn load(app: &str, defaults: &[Change], environment: &Environment, pins: &[Change]) -> Loaded {
    let (raws, mut problems) = raw(environment);
    let code = |changes: &[Change], origin: &Origin| -> Vec<Wish<'_>> {
        let wish =
            |change: &Change| Wish { change: change.clone(), origin: origin.clone(), source: None };
        changes.iter().map(wish).collect()
    };
    let mut layers =
        [code(defaults, &Origin::Code), read(app, &raws, &mut problems), code(pins, &Origin::Pin)];
    for layer in &mut layers {
        layer.retain(|wish| accepted(wish, &mut problems));
        layer.sort_by_key(|wish| wish.change.is_special());
    }

    let profile = layers.iter().flatten().rev().find_map(|wish| match wish.change {
        Change::Profile(profile) => Some(profile),
        _ => None,
    });
    let mut settings = Settings::new(app, profile.unwrap_or_default());
    let [defaults, wished, pinned] = layers;
    put(&mut settings, defaults);
    let kept_before = settings.file(Category::Audit).keep_files;
    put(&mut settings, wished);
    problems.extend(shortened(&settings, kept_before, &raws));
    for wish in pinned {
        pin(&mut settings, wish, &raws, &mut problems);
    }
    settings.settle();
    problems.extend(part_names(&mut settings));
    Loaded { settings, problems }
}

/// What the variables mean.
fn read<'a>(app: &str, raws: &'a [Raw<'a>], problems: &mut Vec<Problem>) -> Vec<Wish<'a>> {
    let mut wishes: Vec<Wish<'a>> = Vec::new();
    for source in raws {
        let input = Input { text: source.value, scope: source.scope, app };
        let Reading { changes, findings } = (source.variable.read)(input);
        problems.extend(findings.into_iter().map(|finding| told(finding, source)));
        for change in changes {
            if let Change::Profile(profile) = change {
                problems.extend(contradicted(profile, &wishes, source));
            }
            let origin = Origin::Environment(source.name.clone());
            wishes.push(Wish { change, origin, source: Some(source) });
        }
    }
    wishes
}

fn told(finding: Finding, source: &Raw<'_>) -> Problem {
    finding.of(&source.name, (!source.variable.secret).then_some(source.value))
}

/// Two variables that name different profiles.
fn contradicted(profile: Profile, wishes: &[Wish<'_>], source: &Raw<'_>) -> Option<Problem> {
    let earlier = wishes.iter().find_map(|wish| match wish.change {
        Change::Profile(other) if other != profile => Some((other, wish)),
        _ => None,
    });
    let (other, wish) = earlier?;
    let reason = format!("beats the profile '{other}' of the {}", wish.origin);
    Some(told(Finding::note(0..source.value.len(), reason), source))
}

/// Whether the change can be done; if not, that is told.
fn accepted(wish: &Wish<'_>, problems: &mut Vec<Problem>) -> bool {
    let Err(refusal) = wish.change.check() else { return true };
    let finding = |length| Finding::fault(0..length, refusal.reason).expected(refusal.expected);
    problems.push(if let Some(source) = wish.source {
        told(finding(source.value.len()), source)
    } else {
        let value = wish.change.to_string();
        let key = wish.change.keys().first().map(Key::to_string).unwrap_or_default();
        finding(value.len()).of(&format!("{key} ({})", wish.origin), Some(&value))
    });
    false
}

fn put(settings: &mut Settings, wishes: Vec<Wish<'_>>) {
    for Wish { change, origin, .. } in wishes {
        // Who asks for a level on the console wants to see one.
        let wants_console = matches!(change, Change::ConsoleLevel(_))
            && settings.console.target == ConsoleTarget::Off
            && settings.origin(&Key::Console) != origin;
        if wants_console {
            settings.apply(Change::Console(ConsoleTarget::Stderr), &origin);
        }
        settings.apply(change, &origin);
    }
}

/// Puts a pin, and tells where it overrules the operator.
fn pin(settings: &mut Settings, wish: Wish<'_>, raws: &[Raw<'_>], problems: &mut Vec<Problem>) {
    let before: Vec<_> = wish
        .change
        .keys()
        .into_iter()
        .filter_map(|key| match settings.origin(&key) {
            Origin::Environment(name) => Some((settings.text(&key), name, key)),
            _ => None,
        })
        .collect();
    settings.apply(wish.change, &wish.origin);
    for (old, name, key) in before {
        let new = settings.text(&key);
        let source = raws.iter().find(|raw| raw.name == name);
        // Further keys that name a secret only add up.
        if let Some(source) = source.filter(|_| old != new && key != Key::RedactKeys) {
            let reason = format!("cannot change {key}: the program pins it to '{new}'");
            problems.push(told(Finding::fault(0..source.value.len(), reason), source));
        }
    }
}

/// A general number of archives that shortens the audit trail is told: deleted is deleted.
fn shortened(settings: &Settings, before: Option<u32>, raws: &[Raw<'_>]) -> Option<Problem> {
    let now = settings.file(Category::Audit).keep_files?;
    let Origin::Environment(name) = settings.origin(&Key::KeepFiles(Category::Audit)) else {
        return None;
    };
    let source = raws.iter().find(|raw| raw.name == name && raw.scope == Scope::All)?;
    if before.is_some_and(|before| before <= now) {
        return None;
    }
    let before = before.map_or("all".to_owned(), |before| before.to_string());
    let special = with_category(&name, Category::Audit.name());
    let reason = format!("keeps fewer audit archives as well: {now} instead of {before}");
    let note = Finding::note(0..source.value.len(), reason);
    Some(told(note.expected(format!("{special}={before} if that is not meant")), source))
}

/// Two categories cannot share a file: the later one keeps its usual name.
fn part_names(settings: &mut Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Usual names first, as they are what a conflict falls back to.
    let usual = |category: Category| format!("{category}.log");
    for category in Category::ALL {
        let name = settings.file(category).name.clone();
        let taken = Category::ALL.into_iter().find(|&other| {
            other != category
                && (usual(other) == name || (other < category && settings.file(other).name == name))
        });
        if let Some(other) = taken {
            let key = Key::FileName(category);
            let variable = format!("{key} ({})", settings.origin(&key));
            let reason = format!("is the name of the {other} file");
            let finding = Finding::fault(0..name.len(), reason).expected("a name of its own");
            problems.push(finding.of(&variable, Some(&name)));
            settings.apply(Change::FileName(category, usual(category)), &Origin::Profile);
        }
    }
    problems
}
