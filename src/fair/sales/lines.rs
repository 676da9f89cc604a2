//! Lines of a sales report: optional details of what was sold; they add up to its totals.
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use serde::{Deserialize, Serialize};

use super::amounts::{self, SalesAmount};
use crate::products::ProductGroup;
use hoicho_core::{
    db::{
        MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx,
        schema::{
            sales_report_lines::{self, self as l},
            sales_reports as r,
        },
    },
    i18n::MessageId,
    on_either,
    values::{
        ids::{EditionId, ExhibitorId, SalesReportId},
        money,
    },
};
use hoicho_web::http::{
    FieldCode, Validator,
    limits::{NameText, UnitText},
};

hoicho_core::text_enum! {
    /// Sales channel.
    Channel {
        /// Over the counter.
        Booth,
        /// By a live stream or web shop from the booth.
        Online,
        /// Ordered at the booth, delivered later.
        Order,
    }
}

/// Max lines per report.
pub const MAX_LINES: usize = 200;

/// One line of a sales report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// 1 to 200 characters.
    #[schema(value_type = Option<NameText>)]
    pub product_name: Option<String>,
    /// Group for the sums by product group; lines without one count as `unspecified`.
    pub product_group: Option<ProductGroup>,
    /// Thousandths of `unit`: 1.5 kg is 1500.
    #[schema(value_type = Option<LineQuantity>)]
    pub quantity_milli: Option<i64>,
    /// `kg`, `hộp`; 1 to 20 characters.
    #[schema(value_type = Option<UnitText>)]
    pub unit: Option<String>,
    /// Minor units.
    #[schema(value_type = SalesAmount)]
    pub amount: i64,
    /// OCOP goods.
    #[serde(default)]
    pub is_ocop: bool,
    /// Default `booth`.
    #[serde(default = "default_channel")]
    pub channel: Channel,
    /// The seller, on a shared booth.
    pub exhibitor: Option<ExhibitorId>,
}

fn default_channel() -> Channel {
    Channel::Booth
}

hoicho_web::number_ranges! {
    /// Quantity in thousandths of its unit.
    LineQuantity i64 1..=1_000_000_000_000,
}

/// Validates the amount and the quantity of a line.
pub(super) fn validate_numbers(checks: &mut Validator, pointer: &dyn Fn(&str) -> String, line: &Line) {
    amounts::validate_amount(checks, &pointer("amount"), line.amount);
    checks.require(
        line.quantity_milli.is_none_or(|q| LineQuantity::RANGE.contains(&q)),
        &pointer("quantity_milli"),
        FieldCode::Range,
        MessageId("error-quantity-range"),
    );
}

/// Validates lines and normalizes their texts. `totals` are the report's amount and OCOP amount; `sellers` are the
/// exhibitors on the booth.
pub fn validate(checks: &mut Validator, lines: Vec<Line>, totals: (i64, i64), sellers: &[ExhibitorId]) -> Vec<Line> {
    checks.require(
        lines.len() <= MAX_LINES,
        "/lines",
        FieldCode::Length,
        MessageId("error-line-list-length").with_number("max", MAX_LINES),
    );
    let mut normalized = Vec::new();
    for (i, line) in lines.into_iter().take(MAX_LINES).enumerate() {
        let pointer = |field: &str| format!("/lines/{i}/{field}");
        validate_numbers(checks, &pointer, &line);
        checks.require(
            line.exhibitor.is_none_or(|e| sellers.contains(&e)),
            &pointer("exhibitor"),
            FieldCode::Unknown,
            MessageId("error-exhibitor-not-on-booth"),
        );
        let product_name = line.product_name.map(|n| checks.require_text::<NameText>(&pointer("product_name"), &n));
        let unit = line.unit.map(|u| checks.require_text::<UnitText>(&pointer("unit"), &u));
        normalized.push(Line { product_name, unit, ..line });
    }
    if !normalized.is_empty() {
        let all = money::sum(normalized.iter().map(|l| l.amount));
        let ocop = money::sum(normalized.iter().filter(|l| l.is_ocop).map(|l| l.amount));
        checks.require(all == Ok(totals.0), "/amount", FieldCode::Sum, MessageId("error-lines-sum"));
        checks.require(ocop == Ok(totals.1), "/ocop_amount", FieldCode::Sum, MessageId("error-ocop-lines-sum"));
    }
    normalized
}

/// Row of `sales_report_lines`.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sales_report_lines, treat_none_as_default_value = false)]
pub struct NewLine {
    sales_report_id: SalesReportId,
    version: i32,
    line: i32,
    product_name: Option<String>,
    product_group: Option<ProductGroup>,
    quantity_milli: Option<i64>,
    unit: Option<String>,
    amount: i64,
    is_ocop: bool,
    channel: Channel,
    exhibitor_id: Option<ExhibitorId>,
}

impl NewLine {
    /// Row of a line with its number in a version.
    pub fn new(report: SalesReportId, version: i32, number: usize, line: &Line) -> Self {
        Self {
            sales_report_id: report,
            version,
            line: i32::try_from(number).unwrap_or(i32::MAX),
            product_name: line.product_name.clone(),
            product_group: line.product_group,
            quantity_milli: line.quantity_milli,
            unit: line.unit.clone(),
            amount: line.amount,
            is_ocop: line.is_ocop,
            channel: line.channel,
            exhibitor_id: line.exhibitor,
        }
    }
}

