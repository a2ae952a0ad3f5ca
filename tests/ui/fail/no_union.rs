//! Deriving for a union.

use audit_runtime::AuditValue;

#[derive(AuditValue)]
union Bits {
    a: u32,
    b: f32,
}

fn main() {}
