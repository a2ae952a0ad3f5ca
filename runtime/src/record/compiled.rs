//! Which levels are compiled in, by the features `max_level_*` and `release_max_level_*`.

use super::Level;

macro_rules! least {
    ($($condition:meta => $least:expr;)+) => {
        least! { @ [] $($condition => $least;)+ }
    };
    (@ [$($before:meta,)*] $condition:meta => $least:expr; $($rest:tt)*) => {
        #[cfg(all($condition, not(any($($before,)*))))]
        const LEAST: Option<Level> = $least;
        least! { @ [$($before,)* $condition,] $($rest)* }
    };
    (@ [$($before:meta,)*]) => {
        #[cfg(not(any($($before,)*)))]
        const LEAST: Option<Level> = Some(Level::Trace);
    };
}

// Of two, the one that leaves less holds; in a release its own features come first.
least! {
    all(not(debug_assertions), feature = "release_max_level_off") => None;
    all(not(debug_assertions), feature = "release_max_level_error") => Some(Level::Error);
    all(not(debug_assertions), feature = "release_max_level_warn") => Some(Level::Warn);
    all(not(debug_assertions), feature = "release_max_level_info") => Some(Level::Info);
    all(not(debug_assertions), feature = "release_max_level_debug") => Some(Level::Debug);
    all(not(debug_assertions), feature = "release_max_level_trace") => Some(Level::Trace);
    feature = "max_level_off" => None;
    feature = "max_level_error" => Some(Level::Error);
    feature = "max_level_warn" => Some(Level::Warn);
    feature = "max_level_info" => Some(Level::Info);
    feature = "max_level_debug" => Some(Level::Debug);
    feature = "max_level_trace" => Some(Level::Trace);
}

/// The least important level that is compiled in; `None` where there is none.
pub(crate) const fn least() -> Option<Level> {
    LEAST
}

impl Level {
    /// Whether records of this level are compiled in: all are, but for the features `max_level_*`
    /// and `release_max_level_*`.
    #[inline]
    #[must_use]
    pub const fn is_compiled(self) -> bool {
        match LEAST {
            Some(least) => self as u8 >= least as u8,
            None => false,
        }
    }
}
