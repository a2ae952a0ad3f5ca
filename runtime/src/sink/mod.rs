//! Where lines go: five rotating files in a directory, what stands in for it when it cannot be
//! used, or the standard output.
//!
//! *When files roll*: before the line that would exceed the size, before the first line of a new
//! period or by the timer of the archives when none comes, before the first line of a process where
//! that is wanted, and when the program asks. A
//! rotation is a few renames under the lock of the file; when one of them fails, writing goes on in
//! the old file and the rotation is tried again later.
//!
//! *Durability*: a line is in the file when `append` returns, so it survives the process; it is on
//! the disk as well where the file is set so, or soon after, or after `flush`.
//!
//! *Failures*: lines that cannot be written go to the state directory, a private temporary
//! directory, the standard error, in that order, or are dropped where that is set; what stands
//! nowhere is counted, and told in the file when it takes lines again. The first
//! failure is told once; the directory itself is tried again after 1 s, then ever later up to 60 s.
//!
//! *Troubleshooting*: [`SinkSet::dirs`] tells where each category is being written, the counters of
//! [`health`](mod@crate::health) what went wrong.

mod archives;
mod backoff;
mod codec;
mod compress;
mod compressor;
mod durable;
mod extra;
mod failure;
mod fallback;
mod mark;
mod notices;
mod outlet;
mod replay;
mod retain;
mod rolling;
mod schedule;
mod settings;
mod steer;
mod stream;
#[cfg(test)]
mod tests;
mod upkeep;

pub use crate::config::{Every, Keep, MinFree};
pub use archives::{Found, survey};
pub use codec::{Codec, decoder};
pub use compress::Compress;
pub use compressor::Compressor;
pub use durable::{Disk, Owed, RealDisk, Syncer};
pub use extra::Extra;
pub use failure::{AppendError, Failure};
pub use fallback::{Delivery, Location, PrivateDir, SinkSet, bring_home};
pub use mark::{Mark, Mishaps};
pub use notices::LineNotices;
pub use outlet::{Bounds, Events, Outlet, Put, Rank, Target};
pub use retain::{Cause, Deletion, DirKeep, Stock, plan, remove};
pub use rolling::{Rolling, Spot};
pub use schedule::{Schedule, Zone};
pub use settings::{
    AllFiles, FileSettings, RollingParts, RollingSettings, Shared, SinkSettings, all_files,
};
pub use stream::{Stream, StreamError};
pub use upkeep::{Kept, Upkeep};
