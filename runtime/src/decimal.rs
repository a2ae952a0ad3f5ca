//! Digits of numbers, many at a time.

/// What makes digits of eight numbers from 0 to 9.
pub(crate) const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// The 8 decimal digits of a number below 10^8, the first one in the lowest byte, as numbers.
///
/// Halves, quarters and eighths are divided side by side in one word (Paul Khuong, "How to print
/// integers really fast").
#[inline]
#[must_use]
pub(crate) const fn eight(n: u64) -> u64 {
    let fours = (n / 10_000) | ((n % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_has_its_place() {
        for n in (0..100_000_000_u64).step_by(9_973).chain([1, 9, 10, 99_999_999]) {
            assert_eq!((eight(n) | ZEROS).to_le_bytes(), format!("{n:08}").as_bytes());
        }
    }
}
