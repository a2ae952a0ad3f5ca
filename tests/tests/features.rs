//! What features of the runtime and profiles of cargo make of a program, seen in programs that are
//! built for it.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// A package of its own, so that its features are nobody else's.
struct Package {
    dir: PathBuf,
}

impl Package {
    /// A package with those features of the runtime, with `profile` behind its manifest.
    fn new(name: &str, features: &str, profile: &str, file: &str, source: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("features").join(name);
        fs::create_dir_all(dir.join("src")).unwrap();
        fs::copy(root.join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
        let runtime = root.join("runtime").display().to_string();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\naudit-runtime = {{ path = \"{runtime}\", features = [{features}] }}\n\
             secrecy = {{ version = \"0.10\", default-features = false }}\n\
             tracing = \"0.1\"\n\n\
             [profile.dev]\ndebug = false\nopt-level = 2\n\n\
             [profile.dev.package.\"*\"]\nopt-level = 0\n{profile}"
        );
        fs::write(dir.join("Cargo.toml"), manifest).unwrap();
        fs::write(dir.join("src").join(file), source).unwrap();
        Self { dir }
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        self.tries(arguments).unwrap_or_else(|errors| panic!("{arguments:?}: {errors}"))
    }

    fn tries(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(&self.dir);
        // All packages here share what they depend on.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("features/target");
        command.env("CARGO_TARGET_DIR", target);
        let output = command.output().unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap())
        } else {
            Err(String::from_utf8(output.stderr).unwrap())
        }
    }
}

const FUNCTIONS: &str = r#"#![cfg_attr(watched, deny(warnings))]

#[cfg(watched)]
use audit_runtime::{audited, timed};

#[derive(audit_runtime::AuditValue)]
pub struct Id(pub u64);

#[cfg(watched)]
const NAME: &str = "NAME";

#[cfg_attr(watched, audited(operation = NAME, resource(id), details(%title), after(id, %ret)))]
#[cfg_attr(watched, timed(slow = "1ms", context(size = len(title))))]
#[inline(never)]
pub fn plain(id: u64, title: &str) -> Result<u64, String> {
    id.checked_add(1).ok_or_else(|| id.to_string())
}

#[cfg_attr(watched, audited(details(only_named)))]
pub fn named(only_named: u32) -> impl Iterator<Item = u32> {
    (0..7).map(|n| n * 2)
}

#[cfg_attr(watched, timed(outcome, context(%text)))]
pub async fn waits(text: String) -> usize {
    std::future::ready(()).await;
    text.len()
}

pub fn poll(text: String) -> usize {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(waits(text)).as_mut().poll(&mut cx) {
        std::task::Poll::Ready(n) => n,
        std::task::Poll::Pending => 0,
    }
}

pub struct Service(pub Vec<u32>);

#[cfg_attr(watched, audited(agent = %self.0.len(), operation = "{type}.{fn}"))]
impl Service {
    #[inline(never)]
    pub fn last(&self) -> Option<&u32> {
        self.0.last()
    }

    pub fn boxed(&self, n: u32) -> std::pin::Pin<Box<dyn Future<Output = u32> + '_>> {
        Box::pin(async move { self.0.len() as u32 + n })
    }
}
"#;

/// The lines without what tells one build of the same code from another: the hashes in names, which
/// follow `h` or a dot, and the name of the object file.
fn without_hashes(assembly: &str) -> Vec<String> {
    let lines = assembly.lines().filter(|line| !line.trim_start().starts_with(".file"));
    let line = |line: &str| {
        let mut text = String::new();
        let mut rest = line;
        while let Some(place) = rest.find(['h', '.']) {
            let (before, behind) = rest.split_at(place + 1);
            text.push_str(before);
            let digits = behind.find(|c| !matches!(c, '0'..='9' | 'a'..='f'));
            let digits = digits.unwrap_or(behind.len());
            rest = if digits < 16 { behind } else { &behind[digits..] };
        }
        text + rest
    };
    lines.map(line).collect()
}

