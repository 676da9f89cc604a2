//! Numbering patterns: `A01…A24` means row A, places 1 to 24, codes `A01` to `A24`.

/// Max booths of one pattern.
pub const MAX_BOOTHS_PER_PATTERN: u32 = 1_000;

/// A parsed pattern: consecutive booths of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingPattern {
    /// Row letters.
    pub row: String,
    /// First place.
    pub from: u32,
    /// Last place.
    pub to: u32,
    /// Number of digits, including leading zeros.
    pub width: usize,
}

impl NumberingPattern {
    /// Parses `A01…A24` or `A01..A24`; `None` if invalid.
    pub fn parse(pattern: &str) -> Option<Self> {
        let (first, last) = pattern.split_once('…').or_else(|| pattern.split_once(".."))?;
        let (row, from, width) = split_booth_code(first.trim())?;
        let (last_row, to, _) = split_booth_code(last.trim())?;
        let is_valid = row == last_row && 0 < from && from <= to && to - from < MAX_BOOTHS_PER_PATTERN;
        is_valid.then_some(Self { row, from, to, width })
    }

    /// Codes with their places, in order.
    pub fn places(&self) -> impl Iterator<Item = (String, u32)> {
        (self.from..=self.to).map(|place| (format!("{}{place:0width$}", self.row, width = self.width), place))
    }
}

/// Splits a booth code: `A01` is row `A`, number 1, two digits.
pub fn split_booth_code(code: &str) -> Option<(String, u32, usize)> {
    let row: String = code.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let digits = code.strip_prefix(row.as_str())?;
    let is_valid_row =
        !row.is_empty() && row.chars().count() <= 10 && !row.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_valid_row && (1..=6).contains(&digits.len())).then(|| Some((row, digits.parse().ok()?, digits.len())))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses_the_documented_pattern() {
        let pattern = NumberingPattern::parse("A01…A24").unwrap();
        let codes: Vec<_> = pattern.places().collect();
        assert_eq!(codes.len(), 24);
        assert_eq!(codes[0], ("A01".to_owned(), 1));
        assert_eq!(codes[23], ("A24".to_owned(), 24));
    }

    #[test]
    fn rejects_invalid_patterns() {
        for invalid in ["", "A", "A01", "A1…B5", "A9…A2", "A0…A5", "A1…A5000", "…", "1…5", "A1…A99999999999"]
        {
            assert_eq!(NumberingPattern::parse(invalid), None, "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics_and_respects_the_limit(text in ".{0,40}") {
            if let Some(pattern) = NumberingPattern::parse(&text) {
                prop_assert!(pattern.places().count() <= usize::try_from(MAX_BOOTHS_PER_PATTERN).unwrap());
            }
        }
    }
}
