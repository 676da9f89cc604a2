//! Export of every line of an edition's sales reports; the amounts add up to the edition's sales.
use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use super::{
    lines::{self, Line},
    store::{self, Reported},
};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::ids::{BoothId, EditionId, ExhibitorId, SalesReportId},
};
use hoicho_web::http::{
    Problem,
    streamed::{Field, Rows, broken},
};

/// Columns: machine-readable name, and message id of the title.
pub const COLUMNS: [(&str, Said); 12] = [
    ("day", Said("column-day")),
    ("booth", Said("column-booth")),
    ("zone", Said("column-zone")),
    ("exhibitor", Said("column-exhibitor")),
    ("product", Said("column-product")),
    ("product_group", Said("column-product-group")),
    ("quantity", Said("column-quantity")),
    ("unit", Said("column-unit")),
    ("amount", Said("column-amount")),
    ("ocop", Said("column-ocop")),
    ("channel", Said("column-channel")),
    ("state", Said("column-state")),
];

/// Reports per query, each with at most [`lines::MOST`] lines.
const REPORTS_PER_QUERY: i64 = 100;

/// Seller names: the main exhibitor of each booth, and names by exhibitor.
#[derive(Default)]
struct Sellers {
    main: HashMap<BoothId, ExhibitorId>,
    names: HashMap<ExhibitorId, String>,
}

impl Sellers {
    fn name(&self, booth: BoothId, line: Option<&Line>) -> Option<&str> {
        let seller = line.and_then(|line| line.exhibitor).or_else(|| self.main.get(&booth).copied())?;
        self.names.get(&seller).map(String::as_str)
    }

    /// Loads the names that are not loaded yet.
    fn load(&mut self, tx: &mut Tx<'_>, exhibitors: impl Iterator<Item = ExhibitorId>) -> Result<(), Problem> {
        let missing: Vec<_> = exhibitors.filter(|e| !self.names.contains_key(e)).collect();
        if !missing.is_empty() {
            self.names.extend(store::names_of(tx, &missing)?);
        }
        Ok(())
    }
}

/// Splits the totals of a report without lines into OCOP and other sales, as (amount, is OCOP). A nil report gives one
/// part of zero.
fn split_totals(amount: i64, ocop: i64) -> Vec<(i64, bool)> {
    let rest = amount.saturating_sub(ocop);
    match (ocop, rest) {
        (0, rest) => vec![(rest, false)],
        (ocop, 0) => vec![(ocop, true)],
        (ocop, rest) => vec![(ocop, true), (rest, false)],
    }
}

fn write_report(rows: &mut Rows, report: &Reported, lines: &[Line], sellers: &Sellers) -> io::Result<()> {
    let none = Field::Empty;
    let [day, booth, zone] = [Field::Day(report.day), Field::Text(&report.booth), Field::Text(&report.zone)];
    let state = Field::Text(report.state.as_str());
    for line in lines {
        rows.put(&[
            day,
            booth,
            zone,
            sellers.name(report.booth_id, Some(line)).map_or(none, Field::Text),
            line.product_name.as_deref().map_or(none, Field::Text),
            line.product_group.map_or(none, |group| Field::Text(group.as_str())),
            line.quantity_milli.map_or(none, Field::Thousandths),
            line.unit.as_deref().map_or(none, Field::Text),
            Field::Whole(line.amount),
            Field::Is(line.is_ocop),
            Field::Text(line.channel.as_str()),
            state,
        ])?;
    }
    if lines.is_empty() {
        let main = sellers.name(report.booth_id, None).map_or(none, Field::Text);
        for (amount, is_ocop) in split_totals(report.amount, report.ocop_amount) {
            let (amount, is_ocop) = (Field::Whole(amount), Field::Is(is_ocop));
            rows.put(&[day, booth, zone, main, none, none, none, none, amount, is_ocop, none, state])?;
        }
    }
    Ok(())
}

/// Writes the rows by day and, within a day, in order of submission. A report without lines is written as its totals.
pub fn write(tx: &mut Tx<'_>, edition: EditionId, rows: &mut Rows) -> Result<(), Problem> {
    let main = store::let_booths(tx, edition)?.into_iter().map(|(booth, _, exhibitor)| (booth, exhibitor)).collect();
    let mut sellers = Sellers { main, ..Sellers::default() };
    let main_exhibitors: Vec<_> = sellers.main.values().copied().collect();
    sellers.load(tx, main_exhibitors.into_iter())?;
    let mut after = None;
    loop {
        let reports = store::reported(tx, edition, after, REPORTS_PER_QUERY)?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some((last.day, last.id));
        let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
        let mut lines: BTreeMap<SalesReportId, Vec<Line>> = BTreeMap::new();
        for (report, line) in lines::as_they_stand(tx, &ids)? {
            lines.entry(report).or_default().push(line);
        }
        sellers.load(tx, lines.values().flatten().filter_map(|line| line.exhibitor))?;
        for report in &reports {
            let lines = lines.get(&report.id).map_or(&[][..], Vec::as_slice);
            write_report(rows, report, lines, &sellers).map_err(broken)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_add_up_to_totals(amount in 0..i64::MAX, share in 0..=100_i64) {
            let ocop = amount / 100 * share;
            let parts = split_totals(amount, ocop);
            prop_assert_eq!(parts.iter().map(|(part, _)| part).sum::<i64>(), amount);
            prop_assert_eq!(parts.iter().filter(|(_, is_ocop)| *is_ocop).map(|(part, _)| part).sum::<i64>(), ocop);
            prop_assert!(amount == 0 || parts.iter().all(|(part, _)| *part > 0));
        }
    }
}
