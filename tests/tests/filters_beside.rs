//! Layers with filters of their own beside ours, and values that log while they are logged. Scenario
//! 30. In a process of its own: a scoped subscriber would not see what is logged within.

use std::{
    fmt, io,
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
};

use audit_runtime::{Logs, config::ConsoleTarget};
use audit_tests::log_lines;
use serde_json::Value;
use tracing::{Level, Metadata};
use tracing_subscriber::{Layer as _, Registry, filter::filter_fn, layer::SubscriberExt as _};

struct Log {
    dir: PathBuf,
    /// What the layers below and above ours wrote.
    beside: [Beside; 2],
    _logs: Logs,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory").keep();
    let logs = audit_runtime::builder("nested")
        .environment([("AUDIT_LOG_STRICT", "true")])
        .console(ConsoleTarget::Off)
        .dir(&dir)
        .without_subscriber()
        .init();
    let beside = [Beside::default(), Beside::default()];
    let inner = |metadata: &Metadata<'_>| metadata.target() == "inner";
    let outer = |metadata: &Metadata<'_>| metadata.target() == "outer";
    let writer = |place: usize| Mutex::new(beside[place].clone());
    let below = tracing_subscriber::fmt::layer().with_writer(writer(0));
    let above = tracing_subscriber::fmt::layer().with_writer(writer(1));
    let subscriber = Registry::default()
        .with(below.with_filter(filter_fn(inner)))
        .with(audit_runtime::layer())
        .with(above.with_filter(filter_fn(outer)));
    tracing::subscriber::set_global_default(subscriber).expect("the first");
    Log { dir, beside, _logs: logs }
});

/// What another layer writes.
#[derive(Clone, Default)]
struct Beside(Arc<Mutex<Vec<u8>>>);

impl Beside {
    fn lines_with(&self, what: &str) -> usize {
        let bytes = self.0.lock().expect("not poisoned");
        String::from_utf8_lossy(&bytes).lines().filter(|line| line.contains(what)).count()
    }
}

impl io::Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines of `system.log` with that message.
fn said(message: &str) -> Vec<Value> {
    let mut lines = log_lines(&LOG.dir.join("system.log"));
    lines.retain(|line| line["message"] == message);
    lines
}

/// Logs and asks whether somebody would listen, whenever it is shown.
struct Loud(&'static str);

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = tracing::enabled!(target: "nobody", Level::DEBUG);
        tracing::info!(target: "inner", "{}", self.0);
        f.write_str("shown")
    }
}

const ROUNDS: usize = 20;

fn rounds() {
    for _ in 0..ROUNDS {
        // A question whose event never comes.
        let _ = tracing::enabled!(target: "nobody", Level::ERROR);
        tracing::info!(target: "outer", value = ?Loud("within the outer"), "for the layer above");
        tracing::info!(target: "inner", value = ?Loud("within the inner"), "for the layer below");
        tracing::info!(target: "nobody", value = ?Loud("within ours"), "for ours alone");
        let _ = tracing::enabled!(target: "inner", Level::ERROR);
        tracing::info!(target: "nobody", "nothing within");
    }
}

#[test]
fn filters_of_layers_beside_swallow_none_of_our_lines() {
    LazyLock::force(&LOG);
    rounds();
    for message in
        ["for the layer above", "for the layer below", "for ours alone", "nothing within"]
    {
        assert_eq!(said(message).len(), ROUNDS, "{message}");
    }
    // Once for each layer that shows the value, and what is shown within confuses their filters.
    for message in ["within the outer", "within the inner", "within ours"] {
        assert!(said(message).len() >= ROUNDS, "{message}");
    }
    let wrote = |what| LOG.beside.each_ref().map(|layer| layer.lines_with(what) > 0);
    assert_eq!(wrote("for the layer above"), [false, true]);
    assert!(wrote("for the layer below")[0]);
    assert_eq!(wrote("nothing within"), [false, false], "the filters do filter");
}
