//! Queries of the public pages. The number of queries per page is constant.
use std::collections::HashMap;

use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    states::{AllocationState, EditionState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, AuditId, EditionId, ExhibitorId, OrganisationId},
    },
};
use hoicho_fair::{editions::store::EditionRow, organisations::LegalForm, products::ProductGroup};
use hoicho_web::audit::AuditAction;

/// Max let booths per query.
pub(super) const MAX_LET_BOOTHS: i64 = 10_000;

/// First and last opening day per edition.
pub(crate) fn opening_periods(tx: &mut Tx<'_>, ids: &[EditionId]) -> QueryResult<HashMap<EditionId, (Day, Day)>> {
    use diesel::dsl::{max, min};
    let rows: Vec<(EditionId, Option<Day>, Option<Day>)> = opening_days::table
        .filter(opening_days::edition_id.eq_any(ids))
        .group_by(opening_days::edition_id)
        .select((opening_days::edition_id, min(opening_days::day), max(opening_days::day)))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(|(id, first, last)| Some((id, (first?, last?)))).collect())
}

/// A let booth with its exhibitor or a co-exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct LetBooth {
    pub booth: String,
    pub zone: String,
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub locality: String,
}

/// Let booths of an edition with their exhibitors and co-exhibitors.
pub(super) fn let_booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<LetBooth>> {
    let mut main: Vec<LetBooth> = allocations::table
        .inner_join(booths::table.inner_join(zones::table))
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .order(booths::code_order)
        .limit(MAX_LET_BOOTHS)
        .select((booths::code, zones::name, exhibitors::id, exhibitors::name, exhibitors::locality))
        .load(tx.conn())?;
    let shared: Vec<LetBooth> = participants::table
        .inner_join(exhibitors::table.on(participants::exhibitor_id.eq(exhibitors::id.nullable())))
        .inner_join(allocations::table.inner_join(booths::table.inner_join(zones::table)))
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .order(booths::code_order)
        .limit(MAX_LET_BOOTHS)
        .select((booths::code, zones::name, exhibitors::id, exhibitors::name, exhibitors::locality))
        .load(tx.conn())?;
    main.extend(shared);
    Ok(main)
}

/// A product in the exhibitor list.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ListedProduct {
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub stars: Option<i32>,
}

/// Products that the exhibitors of an edition show.
pub(super) fn products_by_exhibitor(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ListedProduct>> {
    use exhibitor_products as p;
    p::table
        .filter(p::edition_id.eq(edition))
        .order((p::exhibitor_id, p::line, p::name))
        .select((p::exhibitor_id, p::name, p::stars))
        .load(tx.conn())
}

/// Public data of an exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct PublicExhibitor {
    pub name: String,
    pub legal_form: LegalForm,
    pub locality: String,
    pub country: String,
}

