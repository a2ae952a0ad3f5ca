//! A program that builds its own `tracing` subscriber and lets the files join it.
//!
//! `cargo run -p audit-runtime --example own_subscriber`

use std::fs;

use audit_runtime::{Category, ConsoleTarget};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> std::io::Result<()> {
    let dir = std::env::temp_dir().join(format!("audit-example-{}", std::process::id()));
    let logs = audit_runtime::builder("shop")
        .dir(&dir)
        .console(ConsoleTarget::Off)
        .without_subscriber()
        .init();
    tracing_subscriber::registry()
        .with(audit_runtime::layer())
        .with(tracing_subscriber::fmt::layer())
        .init();
    // Our files redact; what other layers write is theirs.
    tracing::info!(order = 42, "packed");
    if let Some(file) = logs.file(Category::System) {
        println!("\n{}\n{}", file.display(), fs::read_to_string(&file)?);
    }
    drop(logs);
    fs::remove_dir_all(dir)
}
