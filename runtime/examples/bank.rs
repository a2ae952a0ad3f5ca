//! Two audited and timed functions, and what their files hold.
//!
//! `cargo run -p audit-runtime --example bank`

use std::{fmt, fs};

use audit_runtime::{AuditValue, Category, Sensitive, audited, timed};

#[derive(Debug)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The number of an account: cleared for the logs.
#[derive(Clone, Copy, PartialEq)]
struct Account(u32);

impl AuditValue for Account {
    fn value(&self) -> audit_runtime::Value<'_> {
        self.0.value()
    }
}

struct Bank {
    cents: i64,
}

impl Bank {
    #[audited(
        operation = "WITHDRAW",
        resource(account = account),
        user = %"jane",
        before(cents = self.cents),
        after(cents = ret.cents),
        details(amount, pin),
        err = %,
    )]
    #[timed(operation = "WITHDRAW", slow = "50ms")]
    fn withdraw(
        &mut self,
        account: Account,
        amount: i64,
        pin: &Sensitive<String>,
    ) -> Result<Self, Refused> {
        if pin.expose() != "2468" {
            return Err(Refused("wrong number"));
        }
        if amount > self.cents {
            return Err(Refused("not enough money"));
        }
        self.cents -= amount;
        Ok(Self { cents: self.cents })
    }
}

fn main() -> std::io::Result<()> {
    let dir = std::env::temp_dir().join(format!("audit-example-{}", std::process::id()));
    let logs = audit_runtime::builder("bank").dir(&dir).init();
    let mut bank = Bank { cents: 10_000 };
    for (amount, pin) in [(4_000, "2468"), (9_000, "2468"), (1, "1357")] {
        let done = bank.withdraw(Account(17), amount, &Sensitive::new(pin.to_owned()));
        println!(
            "{amount}: {}",
            done.map_or_else(|refused| refused.to_string(), |_| "done".into())
        );
    }
    for category in [Category::Audit, Category::Error, Category::Performance] {
        if let Some(file) = logs.file(category) {
            println!("\n{}\n{}", file.display(), fs::read_to_string(&file)?);
        }
    }
    drop(logs);
    fs::remove_dir_all(dir)
}
