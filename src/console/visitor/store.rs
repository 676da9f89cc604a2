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
use hoicho_web::{audit::AuditAction, changes::Kind};

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

/// An exhibitor whose booth was confirmed.
#[derive(Debug, Clone)]
pub(crate) struct ConfirmedBooth {
    pub id: AuditId,
    pub at: Instant,
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub booth: String,
}

/// The last confirmed booths of an edition, newest first; allocations that were released since are omitted.
pub(crate) fn confirmed_booths(tx: &mut Tx<'_>, edition: EditionId, limit: i64) -> QueryResult<Vec<ConfirmedBooth>> {
    let lines: Vec<(AuditId, String, Instant)> = audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .filter(audit_log::action.eq(AuditAction::AllocationConfirm))
        .order(audit_log::id.desc())
        .limit(limit)
        .select((audit_log::id, audit_log::subject, audit_log::at))
        .load(tx.conn())?;
    let ids: Vec<AllocationId> = lines.iter().filter_map(|(_, subject, _)| subject.parse().ok()).collect();
    let active: HashMap<AllocationId, (ExhibitorId, String, String)> = allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::id.eq_any(ids))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((allocations::id, (exhibitors::id, exhibitors::name, booths::code)))
        .load::<(AllocationId, (ExhibitorId, String, String))>(tx.conn())?
        .into_iter()
        .collect();
    let confirmed = |(id, subject, at): (AuditId, String, Instant)| {
        let (exhibitor, name, booth) = active.get(&subject.parse().ok()?)?.clone();
        Some(ConfirmedBooth { id, at, exhibitor, name, booth })
    };
    Ok(lines.into_iter().filter_map(confirmed).collect())
}

/// When what is public of each edition last changed.
pub(crate) fn changes_of_editions(tx: &mut Tx<'_>) -> QueryResult<HashMap<EditionId, Instant>> {
    use diesel::dsl::max;
    // Changes of editions themselves have no edition.
    let own: Vec<(EditionId, Instant)> = changes::table
        .filter(changes::kind.eq(Kind::Edition))
        .select((changes::subject, changes::at))
        .load(tx.conn())?;
    let of_parts: Vec<(EditionId, Option<Instant>)> = changes::table
        .filter(changes::kind.ne(Kind::Edition))
        .group_by(changes::edition)
        .select((changes::edition, max(changes::at)))
        .load(tx.conn())?;
    let mut latest: HashMap<EditionId, Instant> = own.into_iter().collect();
    for (edition, at) in of_parts {
        if let (Some(latest), Some(at)) = (latest.get_mut(&edition), at) {
            *latest = at.max(*latest);
        }
    }
    Ok(latest)
}

/// The number of exhibitors with a current or past booth in a public edition.
pub(crate) fn count_public_exhibitors(tx: &mut Tx<'_>) -> QueryResult<i64> {
    exhibitors::table
        .filter(exhibitors::id.eq_any(public_standing::table.select(public_standing::exhibitor_id)))
        .count()
        .get_result(tx.conn())
}

/// These of the exhibitors with a current or past booth in a public edition, in the order of their identifiers, and when what is
/// public of them last changed.
pub(crate) fn public_exhibitors_with_changes(
    tx: &mut Tx<'_>,
    range: std::ops::Range<usize>,
) -> QueryResult<Vec<(ExhibitorId, Option<Instant>)>> {
    use diesel::dsl::max;
    let [offset, limit] = [range.start, range.len()].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    if limit == 0 {
        return Ok(Vec::new());
    }
    let ids: Vec<ExhibitorId> = exhibitors::table
        .filter(exhibitors::id.eq_any(public_standing::table.select(public_standing::exhibitor_id)))
        .order(exhibitors::id)
        .offset(offset)
        .limit(limit)
        .select(exhibitors::id)
        .load(tx.conn())?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    let changed: HashMap<ExhibitorId, Option<Instant>> = changes::table
        .filter(changes::kind.eq(Kind::Exhibitor))
        .filter(changes::subject.between(first, last))
        .group_by(changes::subject)
        .select((changes::subject, max(changes::at)))
        .load::<(ExhibitorId, Option<Instant>)>(tx.conn())?
        .into_iter()
        .collect();
    Ok(ids.into_iter().map(|id| (id, changed.get(&id).copied().flatten())).collect())
}