#[test]
fn off_makes_the_code_that_is_made_without_the_attributes() {
    let off = Package::new("switched-off", r#""off""#, "", "lib.rs", FUNCTIONS);
    let assembly = |package: &Package, file: &str, watched: bool| {
        let path = package.dir.join(file);
        let emit = format!("--emit=asm={}", path.display());
        let mut arguments = vec!["rustc", "--quiet", "--offline", "--lib", "--", &emit];
        arguments.extend(["-Ccodegen-units=1", "--check-cfg=cfg(watched)"]);
        if watched {
            arguments.push("--cfg=watched");
        }
        package.cargo(&arguments);
        without_hashes(&fs::read_to_string(path).unwrap())
    };
    let plain = assembly(&off, "plain.s", false);
    for name in ["plain", "named", "poll", "Service"] {
        assert!(plain.iter().any(|line| line.contains(name)), "{name} is in it");
    }
    let watched = assembly(&off, "watched.s", true);
    let differs = plain.iter().zip(&watched).find(|(a, b)| a != b);
    assert_eq!((differs, watched.len()), (None, plain.len()));
    let on = Package::new("switched-on", "", "", "lib.rs", FUNCTIONS);
    assert_ne!(assembly(&on, "watched.s", true), plain, "the comparison can tell");
}

const PROGRAM: &str = r#"
use audit_runtime::{Category, Level, Profile, Rule, audited, timed};
use secrecy::SecretString;

fn never(name: &str) -> u32 {
    panic!("{name} is evaluated");
}

#[timed(level = "info", context(value = never("info")))]
fn info() {}

#[timed(level = "warn")]
fn warn() {}

#[timed(level = "debug", slow = "1ns")]
fn slow() {
    std::hint::black_box(std::time::Instant::now());
}

#[audited(level = "trace", details(secret, hidden = [&secret]))]
fn audit(secret: SecretString) {}

fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let logs = audit_runtime::builder("levels")
        .environment([("AUDIT_LOG_STRICT", "true")])
        .profile(Profile::Staging)
        .dir(&dir)
        .console(audit_runtime::ConsoleTarget::Off)
        .timing(audit_runtime::Timing::Each)
        .category(Category::Performance, Rule::From(Level::Trace))
        .init();
    info();
    warn();
    slow();
    audit(SecretString::from("hunter2"));
    drop(logs);
}
"#;

