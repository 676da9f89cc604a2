//! Carrying a proposal out: all of it in one transaction, or, if the floor changed meanwhile, nothing and a list of
//! what changed.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Duration, TimeZone};

use super::{
    super::{
        AllocationState,
        store::{self as allocations, AllocationRow},
    },
    store::{self, Holding, RunRow, RunState},
};
use crate::{applications::ApplicationState, editions};
use hoicho_core::{
    db::Tx,
    i18n::{Said, Text},
    values::ids::{AllocationId, AllocationRunId, ApplicationId, BoothId, ExhibitorId},
};
use hoicho_web::{
    http::{Code, Problem, problem::FieldError},
    identity::{Granted, members::write_to_exhibitors},
    outbox::Letter,
};

hoicho_core::text_enum! {
    /// How the booths of a proposal are given.
    GiveAs {
        /// Held: the organiser looks at them first.
        Held,
        /// Offered: their exhibitors get a mail and answer in time.
        Offered,
    }
}

/// What was carried out.
pub struct Applied {
    pub given: usize,
    pub released: usize,
    pub kept: usize,
}

/// Faults told at once; a floor that changed all over needs a new run, not a longer list.
const MOST_CHANGES: usize = 200;

/// Carries a proposal out.
pub fn apply(
    tx: &mut Tx<'_>,
    granted: &Granted,
    id: AllocationRunId,
    give_as: GiveAs,
    expires_in_s: u32,
) -> Result<Applied, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let run = store::find(tx, edition.id, id)?;
    if run.state != RunState::Proposed {
        return Err(Problem::new(
            Code::IllegalStep,
            Said("the-run-is-state-only-a-proposal").with(&[("state", &run.state)]),
        ));
    }
    let booths = store::booths(tx, id)?;
    let holdings = store::holdings(tx, edition.id, granted.now)?;
    let changes = changes(tx, &run, &booths, &holdings)?;
    if !changes.is_empty() {
        return Err(Problem {
            code: Code::FloorChanged,
            detail: Some(Said("the-floor-or-the-applications-changed-after").text()),
            errors: changes,
        });
    }
    // Those that ran out still hold their booths in the index until somebody says so.
    let wanted: Vec<BoothId> = booths.iter().map(|(b, _)| b.booth_id).collect();
    for part in wanted.chunks(10_000) {
        allocations::expire(tx, granted.now, Some(part))?;
    }
    let by_booth: HashMap<BoothId, &Holding> = holdings.iter().map(|h| (h.booth, h)).collect();
    let expires_at = Some(granted.now + Duration::seconds(expires_in_s.into()));
    let state = match give_as {
        GiveAs::Held => AllocationState::Held,
        GiveAs::Offered => AllocationState::Offered,
    };
    let (mut released, mut given, mut kept) = (Vec::new(), Vec::new(), 0);
    let mut offered: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    for (booth, code) in &booths {
        if booth.before_application_id == booth.after_application_id {
            kept += 1;
            continue;
        }
        released.extend(by_booth.get(&booth.booth_id).map(|h| h.id));
        if let Some(application) = booth.after_application_id {
            given.push(AllocationRow {
                id: AllocationId::make(),
                edition_id: edition.id,
                booth_id: booth.booth_id,
                application_id: application,
                state,
                expires_at,
                version: 1,
                created_at: granted.now,
            });
            offered.entry(application).or_default().push(code.clone());
        }
    }
    allocations::release(tx, &released)?;
    allocations::insert(tx, &given)?;
    let row = RunRow { state: RunState::Applied, ..run };
    if !store::finish(tx, &row, RunState::Proposed)? {
        return Err(Code::StaleVersion.into());
    }
    if give_as == GiveAs::Offered {
        let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
        let until = zone.from_utc_datetime(&expires_at.ok_or(Code::Internal)?).naive_local();
        let exhibitors: HashMap<ApplicationId, ExhibitorId> = store::exhibitors_of(tx, id)?.into_iter().collect();
        let mut letters: HashMap<ExhibitorId, Letter> = HashMap::new();
        for (application, codes) in offered {
            let Some(exhibitor) = exhibitors.get(&application) else { continue };
            let booth = codes.join(", ");
            letters.insert(*exhibitor, Letter::BoothOffered { edition: edition.name.clone(), booth, until });
        }
        write_to_exhibitors(tx, &letters, granted.now)?;
    }
    let ids: Vec<AllocationId> = given.iter().map(|g| g.id).collect();
    let applied = Applied { given: ids.len(), released: released.len(), kept };
    granted.audit(tx, "allocation_run.apply", id, Some(released), Some(ids))?;
    Ok(applied)
}

/// Everything that is not as it was when the proposal was made.
fn changes(
    tx: &mut Tx<'_>,
    run: &RunRow,
    booths: &[(store::RunBoothRow, String)],
    holdings: &[Holding],
) -> Result<Vec<FieldError>, Problem> {
    let mut errors = Vec::new();
    let mut note = |pointer: String, code: &'static str, detail: Text| {
        if errors.len() < MOST_CHANGES {
            errors.push(FieldError { pointer, code, detail });
        }
    };
    let now: HashMap<BoothId, ApplicationId> = holdings.iter().map(|h| (h.booth, h.application)).collect();
    for (booth, code) in booths {
        let (was, is) = (booth.before_application_id, now.get(&booth.booth_id).copied());
        let pointer = || format!("/booths/{}", booth.booth_id);
        match (was, is) {
            _ if was == is => {}
            (None, Some(_)) => note(pointer(), "taken", Said("floor-booth-taken").with(&[("code", code)]).text()),
            (Some(_), None) => {
                note(pointer(), "freed", Said("floor-booth-freed").with(&[("code", code)]).text());
            }
            (_, _) => {
                note(pointer(), "changed_hands", Said("floor-booth-changed-hands").with(&[("code", code)]).text())
            }
        }
    }
    // A booth that the proposal does not touch and somebody has taken since changes what would be best; the proposal
    // can be carried out all the same.
    let open: BTreeSet<BoothId> = store::open_booths(tx, run.edition_id)?.into_iter().collect();
    for (booth, code) in booths {
        let new = booth.after_application_id.is_some() && booth.after_application_id != booth.before_application_id;
        if new && !open.contains(&booth.booth_id) {
            note(
                format!("/booths/{}", booth.booth_id),
                "not_open",
                Said("floor-booth-not-open").with(&[("code", code)]).text(),
            );
        }
    }
    let versions: HashMap<ApplicationId, i32> = store::applications(tx, run.edition_id, &[ApplicationState::Approved])?
        .into_iter()
        .map(|a| (a.id, a.version))
        .collect();
    let served: BTreeSet<ApplicationId> = booths.iter().filter_map(|(b, _)| b.after_application_id).collect();
    for (application, seen) in store::seen(tx, run.id)?.into_iter().filter(|(a, _)| served.contains(a)) {
        let pointer = format!("/applications/{application}");
        match versions.get(&application) {
            None => note(pointer, "not_approved", Said("floor-application-not-approved").text()),
            Some(version) if *version != seen => note(pointer, "changed", Said("floor-application-changed").text()),
            Some(_) => {}
        }
    }
    Ok(errors)
}
