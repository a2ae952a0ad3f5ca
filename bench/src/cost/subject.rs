//! The attributes that are compared, and crates whose functions carry them.

use std::fmt::Write as _;

/// A way to annotate functions, or to leave them alone.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    /// The name of its crates.
    pub(crate) id: &'static str,
    /// What stands in front of a function; it has other keys in each.
    attribute: &'static str,
    pub(crate) is_async: bool,
    /// Whether a change of ours can change it.
    pub(crate) ours: bool,
    /// What it is built with, where that is not among the dependencies of this package.
    pub(crate) dependency: &'static str,
}

impl Subject {
    const fn new(name: &'static str, id: &'static str, attribute: &'static str) -> Self {
        Self { name, id, attribute, is_async: false, ours: false, dependency: "" }
    }

    const fn ours(self) -> Self {
        Self { ours: true, ..self }
    }

    const fn asynchronous(self) -> Self {
        Self { is_async: true, ..self }
    }

    const fn with(self, dependency: &'static str) -> Self {
        Self { dependency, ..self }
    }

    /// Whether it is what others are compared with.
    pub(crate) const fn is_plain(&self) -> bool {
        self.attribute.is_empty()
    }
}

const PLAIN: Subject = Subject::new("none", "plain", "").ours();
const PLAIN_ASYNC: Subject = Subject::new("none, async", "plain_async", "").ours().asynchronous();

const TIMED: &str = "#[audit_runtime::timed]";
const AUDITED: &str = "#[audit_runtime::audited(resource(order_NUMBER = id), \
                       details(amount, express, note = %note))]";
const INSTRUMENT: &str = "#[tracing::instrument(skip_all)]";
const INSTRUMENT_FIELDS: &str = "#[tracing::instrument(skip_all, \
                                 fields(order_NUMBER = id, amount, express, note = %note))]";

/// What this package can build; those without an attribute come first.
pub(crate) const OURS: [Subject; 9] = [
    PLAIN,
    PLAIN_ASYNC,
    Subject::new("#[timed]", "timed", TIMED).ours(),
    Subject::new("#[timed], async", "timed_async", TIMED).ours().asynchronous(),
    Subject::new("#[audited], 4 fields", "audited", AUDITED).ours(),
    Subject::new("#[audited], 4 fields, async", "audited_async", AUDITED).ours().asynchronous(),
    Subject::new("tracing #[instrument]", "instrument", INSTRUMENT),
    Subject::new("tracing #[instrument], async", "instrument_async", INSTRUMENT).asynchronous(),
    Subject::new("tracing #[instrument], 4 fields", "instrument_fields", INSTRUMENT_FIELDS),
];

const FASTRACE: &str = r#"fastrace = { version = "=0.7.19", features = ["enable"] }"#;
const HOTPATH: &str = r#"hotpath = { version = "=0.30.3", features = ["hotpath"] }"#;

/// What has to be fetched and built first, one workspace each.
pub(crate) const PEERS: [&[Subject]; 2] = [
    &[
        PLAIN.with(FASTRACE),
        PLAIN_ASYNC.with(FASTRACE),
        Subject::new("fastrace #[trace]", "fastrace", "#[fastrace::trace]").with(FASTRACE),
        Subject::new("fastrace #[trace], async", "fastrace_async", "#[fastrace::trace]")
            .with(FASTRACE)
            .asynchronous(),
    ],
    &[
        PLAIN.with(HOTPATH),
        PLAIN_ASYNC.with(HOTPATH),
        Subject::new("hotpath #[measure]", "hotpath", "#[hotpath::measure]").with(HOTPATH),
        Subject::new("hotpath #[measure], async", "hotpath_async", "#[hotpath::measure]")
            .with(HOTPATH)
            .asynchronous(),
    ],
];

