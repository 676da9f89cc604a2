//! Export of every line of an edition's sales reports; the amounts add up to the edition's sales.
use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use super::{
    lines::{self, Line},
    store::{self, ReportWithBooth},
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{EditionId, ExhibitorId, SalesReportId},
};
use hoicho_web::http::{
    Problem,
    streaming::{Cell, TableWriter, write_error},
};

/// Columns: machine-readable name, and message id of the title.
pub const COLUMNS: [(&str, MessageId); 12] = [
    ("day", MessageId("column-day")),
    ("booth", MessageId("column-booth")),
    ("zone", MessageId("column-zone")),
    ("exhibitor", MessageId("column-exhibitor")),
    ("product", MessageId("column-product")),
    ("product_group", MessageId("column-product-group")),
    ("quantity", MessageId("column-quantity")),
    ("unit", MessageId("column-unit")),
    ("amount", MessageId("column-amount")),
    ("ocop", MessageId("column-ocop")),
    ("channel", MessageId("column-channel")),
    ("state", MessageId("column-state")),
];

/// Reports per query, each with at most [`lines::MAX_LINES`] lines.
const REPORTS_PER_QUERY: i64 = 100;

/// Names of exhibitors.
#[derive(Default)]
struct Sellers(HashMap<ExhibitorId, String>);

impl Sellers {
    /// The name of the line's seller: the exhibitor it names, else the main exhibitor of the booth on that day.
    fn name(&self, report: &ReportWithBooth, line: Option<&Line>) -> Option<&str> {
        let seller = line.and_then(|line| line.exhibitor).unwrap_or(report.exhibitor);
        self.0.get(&seller).map(String::as_str)
    }

    /// Loads the names that are not loaded yet.
    fn load(&mut self, tx: &mut Tx<'_>, exhibitors: impl Iterator<Item = ExhibitorId>) -> Result<(), Problem> {
        let missing: Vec<_> = exhibitors.filter(|e| !self.0.contains_key(e)).collect();
        if !missing.is_empty() {
            self.0.extend(store::find_exhibitor_names(tx, &missing)?);
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

fn write_report(rows: &mut TableWriter, report: &ReportWithBooth, lines: &[Line], sellers: &Sellers) -> io::Result<()> {
    let none = Cell::Empty;
    let [day, booth, zone] = [Cell::Day(report.day), Cell::Text(&report.booth), Cell::Text(&report.zone)];
    let state = Cell::Text(report.state.as_str());
    for line in lines {
        rows.write_row(&[
            day,
            booth,
            zone,
            sellers.name(report, Some(line)).map_or(none, Cell::Text),
            line.product_name.as_deref().map_or(none, Cell::Text),
            line.product_group.map_or(none, |group| Cell::Text(group.as_str())),
            line.quantity_milli.map_or(none, Cell::Thousandths),
            line.unit.as_deref().map_or(none, Cell::Text),
            Cell::Integer(line.amount),
            Cell::Bool(line.is_ocop),
            Cell::Text(line.channel.as_str()),
            state,
        ])?;
    }
    if lines.is_empty() {
        let main = sellers.name(report, None).map_or(none, Cell::Text);
        for (amount, is_ocop) in split_totals(report.amount, report.ocop_amount) {
            let (amount, is_ocop) = (Cell::Integer(amount), Cell::Bool(is_ocop));
            rows.write_row(&[day, booth, zone, main, none, none, none, none, amount, is_ocop, none, state])?;
        }
    }
    Ok(())
}

/// Writes the rows by day and, within a day, in order of submission. A report without lines is written as its totals.
pub fn write_rows(tx: &mut Tx<'_>, edition: EditionId, rows: &mut TableWriter) -> Result<(), Problem> {
    let mut sellers = Sellers::default();
    let mut after = None;
    loop {
        let reports = store::page_by_day(tx, edition, after, REPORTS_PER_QUERY)?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some((last.day, last.id));
        let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
        let mut lines: BTreeMap<SalesReportId, Vec<Line>> = BTreeMap::new();
        for (report, line) in lines::find_latest(tx, &ids)? {
            lines.entry(report).or_default().push(line);
        }
        let named = lines.values().flatten().filter_map(|line| line.exhibitor);
        sellers.load(tx, reports.iter().map(|report| report.exhibitor).chain(named))?;
        for report in &reports {
            let lines = lines.get(&report.id).map_or(&[][..], Vec::as_slice);
            write_report(rows, report, lines, &sellers).map_err(write_error)?;
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
