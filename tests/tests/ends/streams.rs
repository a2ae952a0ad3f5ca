//! A standard output or error that is full, closed, or read by nobody. Scenarios 26, 33 and 34.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::Read as _,
    process::{Command, Stdio},
};

use audit_tests::{Sandbox, log_lines, skipped, until};

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

/// What a program waits for at its end, in milliseconds: the sum of the looks at the standard output
/// that ended without one being ready, from the end of its work on. `None` where that cannot be seen.
fn waited_at_the_end(wait: &str) -> Option<u64> {
    let program = env!("CARGO_BIN_EXE_logger-under-test");
    let sandbox = Sandbox::new("strace").with_env("AUDIT_LOG", "container");
    let sandbox = sandbox.with_env("AUDIT_LOG_EXIT_WAIT", wait);
    let mut command =
        sandbox.command(["-f", "-qq", "-e", "trace=poll,ppoll,openat", "-o", "calls"]);
    command.args([program, "peak", "300"]).env("PATH", env::var_os("PATH").unwrap_or_default());
    let Ok(mut child) = command.spawn() else {
        skipped("strace is not installed");
        return None;
    };
    // Open until the end, and nobody reads.
    let stdout = child.stdout.take().expect("a pipe");
    let status = child.wait().expect("its end");
    drop(stdout);
    if !status.success() && !sandbox.path("peak").exists() {
        skipped("strace may not trace here");
        return None;
    }
    let calls = sandbox.read_text("calls");
    let (_, end) = calls.split_once("\"peak\"").expect("the end of its work");
    let millis = |call: &str| {
        let (_, time) = call.split_once("ppoll(")?.1.split_once("tv_sec=")?;
        let (seconds, rest) = time.split_once(", tv_nsec=")?;
        let (nanos, _) = rest.split_once('}')?;
        Some(seconds.parse::<u64>().ok()? * 1_000 + nanos.parse::<u64>().ok()? / 1_000_000)
    };
    // Where threads come in between, a call is told in two lines.
    let (mut begun, mut sum) = (BTreeMap::new(), 0);
    for call in end.lines().skip(1) {
        let thread = call.split_whitespace().next().unwrap_or_default();
        begun.extend(millis(call).map(|time| (thread, time)));
        if call.contains("(Timeout)") {
            sum += begun.get(thread).copied().unwrap_or(0);
        }
    }
    Some(sum)
}

/// Scenario 26. A look takes at least its time, however busy the machine is, so that together they
/// are never longer than the wait; one may be under way when it begins, and one when it ends.
#[test]
fn the_end_waits_for_nobody_as_long_as_is_set() {
    const LOOK: u64 = 100;
    for (wait, most) in [("off", 0), ("400ms", 400)] {
        let Some(waited) = waited_at_the_end(wait) else { return };
        assert!(waited <= most + 2 * LOOK, "{wait}: {waited} ms");
        assert!(most == 0 || waited >= LOOK, "{wait}: {waited} ms");
    }
}

/// Scenario 27.
#[test]
fn what_waits_is_bounded_by_what_is_set() {
    for (bound, most) in [("64KiB", 64 << 10), ("256KiB", 256 << 10)] {
        let sandbox = sandbox("container").with_env("AUDIT_LOG_QUEUE", bound);
        let sandbox = sandbox.with_env("AUDIT_LOG_EXIT_WAIT", "off");
        let mut child = sandbox.command(["peak", "2000"]).spawn().expect("the program");
        assert!(child.wait().expect("its end").success());
        let peak: u64 = sandbox.read_text("peak").parse().expect("a number");
        assert!((most / 2..=most).contains(&peak), "{bound}: {peak}");
    }
}

/// Scenario 26.
#[test]
fn a_reader_who_comes_late_is_waited_for() {
    let sandbox = sandbox("container").with_env("AUDIT_LOG_EXIT_WAIT", "1m");
    let mut child = sandbox.command(["peak", "500"]).spawn().expect("the program");
    let mut stdout = child.stdout.take().expect("a pipe");
    until("the end of the work", || sandbox.path("peak").exists());
    let mut text = String::new();
    stdout.read_to_string(&mut text).expect("text");
    assert!(child.wait().expect("its end").success());
    // A note and a record each, the line at the start and the one at the end.
    assert_eq!(json_lines(&text).len(), 1_002);
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
    assert!(most > 4_000, "more than its mandatory members: {most}");
}

#[test]
fn a_console_on_the_standard_output_is_shown_there() {
    let sandbox = sandbox("dev").with_env("AUDIT_LOG_CONSOLE", "stdout");
    let outcome = sandbox.run(["return", "3"]).succeeds().warns("");
    let text = outcome.stdout();
    assert_eq!(text.matches("note").count(), 3, "{text}");
    assert!(!text.contains("RECORD"), "{text}");
}
