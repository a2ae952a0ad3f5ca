//! Commands of this repository: `cargo xtask ci|tidy|bless|bench|inject`.

mod ci;
mod inject;
mod run;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  ci [--skip-tests]              all that is checked at each change, in order, up to the first failure
  tidy                           rules of the repository that a machine can check
  bless                          write the compiler's present messages as the expected ones of tests/ui
  bench [--quick|--write] [--rounds N] [--json FILE]
                                 compare with peers, side by side
  bench cost [--quick|--check] [--json FILE]
                                 what an attribute costs in code, futures and building
  bench gates [--check] [--json FILE]
                                 instructions of the hot paths, against their bounds; needs valgrind
  bench comparison [--quick|--write] [--scenario NUMBER] [--peer CRATE] [--json FILE]
                                 failures of file loggers, tried on ours and on peers; see docs/comparison.md
  inject CRATE[@VERSION]...      put the attributes in front of every function of crates of the registry
      --attribute audited|timed|both  which; one after the other, unless it is said
      --test                          compare their unit tests too
      --integration NAME              annotate and run tests/NAME.rs in the place of the library
      --json FILE                     write the rows as data
      CRATE:FEATURES                  with these features, not all";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["ci"] => ci::run(true),
        ["ci", "--skip-tests"] => ci::run(false),
        ["tidy"] => tidy::run(),
        ["bless"] => bless(),
        ["bench", rest @ ..] => bench(rest),
        ["inject", rest @ ..] => inject::run(rest),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown command {:?}\n{USAGE}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Lets trybuild write what it finds.
fn bless() -> Result<(), String> {
    let mut command = run::cargo(&["test", "-p", "audit-tests", "--test", "ui"]);
    run::checked(command.env("TRYBUILD", "overwrite"))
}

fn bench(arguments: &[&str]) -> Result<(), String> {
    let manifest = run::root().join("bench/Cargo.toml");
    let manifest = manifest.to_string_lossy();
    let command = ["run", "--release", "--manifest-path", &manifest];
    // Peers that take long to build have a part in the full comparison only, and ours its best clock.
    let full =
        !arguments.iter().any(|word| ["cost", "gates", "comparison", "--quick"].contains(word));
    let peers: &[&str] = if full { &["--features", "peers,tsc"] } else { &[] };
    let words = [&command, peers, &["--"], arguments].concat();
    // From where it was called: FILE is relative to there.
    run::checked(run::cargo(&words).current_dir("."))
}
