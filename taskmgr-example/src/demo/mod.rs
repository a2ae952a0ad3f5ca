//! A demonstration: sample tasks, several agents at once, and the logs they leave.
//!
//! `run` lays out a folder and starts the agents, each a process of its own; `agent` is what such a
//! process does; `plan` decides beforehand, without time or chance, what that will be; `report`
//! reads the logs afterwards.

mod agent;
mod args;
mod plan;
mod report;
mod run;
mod samples;

pub use agent::run_agent;
pub use args::{AgentArgs, DemoArgs};
pub use run::run;
