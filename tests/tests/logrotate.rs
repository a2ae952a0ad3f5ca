//! logrotate with the configuration of `deploy`, where rotation is switched off in the program.

use std::{fs, process::Command};

use audit_runtime::{Category, ConsoleTarget, Rule, audited};
use audit_tests::{deployed, read_archives, skipped};

#[audited(operation = "ROTATED", details(n))]
fn rotated(n: u64) {
    std::hint::black_box(n);
}

/// Scenario seven, with our own configuration.
#[test]
fn what_logrotate_takes_away_and_compresses_is_whole() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("logs");
    let mut builder = audit_runtime::builder("rotated")
        .environment(Vec::<(String, String)>::new())
        .dir(&dir)
        .console(ConsoleTarget::Off)
        .rotate_size(None)
        .rotate_every(None);
    for other in [Category::System, Category::Debug, Category::Error, Category::Performance] {
        builder = builder.category(other, Rule::Off);
    }
    let logs = builder.init();
    let path = dir.display().to_string();
    let (config, state) = (place.path().join("logrotate.conf"), place.path().join("state"));
    fs::write(&config, deployed("logrotate.conf", &[("/var/log/taskmgr", &path)])).unwrap();
    let mut n = 0;
    for _ in 0..4 {
        for _ in 0..10 {
            rotated(n);
            n += 1;
        }
        let mut command = Command::new("logrotate");
        let output = command.arg("--force").arg("--state").arg(&state).arg(&config).output();
        let Ok(output) = output else { return skipped("logrotate is not installed") };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    rotated(n);
    assert_eq!(logs.health().reopened, 4);
    drop(logs);
    let names: Vec<_> = (1..=4)
        .rev()
        .map(|at| if at == 1 { "audit.log.1".into() } else { format!("audit.log.{at}.gz") })
        .collect();
    let lines: Vec<_> = names
        .iter()
        .map(String::as_str)
        .chain(["audit.log"])
        .flat_map(|name| read_archives(&dir, name))
        .filter(|line| line.contains(r#""operation":"ROTATED""#))
        .collect();
    let expected: Vec<_> = (0..=n).map(|n| format!(r#""n":{n}}}"#)).collect();
    assert_eq!(lines.len(), expected.len());
    assert!(lines.iter().zip(&expected).all(|(line, mark)| line.contains(mark)), "{lines:#?}");
}
