//! The order of a Vietnamese dictionary, where Đ is a letter after D and accents count after letters.
use std::{cmp::Ordering, sync::LazyLock};

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;

static VI: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let made = Collator::try_new(locale!("vi").into(), CollatorOptions::default());
    made.inspect_err(|error| tracing::error!(%error, "names cannot be put in order")).ok()
});

/// Which of two names comes first. One order in both languages of the screen: the names are Vietnamese.
pub fn compare(a: &str, b: &str) -> Ordering {
    VI.as_ref().map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_in_a_vietnamese_dictionary() {
        let mut names = vec!["Đầm Hà", "Hạ Long", "Dương Huy", "Hải Hà", "Ba Chẽ", "Ông Bí", "Ôn Lương", "Cẩm Phả"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["Ba Chẽ", "Cẩm Phả", "Dương Huy", "Đầm Hà", "Hạ Long", "Hải Hà", "Ôn Lương", "Ông Bí"]);
    }
}
