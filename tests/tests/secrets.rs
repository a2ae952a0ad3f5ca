//! No secret reaches a file, whichever way it is passed.

use std::{fmt, fs, panic, path::Path};

use audit_runtime::{Sensitive, audited, timed};

const PASSWORD: &str = "Hunter2-hunter2";
const TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
const HIDDEN: &str = "a plain word that nothing announces";

#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "login refused: password={}", self.0)
    }
}

impl std::error::Error for Refused {}

#[derive(Debug)]
struct Outer(Refused);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no session for token {TOKEN}")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug, serde::Serialize)]
struct Login {
    user: &'static str,
    password: &'static str,
    api_key: Option<&'static str>,
}

const LOGIN: Login = Login { user: "jane", password: PASSWORD, api_key: Some(TOKEN) };

#[audited(
    operation = "LOGIN",
    resource(session_token = %token),
    agent = %format!("agent with token {token}"),
    user = %format!("jane, password: {password}"),
    before(password = %password, state = %token),
    after(secret = %password, header = %format!("Authorization: Bearer {ret}")),
    details(
        plain = %format!("password={password}"),
        quoted = ?format!("token: {token}"),
        struct_debug = ?LOGIN,
        struct_json = json(LOGIN),
        masked = mask(token),
        last = last4(PASSWORD),
        hashed = hash(password),
        removed = redact(token),
        length = len(password),
        url = %format!("postgres://app:{password}@db/x"),
        sensitive,
    ),
    context(api_key = %token, authorization = ?password),
    err = %,
)]
#[timed(operation = "LOGIN", context(password = %password, text = %format!("token={token}")))]
fn login(password: &str, token: &str, sensitive: &Sensitive<String>) -> Result<String, Refused> {
    if sensitive.expose().is_empty() {
        return Err(Refused(password.to_owned()));
    }
    Ok(token.to_owned())
}

#[audited(operation = "BREAK", details(sensitive), err = ?)]
fn break_down(sensitive: &Sensitive<String>, password: &str) -> Result<(), Refused> {
    panic!("cannot go on: password {password}, {sensitive:?}");
}

fn events() {
    let span = tracing::info_span!("session", token = TOKEN, note = %format!("pwd={PASSWORD}"));
    let _entered = span.enter();
    let outer = Outer(Refused(PASSWORD.to_owned()));
    tracing::error!(error = &outer as &dyn std::error::Error, "password={PASSWORD}");
    tracing::info!(password = PASSWORD, login = ?LOGIN, text = "api_key: abc-123-secret", "in");
    tracing::warn!(header = %format!("Bearer {TOKEN}"), "token is '{PASSWORD}'");
    tracing::debug!(target: "other", api_key = 12_345_678, "token: {TOKEN}");
    log::error!("connect to postgres://app:{PASSWORD}@db/x failed, token={TOKEN}");
}

/// Every file below `dir` with its bytes.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("the log directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.display().to_string(), fs::read(&path).expect("a log file")));
        }
    }
    files
}

#[test]
fn no_file_contains_a_secret() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("secrets")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .init();
    let sensitive = Sensitive::new(HIDDEN.to_owned());
    assert_eq!(login(PASSWORD, TOKEN, &sensitive).as_deref().ok(), Some(TOKEN));
    assert!(login(PASSWORD, TOKEN, &Sensitive::new(String::new())).is_err());
    assert!(panic::catch_unwind(|| break_down(&sensitive, PASSWORD)).is_err());
    events();
    assert!(logs.health().values_redacted > 20);
    drop(logs);

    let files = files(dir.path());
    let lines = |name: &str| {
        let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(name)).expect(name);
        String::from_utf8_lossy(bytes).lines().count()
    };
    assert_eq!((lines("/audit.log"), lines("/performance.log")), (3, 2));
    // One refused login, the panic and its operation, two events, one record of `log`.
    assert_eq!(lines("/error.log"), 5);
    assert!(lines("/system.log") >= 6 && lines("/debug.log") >= 6);
    for (path, bytes) in &files {
        for secret in [PASSWORD, TOKEN, HIDDEN, "abc-123-secret", "12345678"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{path} contains {secret}:\n{}", String::from_utf8_lossy(bytes));
        }
    }
}
