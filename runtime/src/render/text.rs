//! A line for people: time, level, category, component, message, then all other members as
//! `name=value`, nested ones with dots. One line stays one line: what a terminal would act upon is
//! escaped, and what holds more than a plain word is quoted.

use super::escape::is_special;

/// Where in a line for people its members are.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The objects around the member.
    path: Vec<String>,
    key: String,
    elements: usize,
}

impl People {
    /// Begins a member.
    pub(super) fn key(&mut self, key: &str) {
        key.clone_into(&mut self.key);
    }

    /// Writes its name before its value.
    pub(super) fn label(&self, text: &mut String) {
        text.push(' ');
        for name in self.path.iter().chain([&self.key]) {
            text.extend(name.chars().map(|c| if is_plain(c) { c } else { '_' }));
            text.push('.');
        }
        text.pop();
        text.push('=');
    }

    pub(super) fn open(&mut self, bracket: char, text: &mut String) {
        if bracket == '{' {
            self.path.push(std::mem::take(&mut self.key));
        } else {
            self.elements = 0;
            self.label(text);
        }
    }

    pub(super) fn close(&mut self, bracket: char) {
        if bracket == '}' {
            self.path.pop();
        }
    }

    /// Begins an element of a list.
    pub(super) fn element(&mut self, text: &mut String) {
        if self.elements > 0 {
            text.push(',');
        }
        self.elements += 1;
    }
}

/// Whether a value reads as one word, so that nobody takes a part of it for another member.
pub(super) fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| is_plain(c) && !matches!(c, ',' | '['))
}

fn is_plain(c: char) -> bool {
    !(c.is_whitespace() || is_special(c) || matches!(c, '=' | '\''))
}
