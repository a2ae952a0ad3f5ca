//! Numbers as JSON readers keep them, and the buffers that they are written into.

use std::{borrow::Cow, fmt, io::Write as _};

use crate::decimal::{ZEROS, eight};

/// Integers beyond this lose digits in readers that know `f64` only.
pub(super) const MAX_SAFE: u64 = 1 << 53;

/// What text is appended to.
pub(super) trait Buffer {
    /// Appends text.
    fn text(&mut self, text: &str);

    /// Appends the first `length` bytes of a word, which are ASCII; the lowest one comes first.
    fn ascii(&mut self, word: u64, length: usize);

    /// Appends what is formatted.
    fn format(&mut self, arguments: fmt::Arguments<'_>);
}

impl Buffer for String {
    fn text(&mut self, text: &str) {
        self.push_str(text);
    }

    fn ascii(&mut self, word: u64, length: usize) {
        let bytes = word.to_le_bytes();
        let kept = bytes.get(..length).map(std::str::from_utf8);
        self.push_str(kept.and_then(Result::ok).unwrap_or_default());
    }

    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = fmt::Write::write_fmt(self, arguments);
    }
}

impl Buffer for Vec<u8> {
    #[inline]
    fn text(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn ascii(&mut self, word: u64, length: usize) {
        // All of it and then less, as bytes of a number that is known are one store.
        let end = self.len() + length;
        self.extend_from_slice(&word.to_le_bytes());
        self.truncate(end);
    }

    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        // Nor can writing to a vector.
        let _ = self.write_fmt(arguments);
    }
}

/// A number of 8 digits is below this.
const EIGHT: u64 = 100_000_000;

/// Without the machinery of formatting, which costs more than the digits.
#[inline]
pub(super) fn digits(out: &mut impl Buffer, n: u64) {
    if n < 10 {
        return out.ascii(n | u64::from(b'0'), 1);
    }
    if n < EIGHT {
        let (word, length) = first_digits(n);
        return out.ascii(word, length);
    }
    for (word, length) in many_digits(n) {
        out.ascii(word, length);
    }
}

/// The digits of any number, as those of three.
#[cold]
#[inline(never)]
fn many_digits(n: u64) -> [(u64, usize); 3] {
    let (front, last) = (n / EIGHT, (eight(n % EIGHT) | ZEROS, 8));
    if front < EIGHT {
        return [first_digits(front), last, (0, 0)];
    }
    [first_digits(front / EIGHT), (eight(front % EIGHT) | ZEROS, 8), last]
}

/// The digits of a number below 10^8 as the first bytes of a word, and how many there are.
#[inline(never)]
const fn first_digits(n: u64) -> (u64, usize) {
    let digits = eight(n);
    // At least one digit is shown.
    let leading = (digits | 1 << 56).trailing_zeros() / 8;
    ((digits | ZEROS) >> (8 * leading), 8 - leading as usize)
}

#[inline]
pub(super) fn signed(out: &mut impl Buffer, n: i64) {
    if n.unsigned_abs() > MAX_SAFE {
        return out.text(&quoted(n.into()));
    }
    if n < 0 {
        out.ascii(u64::from(b'-'), 1);
    }
    digits(out, n.unsigned_abs());
}

#[inline]
pub(super) fn unsigned(out: &mut impl Buffer, n: u64) {
    if n > MAX_SAFE {
        return out.text(&quoted(n.into()));
    }
    digits(out, n);
}

// What is rare is made apart, so that the buffer of what is not can be kept in registers.

#[cold]
#[inline(never)]
fn quoted(n: i128) -> String {
    format!("\"{n}\"")
}

/// A float that is none in JSON, or has an exponent.
#[cold]
#[inline(never)]
fn odd(n: f64) -> Cow<'static, str> {
    if n.is_nan() {
        "\"NaN\"".into()
    } else if n.is_infinite() {
        if n > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" }.into()
    } else {
        format!("{n:?}").into()
    }
}

/// A number that may be longer than 64 bits.
pub(super) fn wide_signed(out: &mut impl Buffer, n: i128) {
    match i64::try_from(n) {
        Ok(n) => signed(out, n),
        Err(_) => out.format(format_args!("\"{n}\"")),
    }
}

/// A number that may be longer than 64 bits.
pub(super) fn wide_unsigned(out: &mut impl Buffer, n: u128) {
    match u64::try_from(n) {
        Ok(n) => unsigned(out, n),
        Err(_) => out.format(format_args!("\"{n}\"")),
    }
}

#[inline]
pub(super) fn float(out: &mut impl Buffer, n: f64) {
    match n.abs() {
        // As std shows them too.
        0.0 | 1e-4..1e16 => out.text(zmij::Buffer::new().format_finite(n)),
        _ => out.text(&odd(n)),
    }
}

/// A duration in milliseconds, to the microsecond.
#[inline]
pub(super) fn milliseconds(out: &mut impl Buffer, nanos: u64) {
    let micros = nanos / 1_000;
    let mut last = eight(micros % EIGHT);
    if micros < EIGHT {
        // Five digits, of which one at least is shown, and three behind the point.
        let leading = (last | 1 << 32).trailing_zeros() / 8;
        out.ascii((last | ZEROS) >> (8 * leading), 5 - leading as usize);
    } else {
        digits(out, micros / 1_000);
    }
    last >>= 40;
    if last != 0 {
        // Without zeros at the end.
        let length = 8 - last.leading_zeros() as usize / 8;
        out.ascii((last | ZEROS) << 8 | u64::from(b'.'), 1 + length);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_are_those_that_std_shows(n: u64, shift in 0..64_u32) {
            let n = n >> shift;
            let (mut text, mut bytes) = (String::new(), b"x".to_vec());
            digits(&mut text, n);
            digits(&mut bytes, n);
            prop_assert_eq!(&text, &n.to_string());
            prop_assert_eq!(bytes, format!("x{n}").into_bytes());
        }

        #[test]
        fn milliseconds_are_those_of_a_fraction(
            micros: u64,
            shift in 11..64_u32,
            nanos in 0..1_000_u64,
        ) {
            let micros = micros >> shift;
            let mut text = String::new();
            milliseconds(&mut text, micros * 1_000 + nanos);
            let shown = format!("{}.{:03}", micros / 1_000, micros % 1_000);
            prop_assert_eq!(text, shown.trim_end_matches('0').trim_end_matches('.'));
        }
    }

    #[test]
    fn digits_change_their_number_at_powers_of_ten() {
        for power in (0..20).map(|exponent| 10_u64.pow(exponent)) {
            for n in [power - 1, power, power + 1] {
                let mut bytes = Vec::new();
                digits(&mut bytes, n);
                assert_eq!(bytes, n.to_string().into_bytes());
            }
        }
    }

    #[test]
    fn what_readers_would_round_is_text() {
        let of = |n: i64| {
            let mut text = String::new();
            signed(&mut text, n);
            text
        };
        assert_eq!(of(1 << 53), "9007199254740992");
        assert_eq!(of(-(1 << 53)), "-9007199254740992");
        assert_eq!(of((1 << 53) + 1), "\"9007199254740993\"");
        assert_eq!(of(i64::MIN), "\"-9223372036854775808\"");
    }
}
