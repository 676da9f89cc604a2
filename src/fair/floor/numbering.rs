//! Numbering patterns: `A01…A24` means row A, places 1 to 24, codes `A01` to `A24`; in one row, or in two rows that face each other.
hoicho_core::text_enum! {
    /// How the booths of a pattern stand.
    Arrangement {
        /// In one row.
        OneRow,
        /// In two rows that face each other: odd numbers on one side, even ones on the other.
        OddEven,
        /// In two rows that face each other: the first half, and the second half counted back, so that the last booth faces the first.
        Halves,
    }
}

hoicho_core::text_enum! {
    /// Which booths of a row are corner booths.
    Corners {
        /// Those whose category says so.
        AsCategory,
        /// The first and the last one of each row.
        Ends,
    }
}

/// A booth of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedBooth {
    pub code: String,
    /// Label of its row.
    pub row: String,
    /// Position in the row, from 1 or the number of the code.
    pub place: u32,
    /// Whether it is the first or the last of its row.
    pub is_end: bool,
}

/// Max booths of one pattern.
pub const MAX_BOOTHS_PER_PATTERN: u32 = 1_000;

/// A parsed pattern: consecutive booths of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingPattern {
    /// Row label.
    pub row: String,
    /// First place.
    pub from: u32,
    /// Last place.
    pub to: u32,
    code: BoothCode,
}

impl NumberingPattern {
    /// Parses `A01…A24`, `A01...A24`, `A01-A24`, `A01 đến A24`, `A1-01…A1-20`; `None` if invalid or if it has two readings.
    pub fn parse(pattern: &str) -> Option<Self> {
        let pattern = pattern.trim();
        let separated = ["…", "...", "..", " đến ", " to ", "–"].into_iter().find_map(|s| pattern.split_once(s));
        if let Some((first, last)) = separated {
            return Self::between(first, last);
        }
        // A hyphen may belong to the codes.
        let hyphens = pattern.match_indices('-');
        let mut readings = hyphens.filter_map(|(at, _)| Self::between(pattern.get(..at)?, pattern.get(at + 1..)?));
        readings.next().filter(|_| readings.next().is_none())
    }

    fn between(first: &str, last: &str) -> Option<Self> {
        let (code, last) = (BoothCode::parse(first.trim())?, BoothCode::parse(last.trim())?);
        let is_row = code.prefix == last.prefix && code.suffix == last.suffix;
        let (from, to) = (code.place, last.place);
        let is_valid = is_row && 0 < from && from <= to && to - from < MAX_BOOTHS_PER_PATTERN;
        is_valid.then(|| Self { row: code.row(), from, to, code })
    }

    /// Booths with their rows and places, in order of their codes.
    pub fn arrange(&self, arrangement: Arrangement) -> Vec<NumberedBooth> {
        let count = self.to - self.from + 1;
        // The first row has the booth in the middle, if their number is odd.
        let half = count.div_ceil(2);
        let position = |number: u32| -> (Option<u32>, u32, u32) {
            let index = number - self.from;
            match arrangement {
                Arrangement::OneRow => (None, number, count),
                Arrangement::OddEven => {
                    let side = index % 2;
                    (Some(side + 1), index / 2 + 1, if side == 0 { half } else { count - half })
                }
                Arrangement::Halves if index < half => (Some(1), index + 1, half),
                // Counted back from the first place, which faces that of the first booth.
                Arrangement::Halves => (Some(2), count - index, count - half),
            }
        };
        let booth = |(code, number): (String, u32)| {
            let (side, place, in_row) = position(number);
            let (first, last) = match side {
                None => (self.from, self.to),
                Some(_) => (1, in_row),
            };
            let row = side.map_or_else(|| self.row.clone(), |side| format!("{}/{side}", self.row));
            NumberedBooth { code, row, place, is_end: place == first || place == last }
        };
        self.places().map(booth).collect()
    }

    /// Codes with their places, in order.
    pub fn places(&self) -> impl Iterator<Item = (String, u32)> {
        let BoothCode { prefix, suffix, width, .. } = &self.code;
        (self.from..=self.to).map(move |place| (format!("{prefix}{place:0width$}{suffix}"), place))
    }
}

/// A part of a booth code: digits, or what is between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum CodePart {
    Number(u64),
    Text(String),
}

/// Key that sorts booth codes as people do: A2 before A10.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeKey(Vec<CodePart>, String);

