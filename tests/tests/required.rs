//! `required` where nothing can be recorded: the body does not run. In a process of its own, for
//! logging is set up once.

use std::{cell::Cell, fs, io};

use audit_runtime::{AuditError, Category, Rule, audited};

thread_local! {
    static RAN: Cell<u32> = const { Cell::new(0) };
}

#[audited(operation = "ERASE", required, details(n = { RAN.set(RAN.get() + 1); 1 }))]
fn erase() -> Result<(), AuditError> {
    RAN.set(RAN.get() + 100);
    Ok(())
}

#[audited(operation = "ERASE_ASYNC", required)]
async fn erase_async() -> io::Result<()> {
    RAN.set(RAN.get() + 100);
    Ok(())
}

fn refused() -> [String; 2] {
    let mut future = std::pin::pin!(erase_async());
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(ended) = future.as_mut().poll(&mut task) else {
        panic!("it does not wait")
    };
    [erase().expect_err("refused").to_string(), ended.expect_err("refused").to_string()]
}

#[test]
fn without_a_record_nothing_is_done() {
    for (operation, text) in ["ERASE", "ERASE_ASYNC"].into_iter().zip(refused()) {
        let expected = format!(
            "`{operation}` was not run, because logging is not set up; call \
             `audit_runtime::init` in `main`"
        );
        assert_eq!(text, expected);
    }
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("required")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .category(Category::Audit, Rule::Off)
        .without_subscriber()
        .init();
    for (operation, text) in ["ERASE", "ERASE_ASYNC"].into_iter().zip(refused()) {
        let expected = format!("`{operation}` was not run, because the category `audit` is off;");
        assert!(text.starts_with(&expected), "{text}");
    }
    drop(logs);
    assert_eq!(RAN.get(), 0, "neither the bodies nor the fields");
    assert!(fs::read_to_string(dir.path().join("audit.log")).is_err());
}
