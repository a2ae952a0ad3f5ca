//! The task manager end to end, through its binary.
//!
//! - `messages`: what bad input prints, and the exit codes
//! - `output`: what commands print, in each format
//! - `files`: what happens to the bytes of task files
//! - `importing`: folders of older layouts
//! - `together`: many processes on one store
//! - `audited`: one audit record for each operation
//! - `logs`: where logs go and what is refused
//! - `configured`: the configuration files that are shipped
//! - `demo`: the demonstration

mod audited;
mod configured;
mod demo;
mod files;
mod importing;
mod logs;
mod messages;
mod output;
mod together;
