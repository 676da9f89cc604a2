//! Executes allocation runs on a blocking thread and stores the proposal.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    explanation::{DisplayNames, Explainer},
    instance::{self, ApplicationScope, LoadedInstance},
    request::StartRun,
    store::{self, AllocationRunRow, ProposedApplicationRow, ProposedBoothRow},
};
use crate::editions;
use hoicho_core::{
    db::{Database, Tx, lock_name},
    i18n::MessageId,
    states::RunState,
    values::{
        clock::{Clock, Instant},
        ids::{AllocationRunId, ApplicationId, BoothId, EditionId, OrganiserId, UserId},
    },
};
use hoicho_optimiser::{
    Assignment, Model, SolverSettings,
    instance::{ApplicationIx, BoothIx},
    solve::{self, Progress, StopReason},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Max allocation runs of an edition that are computed or wait for it.
const MAX_RUNNING: i64 = 2;
/// Max of an organiser, over all its editions.
const MAX_RUNNING_OF_ORGANISER: i64 = 3;
/// Max that a person has started, over all organisers: everybody may create organisers.
const MAX_RUNNING_OF_USER: i64 = 4;
/// Max of all organisers: more would wait for hours.
const MAX_RUNNING_OF_ALL: i64 = 50;
/// Interval of progress updates and cancellation checks.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// Validates the request and inserts an allocation run in state `running`.
pub fn start_run(tx: &mut Tx<'_>, authorized: &Authorized, request: &StartRun) -> Result<AllocationRunRow, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    // Some of the limits are those of the installation, so all starts wait for each other.
    lock_name(tx, "starts of allocation runs")?;
    if store::count_running(tx, edition.id)? >= MAX_RUNNING {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-run-limit").with_number("max", MAX_RUNNING)));
    }
    require_capacity(tx, edition.organiser_id, authorized.require_user()?)?;
    if let Some(based_on) = request.based_on {
        let base = store::find(tx, edition.id, based_on)?;
        if !matches!(base.state, RunState::Proposed | RunState::Applied) {
            return Err(instance::unknown_reference("/based_on"));
        }
    }
    instance::validate_references(tx, edition.id, request)?;
    let row = AllocationRunRow {
        id: AllocationRunId::make(),
        edition_id: edition.id,
        based_on_id: request.based_on,
        policy: request.policy,
        request: serde_json::to_string(request).map_err(|_| Code::Internal)?,
        state: RunState::Running,
        is_cancelled: false,
        done_bp: 0,
        applications: 0,
        served: 0,
        total_value: 0,
        served_bound: None,
        value_bound: None,
        gap_ppm: None,
        moved: 0,
        ended_by: None,
        created_by: authorized.require_user()?,
        created_at: authorized.now,
        heard_at: authorized.now,
        finished_at: None,
    };
    store::insert(tx, &row)?;
    authorized.record_audit(tx, AuditAction::AllocationRunStart, row.id, None, Some(request))?;
    Ok(row)
}

/// Fails if the organiser, the person or the installation as a whole has as many runs as it may have.
fn require_capacity(tx: &mut Tx<'_>, organiser: OrganiserId, user: UserId) -> Result<(), Problem> {
    let of_organiser = store::count_running_of_organiser(tx, organiser)? >= MAX_RUNNING_OF_ORGANISER;
    if of_organiser || store::count_running_of_user(tx, user)? >= MAX_RUNNING_OF_USER {
        return Err(Problem::new(Code::TooManyRequests, MessageId("error-own-runs-limit")));
    }
    if store::count_all_running(tx)? >= MAX_RUNNING_OF_ALL {
        return Err(Problem::new(Code::TooManyRequests, MessageId("error-all-runs-limit")));
    }
    Ok(())
}

/// The runs that this node computes at once; the others wait in the order in which they were started. Each takes two threads.
#[derive(Clone)]
pub struct RunSlots(Arc<Semaphore>);

impl Default for RunSlots {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new((cores / 2).max(1))))
    }
}

