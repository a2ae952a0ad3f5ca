//! Inside which operation a thread is, so that events say it.
//!
//! Under the subscriber that the runtime installs, an operation is a name on this thread and costs
//! as much. Under one of the program's own it is a `tracing` span, for whatever layers there are.

use std::{
    cell::Cell,
    marker::PhantomData,
    sync::atomic::{AtomicBool, Ordering},
};

use tracing::{Span, span::EnteredSpan};

use crate::context::{Context, Entered};

/// Whether the subscriber is the one that the runtime installed.
static OURS: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy)]
struct Scope {
    /// The innermost operation.
    operation: Option<&'static str>,
    /// How many spans had been entered when it began.
    outside: u32,
    /// How many spans are entered now.
    spans: u32,
}

thread_local! {
    static SCOPE: Cell<Scope> =
        const { Cell::new(Scope { operation: None, outside: 0, spans: 0 }) };
}

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
    scope.operation.filter(|_| scope.spans <= scope.outside)
}

fn change(by: impl FnOnce(Scope) -> Scope) -> Option<Scope> {
    SCOPE.try_with(|scope| scope.replace(by(scope.get()))).ok()
}

/// A thread is inside an operation; dropped, it is not any more.
#[derive(Debug)]
pub(crate) struct Inside {
    /// Boxed, as it is large and few have one.
    _span: Option<Box<EnteredSpan>>,
    outer: Option<(Option<&'static str>, u32)>,
    _context: Option<Entered>,
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Inside {
    /// Inside a context only.
    pub(super) fn context(context: Option<Context>) -> Self {
        Self::new(None, None, context)
    }

    /// Inside an operation.
    pub(super) fn operation(
        name: &'static str,
        span: Option<&Span>,
        context: Option<Context>,
    ) -> Self {
        if let Some(span) = span.filter(|span| !span.is_none()) {
            return Self::new(Some(span.clone().entered().into()), None, context);
        }
        let outer = change(|scope| Scope { operation: Some(name), outside: scope.spans, ..scope });
        Self::new(None, outer.map(|outer| (outer.operation, outer.outside)), context)
    }

    fn new(
        span: Option<Box<EnteredSpan>>,
        outer: Option<(Option<&'static str>, u32)>,
        context: Option<Context>,
    ) -> Self {
        Self { _span: span, outer, _context: context.map(Context::enter), _thread: PhantomData }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some((operation, outside)) = self.outer {
            change(|scope| Scope { operation, outside, ..scope });
        }
    }
}
