//! A task manager on Markdown task files with YAML front matter, used by several agents at once.
//!
//! The road of a command: [`cli`] reads the arguments and sets up the logs, [`store::TaskManager`]
//! carries out one operation (one method, one audit record), [`front_matter`] edits the changed keys
//! of a task file and nothing else, and [`store`] puts the file back under the store's one lock.
//!
//! Layout of a store: `tasks/<id>.md`, `tasks/archive/<id>.md` and `tasks/.lock`, which is never
//! deleted. The status of a task lives in its file only.
//!
//! ```
//! use taskmgr::front_matter::{Document, NewValue};
//!
//! let text = b"---\nid: t-1\nstatus: todo # mine\n---\n\nBody\r\n".to_vec();
//! let document = Document::parse(text).unwrap();
//! let edited = document.edit(&[("status", NewValue::text("in_progress"))]).unwrap();
//! assert_eq!(edited.bytes(), b"---\nid: t-1\nstatus: in_progress # mine\n---\n\nBody\r\n");
//! ```

pub mod cli;
pub mod demo;
pub mod error;
pub mod front_matter;
pub mod import;
pub mod search;
pub mod stats;
pub mod store;
pub mod task;
pub mod text;

pub use error::Error;
