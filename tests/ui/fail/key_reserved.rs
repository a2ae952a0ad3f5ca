//! A resource with the name of another member.

use audit_runtime::audited;

#[audited(resource(user = id, pid = id, details = id, task_id = id))]
fn run(id: u32) {}

fn main() {}
