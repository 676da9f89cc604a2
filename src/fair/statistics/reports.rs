//! Reports for export: tables computed from the same facts as the statistics.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    compare,
    disclosure::{Audience, Disclosed, OTHERS, disclose},
    document::Comparison,
    figures::Figures,
    store::BoothFact,
    sums::Sales,
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

/// Column that a table leaves out if it may not show OCOP sales.
const OCOP_COLUMN: &str = "ocop_amount";

fn sales(first: Vec<Cell>, sales: &Sales, shows_ocop: bool) -> Vec<Cell> {
    let ocop = shows_ocop.then_some(sales.ocop);
    let numbers = [Some(sales.amount), ocop, Some(sales.reports)];
    first.into_iter().chain(numbers.into_iter().flatten().map(Cell::Number)).collect()
}

/// Rows of a table of groups.
fn grouped<K>(disclosed: Disclosed<K>, first: impl Fn(K) -> Vec<Cell>) -> (Vec<Vec<Cell>>, bool) {
    let Disclosed { groups, shows_ocop } = disclosed;
    (groups.into_iter().map(|(key, sum)| sales(first(key), &sum, shows_ocop)).collect(), shows_ocop)
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
    let row =
        |seller: &str, sum: &Sales| sales(vec![text(&b.code), text(zone_name(f, b.zone)), text(seller)], sum, true);
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
    let counts = [h.hour.into(), h.entries, h.exits, h.outside_hours].map(Cell::Number);
    let [hour, entries, exits, outside_hours] = counts;
    vec![text(h.day), hour, text(gate), entries, exits, outside_hours]
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
    /// Whether an audience may read the report. Amounts of a single seller and missing reports are the organiser's only.
    pub(super) fn is_for(self, audience: Audience) -> bool {
        match (audience, self) {
            (Audience::Organiser, _) => true,
            (Audience::Public, Self::SalesByBooth | Self::MissingReports) => false,
            (
                Audience::Public,
                Self::Booths
                | Self::SalesByDay
                | Self::SalesByZone
                | Self::SalesByLocality
                | Self::VisitsByDay
                | Self::VisitsByHour
                | Self::Exhibitors
                | Self::Comparison,
            ) => true,
        }
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
            Report::VisitsByHour => &["day", "hour", "gate", "visits", "exits", "outside_hours"],
            Report::Exhibitors => &["exhibitor", "role", "legal_form", "country", "locality", "booths"],
            Report::MissingReports => &["booth", "exhibitor", "day"],
            Report::Comparison => &["figure", "previous_edition", "now", "before", "ratio", "change", "like_with_like"],
        }
    }

    /// The rows, and whether they may show OCOP sales.
    fn rows(self, f: &Figures, comparison: Option<&Comparison>, audience: Audience) -> (Vec<Vec<Cell>>, bool) {
        let rows = match self {
            Report::Booths => f.booths.iter().map(|b| booth(f, b)).collect(),
            Report::SalesByBooth => f.booths.iter().flat_map(|b| sales_of_booth(f, b)).collect(),
            Report::SalesByDay => {
                let days = f.days.iter().map(|d| (d.day, f.by_day.get(&d.day).cloned().unwrap_or_default()));
                return grouped(disclose(days.collect(), audience, None), |day| vec![text(day)]);
            }
            Report::SalesByZone => {
                let zones = f.zones.iter().map(|z| (z.name.clone(), f.by_zone.get(&z.id).cloned().unwrap_or_default()));
                return grouped(disclose(zones.collect(), audience, Some(OTHERS.to_owned())), |zone| vec![text(zone)]);
            }
            Report::SalesByLocality => {
                let localities = f.by_locality.iter().map(|(place, sum)| (place.clone(), sum.clone())).collect();
                let others = (String::new(), OTHERS.to_owned());
                let row = |(country, locality)| vec![text(country), text(locality)];
                return grouped(disclose(localities, audience, Some(others)), row);
            }
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
        };
        (rows, true)
    }

    /// Computes the table for an audience.
    pub(super) fn table(self, f: &Figures, comparison: Option<&Comparison>, audience: Audience) -> Table {
        let (rows, shows_ocop) = self.rows(f, comparison, audience);
        let columns = self.columns().iter().filter(|column| shows_ocop || **column != OCOP_COLUMN);
        Table { name: self.to_string(), columns: columns.map(|column| (*column).to_owned()).collect(), rows }
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
