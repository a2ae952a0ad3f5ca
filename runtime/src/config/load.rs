//! The layers put on top of each other: profile < code defaults < configuration file <
//! environment < changes while running < code pins.

use std::{path::PathBuf, rc::Rc};

use super::{
    change::{Change, Scope},
    directives::LEVELS,
    environment::Environment,
    file::{self, ConfigFile},
    origin::{Key, Origin},
    place::{ConsoleFormat, ConsoleTarget, Dir, Format},
    problem::{Finding, Problem},
    profile::Profile,
    raw::{Source, raw},
    settings::Settings,
    values::{self, Input, Reading},
};
use crate::record::Category;

/// Whatever has a say in the settings of a program, the weakest first; the profile follows from
/// the rest.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// The program's name.
    pub app: &'a str,
    /// What the program wants unless the operator says otherwise.
    pub defaults: &'a [Change],
    /// The configuration file.
    pub file: Option<&'a ConfigFile>,
    /// The environment.
    pub environment: &'a Environment,
    /// What was changed while the program runs.
    pub running: &'a [Change],
    /// What nobody but the program may change.
    pub pins: &'a [Change],
}

impl<'a> Layers<'a> {
    /// The environment alone.
    #[must_use]
    pub const fn new(app: &'a str, environment: &'a Environment) -> Self {
        Self { app, defaults: &[], file: None, environment, running: &[], pins: &[] }
    }
}

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

/// What a source means.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) reading: Reading,
}

/// A change, and whose it is.
struct Wish {
    change: Change,
    origin: Origin,
    /// Where it was read from.
    source: Option<Rc<Source>>,
}

/// What an operator asked for and where, to be found again when it is overruled.
type Asked = Vec<(Key, Rc<Source>)>;

/// The effective settings of a program; never fails.
///
/// Within each of the layers a change for one category beats a general one, and among equals the
/// last one wins.
#[must_use]
pub fn load(layers: &Layers<'_>) -> Loaded {
    let mut problems = Vec::new();
    let (entries, odd) = layers.file.map(|file| file::read(file, layers.app)).unwrap_or_default();
    let (raws, unknown) = raw(layers.environment);
    problems.extend(odd);
    problems.extend(unknown);
    let variables = raws.into_iter().map(|raw| {
        let source = raw.source;
        let input = Input { text: &source.value, scope: source.scope, app: layers.app };
        let reading = (raw.variable.read)(input);
        Read { source, reading }
    });
    let code = |changes: &[Change], origin: &Origin| -> Vec<Wish> {
        let wish =
            |change: &Change| Wish { change: change.clone(), origin: origin.clone(), source: None };
        changes.iter().map(wish).collect()
    };
    let mut all = [
        code(layers.defaults, &Origin::Code),
        wishes(entries, &mut problems),
        wishes(variables, &mut problems),
        code(layers.running, &Origin::Running),
        code(layers.pins, &Origin::Pin),
    ];
    for layer in &mut all {
        layer.retain(|wish| accepted(wish, &mut problems));
        layer.sort_by_key(|wish| wish.change.is_special());
    }

    let profile = all.iter().flatten().rev().find_map(|wish| match wish.change {
        Change::Profile(profile) => Some(profile),
        _ => None,
    });
    let asked: Asked = all
        .iter()
        .flatten()
        .filter_map(|wish| Some((wish.change.keys(), wish.source.clone()?)))
        .flat_map(|(keys, source)| keys.into_iter().map(move |key| (key, source.clone())))
        .collect();
    let mut settings = Settings::new(layers.app, profile.unwrap_or_default());
    let [defaults, filed, wished, running, pinned] = all;
    put(&mut settings, defaults);
    let kept_before = settings.file(Category::Audit).keep_files;
    put(&mut settings, filed);
    put(&mut settings, wished);
    problems.extend(shortened(&settings, kept_before, &asked));
    put(&mut settings, running);
    for wish in pinned {
        pin(&mut settings, wish, &asked, &mut problems);
    }
    settings.settle();
    problems.extend(part_names(&mut settings));
    problems.extend(keep_stdout_json(&mut settings, &asked));
    if settings.watch.is_some() && settings.config.is_none() {
        let key = Key::Watch;
        let source = asked_for(&asked, &key, &settings.origin(&key));
        problems.extend(source.map(|source| {
            let reason = "watches nothing: no configuration file is named";
            let note = Finding::note(0..source.value.len(), reason);
            source.told(note.expected("AUDIT_LOG_CONFIG beside it"))
        }));
    }
    if let Some(ConfigFile { name, text: Err(reason) }) = layers.file {
        problems.push(unreadable(&settings, name, reason));
    }
    Loaded { settings, problems }
}

/// Which configuration file is to be read.
#[must_use]
pub fn config_path(
    defaults: &[Change],
    environment: &Environment,
    pins: &[Change],
) -> Option<PathBuf> {
    // The file cannot name another one, so what holds is known before it is read.
    load(&Layers { defaults, pins, ..Layers::new("", environment) }).settings.config
}

/// What a list in the form of `AUDIT_LOG` says to a running program, and what is wrong with it.
#[must_use]
pub fn read_list(text: &str, app: &str) -> (Vec<Change>, Vec<Problem>) {
    let Reading { changes, findings } = values::audit_log(Input { text, scope: Scope::All, app });
    let told = |finding: Finding| finding.of("list", Some(text));
    let mut problems: Vec<_> = findings.into_iter().map(told).collect();
    if changes.iter().any(|change| matches!(change, Change::Profile(_))) {
        let reason = "names a profile, which holds from the start";
        problems.push(told(Finding::fault(0..text.len(), reason).expected(LEVELS)));
    }
    (changes, problems)
}

