//! Reports for export: tables computed from the same facts as the statistics.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    compare,
    document::Comparison,
    figures::{Figures, Sales},
    store::BoothFact,
};
use crate::visits::store::HourRow;
use hoicho_core::{
    i18n::LocalizedText,
    values::ids::{BoothId, ExhibitorId, ZoneId},
};
use hoicho_web::http::export::{Cell, Table};

/// Kind of report.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Deserialize,
    Serialize,
    utoipa::ToSchema,
    strum::EnumString,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Report {
    Booths,
    SalesByBooth,
    SalesByDay,
    SalesByZone,
    SalesByLocality,
    VisitsByDay,
    VisitsByHour,
    Exhibitors,
    MissingReports,
    Comparison,
}

fn text(value: impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn sales(first: Cell, sales: &Sales) -> Vec<Cell> {
    vec![first, Cell::Number(sales.amount), Cell::Number(sales.ocop), Cell::Number(sales.reports)]
}

fn zone_name(f: &Figures, zone: ZoneId) -> &str {
    f.zones.iter().find(|z| z.id == zone).map_or("", |z| z.name.as_str())
}

/// Names of the main exhibitors of a booth, in the order of their days.
fn exhibitors_on(f: &Figures, booth: &BoothFact) -> String {
    let names = f.let_booths.get(&booth.id).into_iter().flatten().map(|id| f.name_of(*id));
    names.collect::<Vec<_>>().join("; ")
}

fn booth(f: &Figures, b: &BoothFact) -> Vec<Cell> {
    vec![
        text(&b.code),
        text(zone_name(f, b.zone)),
        text(b.category),
        Cell::Number(b.area_dm2.into()),
        Cell::Number(b.equivalents.into()),
        text(exhibitors_on(f, b)),
    ]
}

/// A row for each seller of a booth, main exhibitors first; one row without a seller for a booth that nobody had. Reports count for
/// the main exhibitor of their day.
fn sales_of_booth(f: &Figures, b: &BoothFact) -> Vec<Vec<Cell>> {
    let row = |seller: &str, sum: &Sales| {
        [vec![text(&b.code), text(zone_name(f, b.zone))], sales(text(seller), sum)].concat()
    };
    let main = f.let_booths.get(&b.id).map_or(&[][..], Vec::as_slice);
    let sums = f.by_seller.get(&b.id);
    let others = sums.into_iter().flat_map(BTreeMap::keys).filter(|seller| !main.contains(seller));
    let sellers: Vec<&ExhibitorId> = main.iter().chain(others).collect();
    if sellers.is_empty() {
        return vec![row("", &Sales::default())];
    }
    let sum = |seller| sums.and_then(|sums| sums.get(seller)).copied().unwrap_or_default();
    sellers.into_iter().map(|seller| row(f.name_of(*seller), &sum(seller))).collect()
}

fn visits_of_hour(f: &Figures, h: &HourRow) -> Vec<Cell> {
    let gate = f.gates.iter().find(|g| g.id == h.gate).map_or("", |g| g.name.as_str());
    vec![text(h.day), Cell::Number(h.hour.into()), text(gate), Cell::Number(h.entries), Cell::Number(h.exits)]
}

/// Direct exhibitors with their number of booths, then represented companies.
fn exhibitors(f: &Figures) -> Vec<Vec<Cell>> {
    let mut main_booths: BTreeMap<ExhibitorId, i64> = BTreeMap::new();
    f.let_booths.values().flatten().for_each(|exhibitor| *main_booths.entry(*exhibitor).or_default() += 1);
    let mut shared_booths: BTreeMap<ExhibitorId, BTreeSet<BoothId>> = BTreeMap::new();
    for participant in &f.participants {
        if let Some(exhibitor) = participant.exhibitor {
            shared_booths.entry(exhibitor).or_default().insert(participant.booth);
        }
    }
    let direct = f.direct.iter().map(|e| {
        let own = main_booths.get(&e.id).copied();
        let shared = shared_booths.get(&e.id).map_or(0, |b| i64::try_from(b.len()).unwrap_or(i64::MAX));
        let role = if own.is_some() { "main" } else { "co_exhibitor" };
        vec![
            text(&e.name),
            text(role),
            text(e.legal_form),
            text(&e.country),
            text(&e.locality),
            Cell::Number(own.unwrap_or(0) + shared),
        ]
    });
    let indirect = f.represented_companies().into_iter().map(|(name, country)| {
        vec![text(name), text("represented"), text(""), text(country), text(""), Cell::Number(0)]
    });
    direct.chain(indirect).collect()
}

impl Report {
    /// Whether the report stays private when the figures are final, because it names exhibitors with missing reports.
    pub(super) fn is_internal(self) -> bool {
        self == Report::MissingReports
    }

    /// Names of the columns. The title of each is the message `column-<name>`.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Report::Booths => &["booth", "zone", "category", "area_dm2", "booth_equivalents", "exhibitor"],
            Report::SalesByBooth => &["booth", "zone", "exhibitor", "amount", "ocop_amount", "reports"],
            Report::SalesByDay => &["day", "amount", "ocop_amount", "reports"],
            Report::SalesByZone => &["zone", "amount", "ocop_amount", "reports"],
            Report::SalesByLocality => &["country", "locality", "amount", "ocop_amount", "reports"],
            Report::VisitsByDay => &["day", "visits", "exits"],
            Report::VisitsByHour => &["day", "hour", "gate", "visits", "exits"],
            Report::Exhibitors => &["exhibitor", "role", "legal_form", "country", "locality", "booths"],
            Report::MissingReports => &["booth", "exhibitor", "day"],
            Report::Comparison => &["figure", "previous_edition", "now", "before", "ratio", "change", "like_with_like"],
        }
    }

    fn rows(self, f: &Figures, comparison: Option<&Comparison>) -> Vec<Vec<Cell>> {
        match self {
            Report::Booths => f.booths.iter().map(|b| booth(f, b)).collect(),
            Report::SalesByBooth => f.booths.iter().flat_map(|b| sales_of_booth(f, b)).collect(),
            Report::SalesByDay => {
                f.days.iter().map(|d| sales(text(d.day), &f.by_day.get(&d.day).copied().unwrap_or_default())).collect()
            }
            Report::SalesByZone => f
                .zones
                .iter()
                .map(|z| sales(text(&z.name), &f.by_zone.get(&z.id).copied().unwrap_or_default()))
                .collect(),
            Report::SalesByLocality => f
                .by_locality
                .iter()
                .map(|((country, locality), sum)| [vec![text(country)], sales(text(locality), sum)].concat())
                .collect(),
            Report::VisitsByDay => f
                .visits_by_day()
                .into_iter()
                .map(|(day, (visits, exits))| vec![text(day), Cell::Number(visits), Cell::Number(exits)])
                .collect(),
            Report::VisitsByHour => f.hours.iter().map(|h| visits_of_hour(f, h)).collect(),
            Report::Exhibitors => exhibitors(f),
            Report::MissingReports => f
                .missing_reports()
                .into_iter()
                .map(|(b, day, exhibitor)| vec![text(&b.code), text(f.name_of(exhibitor)), text(day)])
                .collect(),
            Report::Comparison => compare::rows(comparison),
        }
    }

    /// Computes the table.
    pub(super) fn table(self, f: &Figures, comparison: Option<&Comparison>) -> Table {
        Table {
            name: self.to_string(),
            columns: self.columns().iter().map(|column| (*column).to_owned()).collect(),
            rows: self.rows(f, comparison),
        }
    }
}

/// Localized title of a column for XLSX; JSON and CSV have its name.
pub(super) fn column_title(column: &str) -> LocalizedText {
    LocalizedText::from_key(&title_key(column))
}

fn title_key(column: &str) -> String {
    format!("column-{}", column.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_titles() {
        for report in <Report as strum::VariantArray>::VARIANTS {
            for column in report.columns() {
                let (title, key) = (column_title(column), title_key(column));
                assert!(title.vi != key && title.en != key, "no message {key} for the report {report}");
            }
        }
    }
}
