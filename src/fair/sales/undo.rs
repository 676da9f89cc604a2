//! Undoing an import of sales reports: first reports are deleted; a correction is taken back by a version that says again what the one
//! before it said, so that every version stays readable.
use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    lines::{self, NewLine},
    report::require_reporting_open,
    store::{self, ReportRow, VersionRow},
};
use crate::editions;
use hoicho_core::{
    db::{Tx, schema::*},
    states::ReportState,
    values::ids::{EditionId, SalesReportId},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

/// What a report was before an import corrected it. Its amounts are those of the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBefore {
    pub version: i32,
    pub state: ReportState,
    pub note: Option<String>,
}

impl From<&ReportRow> for ReportBefore {
    fn from(row: &ReportRow) -> Self {
        Self { version: row.version, state: row.state, note: row.note.clone() }
    }
}

/// A report that an import wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenReport {
    /// The revision that the import left.
    pub revision: i32,
    /// `None` if the import created it.
    pub before: Option<ReportBefore>,
}

type ReportWithBooth = (ReportRow, String);

fn find(
    tx: &mut Tx<'_>,
    edition: EditionId,
    written: &HashMap<SalesReportId, WrittenReport>,
) -> QueryResult<Vec<ReportWithBooth>> {
    let ids: Vec<SalesReportId> = written.keys().copied().collect();
    sales_reports::table
        .inner_join(booths::table)
        .filter(sales_reports::edition_id.eq(edition))
        .filter(sales_reports::id.eq_any(&ids))
        .order((booths::code_order, sales_reports::day))
        .select((ReportRow::as_select(), booths::code))
        .load(tx.conn())
}

/// The reports, as booth and day, that were changed since an import wrote them.
fn changed(reports: &[ReportWithBooth], written: &HashMap<SalesReportId, WrittenReport>) -> Vec<String> {
    let is_changed = |row: &ReportRow| written.get(&row.id).is_none_or(|w| w.revision != row.revision);
    let changed = reports.iter().filter(|(row, _)| is_changed(row));
    changed.map(|(row, booth)| format!("{booth} {}", row.day.format("%d/%m/%Y"))).collect()
}

/// The reports, as booth and day, that were changed since an import wrote them. At most
/// [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn find_changed(
    tx: &mut Tx<'_>,
    edition: EditionId,
    written: &HashMap<SalesReportId, WrittenReport>,
) -> QueryResult<Vec<String>> {
    Ok(changed(&find(tx, edition, written)?, written))
}

/// Deletes the reports that an import created, and corrects the others back with this reason. If any was changed since, nothing is
/// changed and they are returned as booth and day. At most [`hoicho_core::db::MAX_IDS_PER_STATEMENT`] at once.
pub fn take_back(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    written: &HashMap<SalesReportId, WrittenReport>,
    reason: &str,
) -> Result<Vec<String>, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    require_reporting_open(&edition, authorized.now)?;
    let reports = find(tx, edition.id, written)?;
    let changed = changed(&reports, written);
    if !changed.is_empty() {
        return Ok(changed);
    }
    let created: Vec<SalesReportId> =
        written.iter().filter(|(_, report)| report.before.is_none()).map(|(id, _)| *id).collect();
    store::delete(tx, &created)?;
    let corrected: Vec<(ReportRow, &ReportBefore)> = reports
        .into_iter()
        .filter_map(|(row, _)| {
            let before = written.get(&row.id)?.before.as_ref()?;
            Some((row, before))
        })
        .collect();
    restore(tx, authorized, &corrected, reason)?;
    Ok(Vec::new())
}

fn restore(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    corrected: &[(ReportRow, &ReportBefore)],
    reason: &str,
) -> Result<(), Problem> {
    let ids: Vec<SalesReportId> = corrected.iter().map(|(row, _)| row.id).collect();
    let amounts: HashMap<(SalesReportId, i32), (i64, i64)> =
        store::find_amounts(tx, &ids)?.into_iter().map(|(id, version, amounts)| ((id, version), amounts)).collect();
    let mut lines_before: HashMap<(SalesReportId, i32), Vec<lines::Line>> = HashMap::new();
    for (report, version, line) in lines::find_by_reports(tx, &ids)? {
        lines_before.entry((report, version)).or_default().push(line);
    }
    let (mut rows, mut versions, mut all_lines) = (Vec::new(), Vec::new(), Vec::<NewLine>::new());
    for (row, before) in corrected {
        let key = (row.id, before.version);
        let (amount, ocop_amount) = *amounts.get(&key).ok_or(Code::Internal)?;
        let (version, revision) = (row.version + 1, row.revision + 1);
        versions.push(VersionRow {
            sales_report_id: row.id,
            version,
            amount,
            ocop_amount,
            reason: Some(reason.to_owned()),
            recorded_by: authorized.user,
            recorded_at: authorized.now,
        });
        if let Some(lines) = lines_before.get(&key) {
            all_lines.extend(lines::to_rows(row.id, version, lines));
        }
        let ReportBefore { state, note, .. } = before;
        let note = note.clone();
        rows.push(ReportRow { state: *state, amount, ocop_amount, note, version, revision, ..row.clone() });
    }
    if !store::update_all(tx, &rows)? {
        return Err(Code::StaleVersion.into());
    }
    store::insert_versions(tx, &versions)?;
    Ok(lines::insert_rows(tx, &all_lines)?)
}
