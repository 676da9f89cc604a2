//! Dates, alone and among the opening days of an edition.
use chrono::{Datelike, Duration, NaiveDate, Weekday};
use unicode_normalization::UnicodeNormalization;

/// Why a typed date is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Nothing is typed.
    #[error("nothing is typed")]
    Empty,
    /// No date.
    #[error("this is not a date")]
    NotADay,
    /// A day that no calendar has: 31/02.
    #[error("the calendar has no such day")]
    NoSuchDay,
    /// A date without a year, and not exactly one opening day has it.
    #[error("the year is missing")]
    YearMissing,
    /// The weekday belongs to another date.
    #[error("the weekday of {0} is another one")]
    WeekdayDiffers(NaiveDate),
    /// `Ngày 1` of a fair is another date than the one beside it.
    #[error("{0} is another day of the fair")]
    PositionDiffers(NaiveDate),
    /// More than one reading.
    #[error("the date has more than one reading: {0:?}")]
    Ambiguous(Vec<NaiveDate>),
}

/// What surrounds a date.
#[derive(Debug, Clone, Copy, Default)]
pub struct DayContext<'a> {
    /// The opening days in order: a date without a year is one of them.
    pub opening_days: &'a [NaiveDate],
    /// Whether serial numbers count from 1904, as a workbook says.
    pub counts_from_1904: bool,
}

/// Smallest accepted date: 1 January 1990. Largest: 31 December 2099.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2099;

/// Converts the serial number of a spreadsheet; `None` if it is not between 1990 and 2099.
pub fn parse_serial_day(number: &str, counts_from_1904: bool) -> Option<NaiveDate> {
    let serial: i64 = number.split('.').next()?.parse().ok()?;
    let serial = serial.checked_add(if counts_from_1904 { 1_462 } else { 0 })?;
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let day = epoch.checked_add_signed(Duration::try_days(serial)?)?;
    YEARS.contains(&day.year()).then_some(day)
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "hai" | "2" => Weekday::Mon,
        "ba" | "3" => Weekday::Tue,
        "tư" | "tu" | "4" => Weekday::Wed,
        "năm" | "nam" | "5" => Weekday::Thu,
        "sáu" | "sau" | "6" => Weekday::Fri,
        "bảy" | "bẩy" | "bay" | "7" => Weekday::Sat,
        _ => return None,
    })
}

fn english_weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" => Weekday::Mon,
        "tue" | "tues" | "tuesday" => Weekday::Tue,
        "wed" | "wednesday" => Weekday::Wed,
        "thu" | "thur" | "thurs" | "thursday" => Weekday::Thu,
        "fri" | "friday" => Weekday::Fri,
        "sat" | "saturday" => Weekday::Sat,
        "sun" | "sunday" | "cn" => Weekday::Sun,
        _ => return None,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Number(&'a str),
    Word(&'a str),
    Symbol(char),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = |fits: fn(char) -> bool| rest.find(|c: char| !fits(c)).unwrap_or(rest.len());
        let length = if c.is_ascii_digit() {
            run(|c| c.is_ascii_digit())
        } else if c.is_alphabetic() {
            run(char::is_alphabetic)
        } else {
            c.len_utf8()
        };
        let Some((taken, left)) = rest.split_at_checked(length) else { break };
        if c.is_ascii_digit() {
            parts.push(Part::Number(taken));
        } else if c.is_alphabetic() {
            parts.push(Part::Word(taken));
        } else if !c.is_whitespace() {
            parts.push(Part::Symbol(c));
        }
        rest = left;
    }
    parts
}

/// Reads a weekday at the beginning; returns it with the rest.
fn take_weekday<'p, 'a>(parts: &'p [Part<'a>]) -> (Option<Weekday>, &'p [Part<'a>]) {
    match parts {
        [Part::Word("thứ" | "thu"), Part::Number(day) | Part::Word(day), rest @ ..] if weekday(day).is_some() => {
            (weekday(day), rest)
        }
        [Part::Word("t"), Part::Number(day), rest @ ..] if weekday(day).is_some() => (weekday(day), rest),
        [Part::Word("chủ"), Part::Word("nhật"), rest @ ..] | [Part::Word("chu"), Part::Word("nhat"), rest @ ..] => {
            (Some(Weekday::Sun), rest)
        }
        [Part::Word(word), rest @ ..] if english_weekday(word).is_some() => (english_weekday(word), rest),
        _ => (None, parts),
    }
}

