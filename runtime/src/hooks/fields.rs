//! Taking the values of a call's fields.
//!
//! Whatever kind of value it is, the frame takes most of them by one test, one addition and two
//! stores; the others it makes step by step.

use super::live::Live;
use crate::{
    frame::{Front, Short, tag},
    value::Value,
};

impl Live {
    /// Takes the value of the site's field of that number.
    #[expect(clippy::inline_always, reason = "with the kind of the value known it is one call")]
    #[inline(always)]
    pub fn field(&mut self, number: usize, value: Value<'_>) {
        // The compiler mostly knows which it is, and leaves one call.
        let front = |tag| Front::new(number, tag);
        match value {
            Value::U64(n) => self.put(front(tag::U64), n),
            Value::I64(n) => self.put(front(tag::I64), n.cast_unsigned()),
            Value::F64(n) => self.put(front(tag::F64), n.to_bits()),
            Value::Bool(is) => self.put_tag(front(if is { tag::TRUE } else { tag::FALSE })),
            Value::Literal(text) => self.put_literal(front(tag::TEXT), text),
            Value::Text(text) => self.put_text(front(tag::TEXT), text),
            value => self.put_value(front(tag::TEXT), value),
        }
    }

    /// Takes text of the program's own source as the site's field of that number.
    #[expect(clippy::inline_always, reason = "the compiler knows the text, and makes a word of it")]
    #[inline(always)]
    pub fn literal(&mut self, number: usize, text: &'static str) {
        let front = Front::new(number, tag::TEXT);
        match Short::new(text) {
            Some(short) if !text.is_empty() => {
                let (front, word) = front.of(short);
                self.put(front, word);
            }
            _ => self.put_literal(front, text),
        }
    }

    #[inline(never)]
    fn put(&mut self, front: Front, bits: u64) {
        if !self.frame.put(front, bits) {
            self.put_number(front, bits);
        }
    }

    #[inline(never)]
    fn put_number(&mut self, front: Front, bits: u64) {
        let value = match front.tag() {
            tag::TEXT => return self.put_short(front, bits),
            tag::I64 => Value::I64(bits.cast_signed()),
            tag::F64 => Value::F64(f64::from_bits(bits)),
            _ => Value::U64(bits),
        };
        self.put_value(front, value);
    }

    fn put_short(&mut self, front: Front, bits: u64) {
        let bytes = bits.to_le_bytes();
        let text = bytes.get(..front.length()).map(std::str::from_utf8);
        let number = usize::from(front.number());
        self.frame.set_next(number + 1);
        if let (Some(Ok(text)), Some((frame, capture))) = (text, self.capturing()) {
            frame.literal(capture, number, text);
        }
    }

    #[inline(never)]
    fn put_tag(&mut self, front: Front) {
        if !self.frame.put_tag(front) {
            self.put_value(front, Value::Bool(front.tag() == tag::TRUE));
        }
    }

    #[inline(never)]
    fn put_literal(&mut self, front: Front, text: &'static str) {
        if !self.frame.put_text(front, text) {
            self.put_value(front, Value::Literal(text));
        }
    }

    #[inline(never)]
    fn put_text(&mut self, front: Front, text: &str) {
        if let Some(words) = self.capture().rules.lower(text)
            && let Ok(length) = u32::try_from(text.len())
            && self.frame.put_words(front, length, words)
        {
            return;
        }
        self.put_other_text(front, text);
    }

    #[inline(never)]
    fn put_other_text(&mut self, front: Front, text: &str) {
        let is_plain = self.capture().rules.is_plain(text);
        if !is_plain || !self.frame.put_text(front, text) {
            self.put_value(front, Value::Text(text));
        }
    }

    /// Takes whatever value.
    #[inline(never)]
    fn put_value(&mut self, front: Front, value: Value<'_>) {
        let number = usize::from(front.number());
        self.frame.set_next(number + 1);
        if let Some((frame, capture)) = self.capturing() {
            frame.field(capture, number, value);
        }
    }
}
