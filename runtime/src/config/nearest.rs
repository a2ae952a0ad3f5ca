//! Which known word a mistyped one is closest to.

/// The known word at the least edit distance from `word`, at most `limit`; the first one of several.
///
/// A swap of neighbours counts as one edit. At least one letter must be common to both, so that
/// not every short word is close to `ci`; words of very different length are not compared, so that
/// the work stays bounded.
pub(super) fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let limit = limit.min(candidate.len().saturating_sub(1));
        if word.len().abs_diff(candidate.len()) > limit {
            continue;
        }
        let distance = distance(word.as_bytes(), candidate.to_ascii_lowercase().as_bytes());
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
    let mut two_above: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut left_of_x = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut left_of_y = None;
        for (j, &y) in b.iter().enumerate() {
            let replaced = at(&above, j) + usize::from(x != y);
            let mut least = replaced.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if left_of_x == Some(y) && left_of_y == Some(x) {
                least = least.min(at(&two_above, j.saturating_sub(1)) + 1);
            }
            row.push(least);
            left_of_y = Some(y);
        }
        two_above = std::mem::replace(&mut above, row);
        left_of_x = Some(x);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("inof", "info", 1),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("prd", "prod", 1),
            ("warning", "warn", 3),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }

    #[test]
    fn the_closest_within_the_limit() {
        let known = ["off", "info", "ci", "debug"];
        assert_eq!(nearest("INOF", known, 2), Some("info"));
        assert_eq!(nearest("debgu", known, 2), Some("debug"));
        assert_eq!(nearest("taskmgr", known, 2), None);
        assert_eq!(nearest("h2", known, 2), None, "nothing in common with ci");
        assert_eq!(nearest(&"x".repeat(100_000), known, 200_000), None);
    }
}
