//! TOML to sources and readings, with positions.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

use super::keys;
use crate::{
    config::{
        change::Scope,
        directives::is_target,
        load::Read,
        nearest::nearest,
        origin::Origin,
        problem::{Finding, Problem},
        raw::Source,
        values::{Input, Reading},
        variables::{VARIABLES, Variable},
    },
    record::Category,
};

/// More errors of the grammar than this are not told.
const MOST_ERRORS: usize = 4;
/// The table of levels by target.
const LEVELS: &str = "levels";

type Item<'a, 'i> = (&'a Spanned<toml::de::DeString<'i>>, &'a Spanned<DeValue<'i>>);

/// How a key's value is read.
enum Reader {
    Value(fn(Input<'_>) -> Reading),
    Target(String),
}

/// A key that is known at its place.
struct Known {
    scope: Scope,
    secret: bool,
    list: bool,
    reader: Reader,
}

pub(super) fn read(path: &str, text: &str, app: &str) -> (Vec<Read>, Vec<Problem>) {
    let mut document = Document { path, text, app, reads: Vec::new(), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        for (key, value) in in_order(table.get_ref()) {
            document.top(key, value);
        }
    } else {
        let told = errors.iter().take(MOST_ERRORS).map(|error| document.broken(error)).collect();
        document.problems = told;
    }
    (document.reads, document.problems)
}

struct Document<'a> {
    path: &'a str,
    text: &'a str,
    app: &'a str,
    reads: Vec<Read>,
    problems: Vec<Problem>,
}

impl Document<'_> {
    /// A key of the document itself.
    fn top(&mut self, key: &Spanned<toml::de::DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let name = key.get_ref().as_ref();
        let table = value.get_ref().as_table();
        let category = Category::ALL.into_iter().find(|category| category.name() == name);
        match (table, category) {
            (Some(table), Some(category)) => {
                for item in in_order(table) {
                    self.item(item, Some(category), known(item.0.get_ref(), Scope::One(category)));
                }
            }
            (Some(table), None) if name == LEVELS => {
                for item in in_order(table) {
                    self.target(item);
                }
            }
            (None, Some(_)) => {
                self.misplaced(key, value, "a table, or a level in it: level = \"info\"");
            }
            (None, None) if name == LEVELS => {
                self.misplaced(key, value, "a table of levels by target");
            }
            _ => self.item((key, value), None, known(name, Scope::All)),
        }
    }

    /// A target and its level.
    fn target(&mut self, item: Item<'_, '_>) {
        let target = item.0.get_ref().to_string();
        if item.1.get_ref().is_table() {
            // `taskmgr.store = "debug"` is a table in TOML.
            return self.misplaced(
                item.0,
                item.1,
                "a level; a target is quoted: \"taskmgr::store\" = \"debug\"",
            );
        }
        let known = is_target(&target).then(|| Known {
            scope: Scope::All,
            secret: false,
            list: false,
            reader: Reader::Target(target.clone()),
        });
        if known.is_none() {
            let finding = Finding::fault(0..target.len(), "is not a target");
            let expected = "letters, digits, '_', '-', '.', '/' and ':'";
            let name = format!("{}: {LEVELS}", self.place(item.0.span().start));
            self.problems.push(finding.expected(expected).of(&name, Some(&target)));
            return;
        }
        self.item(item, None, known);
    }

    fn item(
        &mut self,
        (key, value): Item<'_, '_>,
        category: Option<Category>,
        known: Option<Known>,
    ) {
        let Some(known) = known else { return self.unknown(key, category) };
        let text = match text(value, known.list) {
            Ok(text) => text,
            Err(kind) => return self.misplaced(key, value, kind),
        };
        if text.trim().is_empty() {
            // As with variables: empty is unset.
            return;
        }
        let span = value.span();
        let (line, _) = self.position(span.start);
        let source = Source {
            name: key.get_ref().to_string(),
            scope: known.scope,
            position: Some(self.position(self.start(&span, &text))),
            value: text,
            secret: known.secret,
            origin: Origin::File { path: self.path.to_owned(), line },
        };
        let input = Input { text: &source.value, scope: source.scope, app: self.app };
        let reading = match &known.reader {
            Reader::Value(read) => read(input),
            Reader::Target(target) => keys::target_level(input, target),
        };
        self.reads.push(Read { source, reading });
    }

    /// Where the text of the value begins: behind the quote of a string.
    fn start(&self, span: &Range<usize>, text: &str) -> usize {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        span.start + raw.find(text).unwrap_or(0)
    }

