//! Who is acting, and on behalf of which request: what every record of a thread or task carries.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{self, Poll},
};

use crate::{
    clock::Timestamp,
    frame::{Capture, Frame},
    record::{Callsite, Part},
    value::Value,
    wait::Once,
};

thread_local! {
    static CURRENT: RefCell<Context> = const { RefCell::new(Context(None)) };
    /// Whether it has members; what each record asks first.
    static HAS_MEMBERS: Cell<bool> = const { Cell::new(false) };
}

/// Who is acting, and on behalf of which request.
///
/// Records take from it what their call site does not give itself. It belongs to a thread for the
/// length of [`with_context`], or to a future through [`InContext::in_context`], which enters it at
/// each poll, so that it never leaks to another task.
///
/// ```
/// use audit_runtime::{Context, with_context};
///
/// let context = Context::default().user("jane").request_id("r-1");
/// with_context(context, || {
///     assert_eq!(Context::current().member("user"), Some("jane"));
/// });
/// assert_eq!(Context::current().member("user"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Context(Option<Arc<Members>>);

#[derive(Debug, Default)]
struct Members {
    list: Vec<(&'static str, Box<str>)>,
    /// What they add to a frame; made at the first one.
    taken: Once<Taken>,
}

impl Clone for Members {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), taken: Once::new() }
    }
}

/// A context, and what it lacks from the defaults, as it goes into frames.
#[derive(Debug)]
struct Taken {
    /// The rules it was taken under.
    rules: u32,
    agent: Option<Frame>,
    user: Option<Frame>,
    others: Frame,
    /// How many values were replaced.
    redacted: u64,
}

macro_rules! members {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(self, value: impl Into<String>) -> Self {
            self.with(stringify!($name), value.into())
        })*
    };
}

impl Context {
    members! {
        /// The human who is acting.
        user,
        /// The program or service that is acting.
        agent,
        /// The request that is being served.
        request_id,
        /// What ties several requests together.
        correlation_id,
        /// The identity of the human, where the name is not enough.
        user_id,
        /// The W3C trace, 32 hexadecimal digits.
        trace_id,
        /// The W3C span, 16 hexadecimal digits.
        span_id,
    }

    /// The context of this thread; empty outside of [`with_context`].
    #[must_use]
    pub fn current() -> Self {
        CURRENT
            .try_with(|current| current.try_borrow().map(|c| c.clone()).unwrap_or_default())
            .unwrap_or_default()
    }

    /// Whether it is that of this thread already, and not one that only says the same.
    pub(crate) fn is_current(&self) -> bool {
        let same = CURRENT.try_with(|current| {
            let Ok(current) = current.try_borrow() else { return false };
            self.0.as_ref().map(Arc::as_ptr) == current.0.as_ref().map(Arc::as_ptr)
        });
        same == Ok(true)
    }

    /// The member of that name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Takes the trace and span from a `traceparent` header (W3C Trace Context, version 00);
    /// anything else leaves the context as it is.
    #[must_use]
    pub fn traceparent(self, header: &str) -> Self {
        let mut parts = header.trim().split('-');
        let hex = |text: Option<&str>, length: usize| {
            text.filter(|t| {
                t.len() == length
                    && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                    && t.bytes().any(|b| b != b'0')
            })
            .map(str::to_owned)
        };
        if parts.next() != Some("00") {
            return self;
        }
        match (hex(parts.next(), 32), hex(parts.next(), 16)) {
            (Some(trace), Some(span)) => self.trace_id(trace).span_id(span),
            _ => self,
        }
    }

