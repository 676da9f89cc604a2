//! The supported languages.
use actix_web::http::header::{Quality, QualityItem};
use strum::VariantArray;

crate::text_enum! {
    /// A supported language.
    Language {
        /// Vietnamese, the default.
        Vi,
        /// English.
        En,
    }
}

impl Language {
    /// The supported language that an `Accept-Language` header prefers, by its quality values and then by its order; Vietnamese if it
    /// names none. A language with the quality value 0 is not used.
    pub fn from_header(header: Option<&str>) -> Self {
        let ranges =
            header.unwrap_or_default().split(',').filter_map(|range| range.parse::<QualityItem<String>>().ok());
        let mut ranges: Vec<_> = ranges.collect();
        // A stable sort: ranges with one quality value keep their order.
        ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
        let (refused, accepted): (Vec<_>, Vec<_>) =
            ranges.into_iter().partition(|range| range.quality == Quality::ZERO);
        let is_refused = |language: &Self| refused.iter().any(|range| Self::from_range(&range.item) == Some(*language));
        let preferred = accepted.iter().find_map(|range| match range.item.trim() {
            "*" => Self::VARIANTS.iter().copied().find(|language| !is_refused(language)),
            tag => Self::from_range(tag),
        });
        preferred.unwrap_or(Self::Vi)
    }

    /// The language of a range such as `en-GB`, by its primary subtag.
    fn from_range(range: &str) -> Option<Self> {
        let primary = range.trim().split('-').next().unwrap_or_default();
        Self::VARIANTS.iter().copied().find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }

    /// The tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferred_supported_language_is_selected() {
        for (header, language) in [
            ("fr, en-GB;q=0.8", Language::En),
            ("vi;q=0.3, en;q=0.9", Language::En),
            ("en;q=0.9, vi;q=0.9", Language::En),
            ("vi, en", Language::Vi),
            ("EN-us", Language::En),
            ("en;q=0, fr", Language::Vi),
            ("vi;q=0, *", Language::En),
            ("*;q=0.1, en;q=0.01", Language::Vi),
            ("english", Language::Vi),
            ("é,x;q=2, en;q=", Language::Vi),
            ("", Language::Vi),
        ] {
            assert_eq!(Language::from_header(Some(header)), language, "{header}");
        }
        assert_eq!(Language::from_header(None), Language::Vi);
    }
}
