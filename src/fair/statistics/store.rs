//! Queries behind the figures. Their number does not depend on the size of the edition.
use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::sums::{Sales, is_too_few};
use crate::{
    allocation::{occupancies::is_report_of, participants::ParticipantRole},
    floor::BoothCategory,
    organisations::LegalForm,
    products::ProductGroup,
    sales::deals::DealKind,
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx, schema::*},
    states::{AllocationState, ApplicationState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, BoothId, EditionId, ExhibitorId, ZoneId},
    },
};

/// A booth with its zone.
#[derive(Debug, Clone, Queryable)]
pub(super) struct BoothFact {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub category: BoothCategory,
    pub area_dm2: i32,
    pub equivalents: i32,
    /// Minor units.
    pub fee: i64,
    pub has_power: bool,
    pub has_water: bool,
}

/// Booths of an edition, by code.
pub(super) fn find_booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothFact>> {
    booths::table
        .filter(booths::edition_id.eq(edition))
        .order(booths::code_order)
        .select((
            booths::id,
            booths::code,
            booths::zone_id,
            booths::category,
            booths::area_dm2,
            booths::booth_equivalents,
            booths::fee,
            booths::has_power,
            booths::has_water,
        ))
        .load(tx.conn())
}

/// An allocation that is let now or occupied a booth, with its main exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct AllocationFact {
    pub id: AllocationId,
    /// The booth it has now, or had last.
    pub booth: BoothId,
    pub state: AllocationState,
    pub exhibitor: ExhibitorId,
}

/// Allocations that are let now or occupied a booth on a day.
pub(super) fn find_allocations(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<AllocationFact>> {
    let occupying = occupancies::table.filter(occupancies::edition_id.eq(edition)).select(occupancies::allocation_id);
    allocations::table
        .inner_join(applications::table)
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES).or(allocations::id.eq_any(occupying)))
        .order(allocations::id)
        .select((allocations::id, allocations::booth_id, allocations::state, applications::exhibitor_id))
        .load(tx.conn())
}

/// Occupied booths on these days with the allocation, by day.
pub(super) fn find_occupancies(
    tx: &mut Tx<'_>,
    edition: EditionId,
    days: &[Day],
) -> QueryResult<Vec<(BoothId, Day, AllocationId)>> {
    occupancies::table
        .filter(occupancies::edition_id.eq(edition))
        .filter(occupancies::day.eq_any(days))
        .order((occupancies::day, occupancies::booth_id))
        .select((occupancies::booth_id, occupancies::day, occupancies::allocation_id))
        .load(tx.conn())
}

/// Sales of a booth on a day.
#[derive(Debug, Clone, Queryable)]
pub(super) struct SaleFact {
    pub booth: BoothId,
    pub day: Day,
    pub amount: i64,
    pub ocop: i64,
    pub state: ReportState,
}

/// All reports of an edition: at most booths × opening days.
pub(super) fn find_sales(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<SaleFact>> {
    sales_reports::table
        .filter(sales_reports::edition_id.eq(edition))
        .select((
            sales_reports::booth_id,
            sales_reports::day,
            sales_reports::amount,
            sales_reports::ocop_amount,
            sales_reports::state,
        ))
        .load(tx.conn())
}

/// Number of allocations in these states.
pub(super) fn count_allocations(tx: &mut Tx<'_>, edition: EditionId, states: &[AllocationState]) -> QueryResult<i64> {
    allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(states))
        .count()
        .get_result(tx.conn())
}

