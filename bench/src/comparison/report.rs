//! The table, as rows of JSON and as a page.

use std::{fmt, fs, io, path::PathBuf};

use serde_json::{Value, json};

use super::{
    outcome::{Grade, Outcome},
    peers::{Peer, workspace},
    scenarios::Scenario,
};

const BEGIN: &str = "<!-- made by `cargo xtask bench comparison --write` -->";
const END: &str = "<!-- end of what it makes -->";

/// One scenario, each peer in turn.
pub(super) struct Row {
    pub(super) scenario: Scenario,
    pub(super) cells: Vec<Cell>,
}

/// One scenario of one peer.
pub(super) enum Cell {
    Judged(Outcome),
    /// The peer has no such thing.
    NotApplicable(String),
    /// The machine has no such thing.
    LeftOut(String),
}

impl Cell {
    fn word(&self) -> &'static str {
        match self {
            Self::Judged(outcome) => match outcome.grade() {
                Grade::Good => "good",
                Grade::Told => "told",
                Grade::Bad => "bad",
            },
            Self::NotApplicable(_) => "not applicable",
            Self::LeftOut(_) => "left out",
        }
    }

    fn sign(&self) -> &'static str {
        match self.word() {
            "good" => "✓",
            "told" => "○",
            "bad" => "✗",
            "not applicable" => "–",
            _ => "?",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Judged(outcome) => outcome.to_string(),
            Self::NotApplicable(why) | Self::LeftOut(why) => why.clone(),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(format!("{} {}", self.sign(), self.text()).trim_end())
    }
}

/// One row for each cell.
pub(super) fn json(peers: &[Peer], rows: &[Row]) -> io::Result<Vec<Value>> {
    let mut values = Vec::new();
    for row in rows {
        for (peer, cell) in peers.iter().zip(&row.cells) {
            let mut value = json!({
                "bench": "comparison",
                "scenario": row.scenario.number,
                "title": row.scenario.title,
                "peer": peer.name,
                "version": peer.version()?,
                "grade": cell.word(),
                "text": cell.text(),
            });
            if let Cell::Judged(outcome) = cell {
                value["written"] = outcome.written.into();
                value["lost"] = outcome.lost.into();
                value["doubled"] = outcome.doubled.into();
                value["torn"] = outcome.torn.into();
            }
            values.push(value);
        }
    }
    Ok(values)
}

/// Puts the tables between the marks of the page.
pub(super) fn renew(peers: &[Peer], rows: &[Row]) -> io::Result<()> {
    let page = page();
    let text = fs::read_to_string(&page)?;
    let parts = text.split_once(BEGIN).zip(text.split_once(END));
    let Some(((before, _), (_, after))) = parts else {
        return Err(io::Error::other(format!("{} has lost its marks", page.display())));
    };
    fs::write(page, format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables(peers, rows)?))
}

fn page() -> PathBuf {
    workspace().join("../docs/comparison.md")
}

fn tables(peers: &[Peer], rows: &[Row]) -> io::Result<String> {
    let mut text = "| crate | version | how it is set up |\n| --- | --- | --- |\n".to_owned();
    for peer in peers {
        text += &format!("| {} | {} | {} |\n", peer.name, peer.version()?, peer.setup);
    }
    text += "\n| no. | scenario |";
    for peer in peers {
        text += &format!(" {} |", peer.name);
    }
    text += &format!("\n|{}\n", " --- |".repeat(peers.len() + 2));
    for row in rows {
        text += &format!("| {} | {} |", row.scenario.number, row.scenario.title);
        for cell in &row.cells {
            text += &format!(" {cell} |");
        }
        text += "\n";
    }
    text += "| | ✓ / ○ / ✗ / – |";
    for at in 0..peers.len() {
        let signs: Vec<_> = rows.iter().filter_map(|row| Some(row.cells.get(at)?.sign())).collect();
        let count = |sign: &str| signs.iter().filter(|it| **it == sign).count();
        text += &format!(" {} / {} / {} / {} |", count("✓"), count("○"), count("✗"), count("–"));
    }
    text += "\n\n### How each scene is set up and judged\n\n";
    for Row { scenario, .. } in rows {
        text += &format!("**{}, {}.** {}\n\n", scenario.number, scenario.title, scenario.how);
    }
    Ok(text.trim_end().to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::super::{peers::PEERS, scenarios};
    use super::*;

    #[test]
    fn the_page_has_every_scenario_and_the_present_versions() {
        let text = fs::read_to_string(page()).unwrap();
        for scenario in scenarios::all() {
            let (number, title) = (scenario.number, scenario.title);
            assert!(
                text.contains(&format!("\n| {number} | {title} |")),
                "{number}: run it with --write"
            );
            let how = format!("\n**{number}, {title}.** {}\n", scenario.how);
            assert!(text.contains(&how), "{number}: run it with --write");
        }
        for peer in PEERS {
            let row =
                format!("\n| {} | {} | {} |\n", peer.name, peer.version().unwrap(), peer.setup);
            assert!(text.contains(&row), "{}: run it with --write", peer.name);
        }
    }
}
