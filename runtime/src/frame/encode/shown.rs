//! Capturing what shows itself: text by `Display` or `Debug`.

use std::fmt::{self, Write as _};

use super::{Capture, Frame};
use crate::{
    frame::{MAX_TEXT, tag},
    trap,
};

impl Frame {
    /// Writes text straight into the frame, and again without its secrets where it has some.
    pub(super) fn shown(
        &mut self,
        capture: &Capture,
        show: &mut dyn FnMut(&mut Bounded) -> fmt::Result,
    ) {
        self.bytes.push(tag::TEXT);
        let length_at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let text_at = self.bytes.len();
        let mut out = Bounded::new(std::mem::take(&mut self.bytes));
        let shown = trap::contained(|| show(&mut out));
        self.bytes = out.finish();
        if !matches!(shown, Some(Ok(()))) {
            self.bytes.truncate(length_at - 1);
            return self.panicked(capture);
        }
        let text = self.bytes.get(text_at..).map(std::str::from_utf8);
        if let Some(Ok(text)) = text
            && let Some(clean) = capture.rules.scrub(text)
        {
            capture.counters.values_redacted.add_one();
            self.bytes.truncate(length_at - 1);
            return self.text(&clean);
        }
        let length = u32::try_from(self.bytes.len() - text_at).unwrap_or(0);
        self.patch(length_at, &length.to_le_bytes());
    }

    pub(super) fn changed(
        &mut self,
        capture: &Capture,
        x: &dyn fmt::Display,
        change: impl FnOnce(&str) -> String,
    ) {
        let mut out = Bounded::new(Vec::new());
        match trap::contained(|| write!(out, "{x}")) {
            Some(Ok(())) => {
                capture.counters.values_redacted.add_one();
                let text = out.finish();
                self.text(&change(&String::from_utf8_lossy(&text)));
            }
            _ => self.panicked(capture),
        }
    }
}

/// A writer that takes [`MAX_TEXT`] bytes and counts the rest.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    room: usize,
    left_out: usize,
}

impl Bounded {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, room: MAX_TEXT, left_out: 0 }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.left_out > 0 {
            self.bytes.extend_from_slice(format!("…[{} bytes more]", self.left_out).as_bytes());
        }
        self.bytes
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = if self.left_out > 0 { 0 } else { text.floor_char_boundary(self.room) };
        self.bytes.extend_from_slice(text.as_bytes().get(..fits).unwrap_or_default());
        self.room -= fits;
        self.left_out = self.left_out.saturating_add(text.len() - fits);
        Ok(())
    }
}
