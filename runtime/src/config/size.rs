//! Sizes in bytes as people write them: `10MiB`.

use super::nearest::nearest;

/// The units of a size and their bytes, the largest first of each kind.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// `10MiB`, `10 MiB`, `10485760`: a whole number and a unit, in any case.
pub(super) fn size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    let unit = unit.trim();
    let bytes = match unit {
        "" => 1,
        _ => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    digits.parse::<u64>().ok()?.checked_mul(bytes)
}

/// What was probably meant: `10M` is `10MiB`.
pub(super) fn near_size(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(end)?;
    if digits.is_empty() {
        return nearest(text, ["off"], 2).map(Into::into);
    }
    let units = UNITS.map(|(name, _)| name);
    let first = |c: char| units.into_iter().find(|name| name.starts_with(c.to_ascii_uppercase()));
    let mut letters = unit.trim().chars();
    let meant = match (letters.next(), letters.next()) {
        (Some(one), None) => first(one),
        _ => nearest(unit.trim(), units, 2),
    };
    meant.map(|unit| format!("{digits}{unit}")).filter(|meant| size(meant).is_some())
}

/// A size in the largest unit that divides it: `10MiB`.
pub(super) fn in_bytes(bytes: u64) -> String {
    let (unit, of) = UNITS
        .into_iter()
        .filter(|(_, of)| bytes >= *of && bytes.is_multiple_of(*of))
        .max_by_key(|(_, of)| *of)
        .unwrap_or(("B", 1));
    format!("{}{unit}", bytes / of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_in_the_largest_unit_and_read_back() {
        for (bytes, text) in [
            (0, "0B"),
            (1, "1B"),
            (1_024, "1KiB"),
            (1_500, "1500B"),
            (10 << 20, "10MiB"),
            (3_000_000, "3MB"),
            (10_000_000_000, "10GB"),
            (u64::MAX, "18446744073709551615B"),
        ] {
            assert_eq!(in_bytes(bytes), text);
            assert_eq!(size(text), Some(bytes));
        }
        for text in ["", "MiB", "-1", "1.5MiB", "1 TiB", "18446744073709551616", "1KiBx", "é"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_probably_meant() {
        for (text, meant) in [
            ("10M", Some("10MiB")),
            ("5 g", Some("5GiB")),
            ("10MIBS", Some("10MiB")),
            ("of", Some("off")),
            ("10xyz", None),
            ("99999999999G", None),
        ] {
            assert_eq!(near_size(text).as_deref(), meant, "{text}");
        }
    }
}
