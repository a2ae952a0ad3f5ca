//! `trail report` as a user runs it: the numbers of a directory made by hand, exit codes, streams,
//! what it says when the directory is not one of logs.
//!
//! `trail_golden/` holds two gzip members in one archive, a plain archive with a torn and sealed
//! line, an active file with a carriage return and a torn end, an intent with its result, lines
//! that are no operations, files under names of their own, and a stranger's archive.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trail_golden")
}

/// `trail` in an environment that holds nothing.
fn trail(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trail-under-test"));
    command.env_clear().args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    trail(arguments).output().unwrap()
}

fn report(dir: &Path, more: &[&str]) -> (Value, i32) {
    let dir = dir.to_str().unwrap();
    let output = run(&[&["report", dir, "--format", "json"], more].concat());
    let document = serde_json::from_slice(&output.stdout).unwrap();
    (document, output.status.code().unwrap())
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_golden_directory_gives_the_numbers_counted_by_hand() {
    let (found, code) = report(&golden(), &[]);
    assert_eq!(code, 3);
    assert_eq!(found["schema"], "audit-trail/report/1");
    assert_eq!(found["complete"], false);
    assert_eq!((&found["malformed"], &found["unreadable"]), (&json!(2), &json!(0)));
    assert!(found["definition"]["percentile"].as_str().unwrap().starts_with("nearest-rank"));
    assert_eq!(
        found["window"],
        json!({"since": null, "until": null,
               "first": "2026-11-21T22:00:00.000000Z", "last": "2026-11-22T06:00:00.000000Z"})
    );
    let operations = &found["operations"];
    let spread = |count: u64, [min, p50, p90, p99, max]: [f64; 5]| json!({"count": count, "min": min, "p50": p50, "p90": p90, "p99": p99, "max": max});
    assert_eq!(
        operations["by_operation"],
        json!([
            {"name": "CLAIM", "count": 3, "outcomes": {"success": 1, "failure": 1, "denied": 1},
             "duration_ms": spread(3, [0.125, 0.25, 3.75, 3.75, 3.75])},
            {"name": "CREATE", "count": 3, "outcomes": {"success": 2, "failure": 1},
             "duration_ms": spread(3, [1.5, 2.0, 10.001, 10.001, 10.001])},
            {"name": "NOTE", "count": 2, "outcomes": {"success": 1, "panicked": 1},
             "duration_ms": spread(1, [0.001; 5])},
        ])
    );
    let counts = |rows: &Value| -> Vec<(Value, u64)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (row["name"].clone(), row["count"].as_u64().unwrap())).collect()
    };
    let by_agent = [(json!("ann"), 3), (json!("bob"), 3), (json!(null), 1)];
    let escape = [(json!("b\u{1b}[31mob"), 1)];
    assert_eq!(counts(&operations["by_agent"]), [&by_agent[..], &escape].concat());
    let by_user = [(json!("root"), 4), (json!("eve"), 3), (json!(null), 1)];
    assert_eq!(counts(&operations["by_user"]), by_user);
    let by_outcome = [("success", 4), ("failure", 2), ("denied", 1), ("panicked", 1)]
        .map(|(n, c)| (json!(n), c));
    assert_eq!(counts(&operations["by_outcome"]), by_outcome);
    let numbers = ["total", "intents", "results", "other_lines"].map(|name| &operations[name]);
    assert_eq!(numbers, [8, 1, 1, 2].map(|n| json!(n)).each_ref());
    let mut hours = [0; 24];
    [hours[22], hours[23], hours[0], hours[5], hours[6]] = [2, 1, 1, 3, 1];
    assert_eq!(operations["by_hour_utc"], json!(hours));
    assert_eq!(
        operations["peak_hours_utc"],
        json!([{"hour": 5, "count": 3}, {"hour": 22, "count": 2}, {"hour": 0, "count": 1}])
    );
    assert_eq!(
        operations["busiest"][0],
        json!({"name": "2026-11-22T05:00:00.000000Z", "count": 3})
    );
    assert_eq!(
        found["errors"],
        json!([
            {"type": "Refused", "count": 2, "example": "not yours"},
            {"type": "Exists", "count": 1, "example": "id a-1 exists"},
            {"type": "panic", "count": 1, "example": "boom"},
        ])
    );
    assert_eq!(
        found["timings"],
        json!([
            {"name": "load", "count": 3, "outcomes": {"success": 2, "failure": 1}, "slow": 1,
             "duration_ms": spread(3, [1.0, 3.0, 75.5, 75.5, 75.5])},
            {"name": "save", "count": 1, "outcomes": {"success": 1}, "slow": 0,
             "duration_ms": spread(1, [2.002; 5])},
        ])
    );
    let summary = &found["summaries"][0];
    assert_eq!((&summary["name"], &summary["calls"]), (&json!("load"), &json!(9)));
    assert_eq!(summary["p90_ms"], json!({"low": 2.0, "high": 2.0}));
    let lines: Vec<_> =
        found["categories"].as_array().unwrap().iter().map(|row| &row["lines"]).collect();
    assert_eq!(lines, [11, 2, 1, 5, 1].map(|n| json!(n)).each_ref());
}

