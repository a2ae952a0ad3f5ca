//! One agent of the demo: a process that carries out its plan and tells each finished operation on
//! stdout, one line each.

use std::io::Write as _;

use super::args::AgentArgs;
use super::plan::{Share, Step, plan};
use super::samples;
use crate::Error;
use crate::cli::say;
use crate::store::{StatusRequest, TaskManager};
use crate::task::Status;

/// What came of a step.
struct Done {
    operation: &'static str,
    /// The error's word, when it was refused.
    refused: Option<&'static str>,
    /// The refusal that the plan foresaw.
    foreseen: Option<&'static str>,
}

/// Carries out the plan of one agent. Exit code 4 when something came out otherwise than planned.
pub fn run_agent(manager: &TaskManager, args: &AgentArgs) -> u8 {
    let share = Share { number: args.number, of: args.of.max(1), operations: args.operations };
    let mut exit = 0;
    for step in plan(share, &samples::starts()) {
        let done = carry_out(manager, &step);
        let outcome = done.refused.unwrap_or("done");
        let told = writeln!(std::io::stdout().lock(), "{} {outcome}", done.operation);
        if told.is_err() {
            // Whoever started this agent is gone; so is the reason to go on.
            return 4;
        }
        if done.refused != done.foreseen {
            say(&format!(
                "warning: {}: {outcome}, which was not planned: {step:?}",
                manager.actor()
            ));
            exit = 4;
        }
    }
    exit
}

fn carry_out(manager: &TaskManager, step: &Step) -> Done {
    let change = |id, to, note: Option<String>| {
        manager.change_status(id, &StatusRequest { to, note, force: false }).map(drop)
    };
    let (operation, result, foreseen) = match step {
        Step::Claim(id) => {
            let note = Some(format!("Claimed by {}", manager.actor()));
            ("STATUS_CHANGE", change(id, Status::InProgress, note), None)
        }
        Step::Move(id, to) => ("STATUS_CHANGE", change(id, *to, None), None),
        Step::Note(id, text) => ("ADD_NOTE", manager.add_note(id, text).map(drop), None),
        Step::Assign(id, agent) => ("ASSIGN", manager.assign(id, agent, None).map(drop), None),
        Step::Wrong(id, to) => ("STATUS_CHANGE", change(id, *to, None), Some("bad_transition")),
        Step::Unknown(id) => {
            ("STATUS_CHANGE", change(id, Status::Complete, None), Some("not_found"))
        }
    };
    let refused = result.as_ref().err().map(Error::code);
    Done { operation, refused, foreseen }
}
