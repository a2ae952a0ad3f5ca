//! `trail clean`: what the runtime would delete, shown, and deleted with `--yes`.
//!
//! The limits are those of the options; where none is given, those of the settings. Settings that
//! name no profile are not enough to delete anything: they are not those of the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use audit_runtime::config::{Key, Settings};
use audit_runtime::read::LogDir;
use audit_runtime::sink::{Deletion, DirKeep, Keep, Stock, plan, remove, survey};
use audit_runtime::{Category, Profile, Timestamp, fs};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::limits::{Age, Bytes, Free, Limit};
use super::{Done, active_of, category};
use crate::escape::{printable, printable_json};
use crate::settings::SettingsArgs;

#[derive(Args)]
pub(crate) struct CleanArgs {
    /// The directory that holds audit.log and its archives.
    #[arg(value_name = "DIR", env = "AUDIT_LOG_DIR", default_value = "logs")]
    dir: PathBuf,
    /// Keep so many archives of each category, or of one: `--keep-files audit=100`.
    #[arg(long, value_name = "[CATEGORY=]N")]
    keep_files: Vec<Limit<u32>>,
    /// Keep archives that were rotated at most so long ago: `14d`, `audit=52w`.
    #[arg(long, value_name = "[CATEGORY=]AGE")]
    keep_age: Vec<Limit<Age>>,
    /// Keep archives of so many bytes a category: `2GiB`, `debug=100MiB`.
    #[arg(long, value_name = "[CATEGORY=]SIZE")]
    keep_bytes: Vec<Limit<Bytes>>,
    /// Delete the oldest until so much space is free: `5%`, `1GiB`, `debug=10%`.
    #[arg(long, value_name = "[CATEGORY=]FREE")]
    min_free: Vec<Limit<Free>>,
    /// Keep archives of so many bytes, all categories together; debug goes first, audit last.
    #[arg(long, value_name = "SIZE")]
    dir_bytes: Option<Bytes>,
    /// So many of the newest archives stay even if space is short: 10 of audit, 1 of the others.
    #[arg(long, value_name = "[CATEGORY=]N")]
    floor: Vec<Limit<u32>>,
    #[command(flatten)]
    settings: SettingsArgs,
    /// Delete. Without it nothing is touched.
    #[arg(long)]
    yes: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    format: CleanFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum CleanFormat {
    /// For people.
    Table,
    /// One JSON document.
    Json,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    dir: String,
    carried_out: bool,
    bytes: u64,
    deletions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    bytes: u64,
    cause: &'static str,
    deleted: bool,
}

/// What is kept, wherever that is said.
struct Limits {
    files: [Keep; Category::ALL.len()],
    dir: DirKeep,
}

impl CleanArgs {
    fn limits(&self) -> Result<Limits, String> {
        if self.is_limited() {
            let bytes = self.dir_bytes.map(|bytes| bytes.0);
            let dir = DirKeep { bytes, min_free: None };
            return Ok(Limits { files: Category::ALL.map(|category| self.keep(category)), dir });
        }
        let loaded = self.settings.loaded(None);
        if let Some(fault) = loaded.faults().next() {
            return Err(format!("the settings do not say what to keep: {fault}"));
        }
        let settings = loaded.settings;
        if !settings.origin(&Key::Profile).is_operator() {
            let options = "--keep-files, --keep-age, --keep-bytes, --min-free or --dir-bytes";
            return Err(format!(
                "nothing says what to keep; give one of {options}, or the settings of the program \
                 with their profile, by AUDIT_LOG or --config"
            ));
        }
        let files = Category::ALL.map(|category| settings.file(category).keep.clone());
        Ok(Limits { files, dir: DirKeep::from(&settings) })
    }

