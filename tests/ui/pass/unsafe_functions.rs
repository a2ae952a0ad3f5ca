//! Functions that are unsafe to call keep their signature and their unsafe body.

#![allow(unsafe_code, unsafe_op_in_unsafe_fn, reason = "what is tested")]
#![deny(warnings)]

use audit_runtime::{audited, timed};

#[audited]
#[timed]
unsafe fn sync(p: *const u8) -> u8 {
    *p
}

#[timed]
#[audited(after(value = ret))]
pub(crate) async unsafe fn asynchronous(p: *const u8) -> u8 {
    *p
}

#[audited]
#[unsafe(no_mangle)]
unsafe extern "C" fn exported(p: *const u8) -> u8 {
    *p
}

fn main() {
    let pointer: unsafe fn(*const u8) -> u8 = sync;
    // SAFETY: the byte lives until the end of the statement.
    assert_eq!(unsafe { pointer(&1) + exported(&2) }, 3);
    // SAFETY: the future is never polled.
    drop(unsafe { asynchronous(&3) });
}