impl CodeKey {
    /// The key of a code.
    pub fn new(code: &str) -> Self {
        let (mut parts, mut rest) = (Vec::new(), code);
        while let Some(first) = rest.chars().next() {
            let is_number = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
            let Some((part, after)) = rest.split_at_checked(end) else { break };
            parts.push(match part.parse() {
                Ok(number) if is_number => CodePart::Number(number),
                Ok(_) | Err(_) => CodePart::Text(part.to_owned()),
            });
            rest = after;
        }
        // Codes that differ only in leading zeros are different.
        Self(parts, code.to_owned())
    }
}

/// A booth code: the last digits are the place, what is around them is the row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BoothCode {
    prefix: String,
    place: u32,
    /// Number of digits, including leading zeros.
    width: usize,
    suffix: String,
}

impl BoothCode {
    fn parse(code: &str) -> Option<Self> {
        let is_valid = code.chars().count() <= 20
            && code.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_'));
        let suffix: String = code.chars().rev().take_while(|c| !c.is_ascii_digit()).collect();
        let suffix: String = suffix.chars().rev().collect();
        let rest = code.strip_suffix(suffix.as_str())?;
        let width = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (prefix, digits) = rest.split_at_checked(rest.len().checked_sub(width)?)?;
        if !is_valid || !(1..=6).contains(&width) {
            return None;
        }
        Some(Self { prefix: prefix.to_owned(), place: digits.parse().ok()?, width, suffix })
    }

    /// Label of the row: booths whose codes differ only in their number stand in one row.
    fn row(&self) -> String {
        match (self.prefix.as_str(), self.suffix.as_str()) {
            ("", "") => "-".to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, suffix) => format!("{prefix}…{suffix}"),
        }
    }
}

/// The codes of booths in one text, in order: `A01, A02`, `A01-A03`, `A01 đến A03; B1`. `None` if a part is neither a code nor a pattern,
/// or if there are too many. A single code gives itself.
pub fn parse_booth_list(text: &str) -> Option<Vec<String>> {
    let upper = text.to_uppercase().replace("ĐẾN", "…").replace("VÀ", ",");
    let parts = upper.split([',', ';', '+', '&', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let mut codes = Vec::new();
    for part in parts {
        match NumberingPattern::parse(part) {
            Some(pattern) => codes.extend(pattern.places().map(|(code, _)| code)),
            None => {
                let code = part.replace(' ', "");
                BoothCode::parse(&code)?;
                codes.push(code);
            }
        }
        if u32::try_from(codes.len()).is_ok_and(|count| count > MAX_BOOTHS_PER_PATTERN) {
            return None;
        }
    }
    (!codes.is_empty()).then_some(codes)
}

/// A text by which booth codes sort as people do: `A1`, `A2`, `A10`. Each number is preceded by how many digits it has; the code
/// itself makes the text unique.
pub fn natural_order(code: &str) -> String {
    let (mut order, mut digits) = (String::new(), String::new());
    let flush = |order: &mut String, digits: &mut String| {
        if !digits.is_empty() {
            let number = digits.trim_start_matches('0');
            order.push_str(&format!("{:02}{number}", number.len()));
            digits.clear();
        }
    };
    for c in code.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            flush(&mut order, &mut digits);
            order.push(c);
        }
    }
    flush(&mut order, &mut digits);
    if order.is_empty() { order } else { format!("{order} {code}") }
}

