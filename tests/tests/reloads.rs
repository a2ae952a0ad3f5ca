//! Settings that change a thousand times while eight threads log: nothing is lost, doubled or held
//! up, and every thread sees what holds. One test, as a process has one set of logs.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Barrier;

use audit_runtime::record::Category;
use audit_runtime::{Change, FileSetting, audited};

const THREADS: usize = 8;
const LINES: usize = 250;
const RELOADS: usize = 1_000;

#[audited(operation = "PACK", details(thread, number))]
fn pack(thread: usize, number: usize) {}

/// The texts of a category, of the active file and all archives.
fn texts(dir: &std::path::Path, category: Category) -> String {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name.to_string_lossy().starts_with(&format!("{category}.log")));
    names.iter().map(|name| fs::read_to_string(dir.join(name)).unwrap()).collect()
}

#[test]
fn a_thousand_reloads_beside_eight_threads_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, config) = (folder.path().join("logs"), folder.path().join("logs.toml"));
    fs::write(&config, "").unwrap();
    let logs = audit_runtime::builder("tests")
        .environment([("AUDIT_LOG_CONFIG", config.to_str().unwrap())])
        .console(audit_runtime::ConsoleTarget::Off)
        .compress(audit_runtime::Compression::None)
        .keep_files(None)
        .dir(&dir)
        .init();
    assert_eq!(logs.problems(), []);
    let start = Barrier::new(THREADS + 1);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                for number in 0..LINES {
                    tracing::info!(thread, number, "kept");
                    tracing::info!(target: "sometimes", thread, number, "now and then");
                    pack(thread, number);
                }
            });
        }
        start.wait();
        for reload in 0..RELOADS {
            let on = reload % 2 == 0;
            let result = match reload % 4 {
                // The lists differ in what nobody here counts.
                0 | 1 => logs.set_filter(if on { "info" } else { "info,sometimes=off" }),
                2 => {
                    let size = FileSetting::RotateSize(Some(10_000 + reload as u64));
                    logs.set(Change::File(Category::Audit.into(), size))
                }
                _ => {
                    fs::write(&config, format!("[levels]\nother_{reload} = 'warn'\n")).unwrap();
                    logs.reload()
                }
            };
            assert_eq!(result, Ok(()), "{reload}");
        }
    });
    // What holds in the end holds for every thread.
    logs.set_filter("info").unwrap();
    tracing::info!(target: "sometimes", "the last word");
    assert!(texts(&dir, Category::System).contains("the last word"));
    logs.set_filter("info,sometimes=off").unwrap();
    tracing::info!(target: "sometimes", "nobody hears it");
    assert!(!texts(&dir, Category::System).contains("nobody hears it"));

    let all: BTreeSet<_> =
        (0..THREADS).flat_map(|thread| (0..LINES).map(move |number| (thread, number))).collect();
    for (category, member, kind) in
        [(Category::System, "fields", "kept"), (Category::Audit, "details", "PACK")]
    {
        let text = texts(&dir, category);
        let lines =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let ours = lines.filter(|line| line["message"] == kind || line["operation"] == kind);
        let number = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let found: Vec<_> = ours
            .map(|line| (number(&line[member]["thread"]), number(&line[member]["number"])))
            .collect();
        assert_eq!(found.len(), all.len(), "{category}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all, "{category}");
    }
    let health = logs.health();
    assert_eq!((health.lines_lost, health.write_errors, health.lines_diverted), (0, 0, 0));
}
