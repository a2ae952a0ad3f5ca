//! `AUDIT_LOG_DURABILITY`, and waiting for the disk, as the kernel sees it.

use audit_tests::{Sandbox, log_lines, skipped};

const COUNT: usize = 5;

/// A run that was traced.
struct Traced {
    sandbox: Sandbox,
    /// The calls that write to or sync a file of audit records, or write to the standard output.
    calls: Vec<String>,
}

/// Runs the program that logs with those settings; `None` where its calls cannot be seen.
fn traced(profile: &str, settings: &[(&str, &str)], how: &str, more: &[&str]) -> Option<Traced> {
    let program = env!("CARGO_BIN_EXE_logger-under-test");
    let mut sandbox = Sandbox::new("strace").with_env("AUDIT_LOG", profile);
    for (name, value) in settings {
        sandbox = sandbox.with_env(name, *value);
    }
    let kinds = "trace=write,pwrite64,writev,pwritev,fsync,fdatasync";
    let mut command = sandbox.command(["-f", "-y", "-qq", "-e", kinds, "-o", "calls"]);
    command.args(more).args([program, how, &COUNT.to_string()]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let Ok(output) = command.output() else {
        skipped("strace is not installed");
        return None;
    };
    if !output.status.success() && !sandbox.path("logs").exists() {
        skipped("strace may not trace here");
        return None;
    }
    let expected = if how == "exit" { 7 } else { 0 };
    let ended = output.status.code() == Some(expected);
    assert!(ended, "{}", String::from_utf8_lossy(&output.stderr));
    let ours = |call: &&str| call.contains("/audit.log>") || call.contains("write(1<");
    let calls = sandbox.read_text("calls").lines().filter(ours).map(str::to_owned).collect();
    Some(Traced { sandbox, calls })
}

impl Traced {
    fn audit(&self) -> Vec<serde_json::Value> {
        log_lines(&self.sandbox.path("logs/audit.log"))
    }

    /// Which threads wrote to the audit file, and which brought it to the disk.
    fn threads(&self) -> (Vec<&str>, Vec<&str>) {
        let of = |is: fn(&str) -> bool| {
            let calls = self.calls.iter().filter(|call| is(call));
            calls.filter_map(|call| call.split_whitespace().next()).collect()
        };
        // Of a call that another thread interrupts, the beginning alone names the file.
        (of(|call| call.contains("write(") && !call.contains("write(1<")), of(is_sync))
    }
}

fn is_sync(call: &str) -> bool {
    call.contains("fdatasync(")
}

/// What happens to the audit file before each word of the program, as letters.
fn before_each_word(calls: &[String]) -> Vec<String> {
    let letter = |call: &String| match call {
        call if call.contains("sync(") => 's',
        call if call.contains("write(1<") => '|',
        _ => 'w',
    };
    let text: String = calls.iter().map(letter).collect();
    text.split('|').map(str::to_owned).collect()
}

#[test]
fn a_synced_record_is_on_the_disk_before_the_call_returns() {
    for (durability, expected) in [("synced", "ws"), ("written", "w"), ("1h", "w")] {
        let settings = [("AUDIT_LOG_AUDIT_DURABILITY", durability)];
        let Some(run) = traced("dev,info", &settings, "told", &[]) else { return };
        assert_eq!(run.audit().len(), COUNT);
        let each = before_each_word(&run.calls);
        assert_eq!(each.len(), COUNT + 1, "{:#?}", run.calls);
        assert_eq!(each[..COUNT], [expected; COUNT], "{:#?}", run.calls);
    }
}

/// `#[audited(durability = "..")]` decides, whatever is set for the category.
#[test]
fn a_call_is_as_durable_as_its_attribute_says() {
    for spool in ["off", "on"] {
        for (category, how, expected) in [
            ("written", "synced", "ws"),
            ("1h", "synced", "ws"),
            ("synced", "synced", "ws"),
            ("1h", "written", "w"),
            ("synced", "written", "w"),
            ("written", "behind", "wws"),
        ] {
            let settings = [("AUDIT_LOG_SPOOL", spool), ("AUDIT_LOG_AUDIT_DURABILITY", category)];
            let Some(run) = traced("staging", &settings, how, &[]) else { return };
            let told = format!("{spool} {category} {how}: {:#?}", run.calls);
            let lines = if how == "behind" { 2 * COUNT } else { COUNT };
            let numbers: Vec<_> =
                run.audit().iter().map(|it| it["details"]["n"].as_u64()).collect();
            assert_eq!(numbers.len(), lines, "{told}");
            assert!(numbers.is_sorted(), "{told}");
            if how == "written" {
                // A thread may bring it to the disk, but no caller waits for that.
                let (writing, syncing) = run.threads();
                assert!(syncing.iter().all(|thread| !writing.contains(thread)), "{told}");
            }
            let mut each = before_each_word(&run.calls);
            if how == "written" {
                for it in &mut each {
                    it.retain(|call| call == 'w');
                }
            }
            assert_eq!(each[..COUNT], [expected; COUNT], "{told}");
        }
    }
}

#[test]
fn a_call_that_asks_for_the_spool_alone_waits_for_no_disk() {
    for (name, value, spooled) in [
        ("AUDIT_LOG_AUDIT_DURABILITY", "synced", true),
        ("AUDIT_LOG_AUDIT_ON_FAILURE", "deny", false),
    ] {
        let settings = [("AUDIT_LOG_SPOOL", "on"), (name, value)];
        let Some(run) = traced("staging", &settings, "spooled", &[]) else { return };
        let audit = run.audit();
        assert_eq!(audit.len(), COUNT, "{value}");
        // What is done where a file takes no line is decided when the call returns.
        assert!(audit.iter().all(|line| line.get("n").is_some() == spooled), "{value}: {audit:?}");
    }
}

/// The profile asks for it: nobody waits, and the program goes on until it was done.
#[test]
fn an_audit_record_of_production_is_soon_on_the_disk_and_no_caller_brings_it_there() {
    for spool in ["off", "on"] {
        let settings = [("AUDIT_LOG_SPOOL", spool)];
        let Some(run) = traced("production", &settings, "soon", &[]) else { return };
        let (writing, syncing) = run.threads();
        assert_eq!(run.audit().len(), COUNT, "{spool}");
        assert!(!writing.is_empty() && !syncing.is_empty(), "{spool}: {:#?}", run.calls);
        assert!(
            syncing.iter().all(|thread| !writing.contains(thread)),
            "{spool}: {:#?}",
            run.calls
        );
    }
}

#[test]
fn health_tells_what_is_not_on_the_disk_yet() {
    for (durability, owed) in [("1h", COUNT), ("written", 0), ("synced", 0)] {
        let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_logger-under-test"))
            .with_env("AUDIT_LOG", "dev,info")
            .with_env("AUDIT_LOG_AUDIT_DURABILITY", durability);
        let run = sandbox.run(["owes", &COUNT.to_string()]);
        assert_eq!(run.stdout(), format!("{owed}\nOk(()) 0 0\n"), "{durability}");
    }
}

#[test]
fn the_end_of_the_guard_brings_to_the_disk_what_would_be_there_soon() {
    for (durability, how, syncs) in
        [("1h", "return", 1), ("1h", "exit", 0), ("written", "return", 0)]
    {
        let settings = [("AUDIT_LOG_AUDIT_DURABILITY", durability)];
        let Some(run) = traced("dev,info", &settings, how, &[]) else { return };
        assert_eq!(run.audit().len(), COUNT);
        let calls = &run.calls;
        assert_eq!(run.threads().1.len(), syncs, "{durability} {how}: {calls:#?}");
    }
}

#[test]
fn many_records_through_a_spool_are_on_the_disk_after_one_wait() {
    let settings = [("AUDIT_LOG_SPOOL", "on"), ("AUDIT_LOG_AUDIT_DURABILITY", "written")];
    let Some(run) = traced("staging", &settings, "pipelined", &[]) else { return };
    assert_eq!(run.audit().len(), COUNT);
    let said = run.calls.iter().position(|call| call.contains("synced\\n")).expect("it says so");
    let synced = run.calls.iter().position(|call| is_sync(call)).expect("a sync");
    let written = |call: &String| call.contains("write(") && !call.contains("write(1<");
    let last = run.calls.iter().rposition(written).expect("a line");
    assert!(last < synced && synced < said, "{:#?}", run.calls);
    assert_eq!(run.threads().1.len(), 1, "{:#?}", run.calls);
}

/// Fault 19, with the kernel's own word for it.
#[test]
fn a_disk_that_fails_once_costs_no_record_and_is_not_asked_for_the_file_again() {
    let settings = [("AUDIT_LOG_AUDIT_DURABILITY", "synced")];
    let inject = ["-e", "inject=fdatasync:error=EIO:when=2"];
    let Some(run) = traced("staging", &settings, "told", &inject) else { return };
    let archive = run.sandbox.names("logs").into_iter().find(|name| name.starts_with("audit.log."));
    let archive = log_lines(&run.sandbox.path("logs").join(archive.expect("a new file")));
    let number = |line: &serde_json::Value| line["details"]["n"].as_u64();
    assert_eq!(archive.iter().map(number).collect::<Vec<_>>(), [Some(0), Some(1)]);
    let audit = run.audit();
    assert_eq!(
        (&audit[0]["event"], &audit[0]["details"]["cause"]),
        (&"file_reopened".into(), &"sync_failed".into())
    );
    // The record whose sync failed stands in both.
    let again: Vec<_> = audit[1..].iter().map(number).collect();
    assert_eq!(again, [Some(1), Some(2), Some(3), Some(4)]);
    let each = before_each_word(&run.calls);
    assert_eq!(each[..COUNT], ["ws", "wsws", "ws", "ws", "ws"], "{:#?}", run.calls);
}
