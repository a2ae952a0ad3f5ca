//! From what was typed to what it means. Everything wrong here is wrong use: exit code 2.

use std::io::Read as _;
use std::time::Duration;

use super::args::{CreateArgs, ListArgs};
use super::globals::{Format, GlobalArgs};
use crate::Error;
use crate::store::{Filter, Query};
use crate::task::{Due, InvalidId, NewTask, Priority, Status, TaskId, hours};
use crate::text::{nearest, one_line};

fn wrong(message: String) -> Error {
    Error::Usage { message, hint: None }
}

pub(super) fn id(text: &str) -> Result<TaskId, Error> {
    text.parse().map_err(|error: InvalidId| wrong(error.to_string()))
}

pub(super) fn status(word: &str) -> Result<Status, Error> {
    Status::from_word(word).ok_or_else(|| Error::Usage {
        message: format!("invalid status '{}' (expected {})", one_line(word), Status::list()),
        hint: Status::meant(word).map(|status| format!("'{status}'")),
    })
}

fn priority(word: &str) -> Result<Priority, Error> {
    Priority::from_word(word).ok_or_else(|| Error::Usage {
        message: format!("invalid priority '{}' (expected {})", one_line(word), Priority::list()),
        hint: nearest(&word.to_lowercase(), Priority::ALL.map(Priority::word))
            .map(|word| format!("'{word}'")),
    })
}

fn due(text: &str) -> Result<Due, Error> {
    Due::from_option(text).map_err(|problem| {
        let text = one_line(text);
        wrong(format!("invalid --due '{text}': {problem}; use YYYY-MM-DD or RFC 3339"))
    })
}

fn estimate(text: &str) -> Result<f64, Error> {
    hours(text).ok_or_else(|| {
        let text = one_line(text);
        wrong(format!("--estimate must be a number of hours >= 0, got '{text}'"))
    })
}

pub(super) fn lock_timeout(text: &str) -> Result<Duration, Error> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.trim().parse::<f64>().ok().map(|number| number * unit);
    seconds
        .filter(|seconds| (0.0..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| {
            let text = one_line(text);
            wrong(format!(
                "--lock-timeout must be 0 to 3600 seconds, such as 5 or 500ms, got '{text}'"
            ))
        })
}

/// The format to write in: what was asked for, when the command knows it, else its first.
pub(super) fn format(
    global: &GlobalArgs,
    command: &str,
    known: &[Format],
) -> Result<Format, Error> {
    let asked = if global.json { Some(Format::Json) } else { global.format };
    match asked {
        Some(format) if !known.contains(&format) => {
            let known: Vec<_> = known.iter().map(ToString::to_string).collect();
            let known = known.join(", ");
            Err(wrong(format!("--format {format} does not fit '{command}' (expected {known})")))
        }
        Some(format) => Ok(format),
        None => Ok(known.first().copied().unwrap_or(Format::Text)),
    }
}

/// The text of an argument; `-` stands for stdin.
pub(super) fn text(argument: &str) -> Result<String, Error> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Error::io("cannot read", std::path::Path::new("stdin"), error))?;
    Ok(text)
}

/// Text that must not be empty.
pub(super) fn filled(what: &str, text: String) -> Result<String, Error> {
    if text.trim().is_empty() { Err(wrong(format!("{what} is empty"))) } else { Ok(text) }
}

pub(super) fn new_task(args: CreateArgs) -> Result<NewTask, Error> {
    let title = args.title.or(args.title_option).unwrap_or_default();
    Ok(NewTask {
        id: args.id.as_deref().map(id).transpose()?,
        title: filled("the title", title)?,
        description: args.description.as_deref().map(text).transpose()?,
        agent: args.agent,
        assignee: args.assignee,
        status: args.status.as_deref().map(status).transpose()?,
        priority: args.priority.as_deref().map(priority).transpose()?.unwrap_or_default(),
        due: args.due.as_deref().map(due).transpose()?,
        estimate: args.estimate.as_deref().map(estimate).transpose()?,
        tags: args.tags,
        dependencies: args.depends.iter().map(|text| id(text)).collect::<Result<_, _>>()?,
    })
}

pub(super) fn query(args: ListArgs) -> Result<Query, Error> {
    let filter = Filter {
        statuses: args.statuses.iter().map(|word| status(word)).collect::<Result<_, _>>()?,
        agent: args.agent,
        assignee: args.assignee,
        priority: args.priority.as_deref().map(priority).transpose()?,
        tags: args.tags,
        overdue: args.overdue,
        ready: args.ready,
        blocked: args.blocked,
        all: args.all,
    };
    Ok(Query { filter, order: args.sort, reverse: args.reverse, limit: args.limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_words_get_the_list_and_a_hint() {
        let error = status("done").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid status 'done' (expected pending, blocked, blocked_by, todo, in_progress, \
             complete, cancelled)"
        );
        assert_eq!(error.hint().as_deref(), Some("'complete'"));
        assert_eq!(error.exit_code(), 2);
        let error = priority("hgh").unwrap_err();
        assert_eq!(error.hint().as_deref(), Some("'high'"));
    }

    #[test]
    fn wrong_numbers_and_dates_name_the_option() {
        assert_eq!(
            due("2025-13-01").unwrap_err().to_string(),
            "invalid --due '2025-13-01': month 13; use YYYY-MM-DD or RFC 3339"
        );
        for bad in ["three", "-1", "NaN", "inf", ""] {
            assert_eq!(
                estimate(bad).unwrap_err().to_string(),
                format!("--estimate must be a number of hours >= 0, got '{bad}'")
            );
        }
    }

    #[test]
    fn times_to_wait_are_read() {
        assert_eq!(lock_timeout("5").unwrap(), Duration::from_secs(5));
        assert_eq!(lock_timeout("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(lock_timeout("1.5s").unwrap(), Duration::from_millis(1500));
        for bad in ["", "x", "-1", "1e9", "NaN"] {
            assert!(lock_timeout(bad).is_err(), "{bad:?} was taken");
        }
    }
}
