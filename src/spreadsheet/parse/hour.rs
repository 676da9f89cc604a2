//! Hours of a day and ranges of hours.
use unicode_normalization::UnicodeNormalization;

/// Why a typed hour is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HourError {
    /// Nothing is typed.
    #[error("nothing is typed")]
    Empty,
    /// No time of a day.
    #[error("this is not a time of day")]
    NotAnHour,
    /// The end is not after the start.
    #[error("the end is not after the start")]
    EndBeforeStart,
}

/// A time of day, and the end if a range was typed; minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// 0 to 1,439.
    pub start: u32,
    /// After the start, at most 1,440.
    pub end: Option<u32>,
}

const MINUTES_PER_DAY: u32 = 24 * 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartOfDay {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Am,
    Pm,
}

fn part_of_day(word: &str) -> Option<PartOfDay> {
    Some(match word {
        "sáng" | "sang" => PartOfDay::Morning,
        "trưa" | "trua" => PartOfDay::Noon,
        "chiều" | "chieu" => PartOfDay::Afternoon,
        "tối" | "toi" => PartOfDay::Evening,
        "đêm" | "dem" => PartOfDay::Night,
        "am" | "a.m." | "a.m" => PartOfDay::Am,
        "pm" | "p.m." | "p.m" => PartOfDay::Pm,
        _ => return None,
    })
}

/// Converts a time of a part of the day to 24 hours; `None` if that part has no such hour.
fn to_24_hours(hour: u32, part: Option<PartOfDay>) -> Option<u32> {
    match (part, hour) {
        (None, 0..=24) => Some(hour),
        (Some(PartOfDay::Morning), 0..=11) => Some(hour),
        (Some(PartOfDay::Noon), 10..=14) => Some(hour),
        (Some(PartOfDay::Noon), 1 | 2) | (Some(PartOfDay::Afternoon), 1..=7) => Some(hour + 12),
        (Some(PartOfDay::Afternoon), 12..=19) => Some(hour),
        (Some(PartOfDay::Evening), 5..=11) => Some(hour + 12),
        (Some(PartOfDay::Evening), 17..=23) => Some(hour),
        (Some(PartOfDay::Night), 9..=11) => Some(hour + 12),
        (Some(PartOfDay::Night), 12) => Some(0),
        (Some(PartOfDay::Night), 0..=4 | 21..=24) => Some(hour),
        (Some(PartOfDay::Am), 1..=11) => Some(hour),
        (Some(PartOfDay::Am), 0 | 12) => Some(0),
        (Some(PartOfDay::Pm), 1..=11) => Some(hour + 12),
        (Some(PartOfDay::Pm), 12..=23) => Some(hour),
        _ => None,
    }
}

/// A time as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    hour: u32,
    minute: u32,
    part: Option<PartOfDay>,
}

impl Time {
    fn minutes(self, part: Option<PartOfDay>) -> Option<u32> {
        let minutes = to_24_hours(self.hour, self.part.or(part))? * 60 + self.minute;
        (minutes <= MINUTES_PER_DAY).then_some(minutes)
    }
}

/// Splits at the borders of digits, letters and signs.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let kind = |c: char| {
        if c.is_ascii_digit() {
            0
        } else if c.is_alphabetic() || c == '.' {
            1
        } else {
            2
        }
    };
    let mut last = None;
    for c in text.chars() {
        if c.is_whitespace() || c == '\u{a0}' {
            last = None;
            continue;
        }
        match words.last_mut() {
            Some(word) if last == Some(kind(c)) && kind(c) < 2 => word.push(c),
            _ => words.push(c.to_string()),
        }
        last = Some(kind(c));
    }
    words
}

fn read_time(words: &[&str]) -> Option<Time> {
    let (part, words) = match words {
        [rest @ .., last] if part_of_day(last).is_some() => (part_of_day(last), rest),
        _ => (None, words),
    };
    // `13h30p`, `14 giờ 30 phút`
    let words = match words {
        [rest @ .., "p" | "ph" | "phút" | "phut"] if rest.len() >= 3 => rest,
        _ => words,
    };
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let (hour, minute) = match words {
        [hour] | [hour, "h" | "g" | "giờ" | "gio"] => (number(hour)?, 0),
        [hour, "h" | "g" | "giờ" | "gio", "rưỡi" | "ruoi"] => (number(hour)?, 30),
        [hour, "h" | "g" | "giờ" | "gio" | ":", minute] | [hour, ":", minute, ":", "00"] => {
            (number(hour)?, number(minute).filter(|_| minute.len() == 2)?)
        }
        _ => return None,
    };
    (minute < 60).then_some(Time { hour, minute, part })
}

/// Parses a time of day or a range: `08:00`, `8h`, `13h30`, `1:00 PM`, `2 giờ chiều`, `8h-9h`, `8:00 đến 9:30`.
pub fn parse_hours(typed: &str) -> Result<Hours, HourError> {
    let text: String = typed.nfc().flat_map(char::to_lowercase).collect();
    let all = words(text.trim());
    if all.is_empty() {
        return Err(HourError::Empty);
    }
    if all.len() > 30 {
        return Err(HourError::NotAnHour);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let all = match all.as_slice() {
        ["từ" | "tu" | "lúc" | "luc", rest @ ..] => rest,
        rest => rest,
    };
    let mut sides = all.split(|word| matches!(*word, "-" | "–" | "—" | "→" | "đến" | "den" | "tới" | "to"));
    let (start, end, more) = (sides.next().unwrap_or_default(), sides.next(), sides.next());
    if more.is_some() {
        return Err(HourError::NotAnHour);
    }
    let start = read_time(start).ok_or(HourError::NotAnHour)?;
    let Some(end) = end else {
        let start = start.minutes(None).filter(|m| *m < MINUTES_PER_DAY).ok_or(HourError::NotAnHour)?;
        return Ok(Hours { start, end: None });
    };
    let end = read_time(end).ok_or(HourError::NotAnHour)?;
    // `1-2 PM`: the part of the day counts for both, unless that would put the start behind the end (`11-1 PM`).
    let end_minutes = end.minutes(None).ok_or(HourError::NotAnHour)?;
    let shared = start.minutes(end.part).filter(|minutes| *minutes < end_minutes);
    let own = start.minutes(None).filter(|minutes| *minutes < end_minutes);
    let start = if start.part.is_some() { own } else { shared.or(own) };
    match start {
        Some(start) => Ok(Hours { start, end: Some(end_minutes) }),
        None => Err(HourError::EndBeforeStart),
    }
}
