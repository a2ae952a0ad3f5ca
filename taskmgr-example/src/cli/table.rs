//! Columns and comma-separated values.

use std::fmt::Write as _;

use crate::task::Task;
use crate::text::one_line;

/// Rows under a header, columns two blanks apart, hostile characters escaped.
/// Nothing is cut and nothing coloured: the same text goes to a terminal and to a pipe.
pub(super) fn columns(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|&title| title.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header)
        .chain(rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()))
        .collect();
    let width = |n: usize| {
        rows.iter().filter_map(|row| row.get(n)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let pad = width - cell.chars().count();
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', pad + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Tasks as a table.
pub(super) fn tasks(tasks: &[Task]) -> String {
    if tasks.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = tasks
        .iter()
        .map(|task| {
            vec![
                task.id.to_string(),
                task.status.to_string(),
                task.priority.to_string(),
                task.agent.clone().unwrap_or_else(|| "-".to_owned()),
                task.due.as_ref().map_or_else(|| "-".to_owned(), |due| due.as_str().to_owned()),
                task.title.clone(),
            ]
        })
        .collect();
    columns(&["ID", "STATUS", "PRIORITY", "AGENT", "DUE", "TITLE"], &rows)
}

/// Tasks as comma-separated values (RFC 4180).
pub(super) fn csv(tasks: &[Task]) -> String {
    let mut out = String::from(
        "id,title,status,priority,agent,assignee,due_date,dependencies,tags,\
         estimated_hours,actual_hours,created_at,updated_at\r\n",
    );
    let number = |hours: Option<f64>| hours.map(|hours| hours.to_string()).unwrap_or_default();
    for task in tasks {
        let cells = [
            task.id.to_string(),
            task.title.clone(),
            task.status.to_string(),
            task.priority.to_string(),
            task.agent.clone().unwrap_or_default(),
            task.assignee.clone().unwrap_or_default(),
            task.due.as_ref().map(|due| due.as_str().to_owned()).unwrap_or_default(),
            task.dependencies.join(" "),
            task.tags.join(" "),
            number(task.estimated_hours),
            number(task.actual_hours),
            task.created_at.clone().unwrap_or_default(),
            task.updated_at.clone().unwrap_or_default(),
        ];
        out.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// `name: count` lines under a title, aligned.
pub(super) fn counts(title: &str, counts: &[(String, usize)]) -> String {
    let names: Vec<String> = counts.iter().map(|(name, _)| one_line(name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = format!("{title}\n");
    for (name, (_, count)) in names.iter().zip(counts) {
        let pad = width - name.chars().count();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {name}{} {count:>5}", " ".repeat(pad));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_escape() {
        let rows = vec![
            vec!["a".to_owned(), "x\u{1b}[31m\ny".to_owned()],
            vec!["longer".to_owned(), "é".to_owned()],
        ];
        assert_eq!(
            columns(&["ID", "TITLE"], &rows),
            "ID      TITLE\na       x\\u{1b}[31m\\ny\nlonger  é\n"
        );
    }

    #[test]
    fn values_with_commas_quotes_and_breaks_are_quoted() {
        assert_eq!(quoted("a"), "a");
        assert_eq!(quoted("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
    }
}