/// Removes a time behind the date: `00:00`, `08:30:00`.
fn without_time<'p, 'a>(parts: &'p [Part<'a>]) -> &'p [Part<'a>] {
    match parts {
        [rest @ .., Part::Number(_), Part::Symbol(':'), Part::Number(_), Part::Symbol(':'), Part::Number(_)]
        | [rest @ .., Part::Number(_), Part::Symbol(':'), Part::Number(_)]
            if rest.len() > 3 =>
        {
            rest.strip_suffix(&[Part::Word("t")]).unwrap_or(rest)
        }
        _ => parts,
    }
}

fn full_year(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        2 => Some(year + 2_000),
        4 => YEARS.contains(&year).then_some(year),
        _ => None,
    }
}

/// Day and month without a year: exactly one opening day must have them.
fn without_year(day: u32, month: u32, days: &[NaiveDate]) -> Result<NaiveDate, DayError> {
    if NaiveDate::from_ymd_opt(2024, month, day).is_none() {
        return Err(DayError::NoSuchDay);
    }
    let fitting: Vec<NaiveDate> = days.iter().copied().filter(|d| d.day() == day && d.month() == month).collect();
    match fitting.as_slice() {
        [only] => Ok(*only),
        [] => Err(DayError::YearMissing),
        _ => Err(DayError::Ambiguous(fitting)),
    }
}

/// Reads day, month and year without words around them; `None` if the parts are something else.
fn read_date(parts: &[Part<'_>], days: &[NaiveDate]) -> Option<Result<NaiveDate, DayError>> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let dated = |year: &str, month: &str, day: &str| {
        let date = NaiveDate::from_ymd_opt(full_year(year)?, number(month)?, number(day)?);
        Some(date.ok_or(DayError::NoSuchDay))
    };
    let is_mark = |c: char| matches!(c, '/' | '-' | '.' | '–');
    match parts {
        [Part::Number(year), Part::Symbol(a), Part::Number(month), Part::Symbol(b), Part::Number(day)]
            if year.len() == 4 && a == b && is_mark(*a) =>
        {
            dated(year, month, day)
        }
        [Part::Number(day), Part::Symbol(a), Part::Number(month), Part::Symbol(b), Part::Number(year)]
            if a == b && is_mark(*a) =>
        {
            dated(year, month, day)
        }
        // `28 tháng 4 năm 2018`, `28 tháng 4, 2018`
        [
            Part::Number(day),
            Part::Word("tháng" | "thang"),
            Part::Number(month),
            Part::Word("năm" | "nam") | Part::Symbol(',' | '/' | '-'),
            Part::Number(year),
        ] => dated(year, month, day),
        [Part::Number(day), Part::Symbol(mark), Part::Number(month)] if is_mark(*mark) => {
            Some(without_year(number(day)?, number(month)?, days))
        }
        [Part::Number(day), Part::Word("tháng" | "thang"), Part::Number(month)] => {
            Some(without_year(number(day)?, number(month)?, days))
        }
        _ => None,
    }
}

/// `Ngày 26` or `Ngày 2`: the day of the month, or the position among the opening days.
fn read_position(position: u32, days: &[NaiveDate]) -> Result<NaiveDate, DayError> {
    let index = usize::try_from(position).ok().and_then(|n| n.checked_sub(1));
    let by_position = index.and_then(|ix| days.get(ix)).copied();
    let mut readings: Vec<NaiveDate> = days.iter().copied().filter(|day| day.day() == position).collect();
    readings.extend(by_position.filter(|day| !readings.contains(day)));
    match readings.as_slice() {
        [] => Err(DayError::NotADay),
        [only] => Ok(*only),
        _ => Err(DayError::Ambiguous(readings)),
    }
}

fn strip_brackets<'p, 'a>(parts: &'p [Part<'a>]) -> &'p [Part<'a>] {
    match parts {
        [Part::Symbol('('), inside @ .., Part::Symbol(')')] => inside,
        _ => parts,
    }
}

