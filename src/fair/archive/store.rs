//! Queries of the export: keyset pages of the rows of an edition.
use diesel::prelude::*;

use crate::{
    allocation::{participants::ParticipantRow, store::AllocationRow},
    applications::store::ApplicationRow,
    exhibitors::store::ExhibitorRow,
    floor::store::BoothRow,
    products::store::ProductRow,
    sales::{
        deals::DealRow,
        store::{ReportRow, VersionRow},
    },
    visits::store::EventRow,
};
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{
        AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, ParticipantId, ProductId, SalesReportId,
        TradeDealId, VisitEventId,
    },
};

/// Rows per page.
pub(super) const PAGE_ROWS: i64 = 1_000;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident: $table:ident, $row:ty, $id:ty;)+) => { $(
        $(#[$doc])*
        pub(super) fn $name(tx: &mut Tx<'_>, edition: EditionId, after: Option<$id>) -> QueryResult<Vec<$row>> {
            let mut query = $table::table.filter($table::edition_id.eq(edition)).into_boxed();
            if let Some(after) = after {
                query = query.filter($table::id.gt(after));
            }
            query.order($table::id).limit(PAGE_ROWS).select(<$row>::as_select()).load(tx.conn())
        }
    )+ };
}

pages! {
    /// Booths.
    booths_page: booths, BoothRow, BoothId;
    /// Applications.
    applications_page: applications, ApplicationRow, ApplicationId;
    /// Allocations in all states.
    allocations_page: allocations, AllocationRow, AllocationId;
    /// Participants of allocations.
    participants_page: participants, ParticipantRow, ParticipantId;
    /// Sales reports, current version.
    reports_page: sales_reports, ReportRow, SalesReportId;
    /// Visit counts.
    visits_page: visit_events, EventRow, VisitEventId;
    /// Trade deals.
    deals_page: trade_deals, DealRow, TradeDealId;
}

/// Exhibitors of an edition: applicants and participants.
pub(super) fn exhibitors_page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<ExhibitorId>,
) -> QueryResult<Vec<ExhibitorRow>> {
    let applied = applications::table.filter(applications::edition_id.eq(edition)).select(applications::exhibitor_id);
    let participating =
        participants::table.filter(participants::edition_id.eq(edition)).select(participants::exhibitor_id);
    let mut query = exhibitors::table
        .filter(exhibitors::id.eq_any(applied).or(exhibitors::id.nullable().eq_any(participating)))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(exhibitors::id.gt(after));
    }
    query.order(exhibitors::id).limit(PAGE_ROWS).select(ExhibitorRow::as_select()).load(tx.conn())
}

/// Products of the exhibitors of an edition.
pub(super) fn products_page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<ProductId>,
) -> QueryResult<Vec<ProductRow>> {
    let applied = applications::table.filter(applications::edition_id.eq(edition)).select(applications::exhibitor_id);
    let participating =
        participants::table.filter(participants::edition_id.eq(edition)).select(participants::exhibitor_id);
    let mut query = products::table
        .filter(products::exhibitor_id.eq_any(applied).or(products::exhibitor_id.nullable().eq_any(participating)))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    query.order(products::id).limit(PAGE_ROWS).select(ProductRow::as_select()).load(tx.conn())
}

/// All versions of these reports.
pub(super) fn list_versions(tx: &mut Tx<'_>, reports: &[SalesReportId]) -> QueryResult<Vec<VersionRow>> {
    sales_report_versions::table
        .filter(sales_report_versions::sales_report_id.eq_any(reports))
        .order((sales_report_versions::sales_report_id, sales_report_versions::version))
        .select(VersionRow::as_select())
        .load(tx.conn())
}
