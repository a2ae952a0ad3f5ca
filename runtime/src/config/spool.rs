//! When a process writes through a spool.

use std::fmt;

/// Whether the records of a process go through a spool: a mapped file that survives the process
/// and takes a record in a fraction of a microsecond. Its lines reach the log files a little later.
///
/// `Auto` in the profiles `staging` and `production`, `Off` in the others, unless `AUDIT_LOG_SPOOL` or
/// the program says otherwise. Records of a category that is
/// `synced`, or does `deny` or `abort` when its file fails, are written directly all the same.
///
/// ```
/// use audit_runtime::{Change, Profile, SpoolMode, audited};
///
/// #[audited(resource(id))]
/// fn archive(id: u64) {}
///
/// let logs = audit_runtime::builder("shop").profile(Profile::Test);
/// let logs = logs.default(Change::Spool(SpoolMode::On)).init();
/// archive(7);
/// assert!(logs.flush(std::time::Duration::from_secs(5)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SpoolMode {
    /// Each line is in its file when a call returns.
    Off,
    /// The same until a process has written 32 records or is 50 ms old; then through a spool.
    Auto,
    /// Through a spool from the first record on.
    On,
}

impl SpoolMode {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Off, Self::Auto, Self::On];

    /// The word as it stands in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Auto => "auto",
            Self::On => "on",
        }
    }
}

impl fmt::Display for SpoolMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
