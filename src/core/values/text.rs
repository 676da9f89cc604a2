//! Normalization of text for storage and for search.
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Normalizes text for search: strips diacritics, lower-cases, maps đ to d (it has no Unicode decomposition) and collapses
/// white space.
pub fn normalize_for_search(text: &str) -> String {
    let folded: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        // Some keyboards type the Icelandic Ð, which looks the same.
        .map(|c| if matches!(c, 'đ' | 'ð') { 'd' } else { c })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Normalizes a name to find the thing that has it: NFC, lower case, single spaces. Names that differ in an accent are different.
pub fn normalize_for_comparison(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ð' { 'đ' } else { c }).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Trims text and converts it to NFC. `None` if it is empty, longer than `max_chars` or contains control characters.
pub fn normalize(text: &str, max_chars: usize) -> Option<String> {
    let text: String = text.trim().nfc().collect();
    let is_valid = !text.is_empty() && text.chars().count() <= max_chars && !text.chars().any(char::is_control);
    is_valid.then_some(text)
}

/// Whether text is a valid slug: 3 to 80 lower-case letters, digits and single inner hyphens. A UUID is not a slug, so that
/// paths can accept either.
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
    fn fold_strips_diacritics_and_maps_d_with_stroke_to_d() {
        assert_eq!(normalize_for_search("Đầm  Hà"), "dam ha");
        assert_eq!(normalize_for_search("Hạ Long"), "ha long");
        assert_eq!(normalize_for_search("\u{d0}ầm Hà"), "dam ha", "Ð as Đ");
    }

    #[test]
    fn names_that_differ_in_an_accent_are_different() {
        assert_eq!(normalize_for_comparison("KHU  Ẩm thực"), normalize_for_comparison("khu ẩm thực"));
        assert_ne!(normalize_for_comparison("Cổng"), normalize_for_comparison("Cộng"));
    }

    #[test]
    fn uuid_is_not_a_slug() {
        assert!(is_slug("ocop-quang-ninh-v-2017"));
        assert!(!is_slug("01920000-0000-7000-8000-000000000000"));
        assert!(!is_slug("-a-b"));
    }
}
