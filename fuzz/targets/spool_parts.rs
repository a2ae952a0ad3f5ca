//! Fuzzes the reader of a spool's file by the parts that are read.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| audit_runtime::fuzz::parts(bytes));
