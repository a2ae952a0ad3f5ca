//! What an agent of the demo does, decided beforehand: the same numbers give the same plan.
//!
//! Each agent moves tasks of its own and adds notes to anybody's, so that what must succeed and
//! what must be refused does not depend on who comes first, while all of them write at once.

use crate::task::{Status, TaskId};

/// A sample task as far as a plan needs it.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) id: TaskId,
    pub(super) status: Status,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Take a task that is `todo`.
    Claim(TaskId),
    /// Move a task of one's own.
    Move(TaskId, Status),
    /// Add a note.
    Note(TaskId, String),
    /// Hand a task of one's own to somebody.
    Assign(TaskId, String),
    /// Ask for a step that the table of transitions does not have; must be refused.
    Wrong(TaskId, Status),
    /// Ask for a task that does not exist; must be refused.
    Unknown(TaskId),
}

/// Which agent, of how many, does how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) number: u32,
    pub(super) of: u32,
    pub(super) operations: u32,
}

const NOTES: [&str; 6] = [
    "Looked into it; the cause is in the parser.",
    "Waiting for an answer from the reviewer.",
    "Half done: the happy path works.",
    "Tests added for the edge cases.",
    "Measured again, 12 % faster than before.",
    "Needs a line in the changelog.",
];

/// The operations of one agent, in order.
pub(super) fn plan(share: Share, tasks: &[Start]) -> Vec<Step> {
    let mut random = Random(u64::from(share.number));
    let mut own: Vec<Start> = tasks
        .iter()
        .filter(|task| task.status != Status::Complete)
        .zip(0u32..)
        .filter(|(_, n)| n % share.of == (share.number - 1) % share.of)
        .map(|(task, _)| task.clone())
        .collect();
    (0..share.operations).map(|n| step(n, &mut random, &mut own, tasks, share.number)).collect()
}

fn step(n: u32, random: &mut Random, own: &mut [Start], all: &[Start], agent: u32) -> Step {
    let roll = random.below(100);
    if roll < 30 || own.is_empty() {
        let text = format!("agent-{agent}: {}", random.of(&NOTES));
        return Step::Note(random.of(all).id.clone(), text);
    }
    if roll < 37 {
        return Step::Unknown(unknown(agent, n));
    }
    let index = random.below(own.len());
    let task = &mut own[index];
    if roll < 45 {
        let wrong: Vec<_> = Status::ALL.into_iter().filter(|to| !task.status.allows(*to)).collect();
        return Step::Wrong(task.id.clone(), *random.of(&wrong));
    }
    if roll < 50 {
        return Step::Assign(task.id.clone(), format!("agent-{agent}"));
    }
    if task.status == Status::Todo {
        task.status = Status::InProgress;
        return Step::Claim(task.id.clone());
    }
    task.status = *random.of(task.status.next());
    Step::Move(task.id.clone(), task.status)
}

fn unknown(agent: u32, n: u32) -> TaskId {
    let title = format!("no such task {agent} {n}");
    // Letters and digits always give an id.
    TaskId::from_title(&title).unwrap_or_else(|| unreachable!("{title} has letters"))
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn share(number: u32) -> Share {
        Share { number, of: 4, operations: 50 }
    }

    #[test]
    fn a_plan_is_the_same_every_time_and_another_for_each_agent() {
        let tasks = samples::starts();
        assert_eq!(plan(share(1), &tasks), plan(share(1), &tasks));
        assert_ne!(plan(share(1), &tasks), plan(share(2), &tasks));
        assert_eq!(plan(share(3), &tasks).len(), 50);
    }

    #[test]
    fn agents_move_tasks_of_their_own_only_and_within_the_table() {
        let tasks = samples::starts();
        let mut owner = std::collections::HashMap::new();
        let mut kinds = std::collections::HashSet::new();
        for number in 1..=4 {
            let mut now: std::collections::HashMap<TaskId, Status> =
                tasks.iter().map(|task| (task.id.clone(), task.status)).collect();
            for step in plan(share(number), &tasks) {
                kinds.insert(std::mem::discriminant(&step));
                let (id, to, allowed) = match step {
                    Step::Claim(id) => (id, Status::InProgress, true),
                    Step::Move(id, to) => (id, to, true),
                    Step::Wrong(id, to) => (id, to, false),
                    Step::Unknown(id) => {
                        assert!(!now.contains_key(&id));
                        continue;
                    }
                    Step::Note(..) | Step::Assign(..) => continue,
                };
                assert_eq!(*owner.entry(id.clone()).or_insert(number), number, "{id} is shared");
                let from = now.get_mut(&id).unwrap();
                assert_eq!(from.allows(to), allowed, "{id}: {from} -> {to}");
                if allowed {
                    *from = to;
                }
            }
        }
        assert_eq!(kinds.len(), 6, "a kind of step never happens");
    }
}
