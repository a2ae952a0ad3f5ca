//! Names of variants as they are written.

/// `InProgress` as `in_progress`, `HTTPError` as `http_error`.
pub(super) fn snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut written = String::new();
    for (place, character) in characters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| characters.get(before));
        let next = characters.get(place + 1);
        let begins_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && next.is_some_and(|next| next.is_lowercase()))
            });
        if begins_word {
            written.push('_');
        }
        written.extend(character.to_lowercase());
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_written_in_snake_case() {
        for (name, written) in [
            ("Open", "open"),
            ("InProgress", "in_progress"),
            ("HTTPError", "http_error"),
            ("Utf8Text", "utf8_text"),
            ("A", "a"),
            ("IPv4", "i_pv4"),
            ("ALL", "all"),
            ("Already_snake", "already_snake"),
        ] {
            assert_eq!(snake(name), written);
        }
    }
}
