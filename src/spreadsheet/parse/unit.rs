//! Quantities, and units as they are written in cells and in the titles of columns.
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{
    lexer::{Token, tokens},
    numeral::{self, Numeral},
};

/// An ISO 4217 currency with the number of its decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    code: [u8; 3],
    minor_digits: u32,
}

impl Currency {
    /// Vietnamese đồng; it has no minor unit.
    pub const VND: Self = Self { code: *b"VND", minor_digits: 0 };

    /// Its code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Number of decimal places.
    pub fn minor_digits(&self) -> u32 {
        self.minor_digits
    }

    /// The currency of a code; `None` unless it is three capital letters.
    pub fn from_code(code: &str, minor_digits: u32) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        (code.iter().all(u8::is_ascii_uppercase) && minor_digits <= 4).then_some(Self { code, minor_digits })
    }
}

/// What a number counts, and the unit of the value that is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// An amount; the value is in minor units.
    Money(Currency),
    /// Things or people.
    Count,
    /// An area, typed in m² unless it says otherwise; the value is in square decimetres.
    Area,
}

/// A unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A power of ten of the currency or of what is counted: 0, 3 (nghìn), 6 (triệu) or 9 (tỷ).
    Scale(u32),
    SquareMetre,
    SquareDecimetre,
    /// A currency that is not expected here: every number that does not say its own unit is refused.
    OtherCurrency,
    /// A title names a unit that is not understood: every number that does not say its own unit is refused.
    Unknown,
}

impl Unit {
    /// The unit as people write it; empty for plain numbers.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Scale(3) => "nghìn",
            Unit::Scale(6) => "triệu",
            Unit::Scale(9) => "tỷ",
            Unit::Scale(_) => "",
            Unit::SquareMetre => "m²",
            Unit::SquareDecimetre => "dm²",
            Unit::OtherCurrency | Unit::Unknown => "?",
        }
    }
}

impl Quantity {
    /// The unit of a number without one.
    pub(super) fn default_unit(self) -> Unit {
        match self {
            Quantity::Money(_) | Quantity::Count => Unit::Scale(0),
            Quantity::Area => Unit::SquareMetre,
        }
    }

    /// The power of ten from a number in `unit` to the value; `None` if the quantity has no such unit.
    pub(super) fn power(self, unit: Unit) -> Option<u32> {
        match (self, unit) {
            (Quantity::Money(currency), Unit::Scale(scale)) => Some(scale + currency.minor_digits),
            (Quantity::Count, Unit::Scale(scale)) => Some(scale),
            (Quantity::Area, Unit::SquareMetre) => Some(2),
            (Quantity::Area, Unit::SquareDecimetre) => Some(0),
            (Quantity::Money(_) | Quantity::Count, Unit::SquareMetre | Unit::SquareDecimetre)
            | (Quantity::Area, Unit::Scale(_))
            | (Quantity::Money(_) | Quantity::Count | Quantity::Area, Unit::OtherCurrency | Unit::Unknown) => None,
        }
    }

    /// Whether three digits behind a single separator are thousands: money and counts in their own unit have no such
    /// fractions.
    pub(super) fn groups_thousands(self, unit: Unit) -> bool {
        match (self, unit) {
            (Quantity::Money(_) | Quantity::Count, Unit::Scale(0)) => true,
            (Quantity::Money(_) | Quantity::Count | Quantity::Area, _) => false,
        }
    }
}

/// What a word beside a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Scale(u32),
    /// The currency of the quantity.
    Currency,
    OtherCurrency,
    Area(Unit),
    /// What is counted: `15 gian`.
    Counted,
    /// Half of the unit before it.
    Half,
}

fn currency_code(word: &str) -> Option<&'static str> {
    Some(match word {
        "đ" | "d" | "₫" | "đồng" | "dong" | "vnd" | "vnđ" => "VND",
        "usd" | "$" | "đô" | "đôla" | "dollar" | "dollars" => "USD",
        "eur" | "€" | "euro" | "euros" => "EUR",
        "cny" | "rmb" | "ndt" | "tệ" | "yuan" => "CNY",
        "¥" | "jpy" | "yên" | "yen" => "JPY",
        "gbp" | "£" => "GBP",
        "krw" | "won" | "₩" => "KRW",
        "lak" | "kip" => "LAK",
        "thb" | "baht" | "bạt" => "THB",
        "aud" => "AUD",
        "sgd" => "SGD",
        _ => return None,
    })
}

