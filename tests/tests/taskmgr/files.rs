//! What happens to the bytes of task files: nothing, but for the keys a command changes.

use audit_tests::taskmgr_sandbox;

/// Front matter in a hand of its own, comments and unknown keys included.
const MATTER: &str = "---\n# kept\nid: t\ntitle: 'Odd: one'\nstatus: todo   # now\n\
                      x-custom: {a: 1}\ndescription: 'over\n\n  two lines'\nnotes: |\n  old\n\n\
                      # at the end\n---\n";

fn bodies() -> Vec<Vec<u8>> {
    let mut bodies = vec![
        b"".to_vec(),
        b"no newline at the end".to_vec(),
        b"\n\n---\nstatus: not me\n---\n  \n".to_vec(),
        b"crlf\r\nmixed\nlone\rcr\r\n".to_vec(),
        b"not utf-8: \xff\xfe\x00\n".to_vec(),
    ];
    bodies.push("long line ✅ ".repeat(50_000).into_bytes());
    bodies
}

#[test]
fn every_body_survives_every_command() {
    for body in bodies() {
        for (bom, crlf) in [(false, false), (true, false), (false, true)] {
            let sandbox = taskmgr_sandbox!();
            let eol = if crlf { "\r\n" } else { "\n" };
            let matter = MATTER.replace('\n', eol);
            let mut file = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
            file.extend_from_slice(matter.as_bytes());
            file.extend_from_slice(&body);
            sandbox.write("tasks/t.md", &file);
            for command in [
                &["status", "t", "in_progress", "--note", "going: \"on\"\nand on"][..],
                &["note", "t", "more ✅"],
                &["assign", "t", "DEV"],
                &["status", "t", "complete"],
            ] {
                let _ = sandbox.run(command.iter().chain(&["--no-log"])).succeeds();
            }
            let after = sandbox.read("tasks/t.md");
            assert!(after.ends_with(&body), "the body changed");
            assert_eq!(after.starts_with(b"\xef\xbb\xbf"), bom);
            let head = String::from_utf8(after[..after.len() - body.len()].to_vec()).unwrap();
            for kept in [
                "---\n# kept\nid: t\ntitle: 'Odd: one'\n",
                "\nstatus: complete   # now\nx-custom: {a: 1}\n",
                "\ndescription: 'over\n\n  two lines'\n",
                "\n\n# at the end\n",
            ] {
                assert!(head.contains(&kept.replace('\n', eol)), "{kept:?} is gone from\n{head}");
            }
            let breaks = head.matches('\n').count();
            assert_eq!(head.matches("\r\n").count(), if crlf { breaks } else { 0 }, "{head}");
        }
    }
}

#[test]
fn a_note_is_a_readable_block() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/t.md", format!("{MATTER}body"));
    let _ = sandbox.run(["note", "t", "first\nsecond", "--no-log"]).succeeds();
    let text = sandbox.read_text("tasks/t.md");
    let (_, notes) = text.split_once("\nnotes: |-\n  old\n\n  [").expect("a block of notes");
    let (stamp, rest) = notes.split_once("] ").unwrap();
    assert!(stamp.ends_with("+00:00") && stamp.len() == 32, "{stamp}");
    assert!(rest.starts_with("first\n  second\n\n# at the end\n"), "{rest}");
}

#[test]
fn a_note_from_stdin() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/t.md", MATTER);
    let _ = sandbox.run_with_input(["note", "t", "-", "--no-log"], "piped\n").succeeds();
    let shown = sandbox.run(["show", "t", "--json", "--no-log"]).succeeds().json();
    assert!(shown["task"]["notes"].as_str().unwrap().ends_with("] piped"));
    let empty = sandbox.run_with_input(["note", "t", "-", "--no-log"], "\n").exits(2);
    let _ = empty.warns("error: the note is empty\n");
}

#[test]
fn nothing_but_tasks_is_left_in_the_folder() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox.run(["create", "One", "--no-log"]).succeeds();
    let _ = sandbox.run(["note", "one", "x", "--no-log"]).succeeds();
    assert_eq!(sandbox.names("tasks"), [".lock", "one.md"]);
    assert_eq!(sandbox.names("."), ["tasks"]);
}

#[test]
fn a_thousand_changes_leave_the_body_alone() {
    let sandbox = taskmgr_sandbox!();
    let body = "\n# Body\r\nwith everything\t\n".repeat(20);
    sandbox.write("tasks/t.md", format!("{MATTER}{body}"));
    let manager = taskmgr::store::TaskManager::new(taskmgr::store::Options {
        tasks_dir: sandbox.path("tasks"),
        actor: "tester".to_owned(),
        lock_timeout: std::time::Duration::from_secs(5),
        clock: || "2026-01-02T03:04:05Z".parse().expect("a time stamp"),
    });
    let id = "t".parse().unwrap();
    for n in 0..1000 {
        let to = if n % 2 == 0 {
            taskmgr::task::Status::InProgress
        } else {
            taskmgr::task::Status::Todo
        };
        let request = taskmgr::store::StatusRequest { to, note: None, force: false };
        manager.change_status(&id, &request).unwrap();
    }
    let text = sandbox.read_text("tasks/t.md");
    assert!(text.ends_with(&body));
    assert!(text.len() < MATTER.len() + body.len() + 300, "the front matter grows");
}