/// Rows for the lines of a version, in this order.
pub fn to_rows(report: SalesReportId, version: i32, lines: &[Line]) -> impl Iterator<Item = NewLine> {
    (1..).zip(lines).map(move |(number, line)| NewLine::new(report, version, number, line))
}

pub fn insert_rows(tx: &mut Tx<'_>, rows: &[NewLine]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(sales_report_lines::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Selected columns, in the order of `LineRow`.
const COLUMNS: (
    l::product_name,
    l::product_group,
    l::quantity_milli,
    l::unit,
    l::amount,
    l::is_ocop,
    l::channel,
    l::exhibitor_id,
) = (l::product_name, l::product_group, l::quantity_milli, l::unit, l::amount, l::is_ocop, l::channel, l::exhibitor_id);

type LineRow =
    (Option<String>, Option<ProductGroup>, Option<i64>, Option<String>, i64, bool, Channel, Option<ExhibitorId>);

fn line(row: LineRow) -> Line {
    let (product_name, product_group, quantity_milli, unit, amount, is_ocop, channel, exhibitor) = row;
    Line { product_name, product_group, quantity_milli, unit, amount, is_ocop, channel, exhibitor }
}

/// Number of lines of a version.
pub fn count(tx: &mut Tx<'_>, report: SalesReportId, version: i32) -> QueryResult<usize> {
    let lines = l::table.filter(l::sales_report_id.eq(report)).filter(l::version.eq(version));
    Ok(usize::try_from(lines.count().get_result::<i64>(tx.conn())?).unwrap_or_default())
}

/// Lines of a version, in order.
pub fn find_by_version(tx: &mut Tx<'_>, report: SalesReportId, version: i32) -> QueryResult<Vec<Line>> {
    let rows: Vec<LineRow> = l::table
        .filter(l::sales_report_id.eq(report))
        .filter(l::version.eq(version))
        .order(l::line)
        .select(COLUMNS)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(line).collect())
}

/// Lines of all versions of these reports, in order.
pub fn find_by_reports(tx: &mut Tx<'_>, reports: &[SalesReportId]) -> QueryResult<Vec<(SalesReportId, i32, Line)>> {
    let rows: Vec<(SalesReportId, i32, LineRow)> = l::table
        .filter(l::sales_report_id.eq_any(reports))
        .order((l::sales_report_id, l::version, l::line))
        .select((l::sales_report_id, l::version, COLUMNS))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|(report, version, row)| (report, version, line(row))).collect())
}

/// Lines of the latest version of each of these reports, in order.
pub fn find_latest(tx: &mut Tx<'_>, reports: &[SalesReportId]) -> QueryResult<Vec<(SalesReportId, Line)>> {
    let of_latest = l::sales_report_id.eq(r::id).and(l::version.eq(r::version));
    let rows: Vec<(SalesReportId, LineRow)> = l::table
        .inner_join(r::table.on(of_latest))
        .filter(r::id.eq_any(reports))
        .order((l::sales_report_id, l::line))
        .select((l::sales_report_id, COLUMNS))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|(report, row)| (report, line(row))).collect())
}

/// Whether the lines of a version of a report of an edition do not add up to it.
pub fn has_wrong_sums(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<bool> {
    use hoicho_core::db::schema::sales_report_versions as v;
    let is_wrong = || {
        sql::<Bool>(
            "SUM(sales_report_lines.amount) <> MAX(sales_report_versions.amount) OR SUM(CASE WHEN \
             sales_report_lines.is_ocop THEN sales_report_lines.amount ELSE 0 END) <> MAX(sales_report_versions.ocop_amount)",
        )
    };
    let wrong: Option<SalesReportId> = l::table
        .inner_join(v::table.on(v::sales_report_id.eq(l::sales_report_id).and(v::version.eq(l::version))))
        .inner_join(r::table.on(r::id.eq(l::sales_report_id)))
        .filter(r::edition_id.eq(edition))
        .group_by((l::sales_report_id, l::version))
        .having(is_wrong())
        .select(l::sales_report_id)
        .first(tx.conn())
        .optional()?;
    Ok(wrong.is_some())
}

/// Reports with lines of an exhibitor.
pub fn find_reports_of(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<SalesReportId>> {
    l::table.filter(l::exhibitor_id.eq(exhibitor)).select(l::sales_report_id).distinct().load(tx.conn())
}

/// Moves the lines of reports from one record of an organiser to another.
pub fn move_to_exhibitor(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    reports: &[SalesReportId],
) -> QueryResult<usize> {
    let mut moved = 0;
    for part in reports.chunks(MAX_IDS_PER_STATEMENT) {
        let lines = l::table.filter(l::exhibitor_id.eq(from)).filter(l::sales_report_id.eq_any(part));
        moved += diesel::update(lines).set(l::exhibitor_id.eq(to)).execute(tx.conn())?;
    }
    Ok(moved)
}