/// The power of ten of a word. Spellings without accents are known too, other accents are other words: `ngân` is no unit.
pub(super) fn scale_of_word(word: &str) -> Option<u32> {
    match word {
        "nghìn" | "ngàn" | "nghin" | "ngan" | "k" | "thousand" => Some(3),
        "triệu" | "trieu" | "tr" | "million" | "millions" | "mio" => Some(6),
        "tỷ" | "tỉ" | "ty" | "ti" | "billion" | "billions" | "bn" => Some(9),
        _ => None,
    }
}

/// The meanings of a word or currency sign beside a number of the quantity; `None` if the word is unknown.
pub(super) fn meanings(quantity: Quantity, word: &str) -> Option<Vec<Meaning>> {
    if let Some(scale) = scale_of_word(word) {
        return Some(vec![Meaning::Scale(scale)]);
    }
    // `5trđ`, `500kđ`
    let joined = ["đ", "d", "vnđ", "vnd"].iter().find_map(|currency| word.strip_suffix(currency));
    if let Some(scale) = joined.and_then(scale_of_word) {
        return Some(vec![Meaning::Scale(scale), Meaning::Currency]);
    }
    if let Some(code) = currency_code(word) {
        return Some(match quantity {
            Quantity::Money(currency) if currency.code == code.as_bytes() => vec![Meaning::Currency],
            Quantity::Money(_) | Quantity::Count | Quantity::Area => vec![Meaning::OtherCurrency],
        });
    }
    let own_code = word.to_ascii_uppercase();
    let is_counted = |words: &[&str]| quantity == Quantity::Count && words.contains(&word);
    match (quantity, word) {
        (Quantity::Money(currency), _) if currency.code == own_code.as_bytes() => Some(vec![Meaning::Currency]),
        (_, "rưỡi" | "ruoi" | "rưởi") => Some(vec![Meaning::Half]),
        (Quantity::Area, "m2" | "sqm") => Some(vec![Meaning::Area(Unit::SquareMetre)]),
        (Quantity::Area, "dm2") => Some(vec![Meaning::Area(Unit::SquareDecimetre)]),
        _ if is_counted(&["lượt", "khách", "người", "gian", "hàng", "luot", "khach", "nguoi", "hang"]) => {
            Some(vec![Meaning::Counted])
        }
        _ if is_counted(&["sản", "phẩm", "booth", "booths", "visit", "visits", "people", "sao"]) => {
            Some(vec![Meaning::Counted])
        }
        _ => None,
    }
}

/// Reads a phrase that is nothing but a unit: `triệu đồng`, `1.000 đ`, `x1000`, `million VND`, `m²`. `is_certain` is false at the
/// end of a title, where `ty` may belong to a name (`công ty`).
fn unit_of_phrase(phrase: &[Token], quantity: Quantity, is_certain: bool) -> Option<Unit> {
    let (mut scale, mut area, mut has_currency, mut is_other, mut bare_ty) = (None, None, false, false, false);
    for token in phrase {
        match token {
            // `x1000`, `1.000 đồng`, `1 000 000 đ`
            Token::Number(digits) if scale.is_none() => {
                let value = match numeral::read(digits)? {
                    Numeral::One { value, .. } => value,
                    Numeral::ThousandsOrFraction { thousands, .. } => thousands,
                    Numeral::Mixed { .. } => return None,
                };
                let power = [0, 3, 6, 9].into_iter().find(|power| 10_i128.checked_pow(*power) == Some(value.unscaled));
                scale = Some(power.filter(|_| value.scale == 0)?);
            }
            Token::Word(word) if word == "x" && scale.is_none() => {}
            Token::Symbol('×') if scale.is_none() => {}
            // `Tr.đ`
            Token::Symbol('.') => {}
            Token::Word(word) => {
                for meaning in meanings(quantity, word)? {
                    match meaning {
                        Meaning::Scale(power) if scale.is_none() => {
                            bare_ty = matches!(word.as_str(), "ty" | "ti" | "ngan" | "k");
                            scale = Some(power);
                        }
                        Meaning::Scale(_) | Meaning::Half | Meaning::Counted => return None,
                        Meaning::Currency => has_currency = true,
                        Meaning::OtherCurrency => is_other = true,
                        Meaning::Area(unit) => area = Some(unit),
                    }
                }
            }
            Token::Symbol(sign) => match meanings(quantity, &sign.to_string())?.as_slice() {
                [Meaning::Currency] => has_currency = true,
                [Meaning::OtherCurrency] => is_other = true,
                _ => return None,
            },
            Token::Number(_) | Token::Scientific(..) => return None,
        }
    }
    match (area, scale) {
        (Some(_), Some(_)) => None,
        (Some(unit), None) => Some(unit),
        _ if is_other => Some(Unit::OtherCurrency),
        (None, Some(_)) if bare_ty && !has_currency && !is_certain => None,
        (None, Some(power)) => Some(Unit::Scale(power)),
        (None, None) => has_currency.then_some(Unit::Scale(0)),
    }
}

