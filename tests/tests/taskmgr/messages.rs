//! What bad input prints: the `error:` line, the `hint:` line, the exit code.

use audit_tests::{Sandbox, taskmgr_sandbox};

/// A store with `t-1` (complete), `t-3` (todo, waits for `t-2`, which is missing, and `t-4`, todo).
fn store() -> Sandbox {
    let sandbox = taskmgr_sandbox!();
    let task = |id: &str, rest: &str| {
        sandbox.write(
            format!("tasks/{id}.md"),
            format!("---\nid: {id}\ntitle: Task {id}\n{rest}---\n\nbody of {id}\n"),
        );
    };
    task("t-1", "status: complete\n");
    task("t-3", "status: todo\ndependencies: [t-4, t-2, t-1]\n");
    task("t-4", "status: todo\n");
    task("implement-persistent-disk-logging", "status: todo\n");
    sandbox
}

#[track_caller]
fn refused(args: &[&str], code: i32, stderr: &str) {
    let sandbox = store();
    let before = contents(&sandbox);
    let outcome = sandbox.run(args.iter().chain(&["--no-log"])).exits(code);
    let _ = outcome.prints("").warns(stderr);
    assert_eq!(contents(&sandbox), before, "{args:?} changed a file");
}

fn contents(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let names = sandbox.names("tasks").into_iter().filter(|name| name != ".lock");
    names.map(|name| (name.clone(), sandbox.read(format!("tasks/{name}")))).collect()
}

#[test]
fn unknown_id() {
    let stderr = "error: task 'implement-persistent-disk-loging' not found\n\
                  hint: did you mean 'implement-persistent-disk-logging'?\n";
    let id = "implement-persistent-disk-loging";
    for command in [&["show", id][..], &["note", id, "x"], &["status", id, "todo"], &["path", id]] {
        refused(command, 1, stderr);
    }
    refused(&["archive", "zzz"], 1, "error: task 'zzz' not found\n");
    refused(&["assign", "zzz", "DEV"], 1, "error: task 'zzz' not found\n");
}

#[test]
fn bad_status() {
    let stderr = "error: invalid status 'done' (expected pending, blocked, blocked_by, todo, \
                  in_progress, complete, cancelled)\nhint: 'complete'\n";
    refused(&["status", "t-1", "done"], 2, stderr);
    refused(&["list", "--status", "done"], 2, stderr);
    refused(&["create", "x", "--status", "done"], 2, stderr);
}

#[test]
fn bad_transition() {
    refused(
        &["status", "t-1", "cancelled"],
        1,
        "error: 't-1' cannot go from complete to cancelled (allowed: in_progress, blocked_by)\n",
    );
    refused(
        &["status", "t-4", "todo"],
        1,
        "error: 't-4' cannot go from todo to todo \
         (allowed: in_progress, blocked, cancelled, complete, blocked_by)\n",
    );
}

#[test]
fn open_dependencies() {
    let stderr = "error: 't-3' waits for t-4 (todo), t-2 (missing)\nhint: --force\n";
    refused(&["status", "t-3", "in_progress"], 1, stderr);
    refused(&["status", "t-3", "complete"], 1, stderr);
    let forced = store().run(["status", "t-3", "in_progress", "--force", "--no-log"]);
    let _ = forced.succeeds().prints("t-3: todo -> in_progress\n").warns("");
}

#[test]
fn dependencies_that_cannot_be() {
    refused(
        &["create", "x", "--id", "t-2", "--depends", "t-3"],
        1,
        "error: dependency would make a cycle: t-2 -> t-3 -> t-2\n",
    );
    refused(
        &["create", "x", "--id", "t-9", "--depends", "t-9"],
        1,
        "error: 't-9' cannot depend on itself\n",
    );
    refused(&["create", "x", "--depends", "t-77"], 1, "error: dependency 't-77' does not exist\n");
}

#[test]
fn existing_id() {
    refused(
        &["create", "x", "--id", "t-1"],
        1,
        "error: task 't-1' already exists (tasks/t-1.md)\n",
    );
}

#[test]
fn bad_id() {
    let stderr = "error: invalid id '../../escape': letters, digits, '-', '_', '.' only, \
                  starting with a letter or digit, at most 100\n";
    refused(&["create", "x", "--id", "../../escape"], 2, stderr);
    refused(&["show", "../../escape"], 2, stderr);
    refused(&["archive", "../../escape"], 2, stderr);
    refused(&["create", "x", "--depends", "../../escape"], 2, stderr);
}

