//! Limits as options: a value for all categories, or `category=value`.

use std::str::FromStr;
use std::time::Duration;

use audit_runtime::Category;
use audit_runtime::sink::MinFree;

use super::category;
use crate::window::parse_length;

/// One use of an option, for one category or for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit<T> {
    category: Option<Category>,
    value: T,
}

impl<T: Copy> Limit<T> {
    /// The value for a category: what names it wins over what names none, the last wins.
    pub(super) fn of(limits: &[Self], category: Category) -> Option<T> {
        let last = |wanted| limits.iter().rev().find(|limit| limit.category == wanted);
        last(Some(category)).or_else(|| last(None)).map(|limit| limit.value)
    }
}

/// A value that an option takes.
pub(super) trait Value: Sized {
    const EXPECTED: &'static str;
    fn read(text: &str) -> Option<Self>;
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age(pub(super) Duration);

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) u64);

/// Free space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Free(pub(super) MinFree);

impl Value for u32 {
    const EXPECTED: &'static str = "a number of files such as 30";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for Age {
    const EXPECTED: &'static str = "a length of time such as 90s, 12h, 14d or 2w";

    fn read(text: &str) -> Option<Self> {
        parse_length(text).map(Self)
    }
}

impl Value for Bytes {
    const EXPECTED: &'static str = "a size such as 500000, 10MiB or 2GB";

    fn read(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at_checked(end)?;
        let units = [
            ("", 1),
            ("B", 1),
            ("kB", 1_000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
        ];
        let (_, of) = units.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
        digits.parse::<u64>().ok()?.checked_mul(of).map(Self)
    }
}

impl Value for Free {
    const EXPECTED: &'static str = "free space such as 5% or 1GiB";

    fn read(text: &str) -> Option<Self> {
        MinFree::parse(text).map(Self)
    }
}

impl<T: Value> FromStr for Limit<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (category, value) = match text.split_once('=') {
            None => (None, text),
            Some((name, value)) => {
                let expected = || {
                    let names = Category::ALL.map(|category| category.to_string()).join(", ");
                    format!("'{name}' is no category; expected one of {names}")
                };
                (Some(category(name).ok_or_else(expected)?), value)
            }
        };
        let value = T::read(value).ok_or_else(|| format!("expected {}", T::EXPECTED))?;
        Ok(Self { category, value })
    }
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text).ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_category_wins() {
        let limits = ["5", "audit=100", "7"].map(|text| text.parse::<Limit<u32>>().unwrap());
        assert_eq!(Limit::of(&limits, Category::Audit), Some(100));
        assert_eq!(Limit::of(&limits, Category::Debug), Some(7));
        assert_eq!(Limit::<u32>::of(&[], Category::Debug), None);
    }

    #[test]
    fn values_are_read_and_others_refused() {
        assert_eq!(Bytes::read("2 GiB"), Some(Bytes(2 << 30)));
        assert_eq!(Bytes::read("3kb"), Some(Bytes(3_000)));
        assert_eq!(Age::read("1d"), Some(Age(Duration::from_hours(24))));
        assert_eq!(Free::read("5%"), Some(Free(MinFree::Percent(5))));
        assert_eq!(Free::read("1MB"), Some(Free(MinFree::Bytes(1_000_000))));
        for text in ["", "x", "1x", "101%", "%", "-1", "99999999999GiB"] {
            assert_eq!(Free::read(text), None, "{text}");
        }
        let refused = |text: &str| text.parse::<Limit<u32>>().unwrap_err();
        assert!(refused("adit=3").contains("'adit' is no category"));
        assert!(refused("audit=many").contains("a number of files"));
    }
}