/// A program of so many annotated functions that keeps them all.
///
/// It prints the sizes of two futures in bytes: one of small arguments, one with a kilobyte more.
pub(crate) fn program(subject: &Subject, functions: usize) -> String {
    let mut text = String::from(HEAD);
    let attribute = subject.attribute;
    for n in 0..functions {
        let form = if subject.is_async { ASYNC } else { SYNC };
        text.push_str(&form.replace("ATTRIBUTE", attribute).replace("NUMBER", &n.to_string()));
    }
    if subject.is_async {
        text.push_str(&LARGE.replace("ATTRIBUTE", attribute).replace("NUMBER", "large"));
        text.push_str("type Call = fn(u64, i64, bool, &'static str) -> Pin<Box<dyn Future<Output = Result<u64, Refused>>>>;\n");
    } else {
        text.push_str("type Call = fn(u64, i64, bool, &str) -> Result<u64, Refused>;\n");
    }
    let prefix = if subject.is_async { "boxed" } else { "order" };
    let names: String = (0..functions).fold(String::new(), |mut names, n| {
        // Writing to a string cannot fail.
        let _ = write!(names, "{prefix}_{n}, ");
        names
    });
    let main = if subject.is_async { MAIN_ASYNC } else { MAIN };
    let _ = write!(text, "static CALLS: [Call; {functions}] = [{names}];\n{main}"); // as above
    text
}

/// A function of two arguments, to be looked at as it is expanded.
pub(crate) const TWO_ARGUMENTS: &str =
    "#[audit_runtime::audited(resource(task_id = id), details(title = %title))]
pub fn rename(id: u64, title: &str) -> Result<u64, String> {
    Ok(id + title.len() as u64)
}
";

const HEAD: &str = "//! Written by the bench.
#![allow(unused_imports, dead_code)]
use std::{future::Future, hint::black_box, pin::Pin, task::{Context, Poll, Waker}};

#[derive(Debug)]
pub struct Refused(pub i64);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, \"refused: {}\", self.0)
    }
}

pub struct Step(u64);

impl Future for Step {
    type Output = u64;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u64> {
        if black_box(self.0) == u64::MAX { Poll::Pending } else { Poll::Ready(self.0) }
    }
}
";

const SYNC: &str = "
ATTRIBUTE
pub fn order_NUMBER(id: u64, amount: i64, express: bool, note: &str) -> Result<u64, Refused> {
    if amount < NUMBER {
        return Err(Refused(amount));
    }
    let fee = if express { 7 } else { 3 } + note.len() as u64;
    Ok(black_box(id ^ NUMBER) + fee)
}
";

const ASYNC: &str = "
ATTRIBUTE
pub async fn order_NUMBER(id: u64, amount: i64, express: bool, note: &str) -> Result<u64, Refused> {
    if amount < NUMBER {
        return Err(Refused(amount));
    }
    let fee = if express { 7 } else { 3 } + note.len() as u64;
    let id = Step(id ^ NUMBER).await;
    Ok(black_box(id) + fee)
}

fn boxed_NUMBER(id: u64, amount: i64, express: bool, note: &'static str) -> Pin<Box<dyn Future<Output = Result<u64, Refused>>>> {
    Box::pin(order_NUMBER(id, amount, express, note))
}
";

const LARGE: &str = "
ATTRIBUTE
pub async fn large(id: u64, amount: i64, express: bool, note: &str, load: [u8; 1024]) -> Result<u64, Refused> {
    let fee = if express { 7 } else { 3 } + note.len() as u64;
    let id = Step(id).await;
    if amount < 0 {
        return Err(Refused(amount));
    }
    Ok(id + fee + u64::from(load[id as usize % load.len()]))
}
";

const MAIN: &str = "
fn main() {
    let mut sum = 0;
    for call in black_box(&CALLS[..]) {
        sum += call(1, 1000, true, \"at the door\").unwrap_or(0);
    }
    assert!(sum > 0);
}
";

const MAIN_ASYNC: &str = "
fn main() {
    let mut sum = 0;
    let mut context = Context::from_waker(Waker::noop());
    for call in black_box(&CALLS[..]) {
        if let Poll::Ready(Ok(done)) = call(1, 1000, true, \"at the door\").as_mut().poll(&mut context) {
            sum += done;
        }
    }
    assert!(sum > 0);
    println!(\"{}\", size_of_val(&order_0(1, 1, true, \"\")));
    println!(\"{}\", size_of_val(&large(1, 1, true, \"\", [0; 1024])));
}
";
