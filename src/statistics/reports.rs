//! The reports an organiser exports: tables made from the same facts as the statistics.
use serde::Deserialize;

use super::figures::{Figures, Sales};
use crate::http::export::{Cell, Table};

/// Which report.
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
}

fn text(value: impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn sales(first: Cell, sales: &Sales) -> Vec<Cell> {
    vec![first, Cell::Number(sales.amount), Cell::Number(sales.ocop), Cell::Number(sales.reports)]
}

impl Report {
    /// Only for the organiser's staff, even after the end: it names who is late.
    pub fn is_internal(self) -> bool {
        self == Report::MissingReports
    }

    /// The table.
    pub fn table(self, f: &Figures) -> Table {
        let zone = |id| f.zones.iter().find(|z| z.id == id).map_or(String::new(), |z| z.name.clone());
        let name: &'static str = self.into();
        let (columns, rows): (Vec<&'static str>, Vec<Vec<Cell>>) = match self {
            Report::Booths => (
                vec!["booth", "zone", "area_dm2", "booth_equivalents", "exhibitor"],
                f.booths
                    .iter()
                    .map(|b| {
                        let exhibitor = f.stands.get(&b.id).map_or("", |s| s.name.as_str());
                        vec![
                            text(&b.code),
                            text(zone(b.zone)),
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
                        let sold = f.by_booth.get(&b.id).copied().unwrap_or_default();
                        let exhibitor = f.stands.get(&b.id).map_or("", |s| s.name.as_str());
                        let mut row = vec![text(&b.code), text(zone(b.zone))];
                        row.extend(sales(text(exhibitor), &sold));
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
                    .map(|((country, locality), sold)| {
                        let mut row = vec![text(country)];
                        row.extend(sales(text(locality), sold));
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
                let mut seen = std::collections::BTreeMap::new();
                for stand in f.stands.values() {
                    seen.entry((&stand.name, stand.exhibitor)).or_insert((stand, 0)).1 += 1;
                }
                let row = |(stand, booths): (&super::store::StandFact, i64)| {
                    vec![
                        text(&stand.name),
                        text(stand.legal_form),
                        text(&stand.country),
                        text(&stand.locality),
                        Cell::Number(booths),
                    ]
                };
                (
                    vec!["exhibitor", "legal_form", "country", "locality", "booths"],
                    seen.into_values().map(row).collect(),
                )
            }
            Report::MissingReports => (
                vec!["booth", "exhibitor", "day"],
                f.missing()
                    .into_iter()
                    .map(|(b, day)| {
                        vec![text(&b.code), text(f.stands.get(&b.id).map_or("", |s| s.name.as_str())), text(day)]
                    })
                    .collect(),
            ),
        };
        Table { name: name.to_owned(), columns, rows }
    }
}
