//! A word that the type does not allow.

use audit_runtime::audited;

struct Opaque;

#[audited(details(%a, b = ?a, c = json(a)))]
fn shown(a: &Opaque) {}

#[audited(details(mask(a), b = len(a)))]
fn veiled(a: &Opaque) {}

#[audited(details(len(n)))]
fn length(n: u32) {}

fn main() {}
