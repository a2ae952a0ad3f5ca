//! The tables of docs/configuration.md, made from the code.

use std::fmt::Write;

use super::{
    log_file::FileKey, origin::Key, place::Dir, profile::Profile, settings::Settings,
    timing::Timing, variables::VARIABLES,
};
use crate::record::Category;

/// What a cell says, given the settings of its column.
type Cell = fn(&Settings) -> String;

/// The tables of profiles and variables as Markdown.
#[must_use]
pub fn reference() -> String {
    let all = Profile::ALL.map(|profile| Settings::new("app", profile));
    let mut text = String::from("### Profiles\n\n|");
    for settings in &all {
        // Writing to a string cannot fail; here and below.
        let _ = write!(text, " | {}", settings.profile);
    }
    text.push_str(" |\n| ---");
    text.push_str(&" | ---".repeat(all.len()));
    text.push_str(" |\n");
    let rows: [(&str, Cell); 11] = [
        ("default level", |settings| settings.text(&Key::Level)),
        ("console", console),
        ("files", |settings| match &settings.dir {
            Dir::Off => "off unless a directory is named".to_owned(),
            Dir::At(_) => format!("`{}`", settings.text(&Key::Dir)),
            Dir::PrivateTemp => format!("{}, removed at exit", settings.text(&Key::Dir)),
        }),
        ("`debug.log`", |settings| {
            let written = settings.file(Category::Debug).enabled;
            if written { "on" } else { "off until a level below INFO is asked for" }.to_owned()
        }),
        ("rotate", rotate),
        ("keep archives", keep),
        ("compress", compress),
        ("durability", |settings| with_others(settings, FileKey::Durability)),
        ("disk fails", |settings| with_others(settings, FileKey::OnFailure)),
        ("longest line", |settings| of_file(settings, Category::System, FileKey::MaxLine)),
        ("timed calls", timed),
    ];
    for (name, cell) in rows {
        let _ = write!(text, "| {name}");
        for settings in &all {
            let _ = write!(text, " | {}", cell(settings));
        }
        text.push_str(" |\n");
    }
    text.push_str("\n### Variables\n\n");
    text.push_str("| variable | meaning | values | default | example |\n");
    text.push_str("| --- | --- | --- | --- | --- |\n");
    for variable in VARIABLES {
        let mark = if variable.takes_category { " ¹" } else { "" };
        let _ = writeln!(
            text,
            "| `{}`{mark} | {} | {} | {} | {} |",
            variable.name,
            variable.meaning,
            variable.values,
            by_profile(&all, variable.default),
            variable.example,
        );
    }
    text.push_str("\n¹ may carry a category, which beats the general one: ");
    text.push_str("`AUDIT_LOG_AUDIT_KEEP_AGE=365d`.\n");
    text
}

fn console(settings: &Settings) -> String {
    let [target, level, format, color] =
        [Key::Console, Key::ConsoleLevel, Key::ConsoleFormat, Key::Color]
            .map(|key| settings.text(&key));
    let level = match level.as_str() {
        "trace" => "all that the default level lets through".to_owned(),
        other => format!("{} and above", other.to_uppercase()),
    };
    format!("{target}: {level}, {format}, colour {color}")
}

fn of_file(settings: &Settings, category: Category, key: FileKey) -> String {
    settings.text(&Key::File(category, key))
}

fn rotate(settings: &Settings) -> String {
    let size = of_file(settings, Category::System, FileKey::RotateSize);
    match of_file(settings, Category::System, FileKey::RotateEvery).as_str() {
        "off" => size,
        every => format!("{size} or {every}"),
    }
}

fn timed(settings: &Settings) -> String {
    let every = settings.text(&Key::SummaryEvery);
    match settings.timing {
        Timing::Each => "a line for each".to_owned(),
        Timing::Summary => format!("summary every {every}"),
        Timing::Slow => format!("summary every {every}, slow calls"),
    }
}

/// What is set of most files, and of those that differ.
fn with_others(settings: &Settings, key: FileKey) -> String {
    let of = |category| of_file(settings, category, key);
    let general = of(Category::System);
    let others = Category::ALL.into_iter().filter(|category| of(*category) != general);
    others.fold(general.clone(), |text, category| format!("{text}; {category}: {}", of(category)))
}

/// What most files keep, and those that keep something else.
fn keep(settings: &Settings) -> String {
    let limits = |category| {
        let words = [
            (FileKey::KeepFiles, " files"),
            (FileKey::KeepAge, ""),
            (FileKey::KeepBytes, ""),
            (FileKey::MinFree, " free"),
        ]
        .map(|(key, unit)| (of_file(settings, category, key), unit));
        let set = words.iter().filter(|(value, _)| value != "off");
        let set: Vec<_> = set.map(|(value, unit)| format!("{value}{unit}")).collect();
        if set.is_empty() { "all".to_owned() } else { set.join(", ") }
    };
    let general = limits(Category::System);
    let others = Category::ALL.into_iter().filter(|category| limits(*category) != general);
    others
        .fold(general.clone(), |text, category| format!("{text}; {category}: {}", limits(category)))
}

fn compress(settings: &Settings) -> String {
    let delay = of_file(settings, Category::System, FileKey::CompressDelay);
    match of_file(settings, Category::System, FileKey::Compress) {
        how if how == "off" => how,
        how => format!("{how} after {delay}"),
    }
}

/// One value where all profiles agree; else each with its profiles.
fn by_profile(all: &[Settings], value: Cell) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for settings in all {
        let (value, profile) = (value(settings), settings.profile.name());
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, profiles)) => profiles.push(profile),
            None => groups.push((value, vec![profile])),
        }
    }
    if let [(value, _)] = groups.as_slice() {
        return value.clone();
    }
    let part =
        |(value, profiles): &(String, Vec<&str>)| format!("{}: {value}", profiles.join(", "));
    groups.iter().map(part).collect::<Vec<_>>().join("; ")
}
