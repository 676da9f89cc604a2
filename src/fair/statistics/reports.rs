//! Reports for export: tables computed from the same facts as the statistics.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    compare,
    disclosure::{Audience, Disclosed, disclose},
    document::Comparison,
    figures::Figures,
    store::BoothFact,
    sums::Sales,
};
use crate::{
    tables::{Cell, Column, ColumnKind, OTHERS, Table, column},
    visits::store::HourRow,
};
use hoicho_core::{
    i18n::collation::compare_names,
    values::ids::{BoothId, ExhibitorId, ZoneId},
};

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
    /// Each booth with zone, size, fee and who had it.
    Booths,
    /// Sales of each seller on each booth; the organiser only.
    SalesByBooth,
    /// Sales of each opening day.
    SalesByDay,
    /// Sales of each zone.
    SalesByZone,
    /// Sales by the locality of their sellers.
    SalesByLocality,
    /// Entries and exits of each opening day.
    VisitsByDay,
    /// Entries and exits of each day, hour and gate.
    VisitsByHour,
    /// Direct exhibitors, then represented companies.
    Exhibitors,
    /// Sales reports that are due and missing; the organiser only.
    MissingReports,
    /// Ratios to the previous edition of the series.
    Comparison,
}

fn text(value: impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

/// Column that a table leaves out if it may not show OCOP sales.
const OCOP_COLUMN: &str = "ocop_amount";

/// Whether a table may be without this column.
pub(super) fn may_be_left_out(column: &Column) -> bool {
    column.name == OCOP_COLUMN
}

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

/// Yes or no, as the set `yes-no` has it.
pub(super) fn yes_no(value: bool) -> Cell {
    Cell::YesNo(value)
}

fn booth(f: &Figures, b: &BoothFact) -> Vec<Cell> {
    vec![
        text(&b.code),
        text(zone_name(f, b.zone)),
        text(b.category),
        Cell::Number(b.area_dm2.into()),
        Cell::Number(b.equivalents.into()),
        Cell::Number(b.fee),
        yes_no(b.has_power),
        yes_no(b.has_water),
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

/// Direct exhibitors with the booths that they have as main exhibitors and share as co-exhibitors, then represented companies, each by
/// name.
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
            Cell::Number(own.unwrap_or(0)),
            Cell::Number(shared),
        ]
    });
    let mut represented: Vec<_> = f.represented_companies().into_iter().collect();
    represented.sort_by(|a, b| compare_names(a.0, b.0).then(a.cmp(b)));
    let indirect = represented.into_iter().map(|(name, country)| {
        let none = || Cell::Number(0);
        vec![text(name), text("represented"), text(""), text(country), text(""), none(), none()]
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

    /// The columns. The title of each is the message `column-<name>`.
    pub(super) fn columns(self) -> &'static [Column] {
        use ColumnKind::*;
        const BOOTH: Column = column("booth", Text);
        const ZONE: Column = column("zone", Group);
        const EXHIBITOR: Column = column("exhibitor", Text);
        const COUNTRY: Column = column("country", Country);
        const LOCALITY: Column = column("locality", Group);
        const DAY: Column = column("day", Day);
        const AMOUNT: Column = column("amount", Money);
        const OCOP: Column = column(OCOP_COLUMN, Money);
        const REPORTS: Column = column("reports", Count);
        const VISITS: Column = column("visits", Count);
        const EXITS: Column = column("exits", Count);
        match self {
            Report::Booths => {
                &const {
                    [
                        BOOTH,
                        ZONE,
                        column("category", Code("booth-category")),
                        column("area_dm2", Area),
                        column("booth_equivalents", Count),
                        column("fee", Money),
                        column("has_power", YesNo),
                        column("has_water", YesNo),
                        EXHIBITOR,
                    ]
                }
            }
            Report::SalesByBooth => &const { [BOOTH, ZONE, EXHIBITOR, AMOUNT, OCOP, REPORTS] },
            Report::SalesByDay => &const { [DAY, AMOUNT, OCOP, REPORTS] },
            Report::SalesByZone => &const { [ZONE, AMOUNT, OCOP, REPORTS] },
            Report::SalesByLocality => &const { [COUNTRY, LOCALITY, AMOUNT, OCOP, REPORTS] },
            Report::VisitsByDay => &const { [DAY, VISITS, EXITS] },
            Report::VisitsByHour => {
                &const { [DAY, column("hour", Hour), column("gate", Text), VISITS, EXITS, column("outside_hours", Count)] }
            }
            Report::Exhibitors => {
                &const {
                    [
                        EXHIBITOR,
                        column("role", Code("exhibitor-role")),
                        column("legal_form", Code("legal-form")),
                        COUNTRY,
                        LOCALITY,
                        column("booths", Count),
                        // A booth that several share would count several times.
                        column("shared_booths", Number),
                    ]
                }
            }
            Report::MissingReports => &const { [BOOTH, EXHIBITOR, DAY] },
            Report::Comparison => {
                &const {
                    [
                        column("figure", Code("compare")),
                        column("previous_edition", Text),
                        column("now", Number),
                        column("before", Number),
                        column("ratio", Ratio),
                        column("change", Ratio),
                        column("like_with_like", YesNo),
                    ]
                }
            }
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
                let mut localities: Vec<_> =
                    f.by_locality.iter().map(|(place, sum)| (place.clone(), sum.clone())).collect();
                // Those of Vietnam first, then by country.
                localities.sort_by(|((country, name), _), ((other_country, other), _)| {
                    let abroad = |country: &String| (country != "VN", country.clone());
                    abroad(country).cmp(&abroad(other_country)).then_with(|| compare_names(name, other))
                });
                let others = (String::new(), OTHERS.to_owned());
                let row = |(country, locality)| vec![text(country), text(locality)];
                return grouped(disclose(localities, audience, Some(others)), row);
            }
            Report::VisitsByDay => f
                .visits_by_day
                .iter()
                .map(|(day, (visits, exits))| vec![text(day), Cell::Number(*visits), Cell::Number(*exits)])
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
        let columns = self.columns().iter().filter(|column| shows_ocop || !may_be_left_out(column));
        Table { name: self.to_string(), columns: columns.map(|column| column.name.to_owned()).collect(), rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_titles_and_the_first_one_has_the_label_of_the_total() {
        for report in <Report as strum::VariantArray>::VARIANTS {
            for column in report.columns() {
                let title = column.title();
                let is_message = !title.vi.starts_with("column-") && !title.en.starts_with("column-");
                assert!(is_message, "no title of {} for the report {report}", column.name);
            }
            assert!(report.columns().first().is_some_and(|column| !column.adds_up()), "{report}");
        }
    }
}
