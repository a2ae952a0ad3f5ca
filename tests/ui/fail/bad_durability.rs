//! Durabilities that do not exist.

use audit_runtime::{audited, timed};

#[audited(durability = "sync")]
fn one() {}

#[audited(durability = "1s")]
fn two() {}

#[audited(durability = Synced)]
fn three() {}

#[audited(durability)]
fn four() {}

#[audited(durability = "synced", durability = "written")]
fn five() {}

#[timed(durability = "synced")]
fn six() {}

fn main() {}
