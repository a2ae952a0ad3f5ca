//! The attributes [`macro@audited`] and [`macro@timed`] and the derives [`macro@AuditValue`] and
//! [`macro@Redact`]. Use them through `audit-runtime`, which re-exports them.
//!
//! An attribute goes through four steps, one module each: `parse` what was typed, `judge` what it
//! means, `expand` it to tokens, `report` every mistake.
//!
//! # What an attribute expands to
//!
//! ```
//! # use audit_runtime::audited;
//! # type TaskId = u64; type Task = u64; type Error = String;
//! # fn store(id: TaskId) -> Result<Task, Error> { Ok(id) }
//! #[audited(operation = "STATUS_CHANGE", resource(task_id = id))]
//! fn change(id: TaskId) -> Result<Task, Error> {
//!     store(id)
//! }
//! # assert_eq!(change(1), Ok(1));
//! ```
//!
//! becomes
//!
//! ```
//! # use audit_runtime::__private as hooks;
//! # type TaskId = u64; type Task = u64; type Error = String;
//! # fn store(id: TaskId) -> Result<Task, Error> { Ok(id) }
//! fn change(id: TaskId) -> Result<Task, Error> {
//!     let mut call = {
//!         static __AUDIT_SITE: hooks::Site = hooks::Site::new(hooks::Callsite {
//!             category: hooks::Category::Audit,
//!             level: hooks::Level::Info,
//!             event: "operation",
//!             operation: "STATUS_CHANGE",
//!             component: module_path!(),
//!             message: None,
//!             function: "change",
//!             file: file!(),
//!             line: line!(),
//!             slow_nanos: 0,
//!             fields: &[hooks::resource("task_id")],
//!         });
//!         hooks::Call::enter(&__AUDIT_SITE)
//!     };
//!     if call.is_on() {
//!         call.field(0, hooks::bare(&id));
//!         call.start();
//!     }
//!     let ret = hooks::run(&mut call, move || -> Result<Task, Error> { store(id) });
//!     if call.is_on() {
//!         let probe = hooks::Probe::new(&ret);
//!         call.end(probe.ending());
//!         call.finish();
//!     }
//!     ret
//! }
//! # assert_eq!(change(1), Ok(1));
//! ```
//!
//! and `#[timed]` leaves the body where it is:
//!
//! ```
//! # use audit_runtime::__private as hooks;
//! fn measure(n: u32) -> u32 {
//!     let mut call = {
//!         static __AUDIT_SITE: hooks::Site = hooks::Site::new(hooks::Callsite {
//!             category: hooks::Category::Performance,
//!             level: hooks::Level::Info,
//!             event: "timing",
//!             operation: "measure",
//!             component: module_path!(),
//!             message: None,
//!             function: "measure",
//!             file: file!(),
//!             line: line!(),
//!             slow_nanos: 0,
//!             fields: &[],
//!         });
//!         hooks::Call::enter(&__AUDIT_SITE)
//!     };
//!     if call.is_on() {
//!         call.start();
//!     }
//!     n * 2
//! }
//! # assert_eq!(measure(1), 2);
//! ```

mod block;
mod derive;
mod expand;
mod judge;
mod parse;
mod report;

use proc_macro::TokenStream;

use crate::parse::Kind;