#[test]
fn the_golden_directory_names_its_files_and_its_damage() {
    let (found, _) = report(&golden(), &[]);
    let name = |path: &Value| Path::new(path.as_str().unwrap()).file_name().unwrap().to_owned();
    let inputs: Vec<_> = found["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| {
            let flags =
                [&input["archived"], &input["compressed"]].map(|flag| flag.as_bool().unwrap());
            (
                name(&input["path"]).into_string().unwrap(),
                input["lines"].as_u64().unwrap(),
                input["malformed"].as_u64().unwrap(),
                flags,
            )
        })
        .collect();
    let expected = [
        ("audit.log.20261121T233000.000Z-000001.gz", 4, 0, [true, true]),
        ("audit.log.20261122T051500.500Z-000002", 4, 1, [true, false]),
        ("audit.log", 3, 1, [false, false]),
        ("agent_tasks_debug.log", 2, 0, [false, false]),
        ("error.log", 1, 0, [false, false]),
        ("performance.log", 5, 0, [false, false]),
        ("agent_tasks.log", 1, 0, [false, false]),
    ];
    assert_eq!(
        inputs,
        expected.map(|(file, lines, bad, flags)| (file.to_owned(), lines, bad, flags))
    );
    assert_eq!(name(&found["skipped"][0]), "audit.log.1");
    let faults: Vec<_> = found["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                name(&fault["file"]).into_string().unwrap(),
                fault["line"].as_u64().unwrap(),
                fault["offset"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        faults,
        [
            ("audit.log.20261122T051500.500Z-000002".to_owned(), 2, 321),
            ("audit.log".to_owned(), 4, 867)
        ]
    );
}

#[test]
fn a_window_takes_its_start_and_leaves_its_end() {
    let total = |more: &[&str]| report(&golden(), more).0["operations"]["total"].as_u64().unwrap();
    assert_eq!(total(&["--since", "2026-11-22"]), 5);
    assert_eq!(total(&["--since", "2026-11-22T00:00:00.000001Z"]), 4);
    assert_eq!(total(&["--until", "2026-11-22T06:00:00Z"]), 7);
    assert_eq!(total(&["--since", "2026-11-21T22:30:00Z", "--until", "2026-11-21T23:10:00Z"]), 1);
    assert_eq!(total(&["--until", "2026-11-22T00:30:00+01:00"]), 3);
}

