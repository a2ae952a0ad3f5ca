//! Reads the log files of `audit-runtime`.