/// Records each call of a function: who did what to which thing, and how it ended.
///
/// One line a call in `audit.log`, when the call has ended. Nothing is recorded that is not named
/// here. A failure of the logs never changes the call.
///
/// ```
/// use audit_runtime::audited;
///
/// #[audited(
///     operation = "STATUS_CHANGE",
///     resource(task_id = id),
///     agent = %agent,
///     before(status = *status),
///     after(status = *status),
///     details(notes = mask(notes)),
/// )]
/// fn change(id: u64, agent: &str, status: &mut u8, notes: Option<&str>) -> Result<(), String> {
///     if notes.is_none() {
///         return Err(format!("{agent} gave no reason"));
///     }
///     *status += 1;
///     Ok(())
/// }
///
/// let mut status = 1;
/// assert!(change(7, "importer", &mut status, Some("as agreed")).is_ok());
/// assert_eq!(status, 2);
/// ```
///
/// It goes on functions and methods, sync and async, with a body. An async function is recorded
/// from its first poll on; a future that is returned must be an `async` block at the end of the
/// body (`async move { .. }`, `Box::pin(async move { .. })`), as `#[async_trait]` writes it.
///
/// # The outcome
///
/// It is found out by type, so that aliases count: `Ok` and `Some` are `success`, `Err` is
/// `failure`, `None` is `none`, anything else that comes back is `success`. A panic is `panicked`
/// and goes on; a future that is dropped before its end is `cancelled`. Failures and panics are
/// ERROR and stand in `error.log` too, `cancelled` is WARN, the rest has the level of the function.
///
/// # Values
///
/// A value that stands alone must be of a type that is cleared for logs (`AuditValue`: numbers,
/// `bool`, `char`, durations, times, types you clear). Text may hold anything, so a word says how
/// it is written. `None` leaves the field out.
///
/// | written | recorded |
/// | --- | --- |
/// | `x` | the value, of a cleared type; `[redacted]` for a `Sensitive` |
/// | `"text"` | that text |
/// | `%x` | as text, by `Display` |
/// | `?x` | as text, by `Debug` |
/// | `json(x)` | as JSON, by `serde::Serialize` |
/// | `mask(x)` | first and last character |
/// | `hash(x)` | a keyed pseudonym, the same for the same text |
/// | `last4(x)` | the last four characters |
/// | `len(x)` | how many elements or bytes it has |
/// | `redact(x)` | that there was one |
///
/// `title = x` gives the key, `"due date" = x` one that is no identifier; a variable (`x`, `%x`,
/// `mask(x)`) is its own key. A function of yours that has the name of a word is called as
/// `self::mask(x)` or `(mask(x))`. Where the category is off, no expression is evaluated. A `Display`
/// that panics is contained and said in the record; the expression itself runs as a statement of the
/// function, `.await` included, and must neither panic nor leave it.
///
/// ```
/// # use audit_runtime::{Sensitive, audited};
/// #[audited(details(count, %title, card = last4(card), "due date" = ?due, password))]
/// fn order(count: u32, title: &str, card: &str, due: Option<u8>, password: Sensitive<String>) {
///     // …
/// }
/// order(1, "a book", "4111111111111111", None, Sensitive::new("hunter2".to_owned()));
/// ```
///
/// # Arguments
///
/// **`operation = ".."`**: the name of what is done; without it the function's name. Also the path
/// of a constant.
///
/// ```
/// # use audit_runtime::audited;
/// const DELETE: &str = "DELETE";
///
/// #[audited(operation = DELETE)]
/// fn delete() {}
/// # delete();
/// ```
///
/// **`resource(key = value, ..)`**: what is acted upon. Each is a member of its own in the line, so
/// that its key must not be that of another member.
///
/// ```
/// # use audit_runtime::audited;
/// #[audited(resource(task_id = id, project = %project))]
/// fn archive(id: u64, project: &str) {}
/// # archive(1, "p");
/// ```
///
/// **`agent = value`**, **`user = value`**: the program and the human who act; without them those of
/// the context (`audit_runtime::Context`), then those of the settings.
///
/// ```
/// # use audit_runtime::audited;
/// struct Session { email: String }
///
/// impl Session {
///     #[audited(agent = "importer", user = hash(self.email))]
///     fn import(&self) {}
/// }
/// # Session { email: "jane@example.org".to_owned() }.import();
/// ```
///
/// **`before(key = value, ..)`**: evaluated before the body. **`after(key = value, ..)`**: evaluated
/// on success, where `ret` is a reference to what came back: the value inside `Ok` or `Some`,
/// otherwise all of it. Where `after` uses a parameter, the body borrows it instead of taking it; a
/// value that the body takes can be had in `before`.
///
/// ```
/// # use audit_runtime::audited;
/// struct Account { total: i64 }
///
/// impl Account {
///     #[audited(before(total = self.total), after(total = self.total, change = *ret))]
///     fn deposit(&mut self, amount: i64) -> Result<i64, String> {
///         self.total += amount;
///         Ok(amount)
///     }
/// }
/// # assert_eq!(Account { total: 1 }.deposit(2), Ok(2));
/// ```
///
/// **`details(key = value, ..)`**: what else there is to say of the operation.
/// **`context(key = value, ..)`**: its circumstances.
///
/// ```
/// # use audit_runtime::audited;
/// #[audited(details(%title), context(attempt))]
/// fn create(title: &str, attempt: u32) {}
/// # create("t", 1);
/// ```
///
/// **`err = %`**, **`err = ?`**: the error's text as `error.message`, by `Display` or by `Debug`;
/// without it only its type stands in the line.
///
/// ```
/// # use audit_runtime::audited;
/// #[audited(err = %)]
/// fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
///     text.parse()
/// }
/// # assert!(parse("x").is_err());
/// ```
///
/// **`level = ".."`**: `trace`, `debug`, `info` (the default), `warn` or `error`. It does not decide
/// whether the call is recorded: an audit trail is complete or off.
/// **`message = ".."`**: the message, instead of one made of operation and outcome; also the path of a constant.
/// **`slow = ".."`**: a call that takes so long (`ns`, `us`, `ms`, `s`) is at least WARN.
///
/// ```
/// # use audit_runtime::audited;
/// #[audited(level = "warn", message = "everything is gone", slow = "2s")]
/// fn clear() {}
/// # clear();
/// ```
///
/// **`crate = path`**: where the runtime is, when it is not `::audit_runtime`.
///
/// ```
/// mod logs {
///     pub use audit_runtime::*;
/// }
///
/// #[logs::audited(crate = crate::logs)]
/// fn renamed() {}
/// # fn main() { renamed(); }
/// ```
///
#[doc = include_str!("block/audited.md")]
///
/// # Limits
///
/// A `const fn` and a function without a body are refused, and so is a returned future that is
/// built elsewhere. The body runs in a closure or an async block of its own: parameters that it
/// uses are dropped before those that it does not, and `Location::caller()` in it is the function
/// itself (`#[timed]` keeps both).
#[proc_macro_attribute]
pub fn audited(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Audited, arguments.into(), &item.into()).into()
}

