//! A task: its identity, status, priority, dates and the model read from a file's front matter.

mod cleared;
mod due;
mod id;
mod model;
mod priority;
mod status;

pub use due::{Due, moment, stamp};
pub use id::{InvalidId, TaskId};
pub(crate) use model::hours;
pub use model::{Defaults, NewTask, Task};
pub use priority::Priority;
pub use status::Status;
