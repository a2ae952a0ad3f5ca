//! The configuration file: TOML with the names of the variables, read into the same wishes.
//!
//! The file comes in as text; whoever starts the runtime reads it. A file that is not TOML says
//! nothing at all, so that nobody works with half of one; a key or value that is not understood is
//! left out alone.

use std::fmt;

use super::{load::Read, problem::Problem};

/// The configuration file as it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its path, as it was given.
    pub name: String,
    /// What it holds, or why it could not be read.
    pub text: Result<String, String>,
}

/// Without its text, which may hold a secret.
impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile")
            .field("name", &self.name)
            .field("error", &self.text.as_ref().err())
            .finish_non_exhaustive()
    }
}

/// What the file says, in its order, and what is odd about it.
#[cfg(feature = "config-file")]
pub(super) fn read(file: &ConfigFile, app: &str) -> (Vec<Read>, Vec<Problem>) {
    // That it cannot be read is told by whoever knows which variable names it.
    file.text.as_ref().map(|text| toml::read(&file.name, text, app)).unwrap_or_default()
}

/// A program without the feature cannot read one, and says so.
#[cfg(not(feature = "config-file"))]
pub(super) fn read(file: &ConfigFile, _app: &str) -> (Vec<Read>, Vec<Problem>) {
    use super::{origin::Key, problem::Finding};

    let reason = "is not read: this program was built without the feature 'config-file' of \
                  audit-runtime";
    let finding = Finding::fault(0..file.name.len(), reason);
    let problem = finding.of(&Key::Config.to_string(), Some(&file.name));
    (Vec::new(), file.text.is_ok().then_some(problem).into_iter().collect())
}

#[cfg(feature = "config-file")]
mod keys;
#[cfg(feature = "config-file")]
mod toml;