    /// The members of this context, and those of `other` that it lacks.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for (key, value) in other.iter() {
            if self.member(key).is_none() {
                self = self.with(key, value.to_owned());
            }
        }
        self
    }

    fn with(mut self, key: &'static str, value: String) -> Self {
        let members = Arc::make_mut(self.0.get_or_insert_default());
        members.taken = Once::new();
        members.list.retain(|(k, _)| *k != key);
        members.list.push((key, value.into_boxed_str()));
        self
    }

    fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().flat_map(|members| members.list.iter()).map(|(key, value)| (*key, &**value))
    }

    /// Adds to a frame what it lacks of this context and then of `defaults`.
    #[inline]
    pub(crate) fn fill(&self, capture: &Capture, frame: &mut Frame, defaults: &Self) {
        if let Some(members) = self.0.as_deref().or(defaults.0.as_deref()) {
            self.fill_from(members, capture, frame, defaults);
        }
    }

    #[inline(never)]
    fn fill_from(&self, members: &Members, capture: &Capture, frame: &mut Frame, defaults: &Self) {
        let mut is_new = false;
        let taken = members.taken.get_or_make(|| {
            is_new = true;
            self.take(capture, defaults)
        });
        let Some(taken) = taken.filter(|taken| taken.rules == capture.rules.number()) else {
            // It is that of another road, or whoever makes it is gone.
            return self.take(capture, defaults).fill(frame);
        };
        taken.fill(frame);
        if taken.redacted > 0 && !is_new {
            capture.counters.values_redacted.add(taken.redacted);
        }
    }

    /// Adds to a frame what it lacks of the context of this thread and then of `defaults`.
    #[inline]
    pub(crate) fn fill_current(capture: &Capture, frame: &mut Frame, defaults: &Self) {
        if defaults.0.is_some() || HAS_MEMBERS.get() {
            Self::fill_with_members(capture, frame, defaults);
        }
    }

    #[inline(never)]
    fn fill_with_members(capture: &Capture, frame: &mut Frame, defaults: &Self) {
        let filled = CURRENT.try_with(|current| {
            let Ok(current) = current.try_borrow() else { return false };
            current.fill(capture, frame, defaults);
            true
        });
        if filled != Ok(true) {
            Self::default().fill(capture, frame, defaults);
        }
    }

    fn take(&self, capture: &Capture, defaults: &Self) -> Taken {
        let blank = || Frame::new(&MEMBERS, Timestamp::default());
        let rules = capture.rules.number();
        let mut taken = Taken { rules, agent: None, user: None, others: blank(), redacted: 0 };
        let inherited = defaults.iter().filter(|(key, _)| self.member(key).is_none());
        for (key, value) in self.iter().chain(inherited) {
            let (part, frame) = match key {
                "agent" => (Part::Agent, taken.agent.get_or_insert_with(blank)),
                "user" => (Part::User, taken.user.get_or_insert_with(blank)),
                _ => (Part::Ambient, &mut taken.others),
            };
            frame.named(capture, part, key, Value::Text(value));
            let is_secret =
                capture.rules.is_secret_key(key) || capture.rules.scrub(value).is_some();
            taken.redacted += u64::from(is_secret);
        }
        taken
    }

    /// Makes it that of this thread, until what comes back is dropped.
    pub(crate) fn enter(self) -> Entered {
        let outer = CURRENT
            .try_with(|current| {
                current.try_borrow_mut().map(|mut current| {
                    HAS_MEMBERS.set(self.0.is_some());
                    std::mem::replace(&mut *current, self)
                })
            })
            .ok()
            .and_then(Result::ok);
        Entered(outer)
    }
}

impl Taken {
    fn fill(&self, frame: &mut Frame) {
        for (part, one) in [(Part::Agent, &self.agent), (Part::User, &self.user)] {
            if let Some(one) = one
                && !frame.has(part)
            {
                frame.append(one);
            }
        }
        frame.append(&self.others);
    }
}

/// The call site of frames that only carry the members of a context.
static MEMBERS: Callsite = Callsite { event: "context", ..Callsite::BLANK };

