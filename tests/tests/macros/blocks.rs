//! Attributes over an impl block, a trait or a module: one line covers a service.

use audit_runtime::{audited, record::Category, timed};
use serde_json::json;

use crate::log;

struct Service {
    owner: &'static str,
}

macro_rules! written_by_a_macro {
    () => {
        pub(crate) fn by_a_macro(&self) {
            self.used();
        }
    };
}

#[audited(
    operation = "{type}.{fn}",
    agent = %self.owner,
    level = "warn",
    context(size = self.owner.len()),
    skip(skipped)
)]
#[timed(operation = "{type}.{fn}", only(open, close))]
impl Service {
    pub(crate) const LIMIT: u32 = 1;

    pub(crate) const fn constant() -> u32 {
        Self::LIMIT
    }

    /// Watched.
    #[must_use]
    pub(crate) fn open(&self, id: u64) -> Option<u64> {
        Some(id).filter(|id| *id > 0)
    }

    pub(super) async fn read(&self) -> Result<usize, String> {
        Err(self.owner.to_owned())
    }

    #[audited(operation = "SERVICE_OWN", details(id))]
    pub(crate) fn own(&self, id: u64) {
        assert!(id > 0 && !self.owner.is_empty());
    }

    pub(crate) fn skipped(&self) {
        self.used();
    }

    fn used(&self) {
        assert_eq!(self.owner, "tester");
    }

    fn close(&self) {
        self.skipped();
    }

    written_by_a_macro! {}
}

#[test]
fn public_methods_of_a_service() {
    log::start();
    let service = Service { owner: "tester" };
    assert_eq!(Service::constant(), 1);
    assert_eq!(service.open(0), None);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(service.read()).is_err());
    service.own(7);
    service.close();
    service.by_a_macro();
    let open = log::audited("Service.open");
    assert_eq!((&open["agent"], &open["level"]), (&json!("tester"), &json!("WARN")));
    assert_eq!((&open["outcome"], &open["context"]), (&json!("none"), &json!({ "size": 6 })));
    assert_eq!(open["function"], "open");
    assert_eq!(log::audited("Service.read")["outcome"], "failure");
    let own = log::audited("SERVICE_OWN");
    assert_eq!((&own["agent"], &own["details"]), (&json!("ambient-agent"), &json!({ "id": 7 })));
    for name in ["constant", "own", "skipped", "close", "by_a_macro"] {
        let operation = format!("Service.{name}");
        assert!(log::records(Category::Audit, &operation).is_empty(), "{operation}");
    }
    for name in ["open", "close"] {
        log::timed(&format!("Service.{name}"));
    }
    assert!(log::records(Category::Performance, "Service.read").is_empty());
}

struct Everything<T>(T);

#[audited(private, operation = "{type}::{fn}")]
impl<T: Copy> Everything<T> {
    fn hidden(&self) -> T {
        self.0
    }
}

trait Store {
    fn without_body(&self) -> u32;

    fn stored(&self) -> u32 {
        self.without_body() + 1
    }
}

#[audited(operation = "EVERYTHING_{fn}")]
impl Store for Everything<u32> {
    fn without_body(&self) -> u32 {
        self.0
    }
}

#[audited(operation = "{type}/{fn}")]
trait Greets {
    fn name(&self) -> String;

    fn greet(&self) -> String {
        format!("hello {}", self.name())
    }
}

impl Greets for Service {
    fn name(&self) -> String {
        self.owner.to_owned()
    }
}

#[audited(only(block_default_name, inner))]
mod module {
    #![allow(clippy::missing_const_for_fn, reason = "an attribute inside of the module")]

    pub(super) struct Callback(pub(super) fn(u32) -> u32);

    pub(super) fn block_default_name(callback: &Callback) -> u32 {
        (callback.0)(1) + inner()
    }

    fn inner() -> u32 {
        2
    }

    pub(super) fn block_not_chosen() {}
}

#[test]
fn private_methods_traits_and_modules() {
    log::start();
    let everything = Everything(1);
    assert_eq!((everything.hidden(), everything.stored()), (1, 2));
    log::audited("Everything::hidden");
    log::audited("EVERYTHING_without_body");
    assert!(log::records(Category::Audit, "EVERYTHING_stored").is_empty());
    assert_eq!(Service { owner: "you" }.greet(), "hello you");
    log::audited("Greets/greet");
    assert!(log::records(Category::Audit, "Greets/name").is_empty());
    assert_eq!(module::block_default_name(&module::Callback(|n| n + 1)), 4);
    module::block_not_chosen();
    log::audited("block_default_name");
    log::audited("inner");
    assert!(log::records(Category::Audit, "block_not_chosen").is_empty());
}
