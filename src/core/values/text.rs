//! Text as people type it, and as we search it.
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds text for search: no accents, no case, đ as d (it does not decompose in Unicode), single spaces.
pub fn fold(text: &str) -> String {
    let folded: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Trimmed, in NFC, without control characters; `None` when nothing is left or it is over `most` characters.
pub fn clean(text: &str, most: usize) -> Option<String> {
    let text: String = text.trim().nfc().collect();
    let fits = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then_some(text)
}

/// Lower-case letters, digits and single hyphens between them, 3 to 80 characters.
pub fn is_slug(text: &str) -> bool {
    (3..=80).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && uuid::Uuid::parse_str(text).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_ignores_accents_and_takes_d_with_stroke_for_d() {
        assert_eq!(fold("Đầm  Hà"), "dam ha");
        assert_eq!(fold("Hạ Long"), "ha long");
    }

    #[test]
    fn an_identifier_is_no_slug() {
        assert!(is_slug("ocop-quang-ninh-v-2017"));
        assert!(!is_slug("01920000-0000-7000-8000-000000000000"));
        assert!(!is_slug("-a-b"));
    }
}