/// Finds the unit in the title of a column, or in a line such as `Đơn vị tính: triệu đồng`: in brackets, after a colon, or at
/// the end. `None` if the title says none; [`Unit::Unknown`] if it says one that is not understood.
pub fn parse_title_unit(title: &str, quantity: Quantity) -> Option<Unit> {
    // Spreadsheets of some systems write accents as characters of their own.
    let title: &str = &title.nfc().collect::<String>();
    known_unit(title, quantity).or_else(|| names_unit(title, quantity).then_some(Unit::Unknown))
}

/// Words that only stand in titles that name a unit, besides those with a meaning.
const MAGNITUDES: [&str; 7] = ["vạn", "trăm", "chục", "ức", "lakh", "crore", "hundred"];

/// Whether the title names a unit: a label such as `ĐVT`, or brackets that begin or end with the word of a unit.
fn names_unit(title: &str, quantity: Quantity) -> bool {
    let lower = title.to_lowercase();
    if ["đvt", "dvt", "đơn vị tính", "don vi tinh"].iter().any(|label| lower.contains(label)) {
        return true;
    }
    let is_unit = |token: Option<&Token>| match token {
        // `(D)`, `(k)` may be the name of a column.
        Some(Token::Word(word)) => {
            MAGNITUDES.contains(&word.as_str()) || (word.chars().count() > 1 && is_unit_word(word, quantity))
        }
        Some(Token::Symbol(sign)) => is_unit_word(&sign.to_string(), quantity),
        Some(Token::Number(_) | Token::Scientific(..)) | None => false,
    };
    let mut bracketed = title.split(['(', '[']).skip(1).filter_map(|rest| rest.split([')', ']']).next()).map(tokens);
    bracketed.any(|phrase| match phrase.as_slice() {
        // A contract, together, a council: `hợp đồng`, `cộng đồng`, `hội đồng` are no đồng.
        [.., Token::Word(before), Token::Word(last)]
            if last == "đồng" && ["hợp", "cộng", "hội"].contains(&before.as_str()) =>
        {
            false
        }
        // `Diện tích (ha)`
        [Token::Word(word)] if quantity == Quantity::Area => word.chars().count() <= 3,
        phrase => is_unit(phrase.first()) || is_unit(phrase.last()),
    })
}

/// Whether a word is a power of ten, a currency or an area.
fn is_unit_word(word: &str, quantity: Quantity) -> bool {
    meanings(quantity, word).unwrap_or_default().iter().any(|meaning| match meaning {
        Meaning::Scale(_) | Meaning::Currency | Meaning::OtherCurrency | Meaning::Area(_) => true,
        Meaning::Counted | Meaning::Half => false,
    })
}

fn known_unit(title: &str, quantity: Quantity) -> Option<Unit> {
    let whole = tokens(title);
    if let Some(unit) = unit_of_phrase(&whole, quantity, true) {
        return Some(unit);
    }
    let bracketed = title.split(['(', '[']).skip(1).filter_map(|rest| rest.split([')', ']']).next());
    for phrase in bracketed.chain(title.rsplit([':', ';', '|']).next()) {
        // In brackets too: `(Đơn vị tính: triệu đồng)`, `(ĐVT: 1.000đ)`.
        let phrase = phrase.rsplit(':').next().unwrap_or(phrase);
        // `triệu đồng/gian`: per what it is counted is not the unit.
        let phrase = match phrase.split_once('/') {
            Some((unit, per)) if per.trim_start().starts_with(char::is_alphabetic) => unit,
            Some(_) | None => phrase,
        };
        let phrase: &[char] = &phrase.chars().collect::<Vec<_>>();
        let text: String = phrase.iter().collect();
        if let Some(unit) = unit_of_phrase(&tokens(text.trim_matches([' ', '(', ')', '[', ']'])), quantity, true) {
            return Some(unit);
        }
    }
    // The last words: `Doanh thu, triệu đồng`, `Doanh thu x1000`. The longest phrase counts.
    (1..whole.len()).find_map(|start| {
        let phrase = whole.get(start..)?;
        let has_scale = phrase.iter().any(|token| match token {
            Token::Word(word) => scale_of_word(word.trim_end_matches(['đ', 'd'])).is_some() || word.len() > 1,
            Token::Number(digits) => digits.len() > 3,
            Token::Symbol(_) | Token::Scientific(..) => false,
        });
        unit_of_phrase(phrase, quantity, false).filter(|_| has_scale)
    })
}
