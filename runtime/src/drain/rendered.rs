//! The lines of a batch, made in the place of those of a batch before.

use crate::{
    frame::Decoded,
    record::Category,
    render::{Line, Renderer},
};

/// So many lines of a category are used again.
pub(super) const KEPT: usize = 512;

/// Lines of records out of a spool, by category.
#[derive(Debug, Default)]
pub struct Rendered(pub(super) [Lines; Category::ALL.len()]);

impl Rendered {
    /// The same with no lines, but the buffers of some.
    pub(super) fn emptied(self) -> Self {
        Self(self.0.map(Lines::emptied))
    }
}

/// Lines, and behind them some that are to be used again.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) count: usize,
}

impl Lines {
    fn emptied(mut self) -> Self {
        self.count = 0;
        self.lines.retain(Line::is_worth_keeping);
        self.lines.truncate(KEPT);
        self
    }

    pub(super) fn as_slice(&self) -> &[Line] {
        self.lines.get(..self.count).unwrap_or_default()
    }

    /// Adds the line of a record; whether values had to be shortened.
    #[inline]
    pub(super) fn add(
        &mut self,
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
    ) -> bool {
        let shortened = if let Some(line) = self.lines.get_mut(self.count) {
            renderer.write(record, category, line)
        } else {
            let (line, shortened) = renderer.line(record, category);
            self.lines.push(line);
            shortened
        };
        self.count += 1;
        shortened
    }
}
