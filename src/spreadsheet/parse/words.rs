//! Numbers in words: reads Vietnamese ones, as they stand in brackets behind an amount, and writes both languages.
use unicode_normalization::UnicodeNormalization;

use super::unit::scale_of_word;

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

fn digit(word: &str) -> Option<u64> {
    Some(match word {
        "không" | "khong" => 0,
        "một" | "mốt" | "mot" => 1,
        "hai" => 2,
        "ba" => 3,
        "bốn" | "tư" | "bon" | "tu" => 4,
        "năm" | "lăm" | "nhăm" | "nam" | "lam" => 5,
        "sáu" | "sau" => 6,
        "bảy" | "bẩy" | "bay" => 7,
        "tám" | "tam" => 8,
        "chín" | "chin" => 9,
        _ => return None,
    })
}

/// A number below 1,000 that is being read.
#[derive(Default)]
struct Group {
    hundreds: Option<u64>,
    tens: Option<u64>,
    ones: Option<u64>,
    /// The last word was a digit whose place is not known yet.
    pending: Option<u64>,
    is_empty: bool,
}

impl Group {
    fn new() -> Self {
        Self { is_empty: true, ..Self::default() }
    }

    fn read(&mut self, word: &str) -> Option<()> {
        self.is_empty = false;
        match word {
            "trăm" | "tram" if self.hundreds.is_none() && self.tens.is_none() => {
                self.hundreds = Some(self.pending.take()?);
            }
            // mười: ten. mươi: tens. Without accents they are told apart by the digit before.
            "mươi" | "muoi" if self.pending.is_some() && self.tens.is_none() => self.tens = self.pending.take(),
            "mười" | "muoi" if self.pending.is_none() && self.tens.is_none() => self.tens = Some(1),
            "linh" | "lẻ" | "le" if self.pending.is_none() && self.tens.is_none() => self.tens = Some(0),
            _ if self.pending.is_none() && self.ones.is_none() => self.pending = Some(digit(word)?),
            _ => return None,
        }
        Some(())
    }

    fn value(mut self) -> Option<u64> {
        self.ones = self.pending.take();
        // `hai trăm năm` is not finished: 205 has linh, 250 has mươi.
        if self.hundreds.is_some() && self.tens.is_none() && self.ones.is_some() {
            return None;
        }
        Some(self.hundreds.unwrap_or(0) * 100 + self.tens.unwrap_or(0) * 10 + self.ones.unwrap_or(0))
    }
}

/// Parses a Vietnamese number in words with an optional currency: `Năm trăm nghìn đồng chẵn`. Spellings without accents are
/// understood. `None` if the text is something else.
pub(super) fn parse(text: &str) -> Option<i64> {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty() && !matches!(*word, "bằng" | "chữ" | "viết" | "chẵn" | "bang" | "chu" | "chan"))
        .collect();
    // Figures are not words.
    if lower.chars().any(|c| c.is_ascii_digit()) || words.is_empty() {
        return None;
    }
    let words = match words.as_slice() {
        [words @ .., "đồng" | "dong" | "đ" | "vnđ" | "vnd"] => words,
        words => words,
    };
    if words.iter().any(|word| matches!(*word, "k" | "tr" | "thousand" | "million" | "billion")) {
        return None;
    }
    // Thousands and millions of tỷ stand before the word: `một nghìn hai trăm tỷ`.
    let milliards = words.iter().rposition(|word| scale_of_word(word) == Some(9));
    let total = match milliards {
        None => below_milliard(words, 9)?,
        Some(at) => {
            let (before, behind) = words.split_at_checked(at)?;
            let milliards = below_milliard(before, 9).filter(|n| *n > 0)?.checked_mul(1_000_000_000)?;
            match behind.get(1..)? {
                [] => milliards,
                ["rưỡi" | "ruoi"] => milliards.checked_add(500_000_000)?,
                behind => milliards.checked_add(below_milliard(behind, 9)?)?,
            }
        }
    };
    i64::try_from(total).ok()
}

