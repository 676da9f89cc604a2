//! Numbers as people type them: `15,5 triệu`, `1.250.000đ`, `1tr5`, `3x3m`.
use super::{
    lexer::{Token, is_blank, tokens},
    numeral::{self, Decimal, DecimalMark, Numeral},
    unit::{Meaning, Quantity, Unit, meanings},
    words,
};

/// Why a typed number is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing is typed.
    #[error("nothing is typed")]
    Empty,
    /// No number at all, or one whose separators make no sense.
    #[error("this is not a number")]
    NotANumber,
    /// More than one reading; the values in the unit of the quantity.
    #[error("the number has more than one reading: {0:?}")]
    Ambiguous(Vec<i64>),
    /// A word or sign that is not understood.
    #[error("“{0}” is not understood")]
    UnknownUnit(String),
    /// Another currency than that of the field.
    #[error("the amount is in another currency")]
    OtherCurrency,
    /// The title of the column names a unit that is not understood.
    #[error("the title names a unit that is not understood")]
    UnknownTitleUnit,
    /// A sum, product or quotient.
    #[error("this is a calculation")]
    Calculation,
    /// The amount in words is another one than the amount in figures.
    #[error("the words say {words}, the figures {figures}")]
    WordsDiffer { words: i64, figures: i64 },
    /// Less than the smallest unit: half a đồng, half a visit, less than a square decimetre.
    #[error("this is no whole number")]
    NotWhole,
    /// A full amount in a column of thousands or millions.
    #[error("the number and its unit disagree")]
    NumberAndUnitDisagree,
    /// More than 64 bits.
    #[error("the number is too large")]
    TooLarge,
}

/// What surrounds a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberContext {
    /// Unit from the title of the column. A cell's own unit wins.
    pub title_unit: Option<Unit>,
    /// Decimal mark of the column, see [`column_decimal_mark`].
    pub decimal_mark: Option<DecimalMark>,
}

/// The smallest number that contradicts its unit, because it is itself an amount in full.
fn contradiction(unit: Unit) -> Option<i128> {
    match unit {
        Unit::Scale(3) => Some(1_000_000),
        Unit::Scale(6) => Some(100_000),
        Unit::Scale(9) => Some(10_000),
        Unit::Scale(_) | Unit::SquareMetre | Unit::SquareDecimetre | Unit::OtherCurrency | Unit::Unknown => None,
    }
}

/// Converts a number in `unit` to the unit of the quantity.
fn convert(value: Decimal, unit: Unit, quantity: Quantity) -> Result<i64, ParseError> {
    let power = match unit {
        Unit::OtherCurrency => return Err(ParseError::OtherCurrency),
        Unit::Unknown => return Err(ParseError::UnknownTitleUnit),
        unit => quantity.power(unit).ok_or_else(|| ParseError::UnknownUnit(unit.name().to_owned()))?,
    };
    if contradiction(unit).is_some_and(|limit| value.whole() >= limit) {
        return Err(ParseError::NumberAndUnitDisagree);
    }
    scaled(value, power)
}

/// `value * 10^power` as an integer.
fn scaled(value: Decimal, power: u32) -> Result<i64, ParseError> {
    let factor = 10_i128.checked_pow(power).ok_or(ParseError::TooLarge)?;
    let divisor = 10_i128.checked_pow(value.scale).ok_or(ParseError::TooLarge)?;
    let product = value.unscaled.checked_mul(factor).ok_or(ParseError::TooLarge)?;
    if product % divisor != 0 {
        return Err(ParseError::NotWhole);
    }
    i64::try_from(product / divisor).map_err(|_| ParseError::TooLarge)
}

/// The readings of a numeral as values.
fn readings(digits: &str, unit: Unit, quantity: Quantity, mark: Option<DecimalMark>) -> Result<i64, ParseError> {
    let value = |value| convert(value, unit, quantity);
    let ask = |readings: [Decimal; 2]| {
        let values: Vec<i64> = readings.into_iter().filter_map(|reading| value(reading).ok()).collect();
        if values.is_empty() { Err(ParseError::NotWhole) } else { Err(ParseError::Ambiguous(values)) }
    };
    match numeral::read(digits).ok_or(ParseError::NotANumber)? {
        Numeral::One { value: only, .. } => value(only),
        Numeral::ThousandsOrFraction { thousands, .. } if quantity.groups_thousands(unit) => value(thousands),
        Numeral::ThousandsOrFraction { thousands, fraction, mark: written } => match mark {
            Some(mark) if mark == written => value(fraction),
            Some(_) => value(thousands),
            None => ask([fraction, thousands]),
        },
        Numeral::Mixed { fraction, mark: written, .. } if mark == Some(written) && !quantity.groups_thousands(unit) => {
            value(fraction)
        }
        Numeral::Mixed { thousands, fraction, .. } => ask([fraction, thousands]),
    }
}

