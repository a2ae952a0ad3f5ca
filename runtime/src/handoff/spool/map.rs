//! Mapping a file into memory, shared with whoever maps it too.

use std::{fs::File, io};

use super::memory::Memory;

/// Maps bytes of a file for as long as the program runs; they were written before, so that no store
/// into them needs space on the disk. A child of a fork does not have them.
#[cfg(target_os = "linux")]
pub(super) fn map(file: &File, at: usize, length: usize) -> io::Result<Memory> {
    use std::ptr::{self, NonNull};

    use rustix::{
        io::Errno,
        mm::{Advice, MapFlags, ProtFlags, madvise, mmap},
    };

    let end = at.checked_add(length).map(|end| end as u64);
    if end.is_none_or(|end| file.metadata().is_ok_and(|file| file.len() < end)) {
        // A store beyond the end of the file would be a signal.
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the address is the kernel's choice, so that nothing else is there.
    let start =
        unsafe { mmap(ptr::null_mut(), length, protection, MapFlags::SHARED, file, at as u64) }?;
    let start = NonNull::new(start.cast::<u8>()).ok_or(Errno::NOMEM)?;
    for advice in [Advice::LinuxDontFork, Advice::LinuxPopulateWrite] {
        // SAFETY: the bytes were just mapped, and neither advice changes what is in them.
        match unsafe { madvise(start.as_ptr().cast(), length, advice) } {
            // A kernel before 5.14: the first store into each page takes longer.
            Err(Errno::INVAL) if matches!(advice, Advice::LinuxPopulateWrite) => {}
            // The mapping stays, unused: this happens once in a process.
            other => other?,
        }
    }
    // SAFETY: mapped for good, at a multiple of the page size, and nothing else points there.
    Ok(unsafe { Memory::new(start, length) })
}

/// Not known here how: the process stays in direct mode.
#[cfg(not(target_os = "linux"))]
pub(super) fn map(_file: &File, _at: usize, _length: usize) -> io::Result<Memory> {
    Err(io::ErrorKind::Unsupported.into())
}