/// A number below 10^`limit`: groups with descending scales, and `rưỡi` for half of the last one.
fn below_milliard(words: &[&str], limit: u32) -> Option<u64> {
    let (mut total, mut group, mut last_scale) = (0_u64, Group::new(), limit);
    for word in words {
        match (scale_of_word(word), *word) {
            (None, "rưỡi" | "ruoi") => {
                if !group.is_empty || last_scale == limit || last_scale == 0 {
                    return None;
                }
                total += 10_u64.checked_pow(last_scale)? / 2;
                last_scale = 0;
            }
            (None, word) => group.read(word)?,
            (Some(scale), _) => {
                let finished = std::mem::replace(&mut group, Group::new());
                if finished.is_empty || scale >= last_scale {
                    return None;
                }
                total = total.checked_add(finished.value()?.checked_mul(10_u64.checked_pow(scale)?)?)?;
                last_scale = scale;
            }
        }
    }
    match (group.is_empty, last_scale) {
        (true, last) if last == limit => None,
        (true, _) => Some(total),
        // Nothing follows `rưỡi`.
        (false, 0) => None,
        (false, _) => total.checked_add(group.value()?),
    }
}

/// Splits a number into groups of three digits, the highest first.
fn groups(mut number: u64) -> Vec<u64> {
    let mut groups = Vec::new();
    while number > 0 {
        groups.push(number % 1_000);
        number /= 1_000;
    }
    groups.reverse();
    groups
}

fn word<'a>(words: &[&'a str], n: u64) -> &'a str {
    usize::try_from(n).ok().and_then(|n| words.get(n)).copied().unwrap_or_default()
}

/// A number below 1,000; `is_first` leaves out leading zeros.
fn group_in_vietnamese(group: u64, is_first: bool) -> Vec<&'static str> {
    let (hundreds, tens, ones) = (group / 100, group / 10 % 10, group % 10);
    let mut words = Vec::new();
    if hundreds > 0 || !is_first {
        words.extend([word(&DIGITS, hundreds), "trăm"]);
    }
    match tens {
        0 if ones > 0 && !words.is_empty() => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([word(&DIGITS, tens), "mươi"]),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(word(&DIGITS, ones)),
    }
    words
}

fn in_words(
    number: i64,
    minus: &'static str,
    zero: &'static str,
    group_words: impl Fn(u64, bool) -> Vec<&'static str>,
    scales: &[&'static str; 6],
) -> String {
    if number == 0 {
        return zero.to_owned();
    }
    let mut words: Vec<&str> = if number < 0 { vec![minus] } else { Vec::new() };
    let groups = groups(number.unsigned_abs());
    let count = groups.len();
    let mut is_first = true;
    for (ix, group) in groups.into_iter().enumerate().filter(|(_, group)| *group > 0) {
        words.extend(group_words(group, is_first));
        let scale = scales.get(count - ix - 1).copied().unwrap_or_default();
        words.extend(scale.split(' ').filter(|word| !word.is_empty()));
        is_first = false;
    }
    words.join(" ")
}

/// The number in Vietnamese words: `mười lăm triệu năm trăm nghìn`.
pub fn in_vietnamese(number: i64) -> String {
    let scales = ["", "nghìn", "triệu", "tỷ", "nghìn tỷ", "triệu tỷ"];
    // `một nghìn không trăm linh năm tỷ`: the thousands and units of a milliard share their word.
    let absolute = number.unsigned_abs();
    let (high, low) = (absolute / 1_000_000_000, absolute % 1_000_000_000);
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    if high >= 1_000 {
        let minus = if number < 0 { "âm " } else { "" };
        let rest = groups_below_milliard(low);
        return format!("{minus}{} tỷ{rest}", in_vietnamese(signed(high)));
    }
    in_words(number, "âm", "không", group_in_vietnamese, &scales)
}

/// The words behind `tỷ`, each group with its hundreds.
fn groups_below_milliard(low: u64) -> String {
    let groups = [(low / 1_000_000, " triệu"), (low / 1_000 % 1_000, " nghìn"), (low % 1_000, "")];
    groups
        .into_iter()
        .filter(|(group, _)| *group > 0)
        .map(|(group, scale)| format!(" {}{scale}", group_in_vietnamese(group, false).join(" ")))
        .collect()
}

const BELOW_TWENTY: [&str; 20] = [
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The number in English words: `fifteen million five hundred thousand`.
pub fn in_english(number: i64) -> String {
    let group = |group: u64, _is_first: bool| {
        let (hundreds, rest) = (group / 100, group % 100);
        let mut words = Vec::new();
        if hundreds > 0 {
            words.extend([word(&BELOW_TWENTY, hundreds), "hundred"]);
        }
        if rest < 20 {
            words.push(word(&BELOW_TWENTY, rest));
        } else {
            words.extend([word(&TENS, rest / 10), word(&BELOW_TWENTY, rest % 10)]);
        }
        words.retain(|word| !word.is_empty());
        words
    };
    let scales = ["", "thousand", "million", "billion", "trillion", "quadrillion"];
    in_words(number, "minus", "zero", group, &scales)
}
