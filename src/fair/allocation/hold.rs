//! Holds booths for an approved application.
use chrono::Duration;

use super::{
    lifecycle::{AllocationState, adjacent},
    store::{self, AllocationRow},
};
use crate::{
    applications::{self, ApplicationState, store::ApplicationRow},
    editions, exhibitors,
    floor::{self, Candidate, Obstacle},
    products,
};
use hoicho_core::{
    db::Tx,
    i18n::{Said, Text},
    values::ids::{AllocationId, ApplicationId, BoothId},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Granted,
};

/// Parameters of a hold.
pub struct Hold {
    pub application: ApplicationId,
    /// 1 to 100 booths.
    pub booths: Vec<BoothId>,
    /// The organiser explicitly allows booths that are not adjacent.
    pub allow_apart: bool,
    /// Reason for overriding the eligibility rules of a zone.
    pub eligibility_waiver: Option<String>,
    /// Seconds until the hold expires.
    pub expires_in_s: u32,
}

/// Holds all booths or none. The unique index detects booths that are taken; there is no check before the insert, which
/// would be a race.
pub fn hold(tx: &mut Tx<'_>, granted: &Granted, hold: &Hold) -> Result<Vec<AllocationRow>, Problem> {
    let edition = editions::store::hold_open(tx, granted.edition()?)?;
    let application = applications::store::find_held(tx, edition, hold.application)?;
    if application.state != ApplicationState::Approved {
        return Err(Problem::new(Code::IllegalStep, Said("booths-are-held-for-approved-applications-only")));
    }
    let places = store::places(tx, edition, &hold.booths)?;
    if places.len() != hold.booths.len() {
        return Err(Problem::new(Code::NotFound, Said("one-of-the-booths-is-not-in")));
    }
    if !hold.allow_apart && !adjacent(&places) {
        return Err(Problem::new(Code::Invalid, Said("the-booths-are-not-side-by-side")));
    }
    if hold.eligibility_waiver.is_none() {
        check_eligibility(tx, &application, &hold.booths)?;
    }
    store::expire(tx, granted.now, Some(&hold.booths))?;
    let expires_at = Some(granted.now + Duration::seconds(hold.expires_in_s.into()));
    let row = |booth: &BoothId| AllocationRow {
        id: AllocationId::make(),
        edition_id: edition,
        booth_id: *booth,
        application_id: application.id,
        state: AllocationState::Held,
        expires_at,
        version: 1,
        created_at: granted.now,
    };
    // Insert in a fixed order, so that concurrent holds of the same booths cannot deadlock.
    let mut booths = hold.booths.clone();
    booths.sort();
    let rows: Vec<_> = booths.iter().map(row).collect();
    store::insert(tx, &rows)?;
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    granted.audit(tx, "allocation.hold", application.id, None, Some((ids, &hold.eligibility_waiver)))?;
    Ok(rows)
}

/// Fails with `not_eligible` and the unmet rules if the exhibitor is not eligible for the zone of a booth.
pub(super) fn check_eligibility(
    tx: &mut Tx<'_>,
    application: &ApplicationRow,
    booths: &[BoothId],
) -> Result<(), Problem> {
    let zones = store::zones_of(tx, booths)?;
    let rules = floor::store::eligibility_of(tx, &zones.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    if rules.is_empty() {
        return Ok(());
    }
    let exhibitor = exhibitors::store::find(tx, application.exhibitor_id)?;
    // The products named in the application; if none, all products of the exhibitor.
    let applied = store::product_groups_of(tx, application.id)?;
    let product_groups = if applied.is_empty() { products::store::groups_of(tx, exhibitor.id)? } else { applied };
    let candidate = Candidate { legal_form: exhibitor.legal_form, locality: exhibitor.locality_code, product_groups };
    for (zone, name) in zones {
        let obstacles = rules.get(&zone).map(|r| r.obstacles(&candidate)).unwrap_or_default();
        if obstacles.is_empty() {
            continue;
        }
        let rules: Vec<Text> = obstacles
            .into_iter()
            .map(|o| match o {
                Obstacle::ProductGroup => Said("obstacle-product-group").text(),
                Obstacle::LegalForm => Said("obstacle-legal-form").text(),
                Obstacle::Locality => Said("obstacle-locality").text(),
            })
            .collect();
        return Err(Problem::new(
            Code::NotEligible,
            Said("the-zone-is-not-for-this-exhibitor").with(&[("zone", &name)]).and("rules", Text::list(&rules)),
        ));
    }
    Ok(())
}