#[test]
fn bad_date_and_number() {
    refused(
        &["create", "x", "--due", "2025-13-01"],
        2,
        "error: invalid --due '2025-13-01': month 13; use YYYY-MM-DD or RFC 3339\n",
    );
    refused(
        &["create", "x", "--estimate", "three"],
        2,
        "error: --estimate must be a number of hours >= 0, got 'three'\n",
    );
}

#[test]
fn broken_file() {
    let sandbox = store();
    let broken = "---\nid: x\nstatus: todo\ntitle:    @x\n---\nbody\n";
    sandbox.write("tasks/x.md", broken);
    let list = sandbox.run(["list", "--format", "ids", "--no-log"]).succeeds();
    let _ = list
        .prints("implement-persistent-disk-logging\nt-3\nt-4\n")
        .warns("warning: tasks/x.md:4:11: not valid YAML: found character '@' (task skipped)\n");
    let stderr = "error: tasks/x.md:4:11: not valid YAML: found character '@'; \
                  the file was not changed\n";
    for command in [&["show", "x"][..], &["note", "x", "hello"], &["status", "x", "todo"]] {
        let _ = sandbox.run(command.iter().chain(&["--no-log"])).exits(4).prints("").warns(stderr);
    }
    assert_eq!(sandbox.read_text("tasks/x.md"), broken);
}

#[test]
fn two_files_with_one_id() {
    let sandbox = store();
    sandbox.write("tasks/archive/t-1.md", sandbox.read("tasks/t-1.md"));
    for command in [&["show", "t-1"][..], &["note", "t-1", "x"], &["create", "x", "--id", "t-1"]] {
        let _ = sandbox
            .run(command.iter().chain(&["--no-log"]))
            .exits(4)
            .warns("error: id 't-1' is in tasks/t-1.md and tasks/archive/t-1.md\n");
    }
}

#[test]
fn locked_store() {
    let sandbox = store();
    sandbox.write("tasks/.lock", "4242 status t-9\n");
    let lock = std::fs::File::open(sandbox.path("tasks/.lock")).unwrap();
    lock.lock().unwrap();
    let note = ["note", "t-1", "x", "--lock-timeout", "0", "--no-log"];
    let _ =
        sandbox.run(note).exits(3).prints("").warns(
            "error: tasks/ is locked by pid 4242 (status t-9) for 0.0 s; nothing was changed\n",
        );
    // Reading takes no lock.
    let _ = sandbox.run(["show", "t-1", "--no-log"]).succeeds();
    drop(lock);
    let _ = sandbox.run(note).succeeds();
    assert!(sandbox.path("tasks/.lock").exists());
}

#[test]
fn errors_as_json() {
    let sandbox = store();
    let outcome = sandbox.run(["--json", "status", "t-1", "cancelled", "--no-log"]).exits(1);
    let outcome = outcome.prints("");
    let error: serde_json::Value = serde_json::from_str(&outcome.stderr()).unwrap();
    assert_eq!(error["error"]["code"], "bad_transition");
    assert_eq!(error["error"]["task"], "t-1");
    assert_eq!(
        error["error"]["message"],
        "'t-1' cannot go from complete to cancelled (allowed: in_progress, blocked_by)"
    );
    let outcome = sandbox.run(["--json", "frobnicate"]).exits(2).prints("");
    let error: serde_json::Value = serde_json::from_str(&outcome.stderr()).unwrap();
    assert_eq!(error["error"]["code"], "usage");
}

#[test]
fn an_archived_task_is_not_changed() {
    let sandbox = store();
    let _ = sandbox.run(["archive", "t-1", "--no-log"]).succeeds();
    let _ = sandbox
        .run(["note", "t-1", "x", "--no-log"])
        .exits(1)
        .warns("error: 't-1' is archived and cannot be changed\n");
    let _ = sandbox
        .run(["create", "x", "--id", "t-1", "--no-log"])
        .exits(1)
        .warns("error: task 't-1' already exists (tasks/archive/t-1.md)\n");
    let _ = sandbox.run(["archive", "t-4", "--no-log"]).exits(1).warns(
        "error: 't-4' is todo: only complete or cancelled tasks are archived\nhint: --force\n",
    );
}
