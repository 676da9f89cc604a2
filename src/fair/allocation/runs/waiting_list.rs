//! Offers free booths to the waiting list, following an allocation run chosen by the organiser.
use std::collections::HashMap;

use chrono::Duration;

use super::{
    super::{
        lifecycle::OFFER_TTL_S,
        offer_email::offer_email,
        store::{self as allocations, AllocationRow},
    },
    execute::assigned_codes,
    instance::{self, ApplicationScope},
    policy::Policy,
    request::{MayMove, StartRun},
    store,
};
use crate::{applications, editions};
use hoicho_core::{
    db::Tx,
    states::{AllocationState, ApplicationState},
    values::{
        clock::Instant,
        ids::{AllocationId, EditionId, ExhibitorId},
    },
};
use hoicho_optimiser::{Model, SolverSettings, solve};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{Code, Problem},
    identity::members::notify_exhibitors,
    outbox::EmailKind,
};

/// Offers free booths to waitlisted applications, in the order and by the rules of the edition's waiting list run, and
/// approves those that get an offer. Returns their number. Does nothing if the organiser has not enabled it.
pub fn offer_free_booths(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<usize, Problem> {
    let edition = editions::store::find(tx, edition)?;
    // A fair that is over has no booths to give.
    let is_offering = edition.state.is_open() && !edition.schedule.is_over(now);
    let Some(run) = edition.waiting_list_run_id.filter(|_| is_offering) else { return Ok(0) };
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
    let expires_at = now + Duration::seconds(OFFER_TTL_S.into());
    let (mut rows, mut emails) = (Vec::new(), HashMap::<ExhibitorId, EmailKind>::new());
    let mut entries = Vec::new();
    for (ix, (fact, (applicant, booths))) in
        (0..).zip(loaded.applications.iter().zip(loaded.instance.applications.iter().zip(&assignment.booths)))
    {
        let Some(booths) = booths.as_ref().filter(|_| !applicant.is_fixed) else { continue };
        let before = applications::store::find_for_share(tx, edition.id, fact.id)?;
        let after = applications::store::ApplicationRow {
            state: ApplicationState::Approved,
            waitlisted_at: None,
            version: before.version + 1,
            ..before.clone()
        };
        if !applications::store::update(tx, &after, before.version)? {
            return Err(Code::StaleVersion.into());
        }
        for booth in booths {
            let booth = usize::try_from(*booth).ok().and_then(|b| loaded.booths.get(b)).ok_or(Code::Internal)?;
            rows.push(AllocationRow {
                id: AllocationId::make(),
                edition_id: edition.id,
                booth_id: booth.id,
                application_id: fact.id,
                state: AllocationState::Offered,
                expires_at: Some(expires_at),
                is_by_run: true,
                version: 1,
                created_at: now,
            });
        }
        let codes = assigned_codes(&loaded, &assignment, ix);
        emails.insert(fact.exhibitor, offer_email(&edition, &codes, expires_at)?);
        entries.push(audit::Entry {
            organiser: Some(edition.organiser_id),
            edition: Some(edition.id),
            actor: None,
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::AllocationOfferToWaitingList,
            subject: fact.id.to_string(),
            before: None,
            after: Some(codes),
            at: now,
        });
    }
    let offered = entries.len();
    allocations::insert(tx, &rows)?;
    notify_exhibitors(tx, &emails, now)?;
    audit::record_all(tx, entries)?;
    Ok(offered)
}