/// Number of applications without a decision.
pub(super) fn count_submitted_applications(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<i64> {
    applications::table
        .filter(applications::edition_id.eq(edition))
        .filter(applications::state.eq(ApplicationState::Submitted))
        .count()
        .get_result(tx.conn())
}

type Totals = HashMap<EditionId, i64>;

/// Booths, sales and visits of editions; editions without rows are missing in the maps.
pub(super) fn find_totals(tx: &mut Tx<'_>, editions: &[EditionId]) -> QueryResult<(Totals, Totals, Totals)> {
    let booths: Vec<(EditionId, i64)> = booths::table
        .filter(booths::edition_id.eq_any(editions))
        .group_by(booths::edition_id)
        .select((booths::edition_id, diesel::dsl::count_star()))
        .load(tx.conn())?;
    let sales: Vec<(EditionId, i64)> = sales_reports::table
        .filter(sales_reports::edition_id.eq_any(editions))
        .group_by(sales_reports::edition_id)
        .select((sales_reports::edition_id, sql::<BigInt>("CAST(SUM(amount) AS BIGINT)")))
        .load(tx.conn())?;
    let visits: Vec<(EditionId, i64)> = visit_events::table
        .filter(visit_events::edition_id.eq_any(editions))
        .group_by(visit_events::edition_id)
        .select((visit_events::edition_id, sql::<BigInt>("CAST(SUM(entries) AS BIGINT)")))
        .load(tx.conn())?;
    Ok((booths.into_iter().collect(), sales.into_iter().collect(), visits.into_iter().collect()))
}

/// Whether an edition has sales, but of too few sellers or booths to publish their sum.
pub(super) fn has_few_sellers(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<bool> {
    use sales_report_lines as l;
    let is_line =
        l::sales_report_id.eq(sales_reports::id).and(l::version.eq(sales_reports::version)).and(l::amount.ne(0));
    let (sellers, booths): (i64, i64) = sales_reports::table
        .inner_join(occupancies::table.on(is_report_of()))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .left_join(l::table.on(is_line))
        .filter(sales_reports::edition_id.eq(edition))
        .filter(sales_reports::amount.ne(0))
        .select((
            // A line without a seller, and a report without lines, is the main exhibitor's.
            sql::<BigInt>("COUNT(DISTINCT COALESCE(sales_report_lines.exhibitor_id, applications.exhibitor_id))"),
            sql::<BigInt>("COUNT(DISTINCT sales_reports.booth_id)"),
        ))
        .get_result(tx.conn())?;
    let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(sellers > 0 && is_too_few(count(sellers), count(booths)))
}

/// Stores a frozen part of an edition's figures: the statistics or a report.
pub(super) fn insert_final(
    tx: &mut Tx<'_>,
    edition: EditionId,
    part: &str,
    document: &str,
    digest: &str,
    at: Instant,
) -> QueryResult<usize> {
    diesel::insert_into(final_figures::table)
        .values((
            final_figures::edition_id.eq(edition),
            final_figures::part.eq(part),
            final_figures::document.eq(document),
            final_figures::digest.eq(digest),
            final_figures::finalised_at.eq(at),
        ))
        .execute(tx.conn())
}

/// A frozen part of the figures.
#[derive(Debug, Clone, Queryable)]
pub(super) struct FinalPart {
    /// JSON.
    pub document: String,
    /// SHA-256 of the document, base64url.
    pub digest: String,
}

/// Frozen part of an edition's figures.
pub(super) fn find_final(tx: &mut Tx<'_>, edition: EditionId, part: &str) -> QueryResult<Option<FinalPart>> {
    final_figures::table
        .find((edition, part))
        .select((final_figures::document, final_figures::digest))
        .get_result(tx.conn())
        .optional()
}

/// Digest of a frozen part, and when it was frozen.
pub(super) fn find_final_digest(
    tx: &mut Tx<'_>,
    edition: EditionId,
    part: &str,
) -> QueryResult<Option<(String, Instant)>> {
    final_figures::table
        .find((edition, part))
        .select((final_figures::digest, final_figures::finalised_at))
        .get_result(tx.conn())
        .optional()
}

/// Sales in the lines of one named seller, for a booth and day.
#[derive(Debug, Clone, Queryable)]
pub(super) struct SellerFact {
    pub booth: BoothId,
    pub day: Day,
    pub exhibitor: ExhibitorId,
    pub amount: i64,
    pub ocop: i64,
}

/// Sales of the sellers that lines of the latest versions name.
pub(super) fn find_seller_sales(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<SellerFact>> {
    use sales_report_lines as l;
    let rows: Vec<(BoothId, Day, Option<ExhibitorId>, i64, i64)> = l::table
        .inner_join(
            sales_reports::table
                .on(sales_reports::id.eq(l::sales_report_id).and(sales_reports::version.eq(l::version))),
        )
        .filter(sales_reports::edition_id.eq(edition))
        .filter(l::exhibitor_id.is_not_null())
        .group_by((sales_reports::booth_id, sales_reports::day, l::exhibitor_id))
        .order((sales_reports::booth_id, sales_reports::day, l::exhibitor_id))
        .select((
            sales_reports::booth_id,
            sales_reports::day,
            l::exhibitor_id,
            sql::<BigInt>("CAST(SUM(sales_report_lines.amount) AS BIGINT)"),
            sql::<BigInt>(
                "CAST(SUM(CASE WHEN sales_report_lines.is_ocop THEN sales_report_lines.amount ELSE 0 END) AS BIGINT)",
            ),
        ))
        .load(tx.conn())?;
    let fact = |(booth, day, exhibitor, amount, ocop): (_, _, Option<_>, _, _)| {
        Some(SellerFact { booth, day, exhibitor: exhibitor?, amount, ocop })
    };
    Ok(rows.into_iter().filter_map(fact).collect())
}

/// A participant other than the main exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ParticipantFact {
    pub allocation: AllocationId,
    pub booth: BoothId,
    pub role: ParticipantRole,
    pub exhibitor: Option<ExhibitorId>,
    pub name: String,
    pub country: String,
}

/// Co-exhibitors and represented companies of an edition.
pub(super) fn find_participants(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ParticipantFact>> {
    participants::table
        .inner_join(allocations::table)
        .filter(participants::edition_id.eq(edition))
        .select((
            participants::allocation_id,
            allocations::booth_id,
            participants::role,
            participants::exhibitor_id,
            participants::name,
            participants::country,
        ))
        .load(tx.conn())
}

/// Exhibitor attributes used in figures.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ExhibitorFact {
    pub id: ExhibitorId,
    pub name: String,
    pub legal_form: LegalForm,
    pub country: String,
    pub locality: String,
}

/// Exhibitors by identifier.
pub(super) fn exhibitors_by_id(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<ExhibitorFact>> {
    let mut all_rows = Vec::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<ExhibitorFact> = exhibitors::table
            .filter(exhibitors::id.eq_any(part))
            .select((
                exhibitors::id,
                exhibitors::name,
                exhibitors::legal_form,
                exhibitors::country,
                exhibitors::locality,
            ))
            .load(tx.conn())?;
        all_rows.extend(rows);
    }
    Ok(all_rows)
}

/// Product attributes used in figures.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ProductFact {
    pub group: ProductGroup,
    pub stars: Option<i32>,
    pub certificate_expires_on: Option<Day>,
}

/// Products that exhibitors show at an edition.
pub(super) fn find_products(tx: &mut Tx<'_>, edition: EditionId, ids: &[ExhibitorId]) -> QueryResult<Vec<ProductFact>> {
    use exhibitor_products as p;
    let mut all_rows = Vec::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<ProductFact> = p::table
            .filter(p::edition_id.eq(edition))
            .filter(p::exhibitor_id.eq_any(part))
            .select((p::product_group, p::stars, p::certificate_expires_on))
            .load(tx.conn())?;
        all_rows.extend(rows);
    }
    Ok(all_rows)
}

