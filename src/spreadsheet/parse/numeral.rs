//! Digits with separators: which separator groups thousands and which is the decimal mark.
use serde::{Deserialize, Serialize};

/// The character before the fraction. The other one groups thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `7.5`
    Point,
    /// `7,5`
    Comma,
}

impl DecimalMark {
    fn from_char(c: char) -> Option<Self> {
        match c {
            '.' => Some(Self::Point),
            ',' => Some(Self::Comma),
            _ => None,
        }
    }
    fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// A decimal number without a sign: `unscaled / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) unscaled: i128,
    pub(super) scale: u32,
}

impl Decimal {
    /// From digits before and after the decimal mark; at most 30 digits.
    pub(super) fn from_digits(whole: &str, fraction: &str) -> Option<Self> {
        let fraction = fraction.trim_end_matches('0');
        let is_valid = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() + fraction.len() > 30 || !is_valid(whole) || !is_valid(fraction) {
            return None;
        }
        Some(Self { unscaled: format!("{whole}{fraction}").parse().ok()?, scale: u32::try_from(fraction.len()).ok()? })
    }

    /// The number before the decimal mark.
    pub(super) fn whole(self) -> i128 {
        10_i128.checked_pow(self.scale).map_or(0, |divisor| self.unscaled / divisor)
    }
}

/// How a numeral can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Numeral {
    /// One reading. `mark` is the decimal mark that the spelling shows, if it shows one.
    One { value: Decimal, mark: Option<DecimalMark> },
    /// One separator with three digits behind it: thousands, or a fraction after `mark`.
    ThousandsOrFraction { thousands: Decimal, fraction: Decimal, mark: DecimalMark },
    /// Two different separators once each with three digits behind the last (`1,250.000`), or one separator behind more than
    /// three digits (`1250.000`).
    Mixed { thousands: Decimal, fraction: Decimal, mark: DecimalMark },
}

/// Joins groups of thousands: the first has one to three digits and no leading zero, the others three.
fn join_groups(groups: &[&str]) -> Option<String> {
    let (first, rest) = groups.split_first()?;
    let is_valid = if rest.is_empty() {
        !first.is_empty()
    } else {
        (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|group| group.len() == 3)
    };
    is_valid.then(|| groups.concat())
}

/// Reads digits with `.`, `,` and blanks; `None` if they are not a number.
pub(super) fn read(text: &str) -> Option<Numeral> {
    let one = |value, mark| Some(Numeral::One { value, mark });
    let marks: Vec<char> = text.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let (points, commas) = (text.matches('.').count(), text.matches(',').count());
    let Some(last) = marks.last().copied() else {
        let groups: Vec<&str> = text.split(' ').collect();
        return one(Decimal::from_digits(&join_groups(&groups)?, "")?, None);
    };
    let mark = DecimalMark::from_char(last)?;
    let (whole, fraction) = text.rsplit_once(last)?;
    if text.contains(' ') {
        // Blanks group, so a single mark is the decimal mark; but three digits behind it may be one more group.
        if marks.len() > 1 {
            return None;
        }
        let groups: Vec<&str> = whole.split(' ').collect();
        let digits = join_groups(&groups)?;
        let value = Decimal::from_digits(&digits, fraction)?;
        if fraction.len() == 3 {
            let thousands = Decimal::from_digits(&format!("{digits}{fraction}"), "")?;
            return Some(Numeral::Mixed { thousands, fraction: value, mark });
        }
        return one(value, Some(mark));
    }
    let other = if last == '.' { ',' } else { '.' };
    if points > 0 && commas > 0 {
        // The last one is the decimal mark, the others group.
        if text.matches(last).count() > 1 {
            return None;
        }
        let groups: Vec<&str> = whole.split(other).collect();
        let digits = join_groups(&groups)?;
        let value = Decimal::from_digits(&digits, fraction)?;
        if groups.len() == 2 && fraction.len() == 3 {
            let thousands = Decimal::from_digits(&format!("{digits}{fraction}"), "")?;
            return Some(Numeral::Mixed { thousands, fraction: value, mark });
        }
        return one(value, Some(mark));
    }
    let groups: Vec<&str> = text.split(last).collect();
    if groups.len() > 2 {
        return one(Decimal::from_digits(&join_groups(&groups)?, "")?, Some(mark.other()));
    }
    let value = Decimal::from_digits(whole, fraction)?;
    match join_groups(&groups) {
        Some(digits) => {
            let thousands = Decimal::from_digits(&digits, "")?;
            Some(Numeral::ThousandsOrFraction { thousands, fraction: value, mark })
        }
        // `012.5` is no number, `0.125` and `1250.5` are. `1250.000` is a fraction, or thousands with a separator left out.
        None if whole.len() > 1 && whole.starts_with('0') => None,
        None if whole.len() > 3 && fraction.len() == 3 => {
            let thousands = Decimal::from_digits(&format!("{whole}{fraction}"), "")?;
            Some(Numeral::Mixed { thousands, fraction: value, mark })
        }
        None => one(value, Some(mark)),
    }
}
