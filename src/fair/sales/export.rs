//! Every line of an edition's reports as rows of a file; their amounts add up to the edition's sales.
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

/// The columns: what programs call them, and what people do.
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

/// Reports read at a time, each with at most [`lines::MOST`] lines.
const REPORTS: i64 = 100;

/// Who sold: main exhibitors by their booths, and everybody by identifier.
#[derive(Default)]
struct Sellers {
    main: HashMap<BoothId, ExhibitorId>,
    names: HashMap<ExhibitorId, String>,
}

impl Sellers {
    fn of(&self, booth: BoothId, line: Option<&Line>) -> Option<&str> {
        let seller = line.and_then(|line| line.exhibitor).or_else(|| self.main.get(&booth).copied())?;
        self.names.get(&seller).map(String::as_str)
    }

    /// Learns the names that are not known yet.
    fn learn(&mut self, tx: &mut Tx<'_>, who: impl Iterator<Item = ExhibitorId>) -> Result<(), Problem> {
        let unknown: Vec<_> = who.filter(|e| !self.names.contains_key(e)).collect();
        if !unknown.is_empty() {
            self.names.extend(store::names_of(tx, &unknown)?);
        }
        Ok(())
    }
}

/// What a report that says no more than its totals sold of OCOP goods and of others; a nil report sold nothing.
fn parts(amount: i64, ocop: i64) -> Vec<(i64, bool)> {
    let rest = amount.saturating_sub(ocop);
    match (ocop, rest) {
        (0, rest) => vec![(rest, false)],
        (ocop, 0) => vec![(ocop, true)],
        (ocop, rest) => vec![(ocop, true), (rest, false)],
    }
}

fn put(rows: &mut Rows, report: &Reported, lines: &[Line], sellers: &Sellers) -> io::Result<()> {
    let none = Field::Empty;
    let [day, booth, zone] = [Field::Day(report.day), Field::Text(&report.booth), Field::Text(&report.zone)];
    let state = Field::Text(report.state.as_str());
    for line in lines {
        rows.put(&[
            day,
            booth,
            zone,
            sellers.of(report.booth_id, Some(line)).map_or(none, Field::Text),
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
        let main = sellers.of(report.booth_id, None).map_or(none, Field::Text);
        for (amount, is_ocop) in parts(report.amount, report.ocop_amount) {
            let (amount, is_ocop) = (Field::Whole(amount), Field::Is(is_ocop));
            rows.put(&[day, booth, zone, main, none, none, none, none, amount, is_ocop, none, state])?;
        }
    }
    Ok(())
}

/// Writes the rows: by day, and on a day in the order the reports came. A report with no lines has its totals instead.
pub fn write(tx: &mut Tx<'_>, edition: EditionId, rows: &mut Rows) -> Result<(), Problem> {
    let main = store::let_booths(tx, edition)?.into_iter().map(|(booth, _, exhibitor)| (booth, exhibitor)).collect();
    let mut sellers = Sellers { main, ..Sellers::default() };
    let stand: Vec<_> = sellers.main.values().copied().collect();
    sellers.learn(tx, stand.into_iter())?;
    let mut after = None;
    loop {
        let reports = store::reported(tx, edition, after, REPORTS)?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some((last.day, last.id));
        let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
        let mut lines: BTreeMap<SalesReportId, Vec<Line>> = BTreeMap::new();
        for (report, line) in lines::as_they_stand(tx, &ids)? {
            lines.entry(report).or_default().push(line);
        }
        sellers.learn(tx, lines.values().flatten().filter_map(|line| line.exhibitor))?;
        for report in &reports {
            let lines = lines.get(&report.id).map_or(&[][..], Vec::as_slice);
            put(rows, report, lines, &sellers).map_err(broken)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_of_a_total_add_up(amount in 0..i64::MAX, share in 0..=100_i64) {
            let ocop = amount / 100 * share;
            let parts = parts(amount, ocop);
            prop_assert_eq!(parts.iter().map(|(part, _)| part).sum::<i64>(), amount);
            prop_assert_eq!(parts.iter().filter(|(_, is_ocop)| *is_ocop).map(|(part, _)| part).sum::<i64>(), ocop);
            prop_assert!(amount == 0 || parts.iter().all(|(part, _)| *part > 0));
        }
    }
}