    fn unknown(&mut self, key: &Spanned<toml::de::DeString<'_>>, category: Option<Category>) {
        let name = key.get_ref().as_ref();
        let place = self.place(key.span().start);
        let scope = category.map_or(Scope::All, Scope::One);
        let mut known = keys(scope);
        if category.is_none() {
            known.extend(Category::ALL.map(|category| category.name().to_owned()));
            known.push(LEVELS.to_owned());
        }
        let meant = nearest(name, known.iter().map(String::as_str), 3);
        let elsewhere = |scope| keys(scope).iter().any(|known| known == name);
        let fault = |reason| Finding::fault(0..name.len(), reason);
        let finding = match category {
            Some(_) if elsewhere(Scope::All) => {
                fault("is a key that takes no category").expected("it above the first table")
            }
            None if elsewhere(Scope::One(Category::System)) => {
                fault("is a key of a category").expected("it in a table such as [system]")
            }
            _ if meant.is_some() => fault("is no known key").nearest(meant),
            _ => fault("is no known key").expected("a key from docs/configuration.md"),
        };
        let (shift, name) = match category {
            Some(category) => (category.name().len() + 1, format!("{category}.{name}")),
            None => (0, name.to_owned()),
        };
        let range = finding.range.start + shift..finding.range.end + shift;
        let finding = Finding { range, ..finding };
        // The key alone: behind a mistyped one may stand a secret.
        self.problems.push(finding.of(&place, Some(&name)));
    }

    /// A value of another kind than its key takes.
    fn misplaced(
        &mut self,
        key: &Spanned<toml::de::DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        expected: &'static str,
    ) {
        let name = key.get_ref().as_ref();
        let reason = format!("cannot be {}", kind(value.get_ref()));
        let finding = Finding::fault(0..name.len(), reason).expected(expected);
        self.problems.push(finding.of(&self.place(value.span().start), Some(name)));
    }

    /// What is no TOML. Its line is shown unless it may hold a secret.
    fn broken(&self, error: &Error) -> Problem {
        let span = error.span().unwrap_or(self.text.len()..self.text.len());
        let at = span.start.min(self.text.len());
        let start = self.text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |feed| feed + 1);
        let line = self.text.get(start..).and_then(|t| t.lines().next()).unwrap_or_default();
        let secret = ["key", "secret"].iter().any(|word| line.to_ascii_lowercase().contains(word));
        let range = at - start..span.end.saturating_sub(start).min(line.len()).max(at - start);
        let reason = format!("is no TOML ({}); nothing of the file holds", error.message());
        Finding::fault(range, reason).of(&self.place(at), (!secret).then_some(line))
    }

    fn place(&self, offset: usize) -> String {
        let (line, column) = self.position(offset);
        format!("{}:{line}:{column}", self.path)
    }

    /// Line and column, both from 1.
    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// The keys that are known for a scope.
fn keys(scope: Scope) -> Vec<String> {
    let own: &[&str] = match scope {
        Scope::All => &["level"],
        Scope::One(_) => &["level", "file_name"],
    };
    let taken = VARIABLES.iter().filter(|v| scope == Scope::All || v.takes_category);
    own.iter().map(|&key| key.to_owned()).chain(taken.filter_map(key_of)).collect()
}

/// The variable's name in the file: `keep_files` for `AUDIT_LOG_KEEP_FILES`.
fn key_of(variable: &Variable) -> Option<String> {
    let name = variable.name.strip_prefix("AUDIT_LOG_")?;
    // A file does not name another one.
    (name != "CONFIG").then(|| name.to_ascii_lowercase())
}

fn known(key: &str, scope: Scope) -> Option<Known> {
    let value = |read: fn(Input<'_>) -> Reading| {
        Some(Known { scope, secret: false, list: false, reader: Reader::Value(read) })
    };
    match (key, scope) {
        ("level", Scope::All) => return value(keys::level),
        ("level", Scope::One(_)) => return value(keys::category_level),
        ("file_name", Scope::One(_)) => return value(keys::file_name),
        _ => {}
    }
    let fits = |variable: &&Variable| {
        (scope == Scope::All || variable.takes_category) && key_of(variable).as_deref() == Some(key)
    };
    let variable = VARIABLES.iter().find(fits)?;
    let list = key == "redact_keys";
    Some(Known { scope, secret: variable.secret, list, reader: Reader::Value(variable.read) })
}

/// The value as a variable would hold it.
fn text(value: &Spanned<DeValue<'_>>, list: bool) -> Result<String, &'static str> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        DeValue::Array(elements) if list => {
            let words = elements.iter().map(|element| element.get_ref().as_str());
            let words: Option<Vec<_>> = words.collect();
            Ok(words.ok_or("strings")?.join(","))
        }
        _ if list => Err("an array of strings, or one string"),
        _ => Err("a string, a whole number, true or false"),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number of that form",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time of day",
        DeValue::Array(_) => "an array of that kind",
        DeValue::Table(_) => "a table",
    }
}

/// In the order of the file.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Item<'a, 'i>> {
    let mut items: Vec<_> = table.iter().collect();
    items.sort_by_key(|(key, _)| key.span().start);
    items
}