/// The changes of a layer that the operator wrote.
fn wishes(layer: impl IntoIterator<Item = Read>, problems: &mut Vec<Problem>) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    for Read { source, reading: Reading { changes, findings } } in layer {
        let source = Rc::new(source);
        problems.extend(findings.into_iter().map(|finding| source.told(finding)));
        for change in changes {
            if let Change::Profile(profile) = change {
                problems.extend(contradicted(profile, &wishes, &source));
            }
            let origin = source.origin.clone();
            wishes.push(Wish { change, origin, source: Some(source.clone()) });
        }
    }
    wishes
}

/// Two variables that name different profiles.
fn contradicted(profile: Profile, wishes: &[Wish], source: &Source) -> Option<Problem> {
    let earlier = wishes.iter().find_map(|wish| match wish.change {
        Change::Profile(other) if other != profile => Some((other, wish)),
        _ => None,
    });
    let (other, wish) = earlier?;
    let reason = format!("beats the profile '{other}' of the {}", wish.origin);
    Some(source.told(Finding::note(0..source.value.len(), reason)))
}

/// Whether the change can be done; if not, that is told.
fn accepted(wish: &Wish, problems: &mut Vec<Problem>) -> bool {
    let Err(refusal) = wish.change.check() else { return true };
    let finding = |length| Finding::fault(0..length, refusal.reason).expected(refusal.expected);
    problems.push(if let Some(source) = &wish.source {
        source.told(finding(source.value.len()))
    } else {
        let value = wish.change.to_string();
        let key = wish.change.keys().first().map(Key::to_string).unwrap_or_default();
        finding(value.len()).of(&format!("{key} ({})", wish.origin), Some(&value))
    });
    false
}

fn put(settings: &mut Settings, wishes: Vec<Wish>) {
    for Wish { change, origin, .. } in wishes {
        // Who asks for a level on the console wants to see one.
        let wants_console = matches!(change, Change::ConsoleLevel(_))
            && settings.console.target == ConsoleTarget::Off
            && settings.origin(&Key::Console).rank() < origin.rank();
        if wants_console {
            settings.apply(Change::Console(ConsoleTarget::Stderr), &origin);
        }
        settings.apply(change, &origin);
    }
}

/// Where the operator asked for what now holds for that setting.
fn asked_for<'a>(asked: &'a Asked, key: &Key, origin: &Origin) -> Option<&'a Source> {
    let found = asked.iter().rev().find(|(other, source)| other == key && source.origin == *origin);
    found.map(|(_, source)| &**source)
}

/// Puts a pin, and tells where it overrules the operator.
fn pin(settings: &mut Settings, wish: Wish, asked: &Asked, problems: &mut Vec<Problem>) {
    let before: Vec<_> = wish
        .change
        .keys()
        .into_iter()
        .map(|key| (settings.text(&key), settings.origin(&key), key))
        .collect();
    settings.apply(wish.change, &wish.origin);
    for (old, origin, key) in before {
        let new = settings.text(&key);
        // Further keys that name a secret only add up.
        if old == new || key == Key::RedactKeys {
            continue;
        }
        let reason = format!("cannot change {key}: the program pins it to '{new}'");
        if let Some(source) = asked_for(asked, &key, &origin) {
            problems.push(source.told(Finding::fault(0..source.value.len(), reason)));
        } else if origin == Origin::Running {
            let finding = Finding::fault(0..old.len(), reason);
            problems.push(finding.of(&format!("{key} ({origin})"), Some(&old)));
        }
    }
}

/// A general number of archives that shortens the audit trail is told: deleted is deleted.
fn shortened(settings: &Settings, before: Option<u32>, asked: &Asked) -> Option<Problem> {
    let now = settings.file(Category::Audit).keep_files?;
    let key = Key::KeepFiles(Category::Audit);
    let source = asked_for(asked, &key, &settings.origin(&key))?;
    if source.scope != Scope::All || before.is_some_and(|before| before <= now) {
        return None;
    }
    let before = before.map_or("all".to_owned(), |before| before.to_string());
    let special = source.special(Category::Audit);
    let reason = format!("keeps fewer audit archives as well: {now} instead of {before}");
    let note = Finding::note(0..source.value.len(), reason);
    Some(source.told(note.expected(format!("{special}={before} if that is not meant"))))
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

/// The standard output of a container is read by machines: no text there.
fn keep_stdout_json(settings: &mut Settings, asked: &Asked) -> Vec<Problem> {
    let console = settings.console;
    if settings.dir != Dir::Off
        || console.target != ConsoleTarget::Stdout
        || console.format != ConsoleFormat::Json
    {
        return Vec::new();
    }
    let mut problems: Vec<Problem> = Vec::new();
    for category in Category::ALL {
        let key = Key::Format(category);
        if settings.file(category).format != Format::Text {
            continue;
        }
        if let Some(source) = asked_for(asked, &key, &settings.origin(&key)) {
            let reason = "is for files: the lines of the standard output are JSON";
            let finding = Finding::fault(0..source.value.len(), reason).expected("json or ecs");
            let problem = source.told(finding);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        settings.apply(Change::Format(Scope::One(category), Format::Json), &Origin::Profile);
    }
    problems
}

/// The configuration file cannot be read; whoever named it is told.
fn unreadable(settings: &Settings, name: &str, reason: &str) -> Problem {
    let variable = match settings.origin(&Key::Config) {
        Origin::Environment(variable) => variable,
        origin => format!("{} ({origin})", Key::Config),
    };
    let reason = format!("cannot be read ({reason})");
    Finding::fault(0..name.len(), reason)
        .expected("a readable TOML file, or off")
        .of(&variable, Some(name))
}