/// `28/11 (Thứ 7)`
fn read_weekday_behind(parts: &[Part<'_>], days: &[NaiveDate]) -> Option<Result<NaiveDate, DayError>> {
    let inside = parts.strip_suffix(&[Part::Symbol(')')])?;
    let at = inside.iter().position(|part| *part == Part::Symbol('('))?;
    let (date, inside) = inside.split_at_checked(at)?;
    let (Some(named), []) = take_weekday(inside.get(1..)?) else { return None };
    let date = read_date(date, days)?;
    Some(date.and_then(|date| if date.weekday() == named { Ok(date) } else { Err(DayError::WeekdayDiffers(date)) }))
}

fn read(parts: &[Part<'_>], context: DayContext<'_>) -> Result<NaiveDate, DayError> {
    let days = context.opening_days;
    if let Some(dated) = read_weekday_behind(parts, days) {
        return dated;
    }
    let (named, rest) = take_weekday(without_time(parts));
    let rest = match rest {
        [Part::Symbol(',' | '-' | '–' | '.'), rest @ ..] if named.is_some() => rest,
        _ => rest,
    };
    let rest = match (named, rest) {
        (Some(_), [Part::Word("ngày" | "ngay"), rest @ ..]) => rest,
        _ => rest,
    };
    let rest = if named.is_some() { strip_brackets(rest) } else { rest };
    let date = match rest {
        // `Ngày 1 (26/11)`, `Ngày 1: 26/11`, `Ngày thứ 1 (26/11)`
        [Part::Word("ngày" | "ngay"), Part::Number(position), Part::Symbol('(' | ':' | '-' | '–'), inside @ ..]
            if named.is_none()
                && read_date(&[&[Part::Number(position), Part::Symbol('-')], inside].concat(), days).is_none() =>
        {
            let inside = inside.strip_suffix(&[Part::Symbol(')')]).unwrap_or(inside);
            let date = read(inside, context)?;
            let at = days.iter().position(|day| *day == date).and_then(|ix| u32::try_from(ix + 1).ok());
            if at.is_some() && at != position.parse().ok() {
                return Err(DayError::PositionDiffers(date));
            }
            date
        }
        [Part::Word("ngày" | "ngay"), Part::Number(position)] if position.len() <= 2 => {
            read_position(position.parse().map_err(|_| DayError::NotADay)?, days)?
        }
        [Part::Word("ngày" | "ngay"), rest @ ..] => read_date(rest, days).unwrap_or(Err(DayError::NotADay))?,
        [Part::Number(serial)] if serial.len() == 5 && named.is_none() => {
            parse_serial_day(serial, context.counts_from_1904).ok_or(DayError::NotADay)?
        }
        rest => read_date(rest, days).unwrap_or(Err(DayError::NotADay))?,
    };
    match named {
        Some(named) if named != date.weekday() => Err(DayError::WeekdayDiffers(date)),
        Some(_) | None => Ok(date),
    }
}

fn lower(typed: &str) -> String {
    typed.nfc().flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

/// Parses a date: `28/04/2018`, `2018-04-28`, `Thứ 7 28/11`, `Ngày 1 (26/11)`, `ngày 28 tháng 4 năm 2018`, a serial number. Without
/// a year it is the opening day of that name.
pub fn parse_day(typed: &str, context: DayContext<'_>) -> Result<NaiveDate, DayError> {
    let text = lower(typed);
    match text.chars().count() {
        0 => Err(DayError::Empty),
        1..=60 => read(&parts(&text), context),
        _ => Err(DayError::NotADay),
    }
}

/// Parses the last day of validity: a date, or a month, which ends on its last day: `06/2028`.
pub fn parse_expiry(typed: &str, context: DayContext<'_>) -> Result<NaiveDate, DayError> {
    let text = lower(typed);
    let all = parts(&text);
    let rest = match all.as_slice() {
        [Part::Word("đến" | "den" | "hết" | "het"), rest @ ..] => rest,
        rest => rest,
    };
    let month = match rest {
        [Part::Word("tháng" | "thang" | "t"), rest @ ..] => rest,
        rest => rest,
    };
    match month {
        [Part::Number(month), Part::Symbol('/' | '-' | '.') | Part::Word("năm" | "nam"), Part::Number(year)]
            if year.len() == 4 && month.len() <= 2 =>
        {
            last_of_month(year, month)
        }
        [Part::Number(year), Part::Symbol('/' | '-' | '.'), Part::Number(month)]
            if year.len() == 4 && month.len() <= 2 =>
        {
            last_of_month(year, month)
        }
        _ if text.is_empty() => Err(DayError::Empty),
        _ => read(rest, context),
    }
}

fn last_of_month(year: &str, month: &str) -> Result<NaiveDate, DayError> {
    let first =
        full_year(year).zip(month.parse().ok()).and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1));
    let next = first.and_then(|day| day.checked_add_months(chrono::Months::new(1)));
    next.and_then(|day| day.pred_opt()).ok_or(DayError::NoSuchDay)
}
