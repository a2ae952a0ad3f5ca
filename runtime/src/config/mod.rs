//! Settings: what the program, the operator and the profile want, made into one checked whole.
//!
//! Two steps, as what was typed and what it means are different things: [`Environment`] → raw
//! strings of known variables (`raw`) → [`Change`]s (`values`, [`directives`]) → [`Settings`]
//! ([`load()`]). The code's own wishes are `Change`s too, so that all layers meet in one place:
//! profile < code defaults < configuration file < environment < changes while running < code pins.
//!
//! Nothing here fails: what cannot be used becomes a [`Problem`], and the layer below holds.
//! Never does: read the environment, a file or the clock; both come in as values.

pub mod directives;

mod change;
mod environment;
mod failure;
mod file;
mod keep;
mod level;
mod limits;
mod load;
mod log_file;
mod nearest;
mod origin;
mod place;
mod problem;
mod profile;
mod raw;
mod reference;
mod rotate;
mod settings;
mod size;
mod span;
mod spool;
mod timing;
mod values;
mod variables;
mod written;

#[cfg(test)]
mod tests;

pub use change::{Change, Scope};
pub use environment::Environment;
pub use failure::OnFailure;
pub use file::ConfigFile;
pub use keep::{Keep, MinFree};
pub use level::{Rule, Threshold};
pub use load::{Layers, Loaded, config_path, load, read_list};
pub use log_file::{FileKey, FileSetting, LogFile};
pub use origin::{Effective, Key, Origin};
pub use place::{Color, Console, ConsoleFormat, ConsoleTarget, Dir, Format};
pub use problem::{Effect, Problem};
pub use profile::Profile;
pub use reference::reference;
pub use rotate::{Durability, Every, RotateSignal, ZoneName};
pub(crate) use settings::Adopted;
pub use settings::Settings;
pub use spool::SpoolMode;
pub use timing::Timing;
