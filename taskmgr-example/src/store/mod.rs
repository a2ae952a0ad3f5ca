//! The store: one folder of task files, one lock, and the operations on them.
//!
//! Every change happens as: take the lock, read the file again, edit it, write a temporary file in
//! the same folder, sync it, rename it over the old one, sync the folder. Reading takes no lock: a
//! rename shows either the old file or the new one.

mod files;
mod folder;
mod import;
mod lock;
mod manager;
mod outcome;
mod query;
mod steps;

pub use folder::{Folder, Listing, Place};
pub use import::{Imported, OnConflict, Source, Taken};
pub use manager::{Options, TaskManager};
pub use outcome::{Archived, Found, Shown, StatusChange, StatusRequest};
pub use query::{Filter, Order, Query};
