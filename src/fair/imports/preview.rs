//! What a check shows of the rows before they are imported: sums by day and zone, the first and last rows as understood.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::parse_rows::{ParsedRows, ProductRecord};
use crate::{
    applications::import::ExhibitorImportRow, floor::import::BoothImportRow, sales::import::ReportImportRow,
    visits::import::CountImportRow,
};
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

/// A row of any kind.
#[derive(Clone, Copy)]
enum Row<'a> {
    Booth(&'a BoothImportRow),
    Exhibitor(&'a ExhibitorImportRow),
    Product(&'a ProductRecord),
    Report(&'a ReportImportRow),
    Count(&'a CountImportRow),
}

fn named(values: Vec<(&str, Option<Value>)>) -> Vec<(String, Value)> {
    values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned())).filter(|_| !text.is_empty())
}

fn rows(rows: &ParsedRows) -> Box<dyn Iterator<Item = (u64, Row<'_>)> + '_> {
    match rows {
        ParsedRows::Booths(rows) => Box::new(rows.iter().map(|(line, row)| (*line, Row::Booth(row)))),
        ParsedRows::Exhibitors(rows) => Box::new(rows.iter().map(|(line, row)| (*line, Row::Exhibitor(row)))),
        ParsedRows::Products(rows) => Box::new(rows.iter().map(|(line, row)| (*line, Row::Product(row)))),
        ParsedRows::Sales(rows) => Box::new(rows.iter().map(|(line, row)| (*line, Row::Report(row)))),
        ParsedRows::Visits(rows) => Box::new(rows.iter().map(|(line, row)| (*line, Row::Count(row)))),
    }
}

impl<'a> Row<'a> {
    fn day(self) -> Option<Day> {
        match self {
            Self::Report(report) => report.day,
            Self::Count(count) => count.day,
            Self::Booth(_) | Self::Exhibitor(_) | Self::Product(_) => None,
        }
    }

    /// The zone; `zone_of` is that of a booth code.
    fn zone(self, zone_of: &'a BTreeMap<String, String>) -> Option<&'a str> {
        match self {
            Self::Booth(booth) => Some(&booth.zone),
            Self::Report(report) => zone_of.get(&report.booth).map(String::as_str),
            Self::Exhibitor(_) | Self::Product(_) | Self::Count(_) => None,
        }
    }

    /// What is summed.
    fn total(self) -> i64 {
        match self {
            Self::Booth(booth) => booth.fee.unwrap_or(0),
            Self::Exhibitor(exhibitor) => exhibitor.booths_wanted.unwrap_or(1),
            Self::Product(_) => 0,
            Self::Report(report) => report.amount,
            Self::Count(count) => count.entries,
        }
    }

    fn values(self) -> Vec<(String, Value)> {
        named(match self {
            Self::Booth(b) => vec![
                ("code", text(&b.code)),
                ("zone", text(&b.zone)),
                ("category", text(b.category.as_str())),
                ("area", b.area_dm2.map(|dm2| Value::Area(dm2.into()))),
                ("fee", b.fee.map(Value::Money)),
                ("booth_equivalents", b.booth_equivalents.map(|n| Value::Count(n.into()))),
                ("power", b.has_power.map(Value::Flag)),
                ("water", b.has_water.map(Value::Flag)),
            ],
            Self::Exhibitor(e) => vec![
                ("name", text(&e.name)),
                ("legal_form", e.legal_form.and_then(|form| text(form.as_str()))),
                ("tax_code", e.tax_code.as_deref().and_then(text)),
                ("locality", e.locality.as_deref().and_then(text)),
                ("booths_wanted", e.booths_wanted.map(Value::Count)),
                ("wishes", e.wishes.as_deref().and_then(text)),
                ("contact_name", e.contact_name.as_deref().and_then(text)),
                ("phone", e.phone.as_deref().and_then(text)),
                ("email", e.email.as_deref().and_then(text)),
            ],
            Self::Product(p) => vec![
                ("exhibitor", text(&p.exhibitor)),
                ("name", text(&p.name)),
                ("group", text(p.group.as_str())),
                ("stars", p.stars.map(|stars| Value::Count(stars.into()))),
                ("certificate_number", p.certificate_number.as_deref().and_then(text)),
                ("certificate_expires_on", p.certificate_expires_on.map(Value::Day)),
            ],
            Self::Report(r) => vec![
                ("booth", text(&r.booth)),
                ("day", r.day.map(Value::Day)),
                ("amount", Some(Value::Money(r.amount))),
                ("ocop_amount", r.ocop_amount.map(Value::Money)),
                ("reason", r.reason.as_deref().and_then(text)),
            ],
            Self::Count(c) => vec![
                ("day", c.day.map(Value::Day)),
                ("hour", c.starts_at.map(Value::Time)),
                ("gate", c.gate.as_deref().and_then(text)),
                ("entries", Some(Value::Count(c.entries))),
                ("exits", Some(Value::Count(c.exits))),
            ],
        })
    }
}

/// Number of rows and their total by key.
type Sums = BTreeMap<String, (usize, i64)>;

fn add(sums: &mut Sums, key: Option<String>, total: i64) -> Result<(), Problem> {
    let Some(key) = key else { return Ok(()) };
    let (rows, sum) = sums.entry(key).or_default();
    let too_large = || Problem::new(Code::Invalid, MessageId("error-number-too-large"));
    (*rows, *sum) = (*rows + 1, sum.checked_add(total).ok_or_else(too_large)?);
    Ok(())
}

fn to_list(sums: Sums) -> Vec<Sum> {
    sums.into_iter().map(|(key, (rows, total))| Sum { key, rows, total }).collect()
}

impl Preview {
    /// Summarises the rows that have no errors.
    pub(super) fn new(
        parsed: &ParsedRows,
        bad_rows: &BTreeSet<u64>,
        zone_of: &BTreeMap<String, String>,
    ) -> Result<Self, Problem> {
        let good = || rows(parsed).filter(|(line, _)| !bad_rows.contains(line));
        let (mut by_day, mut by_zone) = (Sums::new(), Sums::new());
        let mut count = 0_usize;
        for (_, row) in good() {
            add(&mut by_day, row.day().map(|day| day.to_string()), row.total())?;
            add(&mut by_zone, row.zone(zone_of).map(str::to_owned), row.total())?;
            count += 1;
        }
        let understood = |(line, row): (u64, Row<'_>)| UnderstoodRow { row: line, values: row.values() };
        Ok(Self {
            by_day: to_list(by_day),
            by_zone: to_list(by_zone),
            first_rows: good().take(ROWS_SHOWN).map(understood).collect(),
            last_rows: good().skip(count.saturating_sub(ROWS_SHOWN).max(ROWS_SHOWN)).map(understood).collect(),
        })
    }
}
