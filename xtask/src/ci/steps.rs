//! The steps in their order.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::demo;
use super::scratch::Scratch;
use crate::inject;
use crate::run::{cargo, checked, output, root};
use crate::tidy;

type Step = (&'static str, fn() -> Result<(), String>);

const STEPS: [Step; 12] = [
    ("format", || checked(&mut cargo(&["fmt", "--all", "--check"]))),
    ("clippy", || {
        checked(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
    }),
    ("tidy", tidy::run),
    ("locks", locks),
    ("tests", || checked(&mut cargo(&["test", "--workspace"]))),
    ("neutral", inject::check),
    ("documentation", documentation),
    ("examples", examples),
    ("demo", demo::run),
    ("bench", bench),
    ("cost", || bench_check("cost")),
    ("gates", || bench_check("gates")),
];

/// Runs all steps, or all but the tests, up to the first that fails.
pub(crate) fn run(with_tests: bool) -> Result<(), String> {
    let steps: Vec<Step> =
        STEPS.into_iter().filter(|(name, _)| with_tests || *name != "tests").collect();
    let mut summary = Vec::new();
    let mut failed = None;
    for (number, (name, step)) in steps.iter().enumerate() {
        println!("\n==> {} of {}: {name}", number + 1, steps.len());
        let start = Instant::now();
        let done = step();
        let word = if done.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{word:<7} {:>6.1} s  {name}", start.elapsed().as_secs_f64()));
        if let Err(problem) = done {
            failed = Some(format!("{name}: {problem}"));
            break;
        }
    }
    summary.extend(
        steps.iter().skip(summary.len()).map(|(name, _)| format!("not run           {name}")),
    );
    println!("\n==> summary\n{}", summary.join("\n"));
    failed.map_or(Ok(()), Err)
}

/// The workspaces of their own have lock files of their own, which nothing else here may change.
fn locks() -> Result<(), String> {
    for workspace in ["bench", "fuzz"] {
        let manifest = root().join(workspace).join("Cargo.toml");
        let mut command = cargo(&["metadata", "--locked", "--format-version", "1"]);
        output(command.arg("--manifest-path").arg(manifest))?;
    }
    Ok(())
}

/// Private items too: their links rot as well.
fn documentation() -> Result<(), String> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    checked(command.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Every example of every member runs to its end, in a directory of its own.
fn examples() -> Result<(), String> {
    let metadata = output(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|error| format!("`cargo metadata` is not JSON: {error}"))?;
    let examples = example_names(&metadata);
    for (package, name) in &examples {
        println!("example {name} of {package}");
        let scratch = Scratch::new("example")?;
        let manifest = root().join("Cargo.toml");
        let arguments = ["run", "--quiet", "--package", package, "--example", name];
        let mut command = cargo(&arguments);
        command.arg("--manifest-path").arg(manifest).current_dir(scratch.path());
        checked(&mut command)?;
    }
    println!("{} examples ran", examples.len());
    Ok(())
}

/// Package and name of each example.
fn example_names(metadata: &Value) -> Vec<(String, String)> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut names = Vec::new();
    for package in list(&metadata["packages"]) {
        for target in list(&package["targets"]) {
            if list(&target["kind"]).contains(&Value::from("example")) {
                names.push((text(&package["name"]), text(&target["name"])));
            }
        }
    }
    names
}

/// The comparison still builds, passes its tests, runs and leaves its rows.
fn bench() -> Result<(), String> {
    let manifest = root().join("bench/Cargo.toml");
    if !manifest.exists() {
        println!("no bench workspace");
        return Ok(());
    }
    let manifest = manifest.to_string_lossy().into_owned();
    let packages = ["--package", "audit-bench", "--package", "comparison-peer"];
    checked(cargo(&["test", "--release", "--manifest-path", &manifest]).args(packages))?;
    let scratch = Scratch::new("bench")?;
    let rows = scratch.path().join("rows.json");
    let mut command = cargo(&["run", "--release", "--manifest-path", &manifest, "--"]);
    checked(command.args(["--quick", "--json"]).arg(&rows))?;
    bench_rows(&rows)
}

/// What an attribute adds to code and futures, and the instructions of the hot paths, are within
/// their bounds: bytes and counts, no times.
fn bench_check(what: &str) -> Result<(), String> {
    let manifest = root().join("bench/Cargo.toml").to_string_lossy().into_owned();
    let mut command = cargo(&["run", "--release", "--manifest-path", &manifest, "--"]);
    checked(command.args([what, "--check"]))
}

/// A run without rows compared nothing.
fn bench_rows(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("the bench left no rows in {}: {error}", file.display()))?;
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    match values.collect::<Result<Vec<_>, _>>() {
        Ok(rows) if rows.is_empty() => Err("the bench wrote no rows".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("the rows of the bench are not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_found_in_every_package() {
        let metadata = serde_json::json!({"packages": [
            {"name": "a", "targets": [{"kind": ["lib"], "name": "a"}, {"kind": ["example"], "name": "x"}]},
            {"name": "b", "targets": [{"kind": ["example"], "name": "y"}]},
        ]});
        let names = [("a", "x"), ("b", "y")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(example_names(&metadata), names);
    }

    #[test]
    fn a_bench_without_rows_is_a_failure() {
        let scratch = Scratch::new("rows-test").unwrap();
        let file = scratch.path().join("rows");
        assert!(bench_rows(&file).unwrap_err().contains("left no rows"));
        for (text, fine) in
            [("", false), ("{\"a\":1}\n{\"a\":2}\n", true), ("[1]", true), ("{", false)]
        {
            std::fs::write(&file, text).unwrap();
            assert_eq!(bench_rows(&file).is_ok(), fine, "{text:?}");
        }
    }
}
