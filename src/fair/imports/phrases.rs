//! Comparison of titles and words of tables: by whole words and with their accents, because `gian` of `Thời gian` is no booth and
//! `Hồ Gươm` no household (hộ). A text that has no accents at all is compared without them.
use std::{collections::HashMap, sync::LazyLock};

use hoicho_core::{
    i18n::{Language, Localizer},
    values::text::normalize_for_search,
};
use parking_lot::RwLock;
use unicode_normalization::UnicodeNormalization;

/// Old and new places of the tone mark: `hoá` and `hóa` are one word.
const TONES: [(&str, &str); 15] = [
    ("oà", "òa"),
    ("oá", "óa"),
    ("oả", "ỏa"),
    ("oã", "õa"),
    ("oạ", "ọa"),
    ("oè", "òe"),
    ("oé", "óe"),
    ("oẻ", "ỏe"),
    ("oẽ", "õe"),
    ("oẹ", "ọe"),
    ("uỳ", "ùy"),
    ("uý", "úy"),
    ("uỷ", "ủy"),
    ("uỹ", "ũy"),
    ("uỵ", "ụy"),
];

/// The words in lower case, separated by single blanks, without punctuation.
pub(super) fn words(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ð' { 'đ' } else { c }).collect();
    let lower = lower.replace('²', "2");
    let plain: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_ascii() {
        return words;
    }
    // A tone mark that closes a syllable stands on either vowel; `oan` has one place only.
    for (old, new) in TONES {
        if words.contains(old) {
            words = format!("{words} ").replace(&format!("{old} "), &format!("{new} ")).trim_end().to_owned();
        }
    }
    words
}

/// The title in front of brackets, units and remarks: `Điện` of `Điện (có/không)`.
fn main_part(title: &str) -> &str {
    title.split(['(', '[', ',', ';', ':', '/', '\n']).next().unwrap_or(title)
}

/// A phrase of this program in its two spellings, each between blanks.
struct Spellings {
    accented: String,
    plain: String,
}

/// Every row of a table is compared with the same few hundred phrases, so each is normalised once.
static SPELLINGS: LazyLock<RwLock<HashMap<&'static str, &'static Spellings>>> = LazyLock::new(RwLock::default);

fn spellings(known: &'static str) -> &'static Spellings {
    if let Some(found) = SPELLINGS.read().get(known) {
        return found;
    }
    let made =
        Spellings { accented: format!(" {} ", words(known)), plain: format!(" {} ", normalize_for_search(known)) };
    SPELLINGS.write().entry(known).or_insert_with(|| Box::leak(Box::new(made)))
}

/// The known phrase between blanks in the spelling of the text: without accents if the text has none.
fn spelled_as(known: &'static str, text: &str) -> &'static str {
    let Spellings { accented, plain } = spellings(known);
    if text.is_ascii() { plain } else { accented }
}

/// Position of a phrase in a text, in whole words.
pub(super) fn find(text: &str, phrase: &'static str) -> Option<usize> {
    find_between_blanks(&format!(" {text} "), phrase)
}

fn find_between_blanks(text: &str, phrase: &'static str) -> Option<usize> {
    text.find(spelled_as(phrase, text))
}

/// Whether the text is one of these phrases.
pub(super) fn is_one_of(text: &str, phrases: &[&'static str]) -> bool {
    phrases.iter().any(|phrase| spelled_as(phrase, text).trim() == text)
}

/// Whether the text has one of these phrases in it.
pub(super) fn contains_any(text: &str, phrases: &[&'static str]) -> bool {
    let text = format!(" {text} ");
    phrases.iter().any(|phrase| find_between_blanks(&text, phrase).is_some())
}

/// The places of phrases in a text, in whole words.
pub(super) fn find_all<T>(
    text: &str,
    phrases: impl Iterator<Item = (T, &'static str)>,
) -> impl Iterator<Item = (usize, usize, T)> {
    let text = format!(" {text} ");
    phrases.filter_map(move |(of, phrase)| Some((find_between_blanks(&text, phrase)?, phrase.len(), of)))
}

/// Score of a title for a known one; longer known titles score higher. A single word must be the title itself; a phrase may
/// stand in a longer title.
pub(super) fn score_title(title: &str, known: &'static str) -> usize {
    let (all, main) = (words(title), words(main_part(title)));
    let length = known.len();
    if [&all, &main].into_iter().any(|text| spelled_as(known, text).trim() == text.as_str()) {
        return 3_000 + length;
    }
    match find(&all, known) {
        Some(_) if !known.contains(' ') => 0,
        Some(0) => 2_000 + length,
        Some(_) => 1_000 + length,
        None => 0,
    }
}

/// Whether a text is the title of the notes in our own tables.
pub(super) fn is_notes_title(text: &str) -> bool {
    [Language::Vi, Language::En].into_iter().any(|language| Localizer(language).localize("sheet-notes") == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_tell_words_apart() {
        assert!(contains_any(&words("Hộ Gươm"), &["hộ"]) && !contains_any(&words("Hồ Gươm"), &["hộ"]));
        assert!(contains_any(&words("Ho Guom"), &["hộ"]), "a text without accents is compared without them");
        assert!(contains_any(&words("Hoá mỹ phẩm"), &["hóa mỹ phẩm"]));
        assert_eq!(words("Quý  khách"), words("quý khách"));
    }

    #[test]
    fn words_inside_other_words_are_no_title() {
        assert_eq!(score_title("Thời gian", "gian"), 0);
        assert_eq!(score_title("Số lần tham gia", "giá"), 0);
        assert_eq!(score_title("So lan tham gia", "giá"), 0);
        assert_eq!(score_title("Điện thoại", "điện"), 0);
        assert!(score_title("Điện (có/không)", "điện") >= 3_000);
        assert!(score_title("Dien", "điện") >= 3_000);
        assert!(score_title("Tổng doanh thu (triệu đồng)", "doanh thu") >= 1_000);
    }
}
