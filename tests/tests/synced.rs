//! `AUDIT_LOG_DURABILITY=synced`, as the kernel sees it.

use audit_tests::{Sandbox, log_lines, skipped};

const COUNT: usize = 5;

/// The calls to the kernel that write to or sync the audit file, or the standard output; the latter
/// follows each record. `None` where none can be seen.
fn calls(durability: &str) -> Option<Vec<String>> {
    let program = env!("CARGO_BIN_EXE_logger-under-test");
    let sandbox = Sandbox::new("strace").with_env("AUDIT_LOG", "dev,info");
    let sandbox = sandbox.with_env("AUDIT_LOG_AUDIT_DURABILITY", durability);
    let kinds = "trace=write,pwrite64,writev,pwritev,fsync,fdatasync";
    let mut command = sandbox.command(["-f", "-y", "-qq", "-e", kinds, "-o", "calls", program]);
    command.args(["told", &COUNT.to_string()]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let Ok(output) = command.output() else {
        skipped("strace is not installed");
        return None;
    };
    if !output.status.success() && !sandbox.path("logs").exists() {
        skipped("strace may not trace here");
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(log_lines(&sandbox.path("logs/audit.log")).len(), COUNT);
    let ours = |call: &&str| call.contains("/audit.log>") || call.contains("write(1<");
    Some(sandbox.read_text("calls").lines().filter(ours).map(str::to_owned).collect())
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
    let (Some(synced), Some(written)) = (calls("synced"), calls("written")) else { return };
    for (calls, expected) in [(synced, "ws"), (written, "w")] {
        let each = before_each_word(&calls);
        assert_eq!(each.len(), COUNT + 1, "{calls:#?}");
        assert_eq!(each[..COUNT], [expected; COUNT], "{calls:#?}");
    }
}
