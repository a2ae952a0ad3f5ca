//! Rules for Rust files.

use super::Finding;
use super::source::{has_word, lines_with, split, without_tests};

const LONGEST_FILE: usize = 400;

/// What the runtime never does: it must not stop the program or write to its streams.
const FORBIDDEN: [(&str, &str); 10] = [
    ("unwrap(", "handle the other case"),
    ("expect(", "handle the other case"),
    ("panic!", "the runtime never panics"),
    ("unreachable!", "the runtime never panics"),
    ("todo!", "finish it"),
    ("unimplemented!", "finish it"),
    ("println!", "standard output belongs to the program"),
    ("print!", "standard output belongs to the program"),
    ("eprintln!", "report through `trap`"),
    ("eprint!", "report through `trap`"),
];

/// Tests that may sleep, with the reason.
const SLEEPERS: [(&str, &str); 0] = [];

/// True for a file that holds tests only.
pub(super) fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.split('/').rev().skip(1).any(|folder| folder == "tests")
}

/// A file that is longer is a folder that waits to be made.
pub(super) fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    if lines <= LONGEST_FILE {
        return Vec::new();
    }
    let text = format!("{lines} lines, {LONGEST_FILE} at most: make it a folder of the same name");
    vec![Finding::new(path, LONGEST_FILE + 1, text)]
}

/// A file begins with what it is for.
pub(super) fn opening(path: &str, text: &str) -> Vec<Finding> {
    let said = text.lines().next().and_then(|line| line.strip_prefix("//!"));
    if said.is_some_and(|said| !said.trim().is_empty()) {
        return Vec::new();
    }
    vec![Finding::new(path, 1, "the first line is `//!` and says what the file is for")]
}

/// Calls that the runtime does not make outside its tests.
pub(super) fn calls(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("runtime/src/") || is_test_file(path) {
        return Vec::new();
    }
    let code = without_tests(&split(text).code);
    let mut findings = Vec::new();
    for (word, instead) in FORBIDDEN {
        for (line, code) in lines_with(&code, word) {
            // `#[expect(…)]` is an attribute.
            if word == "expect(" && !has_word(&code.replace("[expect(", ""), word) {
                continue;
            }
            let shown = word.trim_end_matches('(');
            findings.push(Finding::new(path, line, format!("`{shown}` in the runtime: {instead}")));
        }
    }
    findings
}

/// A test that is not run is none.
pub(super) fn ignored_tests(path: &str, text: &str) -> Vec<Finding> {
    let code = split(text).code;
    let marked = code.lines().enumerate().filter(|(_, line)| {
        let line: String = line.split_whitespace().collect();
        line.contains("#[ignore") || line.contains(",ignore]") || line.contains(",ignore=")
    });
    marked
        .map(|(at, _)| {
            Finding::new(path, at + 1, "a test that is not run is none: remove `ignore`")
        })
        .collect()
}

/// Tests wait for what they wait for, not for time to pass.
pub(super) fn sleeps(path: &str, text: &str) -> Vec<Finding> {
    if SLEEPERS.iter().any(|(allowed, _)| *allowed == path) {
        return Vec::new();
    }
    let code = split(text).code;
    let production = if is_test_file(path) || path.starts_with("tests/") {
        String::new()
    } else {
        without_tests(&code)
    };
    let in_tests = lines_with(&code, "sleep(")
        .filter(|(line, text)| production.lines().nth(line - 1).is_none_or(|same| same != *text));
    in_tests
        .map(|(line, _)| {
            Finding::new(path, line, "a test sleeps: wait for the event, or let the clock be given")
        })
        .collect()
}

/// Files named in [`SLEEPERS`] that are gone.
pub(super) fn stale_sleepers(exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let gone = SLEEPERS.iter().filter(|(path, _)| !exists(path));
    gone.map(|(path, _)| Finding::new(path, 1, "allowed to sleep, but gone")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn long_files_are_named() {
        assert_eq!(length("a.rs", &"x\n".repeat(400)), []);
        assert_eq!(lines(&length("a.rs", &"x\n".repeat(401))), [401]);
    }

    #[test]
    fn files_begin_with_their_purpose() {
        assert_eq!(opening("a.rs", "//! Reads.\nuse a;"), []);
        for text in ["", "use a;", "\n//! Reads.", "//!\nuse a;", "// Reads."] {
            assert_eq!(lines(&opening("a.rs", text)), [1], "{text:?}");
        }
    }

    #[test]
    fn the_runtime_does_not_panic_or_print() {
        let path = "runtime/src/a.rs";
        for call in [
            "x.unwrap()",
            "x.expect(\"y\")",
            "Option::unwrap(x)",
            "panic!()",
            "std::panic!(\"x\")",
            "todo!()",
            "unimplemented!()",
            "unreachable!()",
            "println!()",
            "print!()",
            "eprintln!()",
            "eprint!()",
        ] {
            assert_eq!(lines(&calls(path, &format!("//! x\nfn f() {{ {call} }}"))), [2], "{call}");
        }
        for fine in [
            "x.unwrap_or(1)",
            "x.unwrap_or_default()",
            "#[expect(lint, reason = \"y\")]",
            "expected(1)",
            "// x.unwrap()",
            "f(\"panic!\")",
            "resume_unwind(x)",
            "catch_panic(x)",
            "#[cfg(test)] mod t { fn f() { x.unwrap() } }",
        ] {
            assert_eq!(calls(path, fine), [], "{fine}");
        }
        assert_eq!(calls("runtime/src/a/tests.rs", "x.unwrap()"), []);
        assert_eq!(calls("trail/src/a.rs", "x.unwrap()"), []);
    }

    #[test]
    fn ignored_tests_are_named() {
        let mark = "ignore";
        assert_eq!(lines(&ignored_tests("a.rs", &format!("#[test]\n#[{mark}]\nfn f() {{}}"))), [2]);
        assert_eq!(lines(&ignored_tests("a.rs", &format!("#[{mark} = \"slow\"]"))), [1]);
        assert_eq!(
            lines(&ignored_tests("a.rs", &format!("#[cfg_attr(x, {mark})]\n#[cfg_attr(x,{mark}]"))),
            [2]
        );
        assert_eq!(
            ignored_tests("a.rs", "// #[ignore]\nlet x = \"#[ignore]\"; fn ignore() {}"),
            []
        );
    }

    #[test]
    fn sleeping_tests_are_named() {
        let call = "std::thread::sleep(d);";
        assert_eq!(lines(&sleeps("tests/tests/a.rs", &format!("//! x\n{call}"))), [2]);
        assert_eq!(lines(&sleeps("trail/src/a/tests.rs", "tokio::time::sleep(d).await")), [1]);
        let mixed = format!("fn f() {{ {call} }}\n#[cfg(test)]\nmod t {{\n{call}\n}}");
        assert_eq!(lines(&sleeps("trail/src/a.rs", &mixed)), [4]);
        assert_eq!(sleeps("tests/tests/a.rs", "// sleep(d)\nlet sleeper = asleep(d);"), []);
    }
}
