//! User code whose names, preludes and lints must not matter.

use crate::log;

#[expect(dead_code, unused_imports, reason = "names that generated code must not mean")]
mod shadowed {
    mod core {}
    mod std {}
    mod audit_runtime {}
    struct Result;
    struct Option;
    struct Site;
    struct Call;
    const SITE: u32 = 1;
    const OPERATION: &str = "SHADOWED";
    enum K {
        Ok,
        Err,
        Some,
        None,
    }
    use K::{Err, None, Ok, Some};

    #[::audit_runtime::audited(operation = OPERATION, details(call, ret, site = SITE), err = ?, after(n = *ret))]
    #[::audit_runtime::timed(operation = "SHADOWED", outcome)]
    pub(super) fn f(call: u32, ret: u32, probe: u32, error: u32) -> ::std::result::Result<u32, ()> {
        ::std::result::Result::Ok(call + ret + probe + error + SITE)
    }

    #[::audit_runtime::timed(operation = "SHADOWED_GUARD")]
    #[expect(clippy::used_underscore_binding, reason = "generated code has a guard of that name")]
    pub(super) fn h(_call: u32) -> u32 {
        _call
    }

    #[derive(::audit_runtime::AuditValue)]
    pub(super) struct Task {
        take: u32,
        #[audit(display)]
        value: ::std::option::Option<u32>,
    }

    #[derive(::audit_runtime::Redact)]
    pub(super) enum Tier {
        Ok,
        Some,
    }

    #[::audit_runtime::audited(operation = "SHADOWED_ASYNC", details(call))]
    pub(super) async fn g(call: u32, ret: u32) -> ::std::option::Option<u32> {
        ::std::option::Option::Some(call + ret)
    }
}

mod bare {
    #![no_implicit_prelude]

    #[::audit_runtime::audited(operation = "NO_PRELUDE", details(a, b = len(b)), after(%ret))]
    #[::audit_runtime::timed(operation = "NO_PRELUDE", slow = "1s")]
    pub(super) fn f(a: u32, b: &str) -> ::std::result::Result<u32, ::std::string::String> {
        ::std::result::Result::Ok(if b.is_empty() { 0 } else { a + 1 })
    }

    #[derive(::audit_runtime::Redact)]
    pub(super) struct Task<T> {
        #[redact(plain)]
        pub(super) f: T,
        #[redact(hash)]
        pub(super) g: ::std::string::String,
    }

    #[derive(::audit_runtime::AuditValue)]
    pub(super) enum Nothing {}

    pub(super) const NOTHING: ::std::option::Option<Nothing> = ::std::option::Option::None;

    #[::audit_runtime::audited(operation = "NO_PRELUDE_ASYNC")]
    pub(super) async fn g() {}
}

mod strict {
    #![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery, missing_docs)]
    #![deny(unused, rust_2018_idioms, unused_qualifications, unreachable_pub)]
    #![deny(let_underscore_drop, single_use_lifetimes, unused_lifetimes, trivial_casts)]
    #![forbid(unsafe_code)]

    use ::audit_runtime::{AuditValue, Redact, audited, timed};

    #[derive(AuditValue)]
    pub(super) struct Task(#[audit(display)] pub(super) &'static str, pub(super) u32);

    #[derive(Redact)]
    pub(super) struct Card<'a> {
        #[redact(last4)]
        pub(super) number: &'a str,
    }

    #[audited(operation = "STRICT", details(a, text = mask(text)), after(ret), err = %)]
    pub(super) fn sync(a: u32, text: &str) -> Result<u32, std::num::ParseIntError> {
        Ok(text.parse::<u32>()? + a)
    }

    #[timed(operation = "STRICT", slow = "1s", context(a))]
    pub(super) fn spliced(a: u32) -> u32 {
        const ONE: u32 = 1;
        a + ONE
    }

    #[audited(operation = "STRICT_ASYNC", details(a))]
    pub(super) async fn asynchronous(a: u32) -> Option<u32> {
        std::future::ready(()).await;
        Some(a)
    }

    #[audited(operation = "STRICT_UNIT")]
    pub(super) fn unit() {}
}

#[test]
fn names_of_the_user_are_not_meant() {
    log::start();
    assert_eq!(shadowed::f(1, 2, 3, 4), Ok(11));
    assert_eq!(block_on(shadowed::g(1, 2)), Some(3));
    let record = log::audited("SHADOWED");
    assert_eq!(record["details"], serde_json::json!({ "call": 1, "ret": 2, "site": 1 }));
    assert_eq!(record["after"]["n"], 11, "here `ret` is what came back");
    log::timed("SHADOWED");
    assert_eq!(shadowed::h(3), 3);
    log::timed("SHADOWED_GUARD");
    log::audited("SHADOWED_ASYNC");
}

#[test]
fn no_prelude_is_needed() {
    log::start();
    assert_eq!(bare::f(1, "x"), Ok(2));
    block_on(bare::g());
    assert_eq!(log::audited("NO_PRELUDE")["after"]["ret"], "2");
    log::timed("NO_PRELUDE");
    log::audited("NO_PRELUDE_ASYNC");
}

#[test]
fn strict_lints_are_kept() {
    log::start();
    assert_eq!(strict::sync(1, "2"), Ok(3));
    assert_eq!(strict::spliced(1), 2);
    assert_eq!(block_on(strict::asynchronous(1)), Some(1));
    strict::unit();
    for operation in ["STRICT", "STRICT_ASYNC", "STRICT_UNIT"] {
        log::audited(operation);
    }
    log::timed("STRICT");
}

#[test]
fn types_derive_anywhere() {
    #[::audit_runtime::audited(
        operation = "DERIVED_ANYWHERE",
        details(generic, none = bare::NOTHING, pair = strict::Task("a", 1), card)
    )]
    fn derived(generic: &bare::Task<u8>, card: &strict::Card<'_>) {
        assert_eq!((generic.g.len(), card.number.len()), (1, 16));
    }
    log::start();
    let card = strict::Card { number: "4111111111111111" };
    derived(&bare::Task { f: 1, g: "x".to_owned() }, &card);
    let details = &log::audited("DERIVED_ANYWHERE")["details"];
    assert_eq!((&details["generic"]["f"], &details["pair"][0]), (&"1".into(), &"a".into()));
    assert_eq!(details["card"]["number"], "***1111");
    assert_eq!(format!("{card:?}"), r#"Card { number: "***1111" }"#);
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
