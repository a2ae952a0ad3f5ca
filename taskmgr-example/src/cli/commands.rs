//! The commands: first everything typed is checked, then the store is asked; `answer` puts what it
//! said into words.

use std::path::PathBuf;

use super::args::{By, Command};
use super::globals::{Format, GlobalArgs};
use super::output::Output;
use super::{answer, input};
use crate::demo::{self, AgentArgs};
use crate::search::Search;
use crate::store::{Query, StatusRequest, TaskManager};
use crate::task::{NewTask, TaskId};
use crate::text::one_line;
use crate::{Error, import};

/// A command whose arguments are all right.
pub(super) struct Request {
    action: Action,
    format: Format,
}

enum Action {
    Create(NewTask),
    List(Query),
    Show(Vec<TaskId>),
    Status(TaskId, StatusRequest),
    Note(TaskId, String),
    Assign(TaskId, String, Option<String>),
    Archive(Vec<TaskId>, bool),
    Search(Search),
    Stats(Option<By>),
    Import(Vec<PathBuf>, import::Settings),
    Path(Option<TaskId>),
    Agent(AgentArgs),
}

const LISTS: &[Format] = &[Format::Table, Format::Json, Format::Jsonl, Format::Csv, Format::Ids];
const PLAIN: &[Format] = &[Format::Text, Format::Json];

impl Request {
    /// Checks what was typed.
    pub(super) fn read(command: Command, global: &GlobalArgs) -> Result<Self, Error> {
        let (name, known): (&str, &[Format]) = match &command {
            Command::List(_) => ("list", LISTS),
            Command::Search { .. } => ("search", LISTS),
            Command::Show { .. } => ("show", &[Format::Text, Format::Json, Format::Raw]),
            Command::Stats { .. } => ("stats", &[Format::Table, Format::Json]),
            _ => ("this command", PLAIN),
        };
        let format = input::format(global, name, known)?;
        let ids = |list: Vec<String>| -> Result<Vec<TaskId>, Error> {
            list.iter().map(|text| input::id(text)).collect()
        };
        let action = match command {
            Command::Create(args) => Action::Create(input::new_task(args)?),
            Command::List(args) => Action::List(input::query(args)?),
            Command::Show { ids: list } => Action::Show(ids(list)?),
            Command::Status { id, status, note, force } => {
                let id = input::id(&id)?;
                let note = note.map(|text| input::filled("the note", text)).transpose()?;
                let to = input::status(&status)?;
                Action::Status(id, StatusRequest { to, note, force })
            }
            Command::Note { id, text } => {
                let id = input::id(&id)?;
                Action::Note(id, input::filled("the note", input::text(&text)?)?)
            }
            Command::Assign { id, agent, assignee } => {
                let agent = input::filled("the agent", agent)?;
                Action::Assign(input::id(&id)?, agent, assignee)
            }
            Command::Archive { ids: list, force } => Action::Archive(ids(list)?, force),
            Command::Search { query, fields } => {
                Action::Search(Search { words: input::filled("the query", query)?, fields })
            }
            Command::Stats { by } => Action::Stats(by),
            Command::Import { paths, on_conflict, dry_run } => {
                Action::Import(paths, import::Settings { on_conflict, dry_run })
            }
            Command::Path { id } => Action::Path(id.as_deref().map(input::id).transpose()?),
            Command::DemoAgent(args) => Action::Agent(args),
            // Answered before the store is opened.
            Command::Logs { .. } | Command::Demo(_) => Action::Path(None),
        };
        Ok(Self { action, format })
    }

    /// Whether there is anything to log: asking for a path is no operation.
    pub(super) fn is_operation(&self) -> bool {
        !matches!(self.action, Action::Path(_))
    }

    /// Asks the store.
    pub(super) fn run(self, manager: &TaskManager) -> Result<Output, Error> {
        let format = self.format;
        match self.action {
            Action::Create(new) => {
                let task = manager.create(&new)?;
                Ok(answer::one_task(&task, format, || format!("{}\n", task.id)))
            }
            Action::List(query) => {
                let listing = manager.list(&query)?;
                let mut output = answer::list(&listing, format);
                if !manager.folder().root().exists() {
                    let root = manager.folder().root().display();
                    output.warnings.push(format!("there is no folder {root}"));
                }
                Ok(output)
            }
            Action::Show(ids) => Ok(answer::show(manager, &ids, format)),
            Action::Status(id, request) => answer::status(manager, &id, &request, format),
            Action::Note(id, text) => {
                let task = manager.add_note(&id, &text)?;
                Ok(answer::one_task(&task, format, || format!("{id}: note added\n")))
            }
            Action::Assign(id, agent, assignee) => {
                let task = manager.assign(&id, &agent, assignee.as_deref())?;
                Ok(answer::one_task(&task, format, || format!("{id}: {}\n", one_line(&agent))))
            }
            Action::Archive(ids, force) => Ok(answer::archive(manager, &ids, force, format)),
            Action::Search(search) => answer::find(manager, &search, format),
            Action::Stats(by) => answer::stats(manager, by, format),
            Action::Import(paths, settings) => {
                let report = import::run(manager, &paths, settings);
                Ok(answer::imported(&report, settings, format))
            }
            Action::Path(id) => answer::path(manager.folder(), id.as_ref(), format),
            Action::Agent(args) => {
                Ok(Output { exit: demo::run_agent(manager, &args), ..Output::default() })
            }
        }
    }
}
