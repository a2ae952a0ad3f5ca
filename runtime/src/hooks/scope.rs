//! Inside which operation a thread is, so that events say it.
//!
//! Under the subscriber that the runtime installs, an operation is a name on this thread and costs
//! as much. Under one of the program's own it is a `tracing` span, for whatever layers there are.

use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
    mem,
    num::NonZero,
    sync::atomic::{AtomicBool, Ordering},
};

use tracing::{Span, span::EnteredSpan};

use crate::{
    context::{Context, Entered},
    record::Callsite,
};

/// Whether the subscriber is the one that the runtime installed.
static OURS: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy)]
struct Scope {
    /// The call site of the innermost operation.
    operation: Option<&'static Callsite>,
    /// How many spans had been entered when it began.
    outside: u32,
    /// How many spans are entered now.
    spans: u32,
}

thread_local! {
    static SCOPE: Cell<Scope> =
        const { Cell::new(Scope { operation: None, outside: 0, spans: 0 }) };
    /// What those have that are inside of more than a name, the innermost last.
    static MORE: RefCell<Vec<More>> = const { RefCell::new(Vec::new()) };
}

/// A span of the program's own subscriber, and a context of a future.
type More = (Option<EnteredSpan>, Option<Entered>);

/// The runtime's own subscriber is installed for the whole process.
pub(crate) fn subscriber_is_ours() {
    OURS.store(true, Ordering::Relaxed);
}

/// Whether no layer but the runtime's own could want a span.
pub(super) fn is_subscriber_ours() -> bool {
    OURS.load(Ordering::Relaxed)
}

/// A span was entered on this thread, or left.
pub(crate) fn span(entered: bool) {
    change(|scope| {
        let spans =
            if entered { scope.spans.saturating_add(1) } else { scope.spans.saturating_sub(1) };
        Scope { spans, ..scope }
    });
}

/// The operation that this thread is in, unless it has entered a span in it.
pub(crate) fn operation() -> Option<&'static str> {
    let scope = SCOPE.try_with(Cell::get).ok()?;
    let is_inner = scope.spans <= scope.outside;
    scope.operation.filter(|_| is_inner).map(|site| site.operation)
}

#[inline]
fn change(by: impl FnOnce(Scope) -> Scope) -> Option<Scope> {
    SCOPE.try_with(|scope| scope.replace(by(scope.get()))).ok()
}

/// A thread is inside an operation; dropped, it is not any more.
///
/// It is two words, as it is there during each call; what few have is kept elsewhere.
#[derive(Debug)]
pub(crate) struct Inside {
    /// What it was inside of before.
    operation: Option<&'static Callsite>,
    /// How many spans were outside, in the upper half; and what is to be left.
    how: NonZero<u64>,
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

/// What a thread was inside of before it went inside of an operation, kept until that is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    operation: Option<&'static Callsite>,
    how: NonZero<u64>,
}

impl Outside {
    /// Leaves the operation.
    #[inline]
    pub(super) fn back(self) {
        leave(self.operation, self.how);
    }
}

/// An operation that is a name is to be left.
const NAME: u64 = 2;
/// A span or a context is.
const MORE_THAN_NAME: u64 = 4;

impl Inside {
    /// Inside a context only.
    pub(super) fn context(context: Option<Context>) -> Self {
        Self::new(None, None, context)
    }

    /// Inside an operation that is a name.
    #[inline]
    pub(super) fn named(site: &'static Callsite) -> Self {
        let outer = change(|scope| Scope { operation: Some(site), outside: scope.spans, ..scope });
        let (operation, how) = outer
            .map_or((None, 0), |outer| (outer.operation, NAME | u64::from(outer.outside) << 32));
        Self { operation, how: NonZero::<u64>::MIN | how, _thread: PhantomData }
    }

    /// Stays inside until it is left on this thread.
    #[inline]
    pub(super) fn stay(self) -> Outside {
        let Self { operation, how, .. } = self;
        mem::forget(self);
        Outside { operation, how }
    }

    /// Inside an operation.
    pub(super) fn operation(
        site: &'static Callsite,
        span: Option<&Span>,
        context: Option<Context>,
    ) -> Self {
        match span.filter(|span| !span.is_none()) {
            Some(span) => Self::new(None, Some(span.clone().entered()), context),
            None => Self::new(Some(site), None, context),
        }
    }

    fn new(
        name: Option<&'static Callsite>,
        span: Option<EnteredSpan>,
        context: Option<Context>,
    ) -> Self {
        let is_more = (span.is_some() || context.is_some()) && more(span, context);
        let nothing = Self { operation: None, how: NonZero::<u64>::MIN, _thread: PhantomData };
        let mut inside = name.map_or(nothing, Self::named);
        inside.how |= if is_more { MORE_THAN_NAME } else { 0 };
        inside
    }
}

/// Keeps a span and a context until they are left; whether it could.
fn more(span: Option<EnteredSpan>, context: Option<Context>) -> bool {
    let kept = MORE.try_with(|more| {
        let Ok(mut more) = more.try_borrow_mut() else { return false };
        more.push((span, context.map(Context::enter)));
        true
    });
    kept == Ok(true)
}

#[inline]
fn leave(operation: Option<&'static Callsite>, how: NonZero<u64>) {
    let how = how.get();
    if how & MORE_THAN_NAME != 0 {
        return leave_more(operation, how);
    }
    leave_name(operation, how);
}

#[inline]
fn leave_name(operation: Option<&'static Callsite>, how: u64) {
    if how & NAME != 0 {
        let outside = u32::try_from(how >> 32).unwrap_or_default();
        change(|scope| Scope { operation, outside, ..scope });
    }
}

#[cold]
#[inline(never)]
fn leave_more(operation: Option<&'static Callsite>, how: u64) {
    // Taken out first: a subscriber that is told of it may come here again.
    let last = MORE.try_with(|more| more.try_borrow_mut().ok()?.pop());
    if let Ok(Some((span, context))) = last {
        drop(context);
        drop(span);
    }
    leave_name(operation, how);
}

impl Drop for Inside {
    // A watched function drops it where its body panics; that is to be one call.
    #[inline(never)]
    fn drop(&mut self) {
        leave(self.operation, self.how);
    }
}
