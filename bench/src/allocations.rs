//! Counts allocations: of each thread always, of the process when asked to.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Off while time is taken: a counter that threads share would slow down those who allocate most.
static SHARED: AtomicBool = AtomicBool::new(false);
static OF_PROCESS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, with a counter in front.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often this thread has allocated so far.
pub(crate) fn count() -> u64 {
    COUNT.get()
}

/// Counts the allocations of all threads from here on.
pub(crate) fn share() {
    SHARED.store(true, Ordering::Relaxed);
}

/// How often the process has allocated since [`share`].
pub(crate) fn count_of_process() -> u64 {
    OF_PROCESS.load(Ordering::Relaxed)
}

fn add_one() {
    if SHARED.load(Ordering::Relaxed) {
        OF_PROCESS.fetch_add(1, Ordering::Relaxed);
    }
    // A thread that is ending has no counter any more, and nobody who reads it.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

#[expect(unsafe_code, reason = "an allocator is an unsafe trait; the system's does the work")]
// SAFETY: each method passes its arguments on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add_one();
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}
