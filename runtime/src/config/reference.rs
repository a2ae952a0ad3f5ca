//! The tables of docs/configuration.md, made from the code.

use std::fmt::Write;

use super::{
    origin::Key, place::Dir, profile::Profile, settings::Settings, timing::Timing,
    variables::VARIABLES,
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
    let rows: [(&str, Cell); 8] = [
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
        ("compress", |settings| settings.text(&Key::Gzip(Category::System))),
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
    for variable in &VARIABLES {
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
    text.push_str("`AUDIT_LOG_AUDIT_KEEP_FILES=365`.\n");
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

fn rotate(settings: &Settings) -> String {
    let size = settings.text(&Key::RotateSize(Category::System));
    match settings.text(&Key::RotateDaily(Category::System)).as_str() {
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

fn keep(settings: &Settings) -> String {
    let general = settings.text(&Key::KeepFiles(Category::System));
    let audit = settings.text(&Key::KeepFiles(Category::Audit));
    match general.as_str() {
        "off" => "all".to_owned(),
        _ if general == audit => general,
        _ => format!("{general}; audit {audit}"),
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