/// Puts the outer context back.
#[derive(Debug)]
pub(crate) struct Entered(Option<Context>);

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(outer) = self.0.take() {
            // A thread that is ending has no context any more.
            let _ = CURRENT.try_with(|current| {
                if let Ok(mut current) = current.try_borrow_mut() {
                    HAS_MEMBERS.set(outer.0.is_some());
                    *current = outer;
                }
            });
        }
    }
}

/// Runs `run` in `context`; what `context` lacks stays as it is outside.
pub fn with_context<R>(context: Context, run: impl FnOnce() -> R) -> R {
    let _entered = context.or(&Context::current()).enter();
    run()
}

/// Futures that carry a context.
pub trait InContext: Future + Sized {
    /// Enters `context` at each poll, and what the context at the first poll adds to it.
    ///
    /// ```
    /// use audit_runtime::{Context, InContext};
    /// # fn poll<F: Future>(future: F) -> F::Output {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(done) = future.as_mut().poll(&mut context) { return done; }
    /// #     }
    /// # }
    /// let who = async { Context::current().member("user").map(str::to_owned) };
    /// let who = who.in_context(Context::default().user("jane"));
    /// assert_eq!(poll(who).as_deref(), Some("jane"));
    /// ```
    fn in_context(self, context: Context) -> WithContext<Self> {
        WithContext { future: Box::pin(self), context }
    }
}

impl<F: Future> InContext for F {}

/// The future of [`InContext::in_context`].
#[derive(Debug)]
pub struct WithContext<F> {
    future: Pin<Box<F>>,
    context: Context,
}

impl<F: Future> Future for WithContext<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let entered = self.context.clone().or(&Context::current()).enter();
        let result = self.future.as_mut().poll(cx);
        drop(entered);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{KeyRules, PseudonymKey, Rules};

    fn user() -> Option<String> {
        Context::current().member("user").map(str::to_owned)
    }

    #[test]
    fn an_inner_context_adds_to_the_outer_one_and_ends() {
        with_context(Context::default().user("jane").agent("a"), || {
            with_context(Context::default().user("john"), || {
                assert_eq!(user().as_deref(), Some("john"));
                assert_eq!(Context::current().member("agent"), Some("a"));
            });
            assert_eq!(user().as_deref(), Some("jane"));
        });
        assert_eq!(user(), None);
    }

    #[test]
    fn a_panic_puts_the_outer_context_back() {
        let run = || {
            with_context(Context::default().user("x"), || std::panic::resume_unwind(Box::new(())));
        };
        assert_eq!(crate::trap::contained(run), None::<()>);
        assert_eq!(user(), None);
    }

    #[test]
    fn a_record_has_the_members_of_its_threads_context() {
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new("key"));
        let capture = Capture { rules, counters: Arc::default() };
        let taken = || {
            let mut frame = Frame::new(&MEMBERS, Timestamp(0));
            Context::fill_current(&capture, &mut frame, &Context::default());
            frame.has(Part::User)
        };
        assert!(with_context(Context::default().user("jane"), taken) && !taken());
    }

    #[test]
    fn a_future_is_in_its_context_only_while_it_is_polled() {
        let mut polled = 0;
        let mut future = std::pin::pin!(
            std::future::poll_fn(move |_| {
                polled += 1;
                if polled < 2 { Poll::Pending } else { Poll::Ready(user()) }
            })
            .in_context(Context::default().user("jane"))
        );
        let mut cx = task::Context::from_waker(task::Waker::noop());
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Pending);
        assert_eq!(user(), None);
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Some("jane".to_owned())));
    }

    #[test]
    fn a_traceparent_is_taken_when_it_is_valid() {
        let context = Context::default()
            .traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(context.member("trace_id"), Some("0af7651916cd43dd8448eb211c80319c"));
        assert_eq!(context.member("span_id"), Some("b7ad6b7169203331"));
        for bad in [
            "",
            "00-0-0-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ] {
            assert_eq!(Context::default().traceparent(bad).member("trace_id"), None, "{bad}");
        }
    }
}