/// Records how long each call of a function takes.
///
/// One line a call in `performance.log`. The body stays as it is: a guard is put in front of it.
///
/// ```
/// use audit_runtime::timed;
///
/// #[timed(slow = "50ms", context(size = len(text)))]
/// fn words(text: &str) -> usize {
///     text.split_whitespace().count()
/// }
///
/// #[timed]
/// async fn load() -> u32 {
///     1
/// }
///
/// assert_eq!(words("one two"), 2);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(load()), 1);
/// ```
///
/// It goes where [`macro@audited`] goes, above or below it. The time of an async function runs from its
/// first poll to its end, waiting included. A panic is recorded as the outcome `panicked`.
///
/// # Arguments
///
/// `operation`, `context(..)`, `message` and `crate` are those of [`macro@audited`], and so are values.
///
/// **`slow = ".."`**: a call that takes so long (`ns`, `us`, `ms`, `s`) is WARN and its event is
/// `slow`. Together with a level below that of the file, only slow calls are recorded.
///
/// ```
/// # use audit_runtime::timed;
/// #[timed(slow = "250us", level = "debug")]
/// fn lookup() {}
/// # lookup();
/// ```
///
/// **`level = ".."`**: `trace`, `debug`, `info` (the default), `warn` or `error`.
///
/// **`outcome`**: the outcome too, found out as [`macro@audited`] does; the body then runs in a closure
/// or an async block of its own. Without it, a future that is dropped looks like one that ended.
///
/// ```
/// # use audit_runtime::timed;
/// #[timed(outcome)]
/// fn fetch(cached: bool) -> Option<u32> {
///     cached.then_some(1)
/// }
/// # assert_eq!(fetch(false), None);
/// ```
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Timed, arguments.into(), &item.into()).into()
}

/// Clears a type for logs: `details(task)` writes it without a word about how.
///
#[doc = include_str!("derive/audit_value.md")]
#[proc_macro_derive(AuditValue, attributes(audit))]
pub fn audit_value(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Cleared, item.into()).into()
}

/// Marks a type that holds secrets, and says what is written of it.
///
#[doc = include_str!("derive/redact.md")]
#[proc_macro_derive(Redact, attributes(redact))]
pub fn redact(item: TokenStream) -> TokenStream {
    derive::derive(derive::Kind::Secret, item.into()).into()
}