/// Sales by product group, booth and seller, from report lines that have a product group. A line without a seller is the main
/// exhibitor's of its day.
pub(super) fn sales_by_group(
    tx: &mut Tx<'_>,
    edition: EditionId,
) -> QueryResult<Vec<(ProductGroup, BoothId, ExhibitorId, Sales)>> {
    use sales_report_lines as l;
    let latest = || {
        let of_latest = sales_reports::id.eq(l::sales_report_id).and(sales_reports::version.eq(l::version));
        l::table
            .inner_join(sales_reports::table.on(of_latest))
            .filter(sales_reports::edition_id.eq(edition))
            .filter(l::product_group.is_not_null())
    };
    let sum = || sql::<BigInt>("CAST(SUM(sales_report_lines.amount) AS BIGINT)");
    /// Product group, whether it is OCOP, booth, seller, amount.
    type Row<S> = (Option<ProductGroup>, bool, BoothId, S, i64);
    let named: Vec<Row<Option<ExhibitorId>>> = latest()
        .filter(l::exhibitor_id.is_not_null())
        .group_by((l::product_group, l::is_ocop, sales_reports::booth_id, l::exhibitor_id))
        .select((l::product_group, l::is_ocop, sales_reports::booth_id, l::exhibitor_id, sum()))
        .load(tx.conn())?;
    let main: Vec<Row<ExhibitorId>> = latest()
        .inner_join(occupancies::table.on(is_report_of()))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .filter(l::exhibitor_id.is_null())
        .group_by((l::product_group, l::is_ocop, sales_reports::booth_id, applications::exhibitor_id))
        .select((l::product_group, l::is_ocop, sales_reports::booth_id, applications::exhibitor_id, sum()))
        .load(tx.conn())?;
    let main =
        main.into_iter().map(|(group, is_ocop, booth, seller, amount)| (group, is_ocop, booth, Some(seller), amount));
    let row = |(group, is_ocop, booth, seller, amount): Row<Option<ExhibitorId>>| {
        Some((group?, booth, seller?, Sales { amount, ocop: if is_ocop { amount } else { 0 }, reports: 0 }))
    };
    Ok(named.into_iter().chain(main).filter_map(row).collect())
}

/// Deals of a kind.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct DealTotal {
    pub kind: DealKind,
    pub deals: i64,
    /// Value, minor units.
    pub amount: i64,
    /// Distinct exhibitors.
    pub sellers: i64,
}

/// Number and value of the deals of each kind.
pub(super) fn deal_totals(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<DealTotal>> {
    trade_deals::table
        .filter(trade_deals::edition_id.eq(edition))
        .group_by(trade_deals::kind)
        .order(trade_deals::kind)
        .select((
            trade_deals::kind,
            diesel::dsl::count_star(),
            sql::<BigInt>("CAST(SUM(amount) AS BIGINT)"),
            sql::<BigInt>("COUNT(DISTINCT exhibitor_id)"),
        ))
        .load(tx.conn())
}
