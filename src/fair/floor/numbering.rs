//! Numbering patterns: `A01…A24` is row A, places 1 to 24, codes `A01` to `A24`.

/// Booths one pattern may make.
pub const MOST: u32 = 1_000;

/// A run of booths in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The letters before the number.
    pub row: String,
    /// First place.
    pub from: u32,
    /// Last place.
    pub to: u32,
    /// Digits of a number, leading zeros counted.
    pub width: usize,
}

impl Run {
    /// Reads `A01…A24` or `A01..A24`; `None` when it is no such pattern.
    pub fn parse(pattern: &str) -> Option<Self> {
        let (first, last) = pattern.split_once('…').or_else(|| pattern.split_once(".."))?;
        let (row, from, width) = split(first.trim())?;
        let (last_row, to, _) = split(last.trim())?;
        let fits = row == last_row && 0 < from && from <= to && to - from < MOST;
        fits.then_some(Self { row, from, to, width })
    }

    /// Codes with their places.
    pub fn places(&self) -> impl Iterator<Item = (String, u32)> {
        (self.from..=self.to).map(|place| (format!("{}{place:0width$}", self.row, width = self.width), place))
    }
}

/// `A01` → row `A`, number 1, two digits.
pub fn split(code: &str) -> Option<(String, u32, usize)> {
    let row: String = code.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let digits = code.strip_prefix(row.as_str())?;
    let plain =
        !row.is_empty() && row.chars().count() <= 10 && !row.chars().any(|c| c.is_control() || c.is_whitespace());
    (plain && (1..=6).contains(&digits.len())).then(|| Some((row, digits.parse().ok()?, digits.len())))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_pattern() {
        let run = Run::parse("A01…A24").unwrap();
        let codes: Vec<_> = run.places().collect();
        assert_eq!(codes.len(), 24);
        assert_eq!(codes[0], ("A01".to_owned(), 1));
        assert_eq!(codes[23], ("A24".to_owned(), 24));
    }

    #[test]
    fn what_is_no_pattern() {
        for wrong in ["", "A", "A01", "A1…B5", "A9…A2", "A0…A5", "A1…A5000", "…", "1…5", "A1…A99999999999"]
        {
            assert_eq!(Run::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_a_run_never_passes_its_limit(text in ".{0,40}") {
            if let Some(run) = Run::parse(&text) {
                prop_assert!(run.places().count() <= usize::try_from(MOST).unwrap());
            }
        }
    }
}
