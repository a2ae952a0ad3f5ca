//! The commands and their options, as typed. What they mean is decided in `input`.

use std::path::PathBuf;

use super::globals::GlobalArgs;
use crate::demo::{AgentArgs, DemoArgs};
use crate::search::Field;
use crate::store::{OnConflict, Order};

/// A task manager on Markdown files, used by several agents at once.
#[derive(Debug, clap::Parser)]
#[command(name = "taskmgr", version, about, max_term_width = 100)]
pub struct Args {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a task and print its id
    Create(CreateArgs),
    /// List tasks (complete and cancelled ones only with --all or --status)
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show tasks with everything in them
    Show {
        /// Ids of the tasks
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Move a task to another status
    Status {
        /// Id of the task
        id: String,
        /// pending, blocked, blocked_by, todo, in_progress, complete or cancelled
        status: String,
        /// A note to add
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Do not wait for dependencies
        #[arg(long)]
        force: bool,
    },
    /// Add a note to a task
    Note {
        /// Id of the task
        id: String,
        /// The note; `-` reads it from stdin
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Give a task to an agent
    Assign {
        /// Id of the task
        id: String,
        /// The agent
        agent: String,
        /// The person
        #[arg(long, value_name = "NAME")]
        assignee: Option<String>,
    },
    /// Put finished tasks away (tasks/archive)
    Archive {
        /// Ids of the tasks
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Also tasks that are not finished
        #[arg(long)]
        force: bool,
    },
    /// Find tasks by words
    Search {
        /// Text that stands in a line, in upper or lower case
        query: String,
        /// Where to look [default: everywhere]
        #[arg(long = "in", value_enum, value_delimiter = ',', value_name = "FIELD")]
        fields: Vec<Field>,
    },
    /// Count tasks
    Stats {
        /// Only the counts by this
        #[arg(long, value_enum, value_name = "WHAT")]
        by: Option<By>,
    },
    /// Take task files of another folder, older layouts included
    Import {
        /// Files or folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// What to do when an id is taken by other content
        #[arg(long, value_enum, default_value = "rename")]
        on_conflict: OnConflict,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// About the log files
    Logs {
        /// What about them.
        #[command(subcommand)]
        what: LogsCommand,
    },
    /// Print where the tasks are, or where one task is
    Path {
        /// Id of the task
        id: Option<String>,
    },
    /// See it at work: sample tasks, several agents at once, and the logs they leave
    Demo(DemoArgs),
    /// One agent of the demo
    #[command(hide = true)]
    DemoAgent(AgentArgs),
}

/// About the log files.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum LogsCommand {
    /// Print where they are
    Path,
}

/// What to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// Agents.
    Agent,
    /// Statuses.
    Status,
    /// Priorities.
    Priority,
    /// Tags.
    Tag,
}

/// Options of `create`.
#[derive(Debug, clap::Args)]
pub struct CreateArgs {
    /// Title
    #[arg(value_name = "TITLE", required_unless_present = "title_option")]
    pub title: Option<String>,
    /// Title, as an option
    #[arg(long = "title", value_name = "TITLE", id = "title_option", conflicts_with = "title")]
    pub title_option: Option<String>,
    /// Id [default: from the title]
    #[arg(long, allow_hyphen_values = true)]
    pub id: Option<String>,
    /// Description; `-` reads it from stdin
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    pub description: Option<String>,
    /// The agent it is meant for
    #[arg(long)]
    pub agent: Option<String>,
    /// Who works on it
    #[arg(long, value_name = "NAME")]
    pub assignee: Option<String>,
    /// low, medium, high or critical [default: medium]
    #[arg(long)]
    pub priority: Option<String>,
    /// Where it starts [default: pending]
    #[arg(long)]
    pub status: Option<String>,
    /// When it should be done: YYYY-MM-DD or RFC 3339
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub due: Option<String>,
    /// Estimated hours
    #[arg(long, value_name = "HOURS", allow_hyphen_values = true)]
    pub estimate: Option<String>,
    /// A tag (may be repeated)
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// A task it waits for (may be repeated)
    #[arg(long = "depends", value_name = "ID")]
    pub depends: Vec<String>,
}

/// Options of `list`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ListArgs {
    /// Only tasks in this status (may be repeated)
    #[arg(long = "status", value_name = "STATUS", value_delimiter = ',')]
    pub statuses: Vec<String>,
    /// Only tasks of this agent
    #[arg(long)]
    pub agent: Option<String>,
    /// Only tasks of this person
    #[arg(long, value_name = "NAME")]
    pub assignee: Option<String>,
    /// Only tasks of this priority
    #[arg(long)]
    pub priority: Option<String>,
    /// Only tasks with this tag (may be repeated)
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Only open tasks past their due date
    #[arg(long)]
    pub overdue: bool,
    /// Only tasks in todo with every dependency complete
    #[arg(long)]
    pub ready: bool,
    /// Only tasks blocked by status or by an open dependency
    #[arg(long)]
    pub blocked: bool,
    /// Complete and cancelled tasks as well
    #[arg(long)]
    pub all: bool,
    /// Order
    #[arg(long, value_enum, default_value = "priority")]
    pub sort: Order,
    /// Turn the order round
    #[arg(long)]
    pub reverse: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}
