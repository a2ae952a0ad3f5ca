//! A secret that is to be shown.

use audit_runtime::{Sensitive, audited, timed};

#[audited(details(%token))]
fn display(token: &Sensitive<String>) {}

#[timed(context(?token))]
fn debug(token: Sensitive<String>) {}

#[audited(details(json(pin)))]
fn json(pin: Sensitive<u32>) {}

#[audited(details(%token))]
fn optional(token: Option<Sensitive<String>>) {}

#[audited(details(len(token)))]
fn length(token: Sensitive<String>) {}

fn main() {}
