//! Replacing the text of some keys and of nothing else.

use std::ops::Range;

use super::parse::{Document, Entry, Fault, Node};
use super::scalar;
use crate::text::joined;

/// What a key shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// Text of one or more lines.
    Text(String),
    /// A time stamp or date, quoted so that YAML 1.1 readers keep it as text.
    Quoted(String),
    /// A number.
    Number(String),
    /// Nothing.
    Null,
    /// A list of texts.
    List(Vec<String>),
    /// A map of words to quoted texts.
    Map(Vec<(String, String)>),
}

impl NewValue {
    /// Text of one or more lines.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What a reader must find afterwards.
    fn node(&self) -> Node {
        let scalar = |text: &str, plain| Node::Scalar { text: text.to_owned(), plain };
        match self {
            Self::Text(text) | Self::Quoted(text) => scalar(text, false),
            Self::Number(text) => scalar(text, true),
            Self::Null => scalar("null", true),
            Self::List(items) => Node::Sequence(items.iter().map(|i| scalar(i, false)).collect()),
            Self::Map(pairs) => Node::Mapping(
                pairs.iter().map(|(k, v)| (scalar(k, false), scalar(v, false))).collect(),
            ),
        }
    }

    /// The YAML after `key:`, with its leading blank or line break.
    fn yaml(&self, indent: usize, eol: &str) -> String {
        let pad = " ".repeat(indent);
        match self {
            Self::Text(text) => {
                let text =
                    scalar::literal(text, indent + 2, eol).unwrap_or_else(|| scalar::inline(text));
                format!(" {text}")
            }
            Self::Quoted(text) => format!(" {}", scalar::single(text)),
            Self::Number(text) => format!(" {text}"),
            Self::Null => " null".to_owned(),
            Self::List(items) if items.is_empty() => " []".to_owned(),
            Self::List(items) => {
                joined(items.iter().map(|i| format!("{eol}{pad}- {}", scalar::inline(i))))
            }
            Self::Map(pairs) if pairs.is_empty() => " {}".to_owned(),
            Self::Map(pairs) => {
                joined(pairs.iter().map(|(k, v)| {
                    format!("{eol}{pad}  {}: {}", scalar::inline(k), scalar::single(v))
                }))
            }
        }
    }
}

/// Equal as text; how it is quoted does not matter.
fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Scalar { text: x, .. }, Node::Scalar { text: y, .. }) => {
            x == y && a.is_null() == b.is_null()
        }
        (Node::Sequence(x), Node::Sequence(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        (Node::Mapping(x), Node::Mapping(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(&x.0, &y.0) && same(&x.1, &y.1))
        }
        _ => false,
    }
}

impl Document {
    /// The document with these keys changed; keys that are absent are added at the end.
    ///
    /// The result is read back: were any other key to mean something else, or a changed key not to
    /// mean what was asked, the edit fails and nothing is written.
    pub fn edit(&self, changes: &[(&str, NewValue)]) -> Result<Self, Fault> {
        let text = self.matter_text();
        let lines = Lines::new(text);
        let eol = if text.split_inclusive('\n').next().is_some_and(|l| l.ends_with("\r\n")) {
            "\r\n"
        } else {
            "\n"
        };
        let indent = self.entries().first().map_or(0, |entry| entry.key_start.col());
        let mut patches: Vec<(Range<usize>, String)> = Vec::with_capacity(changes.len());
        for (key, value) in changes {
            let yaml = value.yaml(indent, eol);
            if let Some(n) = self.entries().iter().position(|entry| entry.key == *key) {
                let next = self.entries().get(n + 1).map(|next| next.key_start.line());
                patches.push(patch(text, &lines, &self.entries()[n], next, yaml));
            } else {
                let pad = " ".repeat(indent);
                patches.push((text.len()..text.len(), format!("{pad}{key}:{yaml}{eol}")));
            }
        }
        patches.sort_by_key(|(range, _)| range.start);
        let offset = self.matter.start;
        let mut bytes = self.bytes()[..offset].to_vec();
        let mut at = 0;
        for (range, new) in patches {
            bytes.extend_from_slice(&text.as_bytes()[at..range.start]);
            bytes.extend_from_slice(new.as_bytes());
            at = range.end;
        }
        bytes.extend_from_slice(&text.as_bytes()[at..]);
        bytes.extend_from_slice(&self.bytes()[self.matter.end..]);
        let edited = Self::parse(bytes)?;
        self.verify(&edited, changes)?;
        Ok(edited)
    }

