//! Holds booths for an approved application.
use chrono::Duration;

use super::{
    lifecycle::are_adjacent,
    store::{self, AllocationRow, Due},
};
use crate::{
    applications::{self, store::ApplicationRow},
    editions, exhibitors,
    floor::{self, Candidate, UnmetRule},
    products,
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    states::{AllocationState, ApplicationState},
    values::ids::{AllocationId, ApplicationId, BoothId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Parameters of a hold.
pub struct HoldRequest {
    pub application: ApplicationId,
    /// 1 to [`super::MAX_BOOTHS_PER_HOLD`] booths.
    pub booths: Vec<BoothId>,
    /// The organiser explicitly allows booths that are not adjacent.
    pub allow_non_adjacent: bool,
    /// Reason for overriding the eligibility rules of a zone.
    pub eligibility_waiver: Option<String>,
    /// Seconds until the hold expires.
    pub ttl_s: u32,
}

/// Holds all booths or none. The unique index detects booths that are taken; there is no check before the insert, which
/// would be a race.
pub fn hold_booths(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    hold: &HoldRequest,
) -> Result<Vec<AllocationRow>, Problem> {
    let edition = editions::store::lock_open_id(tx, authorized.edition()?)?;
    let application = applications::store::find_for_share(tx, edition, hold.application)?;
    if application.state != ApplicationState::Approved {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-application-not-approved")));
    }
    let places = store::booth_places(tx, edition, &hold.booths)?;
    if places.len() != hold.booths.len() {
        return Err(Problem::new(Code::NotFound, MessageId("error-booth-of-other-edition")));
    }
    if !hold.allow_non_adjacent && !are_adjacent(&places) {
        return Err(Problem::new(Code::Invalid, MessageId("error-booths-not-adjacent")));
    }
    if hold.eligibility_waiver.is_none() {
        require_eligibility(tx, &application, &hold.booths)?;
    }
    store::expire(tx, authorized.now, Due::OnBooths(&hold.booths))?;
    let expires_at = Some(authorized.now + Duration::seconds(hold.ttl_s.into()));
    let row = |booth: &BoothId| AllocationRow {
        id: AllocationId::make(),
        edition_id: edition,
        booth_id: *booth,
        application_id: application.id,
        state: AllocationState::Held,
        expires_at,
        is_by_run: false,
        version: 1,
        created_at: authorized.now,
    };
    // Insert in a fixed order, so that concurrent holds of the same booths cannot deadlock.
    let mut booths = hold.booths.clone();
    booths.sort();
    let rows: Vec<_> = booths.iter().map(row).collect();
    store::insert(tx, &rows)?;
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    authorized.record_audit(
        tx,
        AuditAction::AllocationHold,
        application.id,
        None,
        Some((ids, &hold.eligibility_waiver)),
    )?;
    Ok(rows)
}

/// Fails with `not_eligible` and the unmet rules if the exhibitor is not eligible for the zone of a booth.
pub(super) fn require_eligibility(
    tx: &mut Tx<'_>,
    application: &ApplicationRow,
    booths: &[BoothId],
) -> Result<(), Problem> {
    let zones = store::zones_of_booths(tx, booths)?;
    let rules = floor::store::eligibility_by_zone(tx, &zones.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    if rules.is_empty() {
        return Ok(());
    }
    let exhibitor = exhibitors::store::find(tx, application.exhibitor_id)?;
    // The products named in the application; if none, all products of the linked organisation.
    let applied = store::product_groups_of(tx, application.id)?;
    let product_groups = match exhibitor.organisation_id {
        Some(organisation) if applied.is_empty() => products::store::find_groups(tx, organisation)?,
        Some(_) | None => applied,
    };
    let candidate = Candidate { legal_form: exhibitor.legal_form, locality: exhibitor.locality_code, product_groups };
    for (zone, name) in zones {
        let obstacles = rules.get(&zone).map(|r| r.unmet_rules(&candidate)).unwrap_or_default();
        if obstacles.is_empty() {
            continue;
        }
        let rules: Vec<LocalizedText> = obstacles
            .into_iter()
            .map(|o| match o {
                UnmetRule::ProductGroup => MessageId("obstacle-product-group").localize(),
                UnmetRule::LegalForm => MessageId("obstacle-legal-form").localize(),
                UnmetRule::Locality => MessageId("obstacle-locality").localize(),
            })
            .collect();
        return Err(Problem::new(
            Code::NotEligible,
            MessageId("error-zone-not-eligible")
                .with_args(&[("zone", &name)])
                .with_text("rules", LocalizedText::join(&rules)),
        ));
    }
    Ok(())
}
