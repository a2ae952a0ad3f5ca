//! Bytes for each function, from the sections of linked programs; bytes of futures.
//!
//! A program of 2N functions less one of N, divided by N, is what one function takes: whatever
//! does not grow with the number of functions goes away.

use std::{collections::HashMap, fs, io, process::Command};

use object::{Object as _, ObjectSection as _};

use super::{
    subject::{Subject, program},
    workspace::{Workspace, output},
};
use crate::row::Row;

/// What a program takes, in bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Sizes {
    /// Code.
    text: f64,
    /// Constants and variables.
    data: f64,
    /// Unwinding tables and relocations.
    tables: f64,
}

/// The rows of all subjects, less those of the plain ones.
pub(crate) fn rows(
    workspace: &Workspace,
    subjects: &[&Subject],
    functions: usize,
) -> io::Result<Vec<Row>> {
    for subject in subjects {
        for count in [functions, 2 * functions] {
            workspace.program(&name(subject, count), &program(subject, count))?;
        }
    }
    output(&mut workspace.cargo(&["build", "--release", "--bins"]))?;
    let mut rows = Vec::new();
    let mut plain: HashMap<bool, (Sizes, Vec<f64>)> = HashMap::new();
    for subject in subjects {
        let one = read(workspace, &name(subject, functions))?;
        let two = read(workspace, &name(subject, 2 * functions))?;
        let each = |of: fn(&Sizes) -> f64| (of(&two) - of(&one)) / functions as f64;
        let sizes =
            Sizes { text: each(|s| s.text), data: each(|s| s.data), tables: each(|s| s.tables) };
        let futures = if subject.is_async {
            futures(&mut Command::new(workspace.executable(&name(subject, functions))))?
        } else {
            Vec::new()
        };
        if subject.is_plain() {
            plain.insert(subject.is_async, (sizes, futures.clone()));
        }
        let (less, small) = plain.get(&subject.is_async).cloned().unwrap_or_default();
        let row = |bench, metric, value| Row {
            bench,
            peer: subject.name,
            threads: 1,
            metric,
            value,
            unit: "B",
            rounds: 1,
        };
        if subject.is_plain() {
            rows.push(row("code_size", "text of a function", sizes.text));
            rows.push(row("code_size", "data of a function", sizes.data));
            rows.push(row("code_size", "tables of a function", sizes.tables));
        } else {
            rows.push(row("code_size", "text added", sizes.text - less.text));
            rows.push(row("code_size", "data added", sizes.data - less.data));
            rows.push(row("code_size", "tables added", sizes.tables - less.tables));
        }
        let metrics = if subject.is_plain() {
            ["future", "future, 1 KiB argument"]
        } else {
            ["future added", "future added, 1 KiB argument"]
        };
        for ((n, metric), size) in metrics.into_iter().enumerate().zip(&futures) {
            let less = if subject.is_plain() { 0.0 } else { small.get(n).copied().unwrap_or(0.0) };
            rows.push(row("future_size", metric, size - less));
        }
    }
    Ok(rows)
}

fn name(subject: &Subject, functions: usize) -> String {
    format!("{}_{functions}", subject.id)
}

fn read(workspace: &Workspace, name: &str) -> io::Result<Sizes> {
    let bytes = fs::read(workspace.executable(name))?;
    let file = object::File::parse(&*bytes).map_err(io::Error::other)?;
    let mut sizes = Sizes::default();
    for section in file.sections() {
        let size = section.size() as f64;
        match section.name().unwrap_or_default() {
            ".text" => sizes.text += size,
            ".rodata" | ".data" | ".data.rel.ro" | ".bss" | ".tdata" | ".tbss" => {
                sizes.data += size;
            }
            ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" | ".rela.dyn" => {
                sizes.tables += size;
            }
            _ => {}
        }
    }
    if sizes.text == 0.0 {
        return Err(io::Error::other(format!(
            "{name} has no section .text: sizes are read on ELF only"
        )));
    }
    Ok(sizes)
}

/// The sizes that the program prints.
fn futures(program: &mut Command) -> io::Result<Vec<f64>> {
    // What it logs goes nowhere: it sets up no runtime.
    let printed = output(program)?;
    printed.lines().map(|line| line.trim().parse().map_err(io::Error::other)).collect()
}
