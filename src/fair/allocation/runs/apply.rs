//! Applies a proposal in one transaction. If the floor or the applications changed since the allocation run, nothing is
//! applied and all conflicts are reported.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Duration;

use super::{
    super::{
        occupancies::{self, Overlap},
        offer_email::offer_email,
        store::{self as allocations, AllocationRow, Due},
    },
    instance::is_fixed,
    request::StartRun,
    store::{self, ActiveAllocation, AllocationRunRow},
};
use crate::{
    editions::{self, store::EditionRow},
    exhibitors::without_email::{self, WithoutEmail},
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx},
    i18n::{LocalizedText, MessageId},
    states::{AllocationState, ApplicationState, RunState},
    values::{
        clock::Instant,
        ids::{AllocationId, AllocationRunId, ApplicationId, BoothId, ExhibitorId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, FieldCode, Problem, problem::FieldError},
    identity::{Authorized, members::notify_exhibitors},
    outbox::EmailKind,
};

hoicho_core::text_enum! {
    /// State of the allocations that a proposal creates.
    GiveAs {
        /// Held, for review by the organiser.
        Held,
        /// Offered: the exhibitors are notified by e-mail and must accept before the expiry.
        Offered,
    }
}

/// Numbers of allocations created and released, and of booths unchanged.
pub struct ApplyResult {
    pub allocated: usize,
    pub released: usize,
    pub unchanged: usize,
    /// Exhibitors with an offer but without an e-mail address.
    pub without_email: Vec<WithoutEmail>,
}

/// Max conflicts reported; beyond that a new allocation run is needed anyway.
const MAX_CONFLICTS: usize = 200;

/// Applies a proposal.
pub fn apply_proposal(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    id: AllocationRunId,
    give_as: GiveAs,
    expires_in_s: u32,
) -> Result<ApplyResult, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let run = store::find(tx, edition.id, id)?;
    if run.state != RunState::Proposed {
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-run-not-proposed").with_args(&[("state", &run.state)]),
        ));
    }
    let booths = store::proposed_booths(tx, id)?;
    let active = store::active_allocations(tx, edition.id, authorized.now)?;
    let conflicts = find_conflicts(tx, &run, &booths, &active)?;
    if !conflicts.is_empty() {
        let outdated = Problem::new(Code::FloorChanged, MessageId("error-proposal-outdated"));
        return Err(Problem { errors: conflicts, ..outdated });
    }
    // Expired allocations occupy their booths in the unique index until their state is updated.
    let booth_ids: Vec<BoothId> = booths.iter().map(|(b, _)| b.booth_id).collect();
    for part in booth_ids.chunks(MAX_IDS_PER_STATEMENT) {
        allocations::expire(tx, authorized.now, Due::OnBooths(part))?;
    }
    let by_booth: HashMap<BoothId, &ActiveAllocation> = active.iter().map(|h| (h.booth, h)).collect();
    let expires_at = authorized.now + Duration::seconds(expires_in_s.into());
    let state = match give_as {
        GiveAs::Held => AllocationState::Held,
        GiveAs::Offered => AllocationState::Offered,
    };
    let (mut released, mut allocated, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let mut offered_codes: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    for (booth, code) in &booths {
        if booth.before_application_id == booth.after_application_id {
            unchanged += 1;
            continue;
        }
        released.extend(by_booth.get(&booth.booth_id).map(|h| h.id));
        if let Some(application) = booth.after_application_id {
            allocated.push(AllocationRow {
                id: AllocationId::make(),
                edition_id: edition.id,
                booth_id: booth.booth_id,
                application_id: application,
                state,
                expires_at: Some(expires_at),
                is_by_run: true,
                version: 1,
                created_at: authorized.now,
            });
            offered_codes.entry(application).or_default().push(code.clone());
        }
    }
    allocations::release(tx, &released)?;
    let from = occupancies::effective_day(tx, &edition, authorized.now, None)?;
    occupancies::write(tx, edition.id, from, &released, &[], Overlap::Skip)?;
    allocations::insert(tx, &allocated)?;
    let row = AllocationRunRow { state: RunState::Applied, ..run };
    if !store::update_finished(tx, &row, RunState::Proposed)? {
        return Err(Code::StaleVersion.into());
    }
    let without_email = match give_as {
        GiveAs::Offered => notify_offers(tx, &edition, id, offered_codes, expires_at, authorized.now)?,
        GiveAs::Held => Vec::new(),
    };
    let ids: Vec<AllocationId> = allocated.iter().map(|a| a.id).collect();
    let applied = ApplyResult { allocated: ids.len(), released: released.len(), unchanged, without_email };
    authorized.record_audit(tx, AuditAction::AllocationRunApply, id, Some(released), Some(ids))?;
    Ok(applied)
}

