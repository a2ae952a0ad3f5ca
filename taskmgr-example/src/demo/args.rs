//! Options of `taskmgr demo` and of the agents it starts.

use std::path::PathBuf;

/// Options of `taskmgr demo`.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// Folder to make; one that an earlier demo made is made anew
    #[arg(long, value_name = "DIR", default_value = "taskmgr-demo")]
    pub dir: PathBuf,
    /// How many agents work at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub agents: u32,
    /// How many operations they carry out together
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub operations: u32,
}

/// Options of one agent.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AgentArgs {
    /// Which agent this is, from 1
    #[arg(long)]
    pub number: u32,
    /// Of how many
    #[arg(long)]
    pub of: u32,
    /// How many operations it carries out
    #[arg(long)]
    pub operations: u32,
}