/// A number with the words behind it, split.
struct Parts {
    /// Numbers, each with the power of ten of the word behind it.
    numbers: Vec<(Token, Option<u32>)>,
    has_half: bool,
    has_currency: bool,
    area: Option<Unit>,
}

fn unknown(tokens: &[Token]) -> ParseError {
    let text = |token: &Token| match token {
        Token::Number(text) | Token::Word(text) => text.clone(),
        Token::Scientific(digits, power) => format!("{digits}e{power}"),
        Token::Symbol(c) => c.to_string(),
    };
    // A code such as `A02` is shown in full.
    ParseError::UnknownUnit(tokens.iter().take(2).map(text).collect::<String>().chars().take(40).collect())
}

fn split_parts(all: &[Token], quantity: Quantity) -> Result<Parts, ParseError> {
    let mut parts = Parts { numbers: Vec::new(), has_half: false, has_currency: false, area: None };
    // A currency may stand before the number, except the single letter, which is the row of a booth: `D12`.
    let mut rest = match all {
        [Token::Word(word), rest @ ..] if matches!(meanings(quantity, word).as_deref(), Some([Meaning::Currency])) => {
            if word.chars().count() == 1 || rest.is_empty() {
                return Err(unknown(all));
            }
            parts.has_currency = true;
            rest
        }
        [Token::Symbol(sign), rest @ ..] => match meanings(quantity, &sign.to_string()).as_deref() {
            Some([Meaning::Currency]) => {
                parts.has_currency = true;
                rest
            }
            Some([Meaning::OtherCurrency]) => return Err(ParseError::OtherCurrency),
            Some(_) | None => return Err(ParseError::NotANumber),
        },
        [Token::Word(_), ..] => return Err(unknown(all)),
        _ => all,
    };
    while let [token, tail @ ..] = rest {
        let word = match token {
            Token::Number(_) | Token::Scientific(..) => {
                if parts.has_half || parts.area.is_some() || (parts.has_currency && !parts.numbers.is_empty()) {
                    return Err(ParseError::NotANumber);
                }
                parts.numbers.push((token.clone(), None));
                rest = tail;
                continue;
            }
            Token::Word(word) => word.clone(),
            Token::Symbol(sign) => sign.to_string(),
        };
        for meaning in meanings(quantity, &word).ok_or_else(|| unknown(rest))? {
            match meaning {
                Meaning::Scale(power) => match parts.numbers.last_mut() {
                    Some((_, scale @ None)) => *scale = Some(power),
                    Some(_) | None => return Err(unknown(rest)),
                },
                Meaning::Half if parts.numbers.last().is_some_and(|(_, scale)| scale.is_some()) && !parts.has_half => {
                    parts.has_half = true;
                }
                Meaning::Half => return Err(unknown(rest)),
                Meaning::Currency if parts.has_currency => return Err(unknown(rest)),
                Meaning::Currency => parts.has_currency = true,
                Meaning::OtherCurrency => return Err(ParseError::OtherCurrency),
                Meaning::Area(unit) if parts.area.is_none() => parts.area = Some(unit),
                Meaning::Area(_) => return Err(unknown(rest)),
                Meaning::Counted => {}
            }
        }
        rest = tail;
    }
    Ok(parts)
}

/// Adds the parts of `2 triệu 500 nghìn` and of the short form `1tr5`.
fn sum_parts(parts: &Parts, quantity: Quantity) -> Result<i64, ParseError> {
    let mut sum = 0_i64;
    let mut above: Option<u32> = None;
    for (ix, (token, scale)) in parts.numbers.iter().enumerate() {
        let is_last = ix + 1 == parts.numbers.len();
        let digits = match token {
            Token::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 3 => digits,
            Token::Number(_) | Token::Scientific(..) | Token::Word(_) | Token::Symbol(_) => {
                return Err(ParseError::NotANumber);
            }
        };
        let number = Decimal::from_digits(digits, "").ok_or(ParseError::NotANumber)?;
        let part = match (scale, above) {
            (Some(scale), None) => convert(number, Unit::Scale(*scale), quantity)?,
            (Some(scale), Some(above)) if *scale < above => convert(number, Unit::Scale(*scale), quantity)?,
            // The unit of the last part is left out: `1tr5`, `2 triệu 500`.
            (None, Some(above)) if is_last => {
                let tail = |unit: u32| convert(number, Unit::Scale(unit), quantity);
                match digits.len() {
                    3 if above >= 3 => tail(above - 3)?,
                    1 if above >= 1 => tail(above - 1)?,
                    // `1tr50` is 1.5 or 1.05 million.
                    2 if above >= 3 => {
                        let readings = [tail(above - 2)?, tail(above - 3)?];
                        let add = |part: i64| sum.checked_add(part).ok_or(ParseError::TooLarge);
                        return Err(ParseError::Ambiguous(readings.into_iter().map(add).collect::<Result<_, _>>()?));
                    }
                    _ => return Err(ParseError::NotANumber),
                }
            }
            _ => return Err(ParseError::NotANumber),
        };
        sum = sum.checked_add(part).ok_or(ParseError::TooLarge)?;
        above = scale.or(above);
    }
    Ok(sum)
}

