//! A method without a body.

use audit_runtime::{audited, timed};

trait Store {
    #[audited]
    fn load(&self) -> u32;

    #[timed]
    async fn save(&self);
}

fn main() {}
