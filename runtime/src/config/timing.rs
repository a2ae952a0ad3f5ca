//! How timed calls are written.

use std::fmt;

/// What `performance.log` has of the calls of `#[timed]` functions.
///
/// `Each` in the profiles `dev` and `test`, `Slow` in the others; `AUDIT_LOG_TIMING` changes it.
///
/// ```
/// use audit_runtime::{Category, Profile, Timing, timed};
///
/// #[timed]
/// fn price(article: &str) -> usize {
///     article.len()
/// }
///
/// let logs = audit_runtime::builder("shop").profile(Profile::Test).timing(Timing::Summary).init();
/// assert_eq!((0..1_000).map(|_| price("tea")).sum::<usize>(), 3_000);
/// audit_runtime::flush_summaries();
/// # let Some(file) = logs.file(Category::Performance) else { unreachable!() };
/// # let text = std::fs::read_to_string(file).expect("performance.log");
/// assert!(text.contains(r#""event":"summary""#) && text.contains(r#""count":1000"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Timing {
    /// A line for each call.
    Each,
    /// A line for each operation and interval, with percentiles.
    Summary,
    /// The same, and a line for each call at or above the threshold `slow` of its function.
    Slow,
}

impl Timing {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Each, Self::Summary, Self::Slow];

    /// The word as it stands in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Summary => "summary",
            Self::Slow => "slow",
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