#[test]
fn a_table_has_escaped_names_and_warnings_stand_on_stderr() {
    let output = run(&["report", golden().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.starts_with("8 operations in "), "{out}");
    assert!(out.contains("INCOMPLETE: 2 lines malformed"), "{out}");
    assert!(out.contains(r"b\u001b[31mob"), "{out}");
    assert!(!output.stdout.contains(&0x1b), "{out}");
    let claim = out.lines().find(|line| line.starts_with("CLAIM ")).unwrap();
    let cells: Vec<_> = claim.split_whitespace().collect();
    assert_eq!(cells, ["CLAIM", "3", "1", "1", "1", "0", "0.250", "3.750", "3.750", "3.750"]);
    assert!(err.contains("audit.log:4 (byte 867): torn"), "{err}");
    assert!(err.lines().all(|line| line.starts_with("trail: ")), "{err}");
}

#[test]
fn colour_comes_when_it_is_asked_for() {
    let dir = golden();
    let arguments = ["report", dir.to_str().unwrap()];
    let colored = |command: &mut Command| command.output().unwrap().stdout.contains(&0x1b);
    assert!(!colored(&mut trail(&arguments)));
    assert!(colored(trail(&arguments).args(["--color", "always"])));
    assert!(colored(trail(&arguments).env("CLICOLOR_FORCE", "1")));
    assert!(!colored(trail(&arguments).env("CLICOLOR_FORCE", "1").args(["--color", "never"])));
}

#[test]
fn a_whole_directory_exits_zero_and_says_nothing_on_stderr() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(golden().join("performance.log"), dir.path().join("performance.log")).unwrap();
    let output = trail(&["report"]).env("AUDIT_LOG_DIR", dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
    assert!(text(&output.stdout).starts_with("0 operations in "));
}

#[test]
fn what_is_no_log_directory_is_refused_with_a_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("audit.log");
    std::fs::write(&file, "").unwrap();
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let gone = dir.path().join("gone");
    for (path, words) in [
        (&gone, ["does not exist", "AUDIT_LOG_DIR"]),
        (&file, ["is not a directory", "name the one that holds it"]),
        (&empty, ["no log files", "run the program first"]),
    ] {
        let output = run(&["report", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{path:?}");
        assert_eq!(text(&output.stdout), "");
        let err = text(&output.stderr);
        assert!(words.iter().all(|word| err.contains(word)), "{err}");
        assert!(err.contains(path.to_str().unwrap()), "{err}");
    }
}

#[test]
fn wrong_use_exits_two_and_says_what_is_accepted() {
    let dir = golden();
    let dir = dir.to_str().unwrap();
    for (arguments, word) in [
        (&["report", dir, "--since", "yesterday"][..], "2h30m"),
        (&["report", dir, "--since", "2026-11-22", "--until", "2026-11-21"], "is not before"),
        (&["report", dir, "--format", "xml"], "table"),
        (&["repot", dir], "report"),
        (&[], "report"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr));
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let dir = golden();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let arguments = ["report", dir.to_str().unwrap(), "--format", "json"];
    let output = trail(&arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    let err = text(&output.stderr);
    assert!(!err.contains("panicked") && !err.to_lowercase().contains("broken pipe"), "{err}");
    assert_eq!(output.status.code(), Some(0), "{err}");
}

#[test]
fn an_archive_that_breaks_off_is_incomplete_not_fatal() {
    let dir = tempfile::tempdir().unwrap();
    let whole = std::fs::read(golden().join("performance.log")).unwrap();
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    member.write_all(&whole).unwrap();
    let mut bytes = member.finish().unwrap();
    bytes.truncate(bytes.len() - 12);
    std::fs::write(dir.path().join("performance.log.20261122T060000.000Z-000001.gz"), bytes)
        .unwrap();
    std::fs::write(dir.path().join("performance.log"), &whole).unwrap();
    let (found, code) = report(dir.path(), &[]);
    assert_eq!(code, 3);
    assert_eq!((&found["malformed"], &found["unreadable"]), (&json!(0), &json!(1)));
    let lines: Vec<_> = found["inputs"].as_array().unwrap().iter().map(|i| &i["lines"]).collect();
    assert!(*lines[0] != json!(5) && *lines[1] == json!(5), "{lines:?}");
    assert_eq!(found["inputs"][0]["readable"], false);
}

#[test]
fn summaries_stand_apart_from_calls_with_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let line = |minute: u32, rest: &str| {
        format!(
            "{{\"timestamp\":\"2026-11-22T06:{minute:02}:00.000000Z\",\"level\":\"INFO\",\
             \"category\":\"performance\",\"component\":\"c\",\"message\":\"m\",{rest}}}\n"
        )
    };
    let summary = |minute, p50: f64, max: f64, more: &str| {
        let rest = format!(
            "\"event\":\"summary\",\"operation\":\"load\",\"count\":10,\"min\":0.0005,\"p50\":{p50},\
             \"p90\":{p50},\"p99\":{max},\"p999\":{max},\"max\":{max},\"mean\":{p50},\"errors\":1{more}"
        );
        line(minute, &rest)
    };
    let slow = r#""event":"slow","operation":"load","duration_ms":75.5"#;
    let broken = r#""event":"summary","operation":"load","count":1"#;
    let lines = [
        summary(1, 0.002, 3.5, ""),
        line(2, slow),
        summary(3, 0.001_5, 75.5, ",\"sample\":4"),
        line(4, broken),
    ];
    std::fs::write(dir.path().join("performance.log"), lines.concat()).unwrap();

    let (found, code) = report(dir.path(), &[]);
    assert_eq!((code, &found["malformed"]), (3, &json!(1)));
    assert!(found["faults"][0]["reason"].as_str().unwrap().contains("`errors`"), "{found}");
    assert_eq!(found["timings"][0]["count"], 1);
    assert_eq!(found["timings"][0]["duration_ms"]["p50"], 75.5);
    let range = |low: f64, high: f64| json!({"low": low, "high": high});
    assert_eq!(
        found["summaries"],
        json!([{"name": "load", "windows": 2, "count": 20, "calls": 50, "errors": 2,
                "min_ms": 0.0005, "p50_ms": range(0.001_5, 0.002), "p90_ms": range(0.001_5, 0.002),
                "p99_ms": range(3.5, 75.5), "p999_ms": range(3.5, 75.5), "max_ms": 75.5}])
    );

    let output = run(&["report", dir.path().to_str().unwrap()]);
    let table = text(&output.stdout);
    let rows: Vec<_> = table.lines().filter(|row| row.starts_with("load")).collect();
    assert_eq!(rows.len(), 2, "{table}");
    let cells: Vec<_> = rows[1].split_whitespace().collect();
    let between = "0.001500-0.002000";
    assert_eq!(
        cells,
        ["load", "50", "20", "2", between, between, "3.500-75.500", "3.500-75.500", "75.500"]
    );
    assert!(table.contains("SUMMARISED") && table.contains("within 3.2 %"), "{table}");
}
