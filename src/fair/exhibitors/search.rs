//! Search among an organiser's exhibitors: by the beginning of any word of the name without accents, of the tax code, or of a phone
//! number of a contact.
use std::collections::BTreeSet;

use hoicho_core::values::{phone, text};

/// Max words of a search that are used.
const MAX_TERMS: usize = 8;
/// Max characters of an indexed word; longer ones are cut.
const MAX_WORD_CHARS: usize = 40;

fn cut(word: &str) -> String {
    word.chars().take(MAX_WORD_CHARS).collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Words of a text: letters and digits without accents; everything else separates.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = text::normalize_for_search(text);
    let words: Vec<String> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(cut).collect();
    words.into_iter()
}

/// The words by whose beginning an exhibitor is found.
pub fn index_words<'a>(
    name: &str,
    tax_code: Option<&str>,
    phones: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    words(name)
        .chain(tax_code.map(digits).filter(|d| !d.is_empty()))
        .chain(phones.into_iter().flat_map(phone::search_words))
        .collect()
}

/// The terms of a search; an exhibitor must have a word that begins with each. Text of digits and the signs of phone numbers and
/// tax codes is one term, however it is grouped.
pub fn terms(typed: &str) -> Vec<String> {
    let is_number_char = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-.()".contains(c);
    let number = digits(typed);
    if !number.is_empty() && typed.chars().all(is_number_char) {
        return vec![cut(&number)];
    }
    let unique: BTreeSet<String> = words(typed).collect();
    unique.into_iter().take(MAX_TERMS).collect()
}

/// The first text after all that begin with `term`. Words contain no character above it.
pub fn upper_bound(term: &str) -> String {
    format!("{term}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str) -> bool {
        let index = index_words("HTX Nông nghiệp Đầm Hà (cơ sở 2)", Some("0100109106-001"), ["+84912345678"]);
        let terms = terms(typed);
        !terms.is_empty() && terms.iter().all(|term| index.iter().any(|word| word.starts_with(term.as_str())))
    }

    #[test]
    fn exhibitors_are_found_by_the_beginning_of_any_word_by_tax_code_and_phone() {
        for typed in
            ["dam ha", "Đầm", "NONG", "ha dam htx", "0100109106", "0100109106-001", "0912 345", "+84 912", "912"]
        {
            assert_eq!(finds(typed), typed != "912", "{typed}");
        }
        for typed in ["am", "dam ho", "345 678", "", " - "] {
            assert!(!finds(typed), "{typed}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_beginning_of_a_word_finds_it(name in "[a-zàđế0-9 .(-]{1,30}", length in 1_usize..10) {
            let index = index_words(&name, None, []);
            for word in &index {
                let term: String = word.chars().take(length).collect();
                proptest::prop_assert!(word.as_str() >= term.as_str() && *word < upper_bound(&term));
            }
        }
    }
}
