//! A standard output or error that is full, closed, or read by nobody. Scenarios 26, 33 and 34.

use std::{
    fs::File,
    io::Read as _,
    process::{Command, Stdio},
};

use audit_tests::{Sandbox, log_lines};

use crate::{json_lines, records, sandbox};

/// The program, started by a shell that changes its streams.
fn shell(sandbox: &Sandbox, redirect: &str, arguments: &[&str]) -> Command {
    let program = env!("CARGO_BIN_EXE_logger-under-test");
    let plain = sandbox.command(arguments);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("exec \"$@\" {redirect}")).args(["sh", program]).args(arguments);
    command.current_dir(sandbox.dir()).env_clear().stdin(Stdio::null());
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_full_standard_output_is_told_once_and_stops_nothing() {
    let sandbox = sandbox("container");
    let mut command = sandbox.command(["status", "20"]);
    command.stdout(File::options().write(true).open("/dev/full").expect("/dev/full"));
    let output = command.output().expect("the program");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let told = "warning: cannot write logs to the standard output (No space left on device)\n";
    assert_eq!(stderr.matches("warning").count(), 1, "{stderr}");
    assert!(stderr.starts_with(told), "{stderr}");
}

#[test]
fn a_standard_output_that_is_closed_stops_nothing() {
    // One that is closed from the start is one that swallows everything.
    for redirect in ["| true", ">&-", "2>&-", ">&- 2>&-", ">/dev/full 2>/dev/full"] {
        for profile in ["container", "dev"] {
            let sandbox = sandbox(profile);
            let output = shell(&sandbox, redirect, &["return", "200"]).output().expect("a shell");
            assert!(output.status.success(), "{profile} {redirect}: {output:?}");
            if profile == "dev" {
                let audit = log_lines(&sandbox.path("logs/audit.log"));
                assert_eq!(records(&audit).len(), 200, "{redirect}");
            }
        }
    }
}

/// Scenario 26.
#[test]
fn nobody_reads_the_standard_output_and_the_program_ends_and_says_what_is_lost() {
    let sandbox = sandbox("container").with_env("AUDIT_LOG_EXIT_WAIT", "off");
    let mut child = sandbox.command(["return", "300"]).spawn().expect("the program");
    let mut stdout = child.stdout.take().expect("a pipe");
    assert!(child.wait().expect("its end").success());
    let (mut text, mut told) = (String::new(), String::new());
    child.stderr.take().expect("a pipe").read_to_string(&mut told).expect("text");
    stdout.read_to_string(&mut text).expect("text");
    let lost = told.lines().find_map(|line| {
        let rest = line.strip_prefix("warning: ")?;
        rest.strip_suffix(" lines of the logs lost: nobody reads the standard output")
    });
    let lost: usize = lost.unwrap_or_else(|| panic!("{told}")).parse().expect("a number");
    let whole = text.rfind('\n').map_or(0, |end| json_lines(&text[..end]).len());
    // A note and a record each, the line at the start and the one at the end.
    assert_eq!(whole + lost, 602, "{told}");
}

/// Scenario 33.
#[test]
fn nobody_reads_the_standard_error_and_the_program_ends_with_all_lines_in_its_files() {
    let sandbox = sandbox("dev").with_env("AUDIT_LOG_EXIT_WAIT", "off");
    let mut child = sandbox.command(["return", "2000"]).spawn().expect("the program");
    assert!(child.wait().expect("its end").success());
    assert_eq!(records(&log_lines(&sandbox.path("logs/audit.log"))).len(), 2_000);
}

/// Scenario 34.
#[test]
fn a_line_in_a_container_is_one_that_no_collector_cuts() {
    let outcome = sandbox("container").run(["long"]).succeeds();
    let text = outcome.stdout();
    assert!(text.lines().all(|line| line.len() < 16_000), "{}", text.len());
    let lines = json_lines(&text);
    let long = lines.iter().find(|line| line["message"] == "long").expect("the line");
    assert_eq!(long["truncated"], true);
    let most = text.lines().map(str::len).max().expect("a line");
    assert!(most > 2_000, "as much as fits: {most}");
}

#[test]
fn a_console_on_the_standard_output_is_shown_there() {
    let sandbox = sandbox("dev").with_env("AUDIT_LOG_CONSOLE", "stdout");
    let outcome = sandbox.run(["return", "3"]).succeeds().warns("");
    let text = outcome.stdout();
    assert_eq!(text.matches("note").count(), 3, "{text}");
    assert!(!text.contains("RECORD"), "{text}");
}
