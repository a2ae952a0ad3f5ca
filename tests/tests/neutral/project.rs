//! A package with each case several times: plain, and with the attributes in the place of its
//! lines `#[watched]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// What stands in the place of `#[watched]`; the first is the plain twin, the last for lints only.
const VARIANTS: [(&str, &str); 4] = [
    ("plain", ""),
    ("audited", "#[audit_runtime::audited]"),
    ("timed", "#[audit_runtime::timed]"),
    ("both", "#[audit_runtime::audited] #[audit_runtime::timed]"),
];

/// What the compiler says of a case: in its order, for each variant.
pub(crate) type Said = BTreeMap<&'static str, Vec<Message>>;

/// An error or a warning at its primary place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) line: u64,
    pub(crate) level: String,
    pub(crate) code: String,
    pub(crate) text: String,
}

/// What `cargo check` says of every case.
pub(crate) static CHECKED: LazyLock<BTreeMap<String, Said>> =
    LazyLock::new(|| said(&["check", "--bins"], &cases()));

/// What `cargo clippy` says of the cases whose names begin with `lints`.
pub(crate) static LINTED: LazyLock<BTreeMap<String, Said>> = LazyLock::new(|| {
    let cases: Vec<String> = cases().into_iter().filter(|case| case.starts_with("lints")).collect();
    let programs: Vec<String> = cases
        .iter()
        .flat_map(|case| variants(case).iter().map(move |(v, _)| format!("--bin={case}-{v}")))
        .collect();
    let mut arguments = vec!["clippy"];
    arguments.extend(programs.iter().map(String::as_str));
    said(&arguments, &cases)
});

static PROJECT: LazyLock<PathBuf> = LazyLock::new(project);

fn variants(case: &str) -> &'static [(&'static str, &'static str)] {
    let count = if case.starts_with("lints") { 4 } else { 3 };
    VARIANTS.get(..count).unwrap_or(&VARIANTS)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the cases.
fn cases() -> Vec<String> {
    let folder = root().join("neutral-cases");
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Writes the package; what has not changed keeps its time.
fn project() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("neutral");
    let programs = dir.join("src/bin");
    std::fs::create_dir_all(&programs).unwrap();
    let runtime = Value::from(root().with_file_name("runtime").to_str().unwrap());
    let manifest = format!(
        "[package]\nname = \"neutral\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\naudit-runtime = {{ path = {runtime} }}\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n\n\
         [workspace]\n"
    );
    store(&dir.join("Cargo.toml"), &manifest);
    // The versions that this very build uses: nothing else has to be there.
    let lock = std::fs::read_to_string(root().with_file_name("Cargo.lock")).unwrap();
    store(&dir.join("Cargo.lock"), &lock);
    let mut kept = Vec::new();
    for case in cases() {
        let text =
            std::fs::read_to_string(root().join(format!("neutral-cases/{case}.rs"))).unwrap();
        assert!(text.contains("#[watched]\n"), "{case} has no line `#[watched]`");
        for (variant, attributes) in variants(&case) {
            let program = programs.join(format!("{case}-{variant}.rs"));
            store(&program, &text.replace("#[watched]", attributes));
            kept.push(program);
        }
    }
    for entry in std::fs::read_dir(&programs).unwrap() {
        let path = entry.unwrap().path();
        if !kept.contains(&path) {
            std::fs::remove_file(path).unwrap();
        }
    }
    dir
}

fn store(path: &Path, text: &str) {
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::write(path, text).unwrap();
    }
}

fn said(arguments: &[&str], cases: &[String]) -> BTreeMap<String, Said> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["--offline", "--keep-going", "--message-format=json"])
        .current_dir(&*PROJECT)
        .env("CARGO_TARGET_DIR", PROJECT.join("target"))
        // What cargo and the caller set for this test is not meant for that package.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let done = command.output().unwrap();
    let mut said: BTreeMap<String, Said> = cases
        .iter()
        .map(|case| (case.clone(), variants(case).iter().map(|(v, _)| (*v, Vec::new())).collect()))
        .collect();
    let mut programs = 0;
    for line in String::from_utf8(done.stdout).unwrap().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let name = value["target"]["name"].as_str().unwrap_or_default();
        let Some((case, variant)) = name.rsplit_once('-') else { continue };
        let of_case = said.get_mut(case).and_then(|said| said.get_mut(variant));
        let (Some(messages), Some(message)) = (of_case, message(&value["message"], variant)) else {
            continue;
        };
        programs += 1;
        messages.push(message);
    }
    assert_ne!(programs, 0, "cargo says nothing: {}", String::from_utf8_lossy(&done.stderr));
    said
}

/// A message without the name of the twin, which it may tell.
fn message(value: &Value, variant: &str) -> Option<Message> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = value["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    Some(Message {
        line: place["line_start"].as_u64()?,
        level: text(&value["level"]),
        code: text(&value["code"]["code"]),
        text: text(&value["message"]).replace(&format!("-{variant}.rs"), ".rs"),
    })
}
