//! Reports for export: tables computed from the same facts as the statistics.
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    compare,
    document::Comparison,
    figures::{Figures, Sales},
};
use hoicho_core::values::ids::{BoothId, ExhibitorId};
use hoicho_web::http::export::{Cell, Table};

/// Kind of report.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Deserialize,
    utoipa::ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Report {
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

/// Direct exhibitors with their number of booths, then represented companies.
fn exhibitors(f: &Figures) -> Vec<Vec<Cell>> {
    let mut main_booths: BTreeMap<ExhibitorId, i64> = BTreeMap::new();
    f.stands.values().for_each(|s| *main_booths.entry(s.exhibitor).or_default() += 1);
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
    /// For the organiser's staff only, even when final: it names exhibitors with missing reports.
    pub fn is_internal(self) -> bool {
        self == Report::MissingReports
    }

    /// Computes the table.
    pub fn table(self, f: &Figures, comparison: Option<&Comparison>) -> Table {
        let zone = |id| f.zones.iter().find(|z| z.id == id).map_or(String::new(), |z| z.name.clone());
        let name: &'static str = self.into();
        if self == Report::Comparison {
            return compare::table(comparison);
        }
        let (columns, rows): (Vec<&'static str>, Vec<Vec<Cell>>) = match self {
            Report::Booths => (
                vec!["booth", "zone", "category", "area_dm2", "booth_equivalents", "exhibitor"],
                f.booths
                    .iter()
                    .map(|b| {
                        let exhibitor = f.stands.get(&b.id).map_or("", |s| s.name.as_str());
                        vec![
                            text(&b.code),
                            text(zone(b.zone)),
                            text(b.category),
                            Cell::Number(b.area_dm2.into()),
                            Cell::Number(b.equivalents.into()),
                            text(exhibitor),
                        ]
                    })
                    .collect(),
            ),
            Report::SalesByBooth => (
                vec!["booth", "zone", "exhibitor", "amount", "ocop_amount", "reports"],
                f.booths
                    .iter()
                    .map(|b| {
                        let sum = f.by_booth.get(&b.id).copied().unwrap_or_default();
                        let exhibitor = f.stands.get(&b.id).map_or("", |s| s.name.as_str());
                        let mut row = vec![text(&b.code), text(zone(b.zone))];
                        row.extend(sales(text(exhibitor), &sum));
                        row
                    })
                    .collect(),
            ),
            Report::SalesByDay => (
                vec!["day", "amount", "ocop_amount", "reports"],
                f.days.iter().map(|d| sales(text(d.day), &f.by_day.get(&d.day).copied().unwrap_or_default())).collect(),
            ),
            Report::SalesByZone => (
                vec!["zone", "amount", "ocop_amount", "reports"],
                f.zones
                    .iter()
                    .map(|z| sales(text(&z.name), &f.by_zone.get(&z.id).copied().unwrap_or_default()))
                    .collect(),
            ),
            Report::SalesByLocality => (
                vec!["country", "locality", "amount", "ocop_amount", "reports"],
                f.by_locality
                    .iter()
                    .map(|((country, locality), sum)| {
                        let mut row = vec![text(country)];
                        row.extend(sales(text(locality), sum));
                        row
                    })
                    .collect(),
            ),
            Report::VisitsByDay => (
                vec!["day", "visits", "exits"],
                f.visits_by_day()
                    .into_iter()
                    .map(|(day, (visits, exits))| vec![text(day), Cell::Number(visits), Cell::Number(exits)])
                    .collect(),
            ),
            Report::VisitsByHour => (
                vec!["day", "hour", "gate", "visits", "exits"],
                f.hours
                    .iter()
                    .map(|h| {
                        let gate = f.gates.iter().find(|g| g.id == h.gate).map_or("", |g| g.name.as_str());
                        vec![
                            text(h.day),
                            Cell::Number(h.hour.into()),
                            text(gate),
                            Cell::Number(h.entries),
                            Cell::Number(h.exits),
                        ]
                    })
                    .collect(),
            ),
            Report::Exhibitors => {
                (vec!["exhibitor", "role", "legal_form", "country", "locality", "booths"], exhibitors(f))
            }
            // Returned early above, because it needs another edition.
            Report::Comparison => (Vec::new(), Vec::new()),
            Report::MissingReports => (
                vec!["booth", "exhibitor", "day"],
                f.missing_reports()
                    .into_iter()
                    .map(|(b, day)| {
                        vec![text(&b.code), text(f.stands.get(&b.id).map_or("", |s| s.name.as_str())), text(day)]
                    })
                    .collect(),
            ),
        };
        Table { name: name.to_owned(), columns: columns.into_iter().map(str::to_owned).collect(), rows }
    }
}
