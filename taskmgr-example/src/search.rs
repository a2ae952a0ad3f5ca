//! Finding tasks by words.

use crate::task::Task;

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The title.
    Title,
    /// The description.
    Description,
    /// The Markdown below the front matter.
    Body,
    /// The notes.
    Notes,
}

impl Field {
    /// Every field, in the order they are searched.
    pub const ALL: [Self; 4] = [Self::Title, Self::Description, Self::Body, Self::Notes];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Body => "body",
            Self::Notes => "notes",
        }
    }
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Text that must stand in one line of a field; upper and lower case are the same.
    pub words: String,
    /// Where to look; everywhere when empty.
    pub fields: Vec<Field>,
}

/// A task that was found.
#[derive(Debug, Clone)]
pub struct Match {
    /// The task.
    pub task: Task,
    /// The first field in which the words stand.
    pub field: Field,
    /// The line in which they stand.
    pub line: String,
}

impl Search {
    /// Whether the search goes into that field.
    pub fn looks_in(&self, field: Field) -> bool {
        self.fields.is_empty() || self.fields.contains(&field)
    }

    /// Where in a task the words stand first.
    pub fn find(&self, task: &Task, body: &str) -> Option<Match> {
        let words = self.words.to_lowercase();
        Field::ALL.into_iter().filter(|field| self.looks_in(*field)).find_map(|field| {
            let text = match field {
                Field::Title => task.title.as_str(),
                Field::Description => task.description.as_deref().unwrap_or_default(),
                Field::Body => body,
                Field::Notes => task.notes.as_deref().unwrap_or_default(),
            };
            let line = text.lines().find(|line| line.to_lowercase().contains(&words))?;
            Some(Match { task: task.clone(), field, line: line.trim().to_owned() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::Document;
    use crate::task::Defaults;

    fn found(words: &str, fields: &[Field]) -> Option<(Field, String)> {
        let text = "---\nid: t\ntitle: Fix the Parser\nstatus: todo\nnotes: Ünder way\n---\n";
        let document = Document::parse(text.into()).unwrap();
        let task = Task::read(&document, "t", Defaults::default()).unwrap();
        let search = Search { words: words.to_owned(), fields: fields.to_vec() };
        search.find(&task, "# Plan\n  the parser, again\n").map(|found| (found.field, found.line))
    }

    #[test]
    fn the_first_field_with_the_words_is_named() {
        assert_eq!(found("parser", &[]), Some((Field::Title, "Fix the Parser".into())));
        assert_eq!(
            found("PARSER", &[Field::Body]),
            Some((Field::Body, "the parser, again".into()))
        );
        assert_eq!(found("ünder", &[]), Some((Field::Notes, "Ünder way".into())));
        assert_eq!(found("nowhere", &[]), None);
        assert_eq!(found("plan", &[Field::Title, Field::Notes]), None);
    }
}