/// What the program with those features writes: the operations that were timed, and all that was audited.
fn recorded(name: &str, features: &str, profile: &str) -> (Vec<String>, Vec<serde_json::Value>) {
    let features = format!(r#"{features}, "secrecy""#);
    let package = Package::new(name, &features, profile, "main.rs", PROGRAM);
    let logs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    package.cargo(&["run", "--quiet", "--offline", "--", logs.path().to_str().unwrap()]);
    let read = |name: &str| -> Vec<serde_json::Value> {
        let text = fs::read_to_string(logs.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let timed = read("performance.log");
    let operations = timed.iter().filter_map(|line| line["operation"].as_str());
    (operations.map(str::to_owned).collect(), read("audit.log"))
}

#[test]
fn a_level_that_is_compiled_out_leaves_audit_alone() {
    let (timed, audited) = recorded("levels", r#""max_level_warn""#, "");
    assert_eq!(timed, ["warn", "slow"]);
    let audit = audited.iter().find(|line| line["operation"] == "audit").unwrap();
    assert_eq!(audit["level"], "TRACE");
    assert_eq!(audit["details"]["hidden"], serde_json::json!(["[redacted]"]));
    assert!(!audit.to_string().contains("hunter2"), "{audit}");
}

/// Compiles only where nothing but the standard library compares an `i32`.
const COMPARES: &str = r"
#[audit_runtime::audited]
fn is_two(n: i32) -> bool {
    n == 2_u8 as _
}

fn main() {
    assert!(is_two(2));
}
";

#[test]
fn without_features_a_comparison_means_what_it_means_without_us() {
    let package = Package::new("comparing", "", "", "main.rs", COMPARES);
    package.cargo(&["run", "--quiet", "--offline"]);
}

const JSON: &str = r"
#[audit_runtime::audited(details(list = json(list)), err = json)]
fn store(list: &[u8]) -> Result<(), u32> {
    Ok(())
}

fn main() {
    assert!(store(&[1]).is_ok());
}
";

#[test]
fn json_without_its_feature_says_which_one_it_needs() {
    let package = Package::new("without-json", "", "", "main.rs", JSON);
    let errors = package.tries(&["check", "--quiet", "--offline"]).unwrap_err();
    let says = "error[E0277]: `json(..)` needs the feature `json` of `audit-runtime`\n";
    assert_eq!(errors.matches(says).count(), 2, "{errors}");
    let package = Package::new("with-json", r#""json""#, "", "main.rs", JSON);
    package.cargo(&["run", "--quiet", "--offline"]);
}

#[test]
fn a_level_of_releases_counts_without_debug_assertions() {
    // The values of `info` would panic.
    let release = "[profile.dev.package.audit-runtime]\ndebug-assertions = false\n";
    let features = r#""max_level_trace", "release_max_level_warn""#;
    assert_eq!(recorded("levels-release", features, release).0, ["warn", "slow"]);
    let features = r#""max_level_warn", "release_max_level_off""#;
    assert_eq!(recorded("levels-debug", features, "").0, ["warn", "slow"]);
}

const ABORTS: &str = r#"
use audit_runtime::audited;

#[audited(operation = "RETURNS", details(n))]
fn returns(n: u64) {}

#[audited(operation = "PANICS")]
fn panics() {
    panic!("in the body");
}

#[audited(operation = "REQUIRED", required)]
fn required() -> Result<(), audit_runtime::AuditError> {
    panic!("behind an intent");
}

struct Bomb;

impl std::fmt::Display for Bomb {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("in a value");
    }
}

#[audited(operation = "SHOWS", details(%bomb))]
fn shows(bomb: Bomb) {}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let logs = audit_runtime::builder("aborts")
        .environment([("AUDIT_LOG", "staging,info"), ("AUDIT_LOG_SPOOL", &arguments[3])])
        .dir(&arguments[1])
        .init();
    for n in 0..20 {
        returns(n);
        tracing::info!(n, "note");
    }
    audit_runtime::publish_metrics();
    assert_eq!(logs.health().lines_lost, 0);
    match &*arguments[2] {
        "body" => panics(),
        "intent" => drop(required()),
        "value" => shows(Bomb),
        _ => std::thread::spawn(panics).join().unwrap(),
    }
}
"#;

#[test]
fn panics_that_abort_leave_what_was_written_and_a_line_of_the_panic() {
    let profile = "\n[profile.aborts]\ninherits = \"dev\"\npanic = \"abort\"\n";
    let package = Package::new("aborts", r#""metrics""#, profile, "main.rs", ABORTS);
    package.cargo(&["build", "--quiet", "--offline", "--profile", "aborts"]);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("features/target/aborts/aborts");
    let ways = [
        ("body", "in the body"),
        ("intent", "behind an intent"),
        ("value", "in a value"),
        ("thread", "in the body"),
    ];
    for (spool, (way, message)) in
        ["off", "on"].into_iter().flat_map(|it| ways.map(|way| (it, way)))
    {
        let logs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut command = Command::new(&program);
        command.env_clear().arg(logs.path()).arg(way).arg(spool);
        let output = command.output().unwrap();
        let way = format!("{way}, spool {spool}");
        assert_eq!(output.status.signal(), Some(6), "{way}: {output:?}");
        // Also where it would go through a spool.
        let errors = audit_tests::log_lines(&logs.path().join("error.log"));
        assert!(errors.iter().any(|line| line["event"] == "panic"), "{way}: {errors:?}");
        let recovery = audit_runtime::recover_spools(logs.path()).unwrap();
        assert_eq!(recovery.spools, u64::from(spool == "on"), "{way}: {recovery:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(message), "{way}: {told}");
        let lines: Vec<serde_json::Value> = ["audit", "error", "system"]
            .iter()
            .flat_map(|name| audit_tests::log_lines(&logs.path().join(format!("{name}.log"))))
            .collect();
        let of = |member: &str, value: &str| {
            let found = lines.iter().filter(|line| line[member] == value);
            found.cloned().collect::<Vec<_>>()
        };
        assert_eq!(of("operation", "RETURNS").len(), 20, "{way}");
        assert_eq!(of("message", "note").len(), 20, "{way}");
        let panics = of("event", "panic");
        assert!(!panics.is_empty(), "{way}");
        assert!(panics.iter().all(|line| line["message"] == message), "{way}: {panics:?}");
        // Nothing runs behind the panic: the call has no record but that of its intent.
        for operation in ["PANICS", "SHOWS"] {
            assert_eq!(of("operation", operation).len(), 0, "{way}");
        }
        let required = of("operation", "REQUIRED");
        assert_eq!(required.len(), usize::from(way.starts_with("intent")), "{way}");
        assert!(required.iter().all(|line| line["phase"] == "intent"), "{required:?}");
    }
}
