//! The layers put on top of each other: profile < code defaults < configuration file <
//! environment < changes while running < code pins.

use std::{path::PathBuf, rc::Rc};

use super::{
    change::{Change, Refusal, Scope},
    directives::LEVELS,
    environment::Environment,
    file::{self, ConfigFile},
    limits,
    log_file::{FileKey, FileSetting},
    origin::{Key, Origin},
    place::{ConsoleFormat, ConsoleTarget, Dir, Format},
    problem::{Finding, Problem},
    profile::Profile,
    raw::{Source, raw},
    rotate::ZoneName,
    settings::Settings,
    values::{self, Input, Reading},
};
use crate::{layout::Compression, record::Category};

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
    /// Whether there is such a time zone.
    pub zones: fn(&ZoneName) -> bool,
}

impl<'a> Layers<'a> {
    /// The environment alone.
    #[must_use]
    pub const fn new(app: &'a str, environment: &'a Environment) -> Self {
        Self {
            app,
            defaults: &[],
            file: None,
            environment,
            running: &[],
            pins: &[],
            zones: |_| true,
        }
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
        layer.retain(|wish| accepted(wish, layers.zones, &mut problems));
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
    let kept_before = AUDIT_KEEPS.map(|key| settings.file(Category::Audit).setting(key));
    put(&mut settings, filed);
    put(&mut settings, wished);
    problems.extend(kept_before.iter().filter_map(|before| shortened(&settings, before, &asked)));
    put(&mut settings, running);
    for wish in pinned {
        pin(&mut settings, wish, &asked, &mut problems);
    }
    settings.settle();
    problems.extend(part_names(&mut settings));
    problems.extend(keep_stdout_json(&mut settings, &asked));
    problems.extend(stand_in(&mut settings, &asked));
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
fn accepted(wish: &Wish, zones: fn(&ZoneName) -> bool, problems: &mut Vec<Problem>) -> bool {
    let checked = match &wish.change {
        Change::File(_, FileSetting::RotateZone(zone)) if !zones(zone) => {
            let reason = "is no time zone that is known here".to_owned();
            Err(Refusal { reason, expected: limits::ZONE.to_owned() })
        }
        change => Ok(change),
    };
    let Err(refusal) = wish.change.check().and(checked) else { return true };
    let finding = |length| Finding::fault(0..length, refusal.reason).expected(refusal.expected);
    problems.push(if let Some(source) = &wish.source {
        source.told(finding(source.value.len()))
    } else {
        let (name, value) = (wish.change.name(), wish.change.to_string());
        finding(value.len()).of(&format!("{name} ({})", wish.origin), Some(&value))
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
    let name = wish.change.name();
    let mut told: Vec<Problem> = Vec::new();
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
        let reason = format!("cannot change {name}: the program pins it to '{new}'");
        let problem = if let Some(source) = asked_for(asked, &key, &origin) {
            source.told(Finding::fault(0..source.value.len(), reason))
        } else if origin == Origin::Running {
            Finding::fault(0..old.len(), reason).of(&format!("{name} ({origin})"), Some(&old))
        } else {
            continue;
        };
        // Once for all categories.
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    problems.extend(told);
}

/// What shortens the audit trail when it is less.
const AUDIT_KEEPS: [FileKey; 3] = [FileKey::KeepFiles, FileKey::KeepAge, FileKey::KeepBytes];

/// A general limit of archives that shortens the audit trail is told: deleted is deleted.
fn shortened(settings: &Settings, before: &FileSetting, asked: &Asked) -> Option<Problem> {
    let now = settings.file(Category::Audit).setting(before.key());
    let key = Key::File(Category::Audit, before.key());
    let source = asked_for(asked, &key, &settings.origin(&key))?;
    if source.scope != Scope::All || !now.keeps_less(before) {
        return None;
    }
    let special = source.special(Category::Audit);
    let reason =
        format!("holds for the audit trail as well, which keeps less: {now}, not {before}");
    let note = Finding::note(0..source.value.len(), reason);
    Some(source.told(note.expected(format!("{special}={before} if that is not meant"))))
}

/// Where zstd is not built in, gzip stands in for it; who asked for zstd is told.
fn stand_in(settings: &mut Settings, asked: &Asked) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for category in Category::ALL {
        let key = Key::File(category, FileKey::Compress);
        if cfg!(feature = "zstd") || settings.file(category).compress != Compression::Zstd {
            continue;
        }
        let origin = settings.origin(&key);
        if let Some(source) = asked_for(asked, &key, &origin) {
            let reason = "is not built in, gzip stands in for it: the program lacks the feature \
                          'zstd' of audit-runtime";
            let problem = source.told(Finding::note(0..source.value.len(), reason));
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let gzip = FileSetting::Compress(Compression::Gzip);
        settings.apply(Change::File(Scope::One(category), gzip), &origin);
    }
    problems
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
        let key = Key::File(category, FileKey::Format);
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
        let json = FileSetting::Format(Format::Json);
        settings.apply(Change::File(Scope::One(category), json), &Origin::Profile);
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