impl RunSlots {
    /// Waits for a slot. The run shows that it is not forgotten; `None` if it was cancelled while it waited.
    async fn acquire(
        &self,
        db: &Database,
        clock: Clock,
        id: AllocationRunId,
    ) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        let slot = self.0.clone().acquire_owned();
        tokio::pin!(slot);
        loop {
            tokio::select! {
                slot = &mut slot => return slot.map(Some).map_err(|_| Code::Unavailable.into()),
                () = tokio::time::sleep(PROGRESS_INTERVAL) => {
                    let now = clock.now();
                    let heartbeat = db.write(move |tx| {
                        store::update_progress(tx, id, 0, (0, 0), None, now).map_err(Problem::from)
                    });
                    if heartbeat.await? {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

/// Booths by application in the run that a request is based on.
type Baseline = HashMap<ApplicationId, Vec<BoothId>>;

fn load(
    tx: &mut Tx<'_>,
    edition: EditionId,
    request: &StartRun,
    now: Instant,
) -> Result<(LoadedInstance, Option<Baseline>), Problem> {
    let loaded = instance::load_instance(tx, edition, request, ApplicationScope::Approved, now)?;
    let Some(based_on) = request.based_on else { return Ok((loaded, None)) };
    let mut baseline = Baseline::new();
    for (row, _) in store::proposed_booths(tx, based_on)? {
        if let Some(application) = row.after_application_id {
            baseline.entry(application).or_default().push(row.booth_id);
        }
    }
    Ok((loaded, Some(baseline)))
}

/// Solves the loaded instance, starting from the baseline if there is one.
pub fn solve_instance(
    loaded: &mut LoadedInstance,
    baseline: Option<&Baseline>,
    request: &StartRun,
    report: &solve::ProgressCallback<'_>,
) -> Assignment {
    let limit = Duration::from_secs(request.time_limit_s().into());
    let effort = SolverSettings::for_applicants(loaded.instance.applications.len(), limit);
    let seed = request.seed.unwrap_or(1);
    let Some(baseline) = baseline else {
        return solve::solve(&Model::new(&loaded.instance), request.policy.into(), effort, seed, report);
    };
    let booth_ix: HashMap<BoothId, BoothIx> = loaded.booths.iter().zip(0..).map(|(b, ix)| (b.id, ix)).collect();
    for (applicant, fact) in loaded.instance.applications.iter_mut().zip(&loaded.applications) {
        if !applicant.is_fixed {
            let before = baseline.get(&fact.id).into_iter().flatten();
            let mut current: Vec<BoothIx> = before.filter_map(|b| booth_ix.get(b).copied()).collect();
            current.sort_unstable();
            applicant.current_booths = (!current.is_empty()).then_some(current);
        }
    }
    solve::solve_from_current(&loaded.instance, request.policy.into(), effort, seed, report)
}

struct Proposal {
    applications: Vec<ProposedApplicationRow>,
    booths: Vec<ProposedBoothRow>,
    moved: i32,
}

fn proposal(
    run: AllocationRunId,
    loaded: &LoadedInstance,
    model: &Model<'_>,
    assignment: &Assignment,
) -> Result<Proposal, Problem> {
    let codes: Vec<String> = loaded.booths.iter().map(|b| b.code.clone()).collect();
    let names: Vec<String> = loaded.applications.iter().map(|a| a.name.clone()).collect();
    let explainer = Explainer::new(
        model,
        assignment,
        DisplayNames { booths: &codes, zones: &loaded.zone_names, applicants: &names },
    );
    let mut applications = Vec::with_capacity(names.len());
    for (turn, (ix, (fact, applicant))) in
        (1..).zip((0..).zip(loaded.applications.iter().zip(&loaded.instance.applications)))
    {
        let explanation = explainer.explain(ix).ok_or(Code::Internal)?;
        applications.push(ProposedApplicationRow {
            run_id: run,
            application_id: fact.id,
            turn,
            points: i32::try_from(applicant.points).unwrap_or(i32::MAX),
            seen_version: fact.version,
            explanation: serde_json::to_string(&explanation).map_err(|_| Code::Internal)?,
        });
    }
    let mut rows: HashMap<BoothId, ProposedBoothRow> = HashMap::new();
    let row =
        |booth_id| ProposedBoothRow { run_id: run, booth_id, before_application_id: None, after_application_id: None };
    let known: HashSet<ApplicationId> = loaded.applications.iter().map(|a| a.id).collect();
    for allocation in &loaded.active_allocations {
        let entry = rows.entry(allocation.booth).or_insert_with(|| row(allocation.booth));
        entry.before_application_id = Some(allocation.application);
        // Allocations of applications that are not part of the run do not change.
        entry.after_application_id = Some(allocation.application).filter(|a| !known.contains(a));
    }
    let mut moved = 0;
    for (fact, (applicant, booths)) in
        loaded.applications.iter().zip(loaded.instance.applications.iter().zip(&assignment.booths))
    {
        let before = applicant.current_booths.as_ref();
        moved += i32::from(before.is_some() && before != booths.as_ref());
        for booth in booths.iter().flatten() {
            let id = usize::try_from(*booth).ok().and_then(|b| loaded.booths.get(b)).ok_or(Code::Internal)?.id;
            rows.entry(id).or_insert_with(|| row(id)).after_application_id = Some(fact.id);
        }
    }
    let mut booths: Vec<ProposedBoothRow> = rows.into_values().collect();
    booths.sort_by_key(|b| b.booth_id);
    Ok(Proposal { applications, booths, moved })
}

fn saturate(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// Executes an allocation run once a slot is free, and stores its proposal. On an error the run is marked as failed.
pub async fn execute_run(db: Database, clock: Clock, slots: RunSlots, run: AllocationRunRow, request: StartRun) {
    let id = run.id;
    let result = match slots.acquire(&db, clock, id).await {
        Ok(Some(slot)) => {
            let result = try_work(&db, clock, run.clone(), request).await;
            drop(slot);
            result
        }
        Ok(None) => cancel_waiting(&db, clock, run.clone()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = result {
        tracing::error!(%id, %error, "allocation run failed");
        let failed = AllocationRunRow { state: RunState::Failed, finished_at: Some(clock.now()), ..run };
        let marked =
            db.write(move |tx| store::update_finished(tx, &failed, RunState::Running).map_err(Problem::from)).await;
        if let Err(error) = marked {
            tracing::error!(%id, %error, "failed to mark allocation run as failed; it will be failed as stale");
        }
    }
}

/// A run that was cancelled before it began has no proposal.
async fn cancel_waiting(db: &Database, clock: Clock, run: AllocationRunRow) -> Result<(), Problem> {
    let finished_at = Some(clock.now());
    let row =
        AllocationRunRow { state: RunState::Cancelled, ended_by: Some("cancelled".to_owned()), finished_at, ..run };
    db.write(move |tx| store::update_finished(tx, &row, RunState::Running).map(drop).map_err(Problem::from)).await
}

async fn try_work(db: &Database, clock: Clock, run: AllocationRunRow, request: StartRun) -> Result<(), Problem> {
    let (edition, requested, now) = (run.edition_id, request.clone(), clock.now());
    let (mut loaded, baseline) = db.read(move |tx| load(tx, edition, &requested, now)).await?;
    let id = run.id;
    let applications = loaded.applications.len();
    // Latest progress, and whether the run is cancelled.
    let latest: Arc<Mutex<(Option<Progress>, bool)>> = Arc::default();
    let shared = latest.clone();
    let solving = tokio::task::spawn_blocking(move || {
        let report = |progress: Progress| {
            let mut latest = shared.lock();
            latest.0 = Some(progress);
            !latest.1
        };
        let assignment = solve_instance(&mut loaded, baseline.as_ref(), &request, &report);
        let model = Model::new(&loaded.instance);
        let proposal = proposal(id, &loaded, &model, &assignment);
        let gap = assignment.gap(&model);
        (assignment, proposal, gap)
    });
    tokio::pin!(solving);
    let (assignment, proposal, gap) = loop {
        tokio::select! {
            result = &mut solving => break result.map_err(|_| Code::Internal)?,
            () = tokio::time::sleep(PROGRESS_INTERVAL) => {
                let progress = latest.lock().0;
                let now = clock.now();
                let is_cancelled = db.write(move |tx| {
                    let done = progress.map_or(0, |p| basis_points(p.share_done));
                    let best = progress.map_or((0, 0), |p| (saturate(p.score.served), p.score.value));
                    let bound = progress.and_then(|p| p.bound).map(|b| saturate(b.served));
                    store::update_progress(tx, id, done, best, bound, now).map_err(Problem::from)
                });
                if is_cancelled.await? {
                    latest.lock().1 = true;
                }
            }
        }
    };
    let proposal = proposal?;
    let bound = assignment.proof.as_ref().map(|p| p.bound);
    let row = AllocationRunRow {
        state: RunState::Proposed,
        done_bp: 10_000,
        applications: i32::try_from(applications).unwrap_or(i32::MAX),
        served: saturate(assignment.score.served),
        total_value: assignment.score.value,
        served_bound: bound.map(|b| saturate(b.served)),
        value_bound: bound.map(|b| b.value(assignment.score.served)),
        gap_ppm: gap.map(|g| millionths(g.total)),
        moved: proposal.moved,
        ended_by: Some(
            match assignment.stop_reason {
                StopReason::Completed => "done",
                StopReason::TimeLimit => "time",
                StopReason::Cancelled => "cancelled",
            }
            .to_owned(),
        ),
        finished_at: Some(clock.now()),
        ..run
    };
    db.write(move |tx| {
        if store::update_finished(tx, &row, RunState::Running)? {
            store::insert_proposal(tx, &proposal.applications, &proposal.booths)?;
        }
        Ok::<_, Problem>(())
    })
    .await
}

#[expect(clippy::as_conversions, reason = "a share of 0 to 1; casts from floating point saturate")]
fn basis_points(share: f64) -> i32 {
    (share * 10_000.0).clamp(0.0, 10_000.0) as i32
}

#[expect(clippy::as_conversions, reason = "a share of 0 to 1; casts from floating point saturate")]
fn millionths(share: f64) -> i32 {
    (share * 1_000_000.0).ceil().clamp(0.0, 1_000_000.0) as i32
}

/// Solves without storing anything, for the command line.
pub fn dry_run(
    tx: &mut Tx<'_>,
    edition: EditionId,
    request: &StartRun,
    now: Instant,
    report: &solve::ProgressCallback<'_>,
) -> Result<(LoadedInstance, Assignment), Problem> {
    let (mut loaded, baseline) = load(tx, edition, request, now)?;
    let assignment = solve_instance(&mut loaded, baseline.as_ref(), request, report);
    Ok((loaded, assignment))
}

/// Booth codes assigned to an application.
pub fn assigned_codes(loaded: &LoadedInstance, assignment: &Assignment, applicant: ApplicationIx) -> Vec<String> {
    let booths = usize::try_from(applicant).ok().and_then(|a| assignment.booths.get(a)).into_iter().flatten().flatten();
    booths.filter_map(|b| loaded.booths.get(usize::try_from(*b).ok()?).map(|b| b.code.clone())).collect()
}