/// Notifies the exhibitors of their offers; `codes` are those of the offered booths by application. Returns those without an address.
fn notify_offers(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    run: AllocationRunId,
    codes: BTreeMap<ApplicationId, Vec<String>>,
    expires_at: Instant,
    now: Instant,
) -> Result<Vec<WithoutEmail>, Problem> {
    let exhibitors: HashMap<ApplicationId, ExhibitorId> = store::exhibitors_of(tx, run)?.into_iter().collect();
    let mut emails: HashMap<ExhibitorId, EmailKind> = HashMap::new();
    for (application, codes) in codes {
        let Some(exhibitor) = exhibitors.get(&application) else { continue };
        emails.insert(*exhibitor, offer_email(edition, &codes, expires_at)?);
    }
    let notified = notify_exhibitors(tx, &emails, now)?;
    Ok(without_email::find(tx, &notified.without_email)?)
}

/// Differences between the current state and the state that the allocation run was computed from.
fn find_conflicts(
    tx: &mut Tx<'_>,
    run: &AllocationRunRow,
    booths: &[(store::ProposedBoothRow, String)],
    active: &[ActiveAllocation],
) -> Result<Vec<FieldError>, Problem> {
    let request: StartRun = serde_json::from_str(&run.request).map_err(|_| Code::Internal)?;
    let mut errors = Vec::new();
    let mut report = |pointer: String, code: FieldCode, detail: LocalizedText| {
        if errors.len() < MAX_CONFLICTS {
            errors.push(FieldError { pointer, code, detail });
        }
    };
    let current: HashMap<BoothId, &ActiveAllocation> = active.iter().map(|h| (h.booth, h)).collect();
    for (booth, code) in booths {
        let occupant = current.get(&booth.booth_id);
        let (before, after) = (booth.before_application_id, occupant.map(|h| h.application));
        let pointer = || format!("/booths/{}", booth.booth_id);
        match (before, after) {
            // A person may have taken a step with an allocation that the run was free to move.
            _ if before == after => {
                let is_released = booth.before_application_id != booth.after_application_id;
                if is_released && occupant.is_some_and(|h| is_fixed(h, &request.rules)) {
                    report(
                        pointer(),
                        FieldCode::ByHand,
                        MessageId("floor-booth-by-hand").with_args(&[("code", code)]).localize(),
                    );
                }
            }
            (None, Some(_)) => report(
                pointer(),
                FieldCode::Taken,
                MessageId("floor-booth-taken").with_args(&[("code", code)]).localize(),
            ),
            (Some(_), None) => {
                report(
                    pointer(),
                    FieldCode::Freed,
                    MessageId("floor-booth-freed").with_args(&[("code", code)]).localize(),
                );
            }
            (_, _) => report(
                pointer(),
                FieldCode::ChangedHands,
                MessageId("floor-booth-changed-hands").with_args(&[("code", code)]).localize(),
            ),
        }
    }
    // Changes to booths that are not part of the proposal may change the optimum but are not conflicts.
    let open: BTreeSet<BoothId> = store::open_booth_ids(tx, run.edition_id)?.into_iter().collect();
    for (booth, code) in booths {
        let is_new = booth.after_application_id.is_some() && booth.after_application_id != booth.before_application_id;
        if is_new && !open.contains(&booth.booth_id) {
            report(
                format!("/booths/{}", booth.booth_id),
                FieldCode::NotOpen,
                MessageId("floor-booth-not-open").with_args(&[("code", code)]).localize(),
            );
        }
    }
    let versions: HashMap<ApplicationId, i32> =
        store::application_inputs(tx, run.edition_id, &[ApplicationState::Approved])?
            .into_iter()
            .map(|a| (a.id, a.version))
            .collect();
    let served: BTreeSet<ApplicationId> = booths.iter().filter_map(|(b, _)| b.after_application_id).collect();
    for (application, seen_version) in
        store::loaded_versions(tx, run.id)?.into_iter().filter(|(a, _)| served.contains(a))
    {
        let pointer = format!("/applications/{application}");
        match versions.get(&application) {
            None => report(pointer, FieldCode::NotApproved, MessageId("floor-application-not-approved").localize()),
            Some(version) if *version != seen_version => {
                report(pointer, FieldCode::Changed, MessageId("floor-application-changed").localize())
            }
            Some(_) => {}
        }
    }
    Ok(errors)
}