/// Finds an exhibitor.
pub(super) fn exhibitor(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<PublicExhibitor> {
    exhibitors::table
        .find(id)
        .select((exhibitors::name, exhibitors::legal_form, exhibitors::locality, exhibitors::country))
        .get_result(tx.conn())
}

/// A product with its certificate.
#[derive(Debug, Clone, Queryable)]
pub(super) struct PublicProduct {
    pub name: String,
    pub group: ProductGroup,
    pub stars: Option<i32>,
    pub certificate: Option<String>,
    pub expires_on: Option<Day>,
}

/// Products of an exhibitor, most stars first; at most 500. The catalogue of the organisation it is linked with; without a link,
/// what it showed at its last public edition.
pub(super) fn products_of(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<PublicProduct>> {
    let organisation: Option<OrganisationId> =
        exhibitors::table.find(id).select(exhibitors::organisation_id).get_result(tx.conn())?;
    let mut rows: Vec<PublicProduct> = match organisation {
        Some(organisation) => products::table
            .filter(products::organisation_id.eq(organisation))
            .order(products::id)
            .limit(500)
            .select((
                products::name,
                products::product_group,
                products::stars,
                products::certificate_number,
                products::certificate_expires_on,
            ))
            .load(tx.conn())?,
        None => shown_last(tx, id)?,
    };
    rows.sort_by(|a, b| {
        b.stars.cmp(&a.stars).then_with(|| hoicho_core::i18n::collation::compare_names(&a.name, &b.name))
    });
    Ok(rows)
}

fn shown_last(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<PublicProduct>> {
    use exhibitor_products as p;
    let last: Option<EditionId> = standing::table
        .inner_join(editions::table.on(editions::id.eq(standing::edition_id)))
        .filter(standing::exhibitor_id.eq(id))
        .filter(editions::state.ne(EditionState::Draft))
        .order(editions::id.desc())
        .select(editions::id)
        .first(tx.conn())
        .optional()?;
    let Some(edition) = last else { return Ok(Vec::new()) };
    p::table
        .filter(p::edition_id.eq(edition))
        .filter(p::exhibitor_id.eq(id))
        .order((p::line, p::name))
        .limit(500)
        .select((p::name, p::product_group, p::stars, p::certificate_number, p::certificate_expires_on))
        .load(tx.conn())
}

/// Current and past booths of an exhibitor: edition and booth code; newest first.
pub(super) fn booth_history(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<(EditionRow, String)>> {
    let columns = (EditionRow::as_select(), booths::code);
    let mut rows: Vec<(EditionRow, String)> = allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table)
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(applications::exhibitor_id.eq(id))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .filter(editions::state.ne(EditionState::Draft))
        .order((editions::id.desc(), booths::code_order))
        .limit(500)
        .select(columns)
        .load(tx.conn())?;
    let shared: Vec<(EditionRow, String)> = participants::table
        .inner_join(allocations::table.inner_join(booths::table))
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(participants::exhibitor_id.eq(id))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .filter(editions::state.ne(EditionState::Draft))
        .order((editions::id.desc(), booths::code_order))
        .limit(500)
        .select(columns)
        .load(tx.conn())?;
    rows.extend(shared);
    rows.sort_by_key(|(edition, _)| std::cmp::Reverse(edition.id));
    Ok(rows)
}

/// A news entry: a confirmed exhibitor, or the final figures if `exhibitor` is `None`.
#[derive(Debug, Clone)]
pub(crate) struct NewsEntry {
    pub id: AuditId,
    pub at: Instant,
    pub exhibitor: Option<(ExhibitorId, String)>,
    pub booth: Option<String>,
}

/// News of an edition from the audit log, newest first; allocations that were released since are omitted.
pub(crate) fn news(tx: &mut Tx<'_>, edition: EditionId, limit: i64) -> QueryResult<Vec<NewsEntry>> {
    let lines: Vec<(AuditId, AuditAction, String, Option<String>, Instant)> = audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .filter(audit_log::action.eq_any([AuditAction::AllocationConfirm, AuditAction::EditionTransition]))
        .order(audit_log::id.desc())
        .limit(limit)
        .select((audit_log::id, audit_log::action, audit_log::subject, audit_log::after_json, audit_log::at))
        .load(tx.conn())?;
    let ids: Vec<AllocationId> = lines.iter().filter_map(|(_, _, subject, ..)| subject.parse().ok()).collect();
    let active: HashMap<AllocationId, (ExhibitorId, String, String)> = allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::id.eq_any(ids))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((allocations::id, (exhibitors::id, exhibitors::name, booths::code)))
        .load::<(AllocationId, (ExhibitorId, String, String))>(tx.conn())?
        .into_iter()
        .collect();
    let to_news = |(id, action, subject, after, at): (AuditId, AuditAction, String, Option<String>, Instant)| {
        if action == AuditAction::EditionTransition {
            let is_final = after.is_some_and(|after| after.contains("\"finalised\""));
            return is_final.then_some(NewsEntry { id, at, exhibitor: None, booth: None });
        }
        let (exhibitor, name, booth) = active.get(&subject.parse().ok()?)?.clone();
        Some(NewsEntry { id, at, exhibitor: Some((exhibitor, name)), booth: Some(booth) })
    };
    Ok(lines.into_iter().filter_map(to_news).collect())
}

/// Exhibitors with a current or past booth in a public edition.
pub(crate) fn public_exhibitor_ids(tx: &mut Tx<'_>, limit: i64) -> QueryResult<Vec<ExhibitorId>> {
    let ids = standing::table
        .inner_join(editions::table.on(editions::id.eq(standing::edition_id)))
        .filter(editions::state.ne(EditionState::Draft))
        .select(standing::exhibitor_id);
    exhibitors::table
        .filter(exhibitors::id.eq_any(ids))
        .order(exhibitors::id)
        .limit(limit.max(0))
        .select(exhibitors::id)
        .load(tx.conn())
}