    fn keep(&self, category: Category) -> Keep {
        let usual = Settings::new("", Profile::default()).file(category).keep.floor;
        Keep {
            files: Limit::of(&self.keep_files, category),
            age: Limit::of(&self.keep_age, category).map(|age| age.0),
            bytes: Limit::of(&self.keep_bytes, category).map(|bytes| bytes.0),
            min_free: Limit::of(&self.min_free, category).map(|free| free.0),
            floor: Limit::of(&self.floor, category).unwrap_or(usual),
        }
    }

    fn is_limited(&self) -> bool {
        let limits = [
            self.keep_files.len(),
            self.keep_age.len(),
            self.keep_bytes.len(),
            self.min_free.len(),
            usize::from(self.dir_bytes.is_some()),
        ];
        limits.iter().sum::<usize>() > 0
    }
}

/// Shows the plan, and carries it out where that is wanted.
pub(crate) fn run(arguments: &CleanArgs, now: Timestamp) -> Result<Done, String> {
    let deletions = planned(&arguments.dir, &arguments.limits()?, now)?;
    let mut done = Done { complete: true, ..Done::default() };
    let rows = deletions.iter().map(|deletion| {
        let mut deleted = false;
        if arguments.yes {
            match remove(&arguments.dir, deletion) {
                Ok(_) => deleted = true,
                Err(error) => {
                    done.complete = false;
                    done.complaints.push(format!("cannot delete {}: {error}", deletion.name));
                }
            }
        }
        let Deletion { name, bytes, cause, .. } = deletion;
        Row { name: name.clone(), bytes: *bytes, cause: cause.text(), deleted }
    });
    let rows: Vec<_> = rows.collect();
    let document = Document {
        schema: "audit-trail/clean/1",
        dir: arguments.dir.display().to_string(),
        carried_out: arguments.yes,
        bytes: rows.iter().map(|row| row.bytes).sum(),
        deletions: rows,
    };
    done.text = match arguments.format {
        CleanFormat::Table => table(&document),
        CleanFormat::Json => {
            let text = serde_json::to_string_pretty(&document)
                .map_err(|error| format!("cannot render the plan as JSON: {error}"))?;
            format!("{}\n", printable_json(&text))
        }
    };
    Ok(done)
}

fn planned(dir: &Path, limits: &Limits, now: Timestamp) -> Result<Vec<Deletion>, String> {
    let logs = LogDir::open(dir).map_err(|error| error.to_string())?;
    let mut actives = BTreeMap::new();
    for file in logs.files().iter().filter(|file| file.archived) {
        if let (Some(active), Some(category)) = (active_of(&file.path), category(&file.category)) {
            actives.insert(active.to_owned(), category);
        }
    }
    let mut found = Vec::new();
    for (active, category) in actives {
        let archives = survey(dir, &active)
            .map_err(|error| format!("cannot list {}: {error}", dir.display()))?;
        found.push((active, category, archives));
    }
    let stock = |(active, category, archives)| {
        let (category, archives): (&Category, &Vec<_>) = (category, archives);
        let keep = limits.files.get(category.index())?;
        Some(Stock { category: *category, active, keep, archives })
    };
    let stocks: Vec<_> = found.iter().filter_map(|(a, c, f)| stock((a, c, f))).collect();
    Ok(plan(&stocks, &limits.dir, fs::space(dir).ok(), now))
}

fn table(document: &Document) -> String {
    let Document { deletions, bytes, carried_out, .. } = document;
    let mut text = String::new();
    for Row { name, bytes, cause, deleted } in deletions {
        let failed = if *carried_out && !deleted { "  NOT DELETED" } else { "" };
        // Writing to a string does not fail, here and below.
        let _ = writeln!(text, "{bytes:>14}  {}  {cause}{failed}", printable(name));
    }
    let count = deletions.len();
    let what = if *carried_out { "deleted" } else { "to delete" };
    let hint = if *carried_out || count == 0 { "" } else { "; --yes deletes them" };
    let _ = writeln!(text, "{count} files, {bytes} bytes {what}{hint}");
    text
}
