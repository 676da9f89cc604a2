//! Export of every line of an edition's sales reports; the amounts add up to the edition's sales.
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
    io::{self, Write},
};

use strum::VariantArray;

use crate::{
    editions::store::EditionRow,
    exhibitors,
    products::ProductGroup,
    sales::{
        lines::{self, Channel, Line},
        store::{self, ReportWithBooth},
    },
    tables::{Column, ColumnKind, column},
};
use hoicho_core::{
    db::Tx,
    i18n::{Language, Localizer, format},
    states::ReportState,
    values::{
        ids::{ExhibitorId, SalesReportId},
        money::Overflow,
    },
};
use hoicho_web::http::{
    Problem,
    download::{self, Cell, TableWriter, write_error},
};

const COLUMNS: [Column; 12] = [
    column("day", ColumnKind::Day),
    column("booth", ColumnKind::Text),
    column("zone", ColumnKind::Text),
    column("exhibitor", ColumnKind::Text),
    column("product", ColumnKind::Text),
    column("product_group", ColumnKind::Code("product-group")),
    column("quantity", ColumnKind::Number),
    column("unit", ColumnKind::Text),
    column("amount", ColumnKind::Money),
    column("ocop", ColumnKind::YesNo),
    column("channel", ColumnKind::Code("sales-channel")),
    column("state", ColumnKind::Code("report-state")),
];

/// Columns in the reader's language.
pub(super) fn headers(currency: &str, language: Language) -> [download::Column; 12] {
    COLUMNS.map(|column| column.for_download(currency, language))
}

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
            self.0.extend(exhibitors::store::find_names(tx, &missing)?);
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

/// A code with its words.
type Word<T> = (T, String);

/// Words of the codes in one language, looked up once: a file may have millions of lines.
struct Words {
    yes: String,
    no: String,
    states: Vec<Word<ReportState>>,
    channels: Vec<Word<Channel>>,
    groups: Vec<Word<ProductGroup>>,
    /// Decimal places of the currency.
    minor_digits: u32,
}

impl Words {
    fn new(currency: &str, language: Language) -> Self {
        let localizer = Localizer(language);
        fn words<T: VariantArray + Copy + Display>(localizer: Localizer, set: &str) -> Vec<Word<T>> {
            T::VARIANTS.iter().map(|code| (*code, localizer.localize_value(set, code))).collect()
        }
        Self {
            yes: localizer.localize("yes-no-yes"),
            no: localizer.localize("yes-no-no"),
            states: words(localizer, "report-state"),
            channels: words(localizer, "sales-channel"),
            groups: words(localizer, "product-group"),
            minor_digits: u32::try_from(format::minor_digits(currency)).unwrap_or(0),
        }
    }

    fn yes_no(&self, value: bool) -> Cell<'_> {
        Cell::YesNo(value, if value { &self.yes } else { &self.no })
    }

    /// The words of a code.
    fn find<T: PartialEq>(words: &[Word<T>], code: T) -> Cell<'_> {
        words.iter().find(|(known, _)| *known == code).map_or(Cell::Empty, |(_, word)| Cell::Text(word))
    }

    fn amount(&self, minor: i64) -> Cell<'static> {
        Cell::Money(minor, self.minor_digits)
    }
}

fn write_report<W: Write>(
    table: &mut TableWriter<W>,
    report: &ReportWithBooth,
    lines: &[Line],
    sellers: &Sellers,
    words: &Words,
) -> io::Result<()> {
    let none = Cell::Empty;
    let [day, booth, zone] = [Cell::Day(report.day), Cell::Text(&report.booth), Cell::Text(&report.zone)];
    let state = Words::find(&words.states, report.state);
    for line in lines {
        table.write_row(&[
            day,
            booth,
            zone,
            sellers.name(report, Some(line)).map_or(none, Cell::Text),
            line.product_name.as_deref().map_or(none, Cell::Text),
            line.product_group.map_or(none, |group| Words::find(&words.groups, group)),
            line.quantity_milli.map_or(none, Cell::Thousandths),
            line.unit.as_deref().map_or(none, Cell::Text),
            words.amount(line.amount),
            words.yes_no(line.is_ocop),
            Words::find(&words.channels, line.channel),
            state,
        ])?;
    }
    if lines.is_empty() {
        let main = sellers.name(report, None).map_or(none, Cell::Text);
        for (amount, is_ocop) in split_totals(report.amount, report.ocop_amount) {
            let (amount, is_ocop) = (words.amount(amount), words.yes_no(is_ocop));
            table.write_row(&[day, booth, zone, main, none, none, none, none, amount, is_ocop, none, state])?;
        }
    }
    Ok(())
}

/// Writes the rows by day and, within a day, in order of submission, and their total. A report without lines is written as its totals.
pub(super) fn write_rows<W: Write>(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    language: Language,
    table: &mut TableWriter<W>,
) -> Result<(), Problem> {
    let words = Words::new(&edition.currency, language);
    let (mut sellers, mut total) = (Sellers::default(), None);
    let mut after = None;
    loop {
        let reports = store::page_by_day(tx, edition.id, after, REPORTS_PER_QUERY)?;
        let Some(last) = reports.last() else { break };
        after = Some((last.day, last.id));
        let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
        let mut lines: BTreeMap<SalesReportId, Vec<Line>> = BTreeMap::new();
        for (report, line) in lines::find_latest(tx, &ids)? {
            lines.entry(report).or_default().push(line);
        }
        let named = lines.values().flatten().filter_map(|line| line.exhibitor);
        sellers.load(tx, reports.iter().map(|report| report.exhibitor).chain(named))?;
        for report in &reports {
            total = Some(total.unwrap_or(0_i64).checked_add(report.amount).ok_or(Overflow)?);
            let lines = lines.get(&report.id).map_or(&[][..], Vec::as_slice);
            write_report(table, report, lines, &sellers, &words).map_err(write_error)?;
        }
    }
    let Some(total) = total else { return Ok(()) };
    let label = Localizer(language).localize("total-row");
    let cell = |column: &Column| match column.kind {
        ColumnKind::Day => Cell::Text(&label),
        ColumnKind::Money => words.amount(total),
        ColumnKind::Text
        | ColumnKind::Group
        | ColumnKind::Code(_)
        | ColumnKind::Country
        | ColumnKind::YesNo
        | ColumnKind::Hour
        | ColumnKind::Number
        | ColumnKind::Count
        | ColumnKind::Area
        | ColumnKind::Ratio => Cell::Empty,
    };
    table.write_total(&COLUMNS.iter().map(cell).collect::<Vec<_>>()).map_err(write_error)
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
