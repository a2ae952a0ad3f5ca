//! From bytes to entries with positions.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::split::{NoMatter, split};

/// Nesting beyond this is no task file.
const MAX_DEPTH: usize = 32;
/// Aliases may multiply nodes; more than this is no task file.
const MAX_NODES: usize = 20_000;

/// A task file and what its front matter says.
#[derive(Debug, Clone)]
pub struct Document {
    bytes: Vec<u8>,
    pub(super) matter: Range<usize>,
    body: usize,
    entries: Vec<Entry>,
}

/// One `key: value` of the front matter.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Node,
    pub(super) key_start: Marker,
    pub(super) key_end: Marker,
    pub(super) extent: Extent,
}

/// A YAML value; aliases are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Text, a number, a date, a boolean or null.
    Scalar {
        /// The text it stands for.
        text: String,
        /// Written without quotes, so that it may mean null or a number.
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// A map.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// Whether it is one of YAML's spellings of nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar that is not null.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }
}

/// Where a value stands in the front matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: Marker,
    pub(super) end: Marker,
    /// A `|` or `>` scalar, whose markers tell where its content is.
    pub(super) block: bool,
    pub(super) scalar: bool,
}

/// What is wrong with a file, and where (line and column of the file, from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line and column; `None` when the whole file is meant.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    pub(crate) fn whole(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    fn at(marker: &Marker, message: impl Into<String>) -> Self {
        // The opening fence is line 1 of the file.
        Self { place: Some((marker.line() + 1, marker.col() + 1)), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl Entry {
    /// A fault at this entry's value.
    pub fn fault(&self, message: impl Into<String>) -> Fault {
        let place = if self.extent.block { self.key_start } else { self.extent.start };
        Fault::at(&place, message)
    }
}

impl Document {
    /// Reads a task file. The body may hold any bytes.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Fault> {
        let parts = split(&bytes).map_err(|problem| match problem {
            NoMatter::NoFence => Fault::whole("no front matter: the first line must be ---"),
            NoMatter::Unclosed => Fault::whole("front matter without a closing --- line"),
        })?;
        let text = std::str::from_utf8(&bytes[parts.matter.clone()]).map_err(|error| {
            let before = &bytes[parts.matter.start..parts.matter.start + error.valid_up_to()];
            let line = before.split(|b| *b == b'\n').count() + 1;
            Fault { place: Some((line, 1)), message: "not UTF-8".to_owned() }
        })?;
        let entries = Builder::new(text).document()?;
        Ok(Self { matter: parts.matter, body: parts.body, entries, bytes })
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Everything after the closing fence.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    /// The entries in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of that key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text between the fences.
    pub(super) fn matter_text(&self) -> &str {
        // Checked when the document was read.
        std::str::from_utf8(&self.bytes[self.matter.clone()]).unwrap_or_default()
    }
}

/// Turns parser events into entries.
struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

fn broken(error: &ScanError) -> Fault {
    // The scanner quotes like libyaml of old; the wording here is the one people search for.
    let info = match error.info().strip_prefix("unexpected character: `") {
        Some(rest) => format!("found character '{rest}"),
        None => error.info().to_owned(),
    };
    Fault::at(error.marker(), format!("not valid YAML: {info}"))
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0 }
    }

    fn event(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.parser.next_event() {
            Some(event) => event.map_err(|error| broken(&error)),
            None => Err(Fault::whole("not valid YAML: it ends too early")),
        }
    }

    fn document(mut self) -> Result<Vec<Entry>, Fault> {
        let (mut event, mut span) = self.event()?;
        while matches!(event, Event::StreamStart | Event::DocumentStart(_)) {
            (event, span) = self.event()?;
        }
        if !matches!(event, Event::MappingStart(..)) {
            return Err(Fault::at(
                &span.start,
                "front matter must be a list of `key: value` lines",
            ));
        }
        if !span.is_empty() {
            return Err(Fault::at(&span.start, "front matter in braces is not supported"));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(16);
        loop {
            let (event, span) = self.event()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let (key, key_extent) = self.node(event, span, 0)?;
            let Node::Scalar { text: key, .. } = key else {
                return Err(Fault::at(&span.start, "a key must be a word"));
            };
            let (event, span) = self.event()?;
            let (value, extent) = self.node(event, span, 0)?;
            if entries.iter().any(|entry| entry.key == key) {
                return Err(Fault::at(&key_extent.start, format!("key '{key}' appears twice")));
            }
            let (key_start, key_end) = (key_extent.start, key_extent.end);
            entries.push(Entry { key, value, key_start, key_end, extent });
        }
        loop {
            match self.event()? {
                (Event::StreamEnd, _) => return Ok(entries),
                (Event::DocumentEnd, _) => {}
                (_, span) => return Err(Fault::at(&span.start, "a second YAML document")),
            }
        }
    }

    fn node(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
    ) -> Result<(Node, Extent), Fault> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(Fault::at(&span.start, "front matter is nested too deeply or too large"));
        }
        let mut extent = Extent { start: span.start, end: span.end, block: false, scalar: false };
        // A block collection ends where the next token begins; what it holds tells its real end.
        let flow = !span.is_empty();
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                extent.scalar = true;
                extent.block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let plain = style == ScalarStyle::Plain;
                (Node::Scalar { text: text.into_owned(), plain }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.event()?;
                    if matches!(event, Event::SequenceEnd) {
                        extent.close(flow, span);
                        break;
                    }
                    let (item, inner) = self.node(event, span, depth + 1)?;
                    extent.widen(inner);
                    items.push(item);
                }
                (Node::Sequence(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut pairs = Vec::new();
                loop {
                    let (event, span) = self.event()?;
                    if matches!(event, Event::MappingEnd) {
                        extent.close(flow, span);
                        break;
                    }
                    let (key, inner) = self.node(event, span, depth + 1)?;
                    extent.widen(inner);
                    let (event, span) = self.event()?;
                    let (value, inner) = self.node(event, span, depth + 1)?;
                    extent.widen(inner);
                    pairs.push((key, value));
                }
                (Node::Mapping(pairs), anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| Fault::at(&span.start, "an alias to itself"))?;
                self.nodes += size(&node);
                (node, 0)
            }
            _ => return Err(Fault::at(&span.start, "not valid YAML: a value is missing")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok((node, extent))
    }
}

