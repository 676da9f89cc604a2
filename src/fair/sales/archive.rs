//! Archive records of sales reports with all versions and lines, and of trade deals.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    amounts,
    deals::DealKind,
    lines::{self, Line, MAX_LINES, NewLine},
};
use crate::{
    editions,
    records::{self, ArchiveImport, CleanText, ImportRecords, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::MessageId,
    states::ReportState,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, EditionId, ExhibitorId, SalesReportId, TradeDealId},
    },
};
use hoicho_web::http::{Code, Problem, limits::NameText};

/// Record of a report with its latest version.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = sales_reports, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ReportRecord {
    id: SalesReportId,
    #[diesel(column_name = booth_id)]
    booth: BoothId,
    day: Day,
    state: ReportState,
    amount: i64,
    ocop_amount: i64,
    note: Option<CleanText>,
    version: i32,
}

/// Record of a version of a report, without the user who recorded it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = sales_report_versions, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct VersionRecord {
    #[diesel(column_name = sales_report_id)]
    report: SalesReportId,
    version: i32,
    amount: i64,
    ocop_amount: i64,
    reason: Option<CleanText>,
    recorded_at: Instant,
}

/// Record of a line of a version. Lines of one version are consecutive in an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRecord {
    report: SalesReportId,
    version: i32,
    #[serde(flatten)]
    line: Line,
}

/// Record of a trade deal, without the user who recorded it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = trade_deals, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct DealRecord {
    id: TradeDealId,
    #[diesel(column_name = exhibitor_id)]
    exhibitor: ExhibitorId,
    kind: DealKind,
    counterpart: CleanText,
    amount: i64,
    signed_on: Day,
    note: Option<CleanText>,
}

records::paged_by_edition!(ReportRecord, sales_reports, SalesReportId);
records::paged_by_edition!(DealRecord, trade_deals, TradeDealId);

/// Exports the reports of an edition, with the versions and lines of each page after its reports, then the deals.
pub fn export<R>(tx: &mut Tx<'_>, edition: EditionId, sink: RecordSink<'_, R>) -> Result<(), Problem>
where
    R: From<ReportRecord> + From<VersionRecord> + From<LineRecord> + From<DealRecord>,
{
    records::for_each_page::<ReportRecord>(tx, edition, |tx, reports| {
        let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
        reports.into_iter().try_for_each(|record| sink(record.into()))?;
        let versions: Vec<VersionRecord> = sales_report_versions::table
            .filter(sales_report_versions::sales_report_id.eq_any(&ids))
            .order((sales_report_versions::sales_report_id, sales_report_versions::version))
            .select(VersionRecord::as_select())
            .load(tx.conn())?;
        versions.into_iter().try_for_each(|record| sink(record.into()))?;
        let lines = lines::find_by_reports(tx, &ids)?.into_iter();
        lines.map(|(report, version, line)| LineRecord { report, version, line }).try_for_each(|r| sink(r.into()))
    })?;
    records::export_pages::<DealRecord, R>(tx, edition, sink)
}

fn contradictory() -> Problem {
    Problem::new(Code::Invalid, MessageId("error-archive-sales"))
}

/// Checks the reports of an imported edition as a whole: each is of a day held, is what its latest version says, and the lines of a
/// version add up to it.
pub fn check_imported(import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
    let edition = import.edition()?;
    let row = editions::store::find(import.tx, edition)?;
    let days = editions::store::list_days(import.tx, edition)?;
    let held = row.days_held(&days, import.authorized.now)?;
    let (is_of_latest, is_same) = {
        use sales_report_versions as v;
        (
            v::sales_report_id.eq(sales_reports::id).and(v::version.eq(sales_reports::version)),
            v::amount.eq(sales_reports::amount).and(v::ocop_amount.eq(sales_reports::ocop_amount)),
        )
    };
    let of_edition = sales_reports::table.filter(sales_reports::edition_id.eq(edition));
    let all: i64 = of_edition.count().get_result(import.tx.conn())?;
    let consistent = sales_reports::table
        .inner_join(sales_report_versions::table.on(is_of_latest.and(is_same)))
        .filter(sales_reports::edition_id.eq(edition))
        .filter(sales_reports::day.eq_any(held));
    let consistent: i64 = consistent.count().get_result(import.tx.conn())?;
    if consistent != all || lines::has_wrong_sums(import.tx, edition)? { Err(contradictory()) } else { Ok(()) }
}

impl ImportRecords for ReportRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            let (amount, ocop_amount) = (record.amount, record.ocop_amount);
            records::validate("sales_report", record.id, |checks, at| {
                amounts::validate(checks, at, amount, ocop_amount);
            })?;
            import.derive_ids([&mut record.id.0, &mut record.booth.0])?;
        }
        let edition = sales_reports::edition_id.eq(import.edition()?);
        let rows = records.into_iter().map(|record| {
            let revision = sales_reports::revision.eq(record.version);
            (record, (edition, revision))
        });
        records::insert_rows!(import.tx, sales_reports, rows);
        Ok(())
    }
}

impl ImportRecords for VersionRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            let (amount, ocop_amount) = (record.amount, record.ocop_amount);
            records::validate("sales_report_version", record.report, |checks, at| {
                amounts::validate(checks, at, amount, ocop_amount);
            })?;
            import.derive_ids([&mut record.report.0])?;
        }
        records::insert_rows!(import.tx, sales_report_versions, records.into_iter());
        Ok(())
    }
}

impl ImportRecords for LineRecord {
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let mut rows = Vec::new();
        let mut last = None;
        for Self { mut report, version, mut line } in records {
            records::validate("sales_report_line", report, |checks, at| {
                lines::validate_numbers(checks, &|field: &str| format!("{at}/{field}"), &line);
            })?;
            import.derive_ids([&mut report.0])?;
            line.exhibitor = line.exhibitor.map(|id| import.exhibitor(id)).transpose()?;
            let number = match last {
                Some((last_report, last_version, number)) if (last_report, last_version) == (report, version) => {
                    number + 1
                }
                // The first lines of this version may have been inserted already.
                None => lines::count(import.tx, report, version)? + 1,
                Some(_) => 1,
            };
            if number > MAX_LINES {
                return Err(contradictory());
            }
            last = Some((report, version, number));
            rows.push(NewLine::new(report, version, number, &line));
        }
        Ok(lines::insert_rows(import.tx, &rows)?)
    }
}

impl ImportRecords for DealRecord {
    fn import(mut records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &mut records {
            records::validate("trade_deal", record.id, |checks, at| {
                records::require_text::<NameText>(checks, &format!("{at}/counterpart"), &record.counterpart);
                amounts::validate_amount(checks, &format!("{at}/amount"), record.amount);
            })?;
            import.derive_ids([&mut record.id.0])?;
            record.exhibitor = import.exhibitor(record.exhibitor)?;
        }
        let others = (
            trade_deals::organiser_id.eq(import.authorized.organiser()?),
            trade_deals::edition_id.eq(import.edition()?),
            trade_deals::recorded_by.eq(import.authorized.require_user()?),
            trade_deals::version.eq(1),
        );
        records::insert_rows!(import.tx, trade_deals, records.into_iter().map(|record| (record, others)));
        Ok(())
    }
}
