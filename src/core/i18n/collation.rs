//! Vietnamese collation: Đ sorts after D, and diacritics are compared after base letters.
use std::{cmp::Ordering, sync::LazyLock};

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;

static VI: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let collator = Collator::try_new(locale!("vi").into(), CollatorOptions::default());
    collator.inspect_err(|error| tracing::error!(%error, "failed to load the collator, sorting by code point")).ok()
});

/// Compares two names. Both UI languages use Vietnamese collation because the names are Vietnamese.
pub fn compare_names(a: &str, b: &str) -> Ordering {
    VI.as_ref().map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_in_vietnamese_dictionary_order() {
        let mut names = vec!["Đầm Hà", "Hạ Long", "Dương Huy", "Hải Hà", "Ba Chẽ", "Ông Bí", "Ôn Lương", "Cẩm Phả"];
        names.sort_by(|a, b| compare_names(a, b));
        assert_eq!(names, ["Ba Chẽ", "Cẩm Phả", "Dương Huy", "Đầm Hà", "Hạ Long", "Hải Hà", "Ôn Lương", "Ông Bí"]);
    }
}