/// Parses the product of two lengths in metres: `3x3m`, `2,5 × 4 m`. `None` if the text is no product.
fn parse_lengths(text: &str, mark: Option<DecimalMark>) -> Option<Result<i64, ParseError>> {
    let lower = text.to_lowercase();
    let (width, depth) = lower.split_once(['x', '×', '*'])?;
    let length = |side: &str| {
        let side = side.trim();
        let side = ["mét", "met", "m2", "m²", "m"].iter().find_map(|unit| side.strip_suffix(unit)).unwrap_or(side);
        match numeral::read(side.trim()).ok_or(ParseError::NotANumber)? {
            Numeral::One { value, .. } => Ok(value),
            Numeral::ThousandsOrFraction { fraction, mark: written, .. } if mark == Some(written) => Ok(fraction),
            Numeral::ThousandsOrFraction { .. } | Numeral::Mixed { .. } => Err(ParseError::NotANumber),
        }
    };
    let product = |(a, b): (Decimal, Decimal)| {
        let unscaled = a.unscaled.checked_mul(b.unscaled).ok_or(ParseError::TooLarge)?;
        scaled(Decimal { unscaled, scale: a.scale + b.scale }, 2)
    };
    Some(length(width).and_then(|a| Ok((a, length(depth)?))).and_then(product))
}

/// Splits words or a unit in brackets off the end: `500.000 (Năm trăm nghìn đồng)`.
fn split_brackets(text: &str) -> (&str, Option<&str>) {
    let inner = text.strip_suffix(')').and_then(|rest| rest.split_once('('));
    match inner {
        Some((before, inside)) if !before.trim().is_empty() && !inside.contains(['(', ')']) => {
            (before.trim(), Some(inside.trim()))
        }
        Some(_) | None => (text, None),
    }
}

fn is_calculation(tokens: &[Token]) -> bool {
    let is_number = |token: Option<&Token>| matches!(token, Some(Token::Number(_) | Token::Scientific(..)));
    let is_operator = |token: &Token| match token {
        Token::Symbol(sign) => matches!(sign, '+' | '*' | '×' | '/' | '÷' | '='),
        Token::Word(word) => word == "x",
        Token::Number(_) | Token::Scientific(..) => false,
    };
    tokens.first() == Some(&Token::Symbol('='))
        || tokens.iter().enumerate().any(|(ix, token)| {
            let has_left = tokens.iter().take(ix).any(|t| is_number(Some(t)));
            is_operator(token) && has_left && is_number(tokens.get(ix + 1))
        })
}

/// Parses an unsigned number.
fn parse_positive(text: &str, quantity: Quantity, context: NumberContext) -> Result<i64, ParseError> {
    if quantity == Quantity::Area
        && let Some(area) = parse_lengths(text, context.decimal_mark)
    {
        return area;
    }
    let (text, in_brackets) = split_brackets(text);
    let text = text.strip_suffix(",-").or_else(|| text.strip_suffix(".-")).unwrap_or(text).trim();
    let mut all = tokens(text);
    if is_calculation(&all) {
        return Err(ParseError::Calculation);
    }
    let mut expected_words = None;
    if let Some(inside) = in_brackets {
        match words::parse(inside) {
            Some(number) => expected_words = Some(number),
            // `500 (nghìn đồng)`
            None => all.extend(tokens(inside)),
        }
    }
    let parts = split_parts(&all, quantity)?;
    let title_unit = context.title_unit.unwrap_or_else(|| quantity.default_unit());
    let value = match parts.numbers.as_slice() {
        [] => return Err(ParseError::NotANumber),
        [(token, scale)] => {
            // A currency alone says that the amount is in full.
            let own = scale.map(Unit::Scale).or(parts.area).or_else(|| parts.has_currency.then_some(Unit::Scale(0)));
            let unit = own.unwrap_or(title_unit);
            // Without a unit there is no reading to ask about.
            if unit == Unit::Unknown {
                return Err(ParseError::UnknownTitleUnit);
            }
            let whole = match token {
                Token::Number(digits) => readings(digits, unit, quantity, context.decimal_mark)?,
                Token::Scientific(digits, power) => parse_scientific(digits, *power, unit, quantity)?,
                Token::Word(_) | Token::Symbol(_) => return Err(ParseError::NotANumber),
            };
            match (parts.has_half, scale) {
                (true, Some(scale)) => {
                    let half = Decimal { unscaled: 5, scale: 1 };
                    let half = convert(half, Unit::Scale(*scale), quantity)?;
                    whole.checked_add(half).ok_or(ParseError::TooLarge)?
                }
                (true, None) => return Err(ParseError::NotANumber),
                (false, _) => whole,
            }
        }
        _ if parts.has_half || parts.area.is_some() => return Err(ParseError::NotANumber),
        _ => sum_parts(&parts, quantity)?,
    };
    match expected_words {
        None => Ok(value),
        Some(number) => {
            let figures = value;
            let power = quantity.power(quantity.default_unit()).unwrap_or(0);
            let words = scaled(Decimal { unscaled: number.into(), scale: 0 }, power)?;
            if words == figures { Ok(value) } else { Err(ParseError::WordsDiffer { words, figures }) }
        }
    }
}

