//! What a check shows of the rows before they are imported: sums by day and zone, the first and last rows as understood.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::parse_rows::ParsedRows;
use hoicho_core::{i18n::MessageId, values::clock::Day};
use hoicho_web::http::{Code, Problem};

/// Rows shown from the beginning, and from the end.
const ROWS_SHOWN: usize = 3;

/// A value as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    Text(String),
    Day(Day),
    /// Minor units.
    Money(i64),
    Count(i64),
    /// Square decimetres.
    Area(i64),
    /// Minutes since midnight.
    Time(u32),
    Flag(bool),
}

/// A row as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderstoodRow {
    /// As the spreadsheet counts it.
    pub row: u64,
    pub(super) values: Vec<(String, Value)>,
}

/// Rows of a day or a zone with the sum of their amounts or counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sum {
    /// Day (ISO 8601), or name of the zone.
    pub key: String,
    /// Number of rows without errors.
    pub rows: usize,
    /// Sum of the fees, booths wanted, sales or visits, in minor units or as a count.
    pub total: i64,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// By day, in order.
    pub by_day: Vec<Sum>,
    /// By zone, in order.
    pub by_zone: Vec<Sum>,
    /// The first rows.
    pub first_rows: Vec<UnderstoodRow>,
    /// The last rows; empty if the first ones are all.
    pub last_rows: Vec<UnderstoodRow>,
}

/// A row with what is summed.
struct Line {
    row: u64,
    day: Option<Day>,
    zone: Option<String>,
    total: i64,
    values: Vec<(String, Value)>,
}

fn named(values: Vec<(&str, Option<Value>)>) -> Vec<(String, Value)> {
    values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned())).filter(|_| !text.is_empty())
}

/// The rows as lines; `zone_of` is the zone of a booth code.
fn lines(rows: &ParsedRows, zone_of: &BTreeMap<String, String>) -> Vec<Line> {
    match rows {
        ParsedRows::Booths(rows) => rows
            .iter()
            .map(|(row, b)| Line {
                row: *row,
                day: None,
                zone: Some(b.zone.clone()),
                total: b.fee.unwrap_or(0),
                values: named(vec![
                    ("code", text(&b.code)),
                    ("zone", text(&b.zone)),
                    ("category", text(b.category.as_str())),
                    ("area", b.area_dm2.map(|dm2| Value::Area(dm2.into()))),
                    ("fee", b.fee.map(Value::Money)),
                    ("booth_equivalents", b.booth_equivalents.map(|n| Value::Count(n.into()))),
                    ("power", b.has_power.map(Value::Flag)),
                    ("water", b.has_water.map(Value::Flag)),
                ]),
            })
            .collect(),
        ParsedRows::Exhibitors(rows) => rows
            .iter()
            .map(|(row, e)| Line {
                row: *row,
                day: None,
                zone: None,
                total: e.booths_wanted.unwrap_or(1),
                values: named(vec![
                    ("name", text(&e.name)),
                    ("legal_form", e.legal_form.and_then(|form| text(form.as_str()))),
                    ("tax_code", e.tax_code.as_deref().and_then(text)),
                    ("locality", e.locality.as_deref().and_then(text)),
                    ("booths_wanted", e.booths_wanted.map(Value::Count)),
                ]),
            })
            .collect(),
        ParsedRows::Products(rows) => rows
            .iter()
            .map(|(row, p)| Line {
                row: *row,
                day: None,
                zone: None,
                total: 0,
                values: named(vec![
                    ("exhibitor", text(&p.exhibitor)),
                    ("name", text(&p.name)),
                    ("group", text(p.group.as_str())),
                    ("stars", p.stars.map(|stars| Value::Count(stars.into()))),
                    ("certificate_number", p.certificate_number.as_deref().and_then(text)),
                    ("certificate_expires_on", p.certificate_expires_on.map(Value::Day)),
                ]),
            })
            .collect(),
        ParsedRows::Sales(rows) => rows
            .iter()
            .map(|(row, r)| Line {
                row: *row,
                day: r.day,
                zone: zone_of.get(&r.booth).cloned(),
                total: r.amount,
                values: named(vec![
                    ("booth", text(&r.booth)),
                    ("day", r.day.map(Value::Day)),
                    ("amount", Some(Value::Money(r.amount))),
                    ("ocop_amount", r.ocop_amount.map(Value::Money)),
                    ("reason", r.reason.as_deref().and_then(text)),
                ]),
            })
            .collect(),
        ParsedRows::Visits(rows) => rows
            .iter()
            .map(|(row, c)| Line {
                row: *row,
                day: c.day,
                zone: None,
                total: c.entries,
                values: named(vec![
                    ("day", c.day.map(Value::Day)),
                    ("hour", c.starts_at.map(Value::Time)),
                    ("gate", c.gate.as_deref().and_then(text)),
                    ("entries", Some(Value::Count(c.entries))),
                    ("exits", Some(Value::Count(c.exits))),
                ]),
            })
            .collect(),
    }
}

fn sum_by(lines: &[Line], key: impl Fn(&Line) -> Option<String>) -> Result<Vec<Sum>, Problem> {
    let mut sums: BTreeMap<String, (usize, i64)> = BTreeMap::new();
    for line in lines {
        let Some(key) = key(line) else { continue };
        let (rows, total) = sums.entry(key).or_default();
        let too_large = || Problem::new(Code::Invalid, MessageId("error-number-too-large"));
        (*rows, *total) = (*rows + 1, total.checked_add(line.total).ok_or_else(too_large)?);
    }
    Ok(sums.into_iter().map(|(key, (rows, total))| Sum { key, rows, total }).collect())
}

impl Preview {
    /// Summarises the rows that have no errors.
    pub(super) fn new(
        rows: &ParsedRows,
        bad_rows: &BTreeSet<u64>,
        zone_of: &BTreeMap<String, String>,
    ) -> Result<Self, Problem> {
        let lines: Vec<Line> = lines(rows, zone_of).into_iter().filter(|line| !bad_rows.contains(&line.row)).collect();
        let by_day = sum_by(&lines, |line| Some(line.day?.to_string()))?;
        let by_zone = sum_by(&lines, |line| line.zone.clone())?;
        let last = lines.len().saturating_sub(ROWS_SHOWN).max(ROWS_SHOWN);
        let mut shown: Vec<UnderstoodRow> = lines
            .into_iter()
            .enumerate()
            .filter(|(ix, _)| *ix < ROWS_SHOWN || *ix >= last)
            .map(|(_, line)| UnderstoodRow { row: line.row, values: line.values })
            .collect();
        let last_rows = shown.split_off(shown.len().min(ROWS_SHOWN));
        Ok(Self { by_day, by_zone, first_rows: shown, last_rows })
    }
}
