//! Numbers as JSON readers keep them.

use super::Out;

/// Integers beyond this lose digits in readers that know `f64` only.
pub(super) const MAX_SAFE: u64 = 1 << 53;

impl Out {
    pub(super) fn signed(&mut self, n: i128) {
        match u64::try_from(n.unsigned_abs()) {
            Ok(digits) if digits <= MAX_SAFE => {
                if n < 0 {
                    self.text.push('-');
                }
                self.digits(digits);
            }
            _ => self.write(format_args!("\"{n}\"")),
        }
    }

    pub(super) fn unsigned(&mut self, n: u128) {
        match u64::try_from(n) {
            Ok(digits) if digits <= MAX_SAFE => self.digits(digits),
            _ => self.write(format_args!("\"{n}\"")),
        }
    }

    /// A number without the machinery of formatting, which costs more than its digits.
    pub(super) fn digits(&mut self, mut n: u64) {
        let mut bytes = [b'0'; 20];
        let mut from = bytes.len();
        for (at, byte) in bytes.iter_mut().enumerate().rev() {
            *byte += u8::try_from(n % 10).unwrap_or(0);
            n /= 10;
            from = at;
            if n == 0 {
                break;
            }
        }
        let digits = bytes.get(from..).map(std::str::from_utf8);
        self.text.push_str(digits.and_then(Result::ok).unwrap_or_default());
    }

    pub(super) fn float(&mut self, n: f64) {
        if n.is_nan() {
            self.text.push_str("\"NaN\"");
        } else if n.is_infinite() {
            self.text.push_str(if n > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        } else {
            match n.abs() {
                // As std shows them too.
                0.0 | 1e-4..1e16 => self.text.push_str(zmij::Buffer::new().format_finite(n)),
                _ => self.write(format_args!("{n:?}")),
            }
        }
    }

    pub(super) fn milliseconds(&mut self, nanos: u128) {
        // Division is dear beyond 64 bits.
        let micros = u64::try_from(nanos).map(|nanos| nanos / 1_000);
        let micros = micros.or_else(|_| u64::try_from(nanos / 1_000)).unwrap_or(u64::MAX);
        self.digits(micros / 1_000);
        let mut fraction = micros % 1_000;
        if fraction != 0 {
            let mut bytes = *b".000";
            for byte in bytes.iter_mut().skip(1).rev() {
                *byte += u8::try_from(fraction % 10).unwrap_or(0);
                fraction /= 10;
            }
            let shown = str::from_utf8(&bytes).unwrap_or_default();
            self.text.push_str(shown.trim_end_matches('0'));
        }
    }
}