/// Splits a booth code into row, place and number of digits: `A01` is row `A`, place 1, two digits. The last digits are the
/// place: `A1-14` is row `A1-`, place 14; `A03A` row `A…A`, place 3; `12` row `-`, place 12.
pub fn split_booth_code(code: &str) -> Option<(String, u32, usize)> {
    let code = BoothCode::parse(code)?;
    Some((code.row(), code.place, code.width))
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
    fn codes_are_sorted_by_their_numbers() {
        let mut codes = ["A10", "B1", "A2", "A1-14", "A02", "A1", "5B-J231", "12", "A1-2"];
        codes.sort_by_cached_key(|code| CodeKey::new(code));
        assert_eq!(codes, ["5B-J231", "12", "A1", "A1-2", "A1-14", "A02", "A2", "A10", "B1"]);
    }

    #[test]
    fn rejects_invalid_patterns() {
        for invalid in ["", "A", "A01", "A1…B5", "A9…A2", "A0…A5", "A1…A5000", "…", "A1-14", "A1…A99999999999"]
        {
            assert_eq!(NumberingPattern::parse(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn patterns_are_written_in_many_ways() {
        for (pattern, row, from, to) in [
            ("A01-A20", "A", 1, 20),
            ("A01...A20", "A", 1, 20),
            ("A01 đến A20", "A", 1, 20),
            ("A1-01…A1-20", "A1-", 1, 20),
            ("A1-01-A1-20", "A1-", 1, 20),
            ("1…5", "-", 1, 5),
        ] {
            let parsed = NumberingPattern::parse(pattern).unwrap();
            assert_eq!((parsed.row.as_str(), parsed.from, parsed.to), (row, from, to), "{pattern}");
        }
        assert_eq!(NumberingPattern::parse("A1-01…A1-20").unwrap().places().last().unwrap().0, "A1-20");
    }

    #[test]
    fn codes_have_digits_letters_and_marks_in_any_order() {
        for (code, row, place) in [
            ("A01", "A", 1),
            ("A01-01", "A01-", 1),
            ("A03A", "A…A", 3),
            ("A1-14", "A1-", 14),
            ("5B-J231", "5B-J", 231),
            ("12", "-", 12),
        ] {
            let split = split_booth_code(code).unwrap();
            assert_eq!((split.0.as_str(), split.1), (row, place), "{code}");
        }
        for code in ["", "A", "A 1", "A1234567", "A01\n", "Cổng"] {
            assert_eq!(split_booth_code(code), None, "{code:?}");
        }
    }

    #[test]
    fn several_booths_are_written_in_one_text() {
        let codes = |text: &str| parse_booth_list(text).map(|codes| codes.join(" "));
        for (text, expected) in [
            ("A01, A02", Some("A01 A02")),
            ("a01;a02 ; B1", Some("A01 A02 B1")),
            ("A01-A03", Some("A01 A02 A03")),
            ("A01 đến A03, B1", Some("A01 A02 A03 B1")),
            ("A1-01…A1-03", Some("A1-01 A1-02 A1-03")),
            ("A01 và A02", Some("A01 A02")),
            ("A01\nA02", Some("A01 A02")),
            ("A1-14", Some("A1-14")),
            ("A 01", Some("A01")),
            ("A01, nhà B", None),
            (",", None),
            ("A1…A900, B1…B900", None),
        ] {
            assert_eq!(codes(text).as_deref(), expected, "{text}");
        }
    }

    fn shown(pattern: &str, arrangement: Arrangement) -> Vec<String> {
        let booths = NumberingPattern::parse(pattern).unwrap().arrange(arrangement);
        let end = |booth: &NumberedBooth| if booth.is_end { "!" } else { "" };
        booths.iter().map(|b| format!("{}={}{}{}", b.code, b.row, b.place, end(b))).collect()
    }

    #[test]
    fn rows_that_face_each_other_have_their_places_opposite() {
        assert_eq!(shown("A5…A7", Arrangement::OneRow), ["A5=A5!", "A6=A6", "A7=A7!"]);
        let odd_even = ["A1=A/11!", "A2=A/21!", "A3=A/12", "A4=A/22", "A5=A/13", "A6=A/23!", "A7=A/14!"];
        assert_eq!(shown("A1…A7", Arrangement::OddEven), odd_even);
        let halves = ["A1=A/11!", "A2=A/12", "A3=A/13!", "A4=A/23!", "A5=A/22", "A6=A/21!"];
        assert_eq!(shown("A1…A6", Arrangement::Halves), halves);
        assert_eq!(shown("A1…A1", Arrangement::Halves), ["A1=A/11!"]);
    }

    #[test]
    fn codes_sort_as_people_do() {
        let sorted = ["1", "2", "10", "A01", "A1", "A1-2", "A1-10", "A2", "A02B", "A03", "A10", "A10A", "B1", "Đ1"];
        let mut codes = sorted;
        codes.reverse();
        codes.sort_by_cached_key(|code| natural_order(code));
        assert_eq!(codes, sorted);
        assert_eq!(natural_order(""), "");
    }

    proptest! {
        #[test]
        fn parse_never_panics_and_respects_the_limit(text in ".{0,40}") {
            if let Some(pattern) = NumberingPattern::parse(&text) {
                for arrangement in [Arrangement::OneRow, Arrangement::OddEven, Arrangement::Halves] {
                    let booths = pattern.arrange(arrangement);
                    let places: std::collections::BTreeSet<_> = booths.iter().map(|b| (&b.row, b.place)).collect();
                    prop_assert_eq!(places.len(), pattern.places().count());
                }
                prop_assert!(pattern.places().count() <= usize::try_from(MAX_BOOTHS_PER_PATTERN).unwrap());
            }
        }
    }
}
