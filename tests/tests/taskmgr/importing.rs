//! Taking the folders of older layouts into the store.

use audit_tests::{Sandbox, taskmgr_sandbox};

fn task(id: &str, status: &str, body: &str) -> String {
    format!("---\nid: {id}\ntitle: 'Task {id}'\nstatus: {status}\nagent: DEV\n---\n{body}")
}

/// Folders with an emoji for each status, in the state such folders really are in.
fn source() -> Sandbox {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("old/tasks/📋 todo/a.md", task("a", "todo", "\nbody a\r\n"));
    sandbox.write("old/tasks/📦 backlog/a.md", task("a", "blocked", "other a"));
    // The status in the file rules, not the folder.
    sandbox.write("old/tasks/✅ done/b.md", task("b", "in_progress", "body b"));
    // No status, no id: the folder and the file's name stand in.
    sandbox.write("old/tasks/🔄 in-progress/c.md", "---\ntitle: C\n---\nbody c");
    sandbox.write("old/tasks/📋 todo/no-matter.md", "# Only text\n");
    sandbox.write("old/tasks/📋 todo/bad.md", task("bad", "Completed", ""));
    sandbox.write("old/tasks/📋 todo/notes.txt", "not a task");
    sandbox.write("old/tasks/.git/x.md", "hidden");
    sandbox
}

#[test]
fn every_readable_file_is_taken_and_every_other_named() {
    let sandbox = source();
    let _ = sandbox.run(["import", "old", "--no-log"]).exits(1).warns("").prints(
        "old/tasks/✅ done/b.md: imported as b\n\
         old/tasks/📋 todo/a.md: imported as a\n\
         refused: old/tasks/📋 todo/bad.md:4:9: invalid status 'Completed' (expected pending, \
         blocked, blocked_by, todo, in_progress, complete, cancelled)\n\
         refused: old/tasks/📋 todo/no-matter.md: no front matter: the first line must be ---\n\
         old/tasks/📦 backlog/a.md: imported as a-2 (its id is taken)\n\
         old/tasks/🔄 in-progress/c.md: imported as c\n\
         4 imported, 1 of them under another id; 0 unchanged, 0 skipped, 2 refused\n",
    );
    assert_eq!(sandbox.names("tasks"), [".lock", "a-2.md", "a.md", "b.md", "c.md"]);
    assert_eq!(sandbox.read_text("tasks/a.md"), task("a", "todo", "\nbody a\r\n"));
    assert_eq!(
        sandbox.read_text("tasks/a-2.md"),
        task("a", "blocked", "other a").replace("id: a\n", "id: a-2\n")
    );
    assert_eq!(sandbox.read_text("tasks/b.md"), task("b", "in_progress", "body b"));
    assert_eq!(
        sandbox.read_text("tasks/c.md"),
        "---\ntitle: C\nid: c\nstatus: in_progress\n---\nbody c"
    );
    // Again: nothing new.
    let again = sandbox.run(["import", "old", "--no-log"]).exits(1).stdout();
    assert!(
        again.ends_with(
            "0 imported, 0 of them under another id; 4 unchanged, 0 skipped, 2 refused\n"
        )
    );
    assert_eq!(sandbox.names("tasks").len(), 5);
}

#[test]
fn conflicts_are_handled_as_asked() {
    for (policy, code, outcomes, files) in [
        ("skip", 0, ["created", "skipped"], 1),
        ("fail", 1, ["created", "refused"], 1),
        ("rename", 0, ["created", "renamed"], 2),
    ] {
        let sandbox = taskmgr_sandbox!();
        sandbox.write("x/a.md", task("a", "todo", "one"));
        sandbox.write("y/a.md", task("a", "todo", "two"));
        let args = ["import", "x", "y/a.md", "--on-conflict", policy, "--json", "--no-log"];
        let report = sandbox.run(args).exits(code).json();
        assert_eq!(report["kind"], "import-report");
        let files_reported = report["files"].as_array().unwrap();
        let got: Vec<_> = files_reported.iter().map(|file| &file["outcome"]).collect();
        assert_eq!(got, outcomes, "{policy}");
        assert_eq!(sandbox.names("tasks").len(), files + 1, "{policy}");
        assert_eq!(sandbox.read_text("tasks/a.md"), task("a", "todo", "one"), "{policy}");
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = source();
    let outcome = sandbox.run(["import", "old", "--dry-run", "--no-log"]).exits(1).stdout();
    assert!(outcome.contains("📦 backlog/a.md: imported as a-2 (its id is taken)\n"), "{outcome}");
    assert!(outcome.contains("4 would be imported"), "{outcome}");
    assert!(!sandbox.path("tasks").exists());
}

#[test]
fn a_missing_path_is_reported_and_the_rest_taken() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("x/a.md", task("a", "todo", ""));
    let outcome = sandbox.run(["import", "nowhere", "x", "--no-log"]).exits(1);
    assert!(outcome.stdout().starts_with("nowhere: refused: cannot read nowhere: "));
    assert!(outcome.stdout().contains("x/a.md: imported as a\n"));
}