/// `1,25E+07`: a single digit before the mark, as spreadsheets write it.
fn parse_scientific(digits: &str, power: i32, unit: Unit, quantity: Quantity) -> Result<i64, ParseError> {
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let value = Decimal::from_digits(whole, fraction).ok_or(ParseError::NotANumber)?;
    let shifted = if power < 0 {
        Decimal { scale: value.scale + power.unsigned_abs(), ..value }
    } else {
        let factor = 10_i128.checked_pow(power.unsigned_abs()).ok_or(ParseError::TooLarge)?;
        Decimal { unscaled: value.unscaled.checked_mul(factor).ok_or(ParseError::TooLarge)?, ..value }
    };
    convert(shifted, unit, quantity)
}

/// Parses a typed number. Negative numbers are returned; fields that cannot be negative refuse them.
pub fn parse_number(typed: &str, quantity: Quantity, context: NumberContext) -> Result<i64, ParseError> {
    let text = typed.trim_matches(is_blank);
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    // No number is as long; the limit bounds the work.
    if text.chars().count() > 300 {
        return Err(ParseError::NotANumber);
    }
    let signed = ['-', '−', '–', '+'].into_iter().find_map(|sign| Some((sign, text.strip_prefix(sign)?)));
    let negative = match signed {
        Some(('+', rest)) => return parse_unsigned(rest, quantity, context),
        Some((_, rest)) => Some(rest),
        // Accounting format: `(500.000)`.
        None => text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|rest| !rest.contains('(')),
    };
    match negative {
        Some(rest) => parse_unsigned(rest, quantity, context).map(|value| -value).map_err(negate_readings),
        None => parse_positive(text, quantity, context),
    }
}

fn negate_readings(error: ParseError) -> ParseError {
    match error {
        ParseError::Ambiguous(values) => ParseError::Ambiguous(values.into_iter().map(|value| -value).collect()),
        other => other,
    }
}

/// The number after a sign: it begins with a digit or a currency.
fn parse_unsigned(rest: &str, quantity: Quantity, context: NumberContext) -> Result<i64, ParseError> {
    match rest.trim_matches(is_blank) {
        "" => Err(ParseError::NotANumber),
        rest if rest.starts_with(['-', '−', '–', '+', '(']) => Err(ParseError::NotANumber),
        rest => parse_positive(rest, quantity, context),
    }
}

/// Parses a number that a spreadsheet stores as a number: digits with an optional sign and decimal point.
pub fn parse_decimal_number(number: &str, quantity: Quantity, title_unit: Option<Unit>) -> Result<i64, ParseError> {
    let (is_negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let value = Decimal::from_digits(whole, fraction).ok_or(ParseError::NotANumber)?;
    let value = convert(value, title_unit.unwrap_or_else(|| quantity.default_unit()), quantity)?;
    Ok(if is_negative { -value } else { value })
}

/// The decimal mark that the unambiguous cells of a column show; `None` if none does or they disagree.
pub fn column_decimal_mark<'a>(cells: impl Iterator<Item = &'a str>) -> Option<DecimalMark> {
    let mut found = None;
    for cell in cells {
        for token in tokens(cell) {
            let Token::Number(digits) = token else { continue };
            let Some(Numeral::One { mark: Some(mark), .. }) = numeral::read(&digits) else { continue };
            match found {
                Some(earlier) if earlier != mark => return None,
                Some(_) | None => found = Some(mark),
            }
        }
    }
    found
}
