//! Fuzzes the reader of the records of a stream.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| audit_runtime::fuzz::records(bytes));