impl Extent {
    fn widen(&mut self, inner: Self) {
        if inner.end.index() > self.end.index() {
            self.end = inner.end;
        }
        self.block |= inner.block;
    }

    fn close(&mut self, flow: bool, span: Span) {
        if flow {
            self.end = span.end;
        }
    }
}

fn size(node: &Node) -> usize {
    match node {
        Node::Scalar { .. } => 1,
        Node::Sequence(items) => 1 + items.iter().map(size).sum::<usize>(),
        Node::Mapping(pairs) => 1 + pairs.iter().map(|(k, v)| size(k) + size(v)).sum::<usize>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Document::parse(text.as_bytes().to_vec()).unwrap_err().to_string()
    }

    #[test]
    fn values_are_read_as_yaml_has_them() {
        let text = "---\nid: t-1\ntitle: 'it''s'\nnote: \"a\\nb\"\nlist:\n- x\n- y\nnone: ~\n\
                    fold: >-\n  a\n  b\nmap: {k: v}\n---\n";
        let document = Document::parse(text.into()).unwrap();
        let value = |key| &document.entry(key).unwrap().value;
        assert_eq!(value("title").text(), Some("it's"));
        assert_eq!(value("note").text(), Some("a\nb"));
        assert_eq!(value("fold").text(), Some("a b"));
        assert!(value("none").is_null());
        assert!(matches!(value("list"), Node::Sequence(items) if items.len() == 2));
        assert!(matches!(value("map"), Node::Mapping(pairs) if pairs.len() == 1));
    }

    #[test]
    fn faults_name_line_and_column_of_the_file() {
        assert_eq!(
            fault("---\nid: x\nt: a\ntitle:    @x\n---\n"),
            "4:11: not valid YAML: found character '@'"
        );
        assert_eq!(fault("---\na: 1\na: 2\n---\n"), "3:1: key 'a' appears twice");
        assert_eq!(
            fault("---\n- a\n---\n"),
            "2:1: front matter must be a list of `key: value` lines"
        );
        assert_eq!(fault("---\n{a: b}\n---\n"), "2:1: front matter in braces is not supported");
        assert_eq!(fault("no\n"), "no front matter: the first line must be ---");
    }

    #[test]
    fn invalid_bytes_are_placed() {
        let fault = Document::parse(b"---\na: 1\nb: \xff\n---\n".to_vec()).unwrap_err();
        assert_eq!(fault.to_string(), "3:1: not UTF-8");
        assert!(Document::parse(b"---\na: 1\n---\n\xff\n".to_vec()).is_ok());
    }

    #[test]
    fn hostile_nesting_and_aliases_are_refused() {
        let deep = format!("---\na: {}{}\n---\n", "[".repeat(60), "]".repeat(60));
        assert!(fault(&deep).contains("nested too deeply"));
        let mut bomb = "---\na: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, of) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e")] {
            let items = vec![format!("*{of}"); 10].join(", ");
            bomb.extend([name, ": &", name, " [", &items, "]\n"]);
        }
        bomb.push_str("---\n");
        assert!(fault(&bomb).contains("too large"));
    }
}
