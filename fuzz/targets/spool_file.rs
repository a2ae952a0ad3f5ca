//! Fuzzes the reader of a spool's file as a whole.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| audit_runtime::fuzz::file(bytes));
