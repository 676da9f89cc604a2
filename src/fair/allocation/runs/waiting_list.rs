//! Offers free booths to the waiting list, following an allocation run chosen by the organiser.
use std::collections::HashMap;

use chrono::Duration;

use super::{
    super::{
        expire,
        lifecycle::OFFER_TTL_S,
        offer_email::offer_email,
        store::{self as allocations, AllocationRow, Due},
    },
    execute::assigned_codes,
    instance::{self, ApplicationScope},
    policy::Policy,
    refill_store,
    request::{MayMove, StartRun},
    store,
};
use crate::{
    applications::{self, store::ApplicationRow},
    editions,
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx},
    states::{AllocationState, ApplicationState},
    values::{
        clock::Instant,
        ids::{AllocationId, AllocationRunId, BoothId, EditionId, ExhibitorId, RefillId},
    },
};
use hoicho_optimiser::{Model, SolverSettings, instance::BoothIx, solve};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{Code, Problem},
    identity::members::notify_exhibitors,
    outbox::EmailKind,
};

/// Offers that are planned, and not made yet.
pub struct PlannedOffers {
    edition: EditionId,
    /// The run whose policy they follow; `None` if the edition offers nothing now.
    run: Option<AllocationRunId>,
    requests: Vec<RefillId>,
    offers: Vec<PlannedOffer>,
}

struct PlannedOffer {
    /// The application as it was when the offer was planned.
    application: ApplicationRow,
    booths: Vec<BoothId>,
    codes: Vec<String>,
}

/// Plans offers of free booths to waitlisted applications, in the order and by the rules of the edition's waiting list run. Takes up to
/// five seconds, so it only reads.
pub fn plan_offers(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<PlannedOffers, Problem> {
    let requests = refill_store::refills_of(tx, edition)?;
    let edition = editions::store::find(tx, edition)?;
    // A fair that is over has no booths to give.
    let is_offering = edition.state.is_open() && !edition.schedule.is_over(now);
    let Some(run) = edition.waiting_list_run_id.filter(|_| is_offering) else {
        return Ok(PlannedOffers { edition: edition.id, run: None, requests, offers: Vec::new() });
    };
    let run = store::find(tx, edition.id, run)?;
    let mut request: StartRun = serde_json::from_str(&run.request).map_err(|_| Code::Internal)?;
    // Existing allocations never move; the waiting list is served in strict order.
    request.policy = Policy::SpaceDraw;
    request.rules.may_move = MayMove::Nobody;
    request.based_on = None;
    let loaded = instance::load_instance(tx, edition.id, &request, ApplicationScope::Waiting, now)?;
    let model = Model::new(&loaded.instance);
    let mut effort = SolverSettings::for_applicants(0, std::time::Duration::from_secs(5));
    // The optimality gap is not used: minimize the work on the bound.
    effort.cooling.steps = 3;
    let assignment = solve::solve(&model, request.policy.into(), effort, 1, &|_| true);
    let assigned: Vec<_> = (0..)
        .zip(loaded.applications.iter().zip(loaded.instance.applications.iter().zip(&assignment.booths)))
        .filter(|(_, (_, (applicant, _)))| !applicant.is_fixed)
        .filter_map(|(ix, (fact, (_, booths)))| Some((ix, fact.id, booths.as_ref()?)))
        .collect();
    let ids: Vec<_> = assigned.iter().map(|(_, application, _)| *application).collect();
    let mut applications = applications::store::find_all(tx, edition.id, &ids)?;
    let mut offers = Vec::new();
    for (ix, application, booths) in assigned {
        let booth = |booth: &BoothIx| usize::try_from(*booth).ok().and_then(|at| loaded.booths.get(at)).map(|b| b.id);
        let booths: Option<Vec<BoothId>> = booths.iter().map(booth).collect();
        offers.push(PlannedOffer {
            application: applications.remove(&application).ok_or(Code::NotFound)?,
            booths: booths.ok_or(Code::Internal)?,
            codes: assigned_codes(&loaded, &assignment, ix),
        });
    }
    Ok(PlannedOffers { edition: edition.id, run: Some(run.id), requests, offers })
}

/// Makes planned offers, and approves the applications; returns their number.
///
/// # Errors
/// [`Code::StaleVersion`] or [`Code::BoothAlreadyTaken`] if something has changed since: the requests stay, and the next plan is based
/// on it.
pub fn write_offers(tx: &mut Tx<'_>, planned: PlannedOffers, now: Instant) -> Result<usize, Problem> {
    refill_store::delete_refills(tx, &planned.requests)?;
    if planned.offers.is_empty() {
        return Ok(0);
    }
    let edition = editions::store::lock_open(tx, planned.edition)?;
    if edition.waiting_list_run_id != planned.run || edition.schedule.is_over(now) {
        return Err(Code::StaleVersion.into());
    }
    let booths: Vec<BoothId> = planned.offers.iter().flat_map(|offer| offer.booths.iter().copied()).collect();
    for part in booths.chunks(MAX_IDS_PER_STATEMENT) {
        // A hold that is due and not expired yet would refuse the offer.
        let expired = allocations::expire(tx, now, Due::OnBooths(part))?;
        expire::record(tx, edition.organiser_id, &expired, now)?;
    }
    let expires_at = now + Duration::seconds(OFFER_TTL_S.into());
    let (mut rows, mut emails) = (Vec::new(), HashMap::<ExhibitorId, EmailKind>::new());
    let (mut entries, offered) = (Vec::new(), planned.offers.len());
    for PlannedOffer { application: before, booths, codes } in planned.offers {
        let after = ApplicationRow {
            state: ApplicationState::Approved,
            waitlisted_at: None,
            version: before.version + 1,
            ..before.clone()
        };
        if !applications::store::update(tx, &after, before.version)? {
            return Err(Code::StaleVersion.into());
        }
        for booth in booths {
            let id = AllocationId::make();
            rows.push(AllocationRow {
                id,
                edition_id: edition.id,
                booth_id: booth,
                application_id: before.id,
                state: AllocationState::Offered,
                expires_at: Some(expires_at),
                is_by_run: true,
                version: 1,
                created_at: now,
            });
            entries.push(audit::Entry {
                organiser: Some(edition.organiser_id),
                edition: Some(edition.id),
                actor: None,
                api_key: None,
                on_behalf_of: None,
                action: AuditAction::AllocationOfferToWaitingList,
                subject: id.to_string(),
                before: None,
                after: Some(AllocationState::Offered),
                at: now,
            });
        }
        emails.insert(before.exhibitor_id, offer_email(&edition, &codes, expires_at)?);
    }
    allocations::insert(tx, &rows)?;
    notify_exhibitors(tx, &emails, now)?;
    audit::record_all(tx, entries)?;
    Ok(offered)
}
