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

/// The words in lower case, separated by single spaces, without punctuation.
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

/// A phrase of this program in its two spellings, each between spaces.
struct Spellings {
    accented: String,
    plain: String,
}

/// Cache of the spellings by phrase, because every row of a table is compared with the same phrases. Phrases are literals of this
/// program: the cache holds a few hundred, which are never freed.
static SPELLINGS: LazyLock<RwLock<HashMap<&'static str, &'static Spellings>>> = LazyLock::new(RwLock::default);

fn spellings(phrase: &'static str) -> &'static Spellings {
    if let Some(found) = SPELLINGS.read().get(phrase) {
        return found;
    }
    let made =
        Spellings { accented: format!(" {} ", words(phrase)), plain: format!(" {} ", normalize_for_search(phrase)) };
    SPELLINGS.write().entry(phrase).or_insert_with(|| Box::leak(Box::new(made)))
}

/// A normalized text that phrases are looked for in.
pub(super) struct Words {
    /// Between spaces, so that a phrase is found as whole words.
    padded: String,
}

impl Words {
    /// Normalizes a text, once for all phrases.
    pub(super) fn new(text: &str) -> Self {
        Self { padded: format!(" {} ", words(text)) }
    }

    /// The words, separated by single spaces.
    pub(super) fn as_str(&self) -> &str {
        self.padded.trim()
    }

    /// The phrase between spaces as this text would spell it: without accents if the text has none.
    fn spell(&self, phrase: &'static str) -> &'static str {
        let Spellings { accented, plain } = spellings(phrase);
        if self.padded.is_ascii() { plain } else { accented }
    }

    /// Position of a phrase, in whole words.
    pub(super) fn find(&self, phrase: &'static str) -> Option<usize> {
        self.padded.find(self.spell(phrase))
    }

    /// Whether the text is this phrase.
    fn is(&self, phrase: &'static str) -> bool {
        self.padded == self.spell(phrase)
    }

    /// Whether the text is one of these phrases.
    pub(super) fn is_one_of(&self, phrases: &[&'static str]) -> bool {
        phrases.iter().any(|phrase| self.is(phrase))
    }

    /// Whether the text has one of these phrases in it.
    pub(super) fn contains_any(&self, phrases: &[&'static str]) -> bool {
        phrases.iter().any(|phrase| self.find(phrase).is_some())
    }
}

/// The title of a column, to be compared with known ones.
pub(super) struct Title {
    all: Words,
    /// Without brackets, units and remarks.
    main: Words,
}

impl Title {
    /// Normalizes a title, once for all known ones.
    pub(super) fn new(text: &str) -> Self {
        Self { all: Words::new(text), main: Words::new(main_part(text)) }
    }

    /// Score for a known title; longer known titles score higher. A single word must be the title itself; a phrase may stand in a
    /// longer title.
    pub(super) fn score(&self, known: &'static str) -> usize {
        let length = known.len();
        if self.all.is(known) || self.main.is(known) {
            return 3_000 + length;
        }
        match self.all.find(known) {
            Some(_) if !known.contains(' ') => 0,
            Some(0) => 2_000 + length,
            Some(_) => 1_000 + length,
            None => 0,
        }
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
        let contains = |text: &str, phrase: &'static str| Words::new(text).contains_any(&[phrase]);
        assert!(contains("Hộ Gươm", "hộ") && !contains("Hồ Gươm", "hộ"));
        assert!(contains("Ho Guom", "hộ"), "a text without accents is compared without them");
        assert!(contains("Hoá mỹ phẩm", "hóa mỹ phẩm"));
        assert_eq!(words("Quý  khách"), words("quý khách"));
    }

    #[test]
    fn words_inside_other_words_are_no_title() {
        let score_title = |title: &str, known: &'static str| Title::new(title).score(known);
        assert_eq!(score_title("Thời gian", "gian"), 0);
        assert_eq!(score_title("Số lần tham gia", "giá"), 0);
        assert_eq!(score_title("So lan tham gia", "giá"), 0);
        assert_eq!(score_title("Điện thoại", "điện"), 0);
        assert!(score_title("Điện (có/không)", "điện") >= 3_000);
        assert!(score_title("Dien", "điện") >= 3_000);
        assert!(score_title("Tổng doanh thu (triệu đồng)", "doanh thu") >= 1_000);
    }
}