    fn verify(&self, edited: &Self, changes: &[(&str, NewValue)]) -> Result<(), Fault> {
        let asked = |key: &str| changes.iter().find(|(name, _)| *name == key);
        let kept = self.entries().iter().filter(|old| asked(&old.key).is_none());
        let intact = edited.body() == self.body()
            && kept.clone().count() + changes.len() == edited.entries().len()
            && kept
                .clone()
                .all(|old| edited.entry(&old.key).is_some_and(|new| new.value == old.value))
            && changes.iter().all(|(key, value)| {
                edited.entry(key).is_some_and(|new| same(&new.value, &value.node()))
            });
        if intact {
            Ok(())
        } else {
            let keys: Vec<_> = changes.iter().map(|(key, _)| *key).collect();
            Err(Fault::whole(format!(
                "cannot change {} without disturbing the rest of the front matter",
                keys.join(", ")
            )))
        }
    }
}

/// The bytes to replace, and what with, for `entry` to say `yaml`.
fn patch(
    text: &str,
    lines: &Lines,
    entry: &Entry,
    next_line: Option<usize>,
    yaml: String,
) -> (Range<usize>, String) {
    let (start, end) = (entry.extent.start, entry.extent.end);
    let line = entry.key_start.line();
    let colon = {
        let key_end = lines.byte(text, entry.key_end.line(), entry.key_end.col());
        text[key_end..].find(':').map_or(key_end, |n| key_end + n + 1)
    };
    let one_line = entry.extent.scalar
        && !entry.extent.block
        && start.line() == line
        && end.line() == line
        && !yaml.contains('\n');
    if one_line {
        // Only the value: what follows it on the line, such as a comment, stays.
        let value_end = lines.byte(text, end.line(), end.col()).max(colon);
        return (colon..value_end, yaml);
    }
    let region_end = next_line.map_or(text.len(), |next| lines.start(next));
    let mut content_end = if entry.extent.block {
        region_end
    } else {
        lines.start(end.line().max(line) + 1).min(region_end)
    };
    if entry.extent.block {
        // Comments and blank lines below a block belong to nobody; keep them.
        while let Some(last) = text[colon..content_end].split_inclusive('\n').next_back() {
            let is_filler = last.trim().is_empty() || last.starts_with('#');
            if !is_filler || content_end - last.len() <= colon {
                break;
            }
            content_end -= last.len();
        }
    }
    let kept_eol = match &text[colon..content_end] {
        content if content.ends_with("\r\n") => 2,
        content if content.ends_with('\n') => 1,
        _ => 0,
    };
    (colon..content_end - kept_eol, yaml)
}

/// Offsets of the lines of a text, with YAML's idea of a line break.
struct Lines {
    starts: Vec<usize>,
    end: usize,
}

impl Lines {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let breaks = bytes
            .iter()
            .enumerate()
            .filter(|(n, b)| **b == b'\n' || (**b == b'\r' && bytes.get(n + 1) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(breaks.map(|(n, _)| n + 1)).collect();
        Self { starts, end: text.len() }
    }

    /// Offset of a line, counted from 1; the end of the text when there is no such line.
    fn start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.end)
    }

    /// Offset of a line and a column in characters.
    fn byte(&self, text: &str, line: usize, column: usize) -> usize {
        let start = self.start(line);
        let rest = &text[start..];
        start + rest.char_indices().nth(column).map_or(rest.len(), |(n, _)| n)
    }
}
