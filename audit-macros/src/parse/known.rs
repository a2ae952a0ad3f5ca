//! Macros that are known by their names.

use proc_macro2::Ident;

/// Macros of the standard library that do not return from the function they stand in, those that
/// `#[timed]` puts there, and some by which programs log.
const WELL_KNOWN: [&str; 31] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "concat",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "info",
    "line",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
];

/// Macros whose input is code that runs in the function they stand in, as it is written.
const PLAIN: [&str; 2] = ["select", "select_biased"];

/// Macros that leave the function, perhaps, and assign to nothing.
const READING: [&str; 7] = ["anyhow", "bail", "ensure", "error", "event", "json", "log"];

/// Whether the macro leaves the function only where its input does.
pub(crate) fn is_well_known(name: &Ident) -> bool {
    WELL_KNOWN.iter().any(|known| name == known)
}

/// Whether the macro assigns to something only where its input does.
pub(super) fn only_reads(name: &Ident) -> bool {
    is_well_known(name) || READING.iter().any(|known| name == known)
}

/// Whether statements may be put into the macro's input.
pub(super) fn takes_code(name: &Ident) -> bool {
    PLAIN.iter().any(|known| name == known)
}
