//! Keeping a log directory within its limits, and moving archives elsewhere.
//!
//! `limits`: options such as `--keep-files audit=100`. `clean`: the plan of the runtime, shown and
//! carried out. `archive`: copy, verify, write a manifest, and only then delete.

pub(crate) mod archive;
pub(crate) mod clean;
mod limits;

use std::path::Path;

use audit_runtime::Category;

/// The name of the active file that an archive of that name belongs to.
fn active_of(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    name.get(..name.rfind(".log.")? + ".log".len())
}

fn category(name: &str) -> Option<Category> {
    Category::ALL.into_iter().find(|category| category.to_string() == name)
}

/// The outcome of a command: what it prints, what it complains about, and whether all was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) text: String,
    pub(crate) complaints: Vec<String>,
    pub(crate) complete: bool,
}
