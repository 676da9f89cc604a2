//! Solves an instance: the draw, then for the optimum the annealing search and the bound in parallel.
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use super::{
    annealing::{AnnealingSchedule, BestAssignment, CandidateLists, anneal, greedy_at_prices},
    bound::{self, Bound, BoundProof, CoolingSchedule},
    draw::draw,
    instance::{Application, ApplicationIx, BoothIx, Instance},
    model::Model,
    score::Score,
    state::NONE,
};

/// How booths are assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Strict order: each application gets the best free booths.
    SpaceDraw,
    /// Maximizes the number of applications served, then the points-weighted sum of wishes.
    Optimum,
}

/// Max applications for which HiGHS (feature `highs`) closes the remaining gap.
const MAX_EXACT_APPLICANTS: usize = 2_000;

/// Amount of work. Deterministic: the same effort, instance and seed give the same assignment on any machine.
#[derive(Debug, Clone, Copy)]
pub struct SolverSettings {
    pub annealing: AnnealingSchedule,
    pub cooling: CoolingSchedule,
    /// Max distance of a candidate from the highest gain, in units of the typical value.
    pub candidate_slack: f64,
    /// Time limit. An assignment that reaches it depends on the machine.
    pub time_limit: Duration,
}

impl SolverSettings {
    /// Defaults for an instance of `n` applications.
    pub fn for_applicants(n: usize, limit: Duration) -> Self {
        let moves = match n {
            // About one second.
            0..=2_000 => (1_600_000 / n.max(1) as u64).clamp(1_000, 5_000),
            2_001..=20_000 => 2_000,
            _ => 1_200,
        };
        let steps = match n {
            0..=2_000 => 3_000,
            2_001..=20_000 => 1_500,
            _ => 900,
        };
        // HiGHS closes the gap, so less search is enough.
        let is_exact = cfg!(feature = "highs") && n <= MAX_EXACT_APPLICANTS;
        let (moves, steps) = if is_exact { (moves / 3, 800) } else { (moves, steps) };
        Self {
            annealing: AnnealingSchedule {
                moves_per_application: moves,
                initial_temperature: 0.1,
                final_temperature: 0.001,
            },
            candidate_slack: 0.02,
            cooling: CoolingSchedule { initial_temperature: 0.5, final_temperature: 0.000_5, steps },
            time_limit: limit,
        }
    }
}

/// Why the solver stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Completed.
    Completed,
    /// Reached the time limit.
    TimeLimit,
    /// Cancelled by the caller.
    Cancelled,
}

/// An assignment of booths to applications.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Booths of each application, sorted; fixed applications keep theirs.
    pub booths: Vec<Option<Vec<BoothIx>>>,
    pub score: Score,
    /// Upper bound with its proof. Computed for a draw too, to show its distance from the optimum.
    pub proof: Option<BoundProof>,
    pub stop_reason: StopReason,
}

/// Optimality gaps of an assignment, relative to the bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Gap of the weighted total, in which an application served counts the highest wish value plus one: both objectives
    /// of the policy in one number.
    pub total: f64,
    /// Gap of the number served.
    pub served: f64,
    /// Gap of the value, among assignments that serve as many.
    pub value: f64,
}

impl Assignment {
    /// The optimality gaps; `None` without a bound.
    pub fn gap(&self, model: &Model<'_>) -> Option<Gap> {
        let bound = self.proof.as_ref()?.bound;
        let share =
            |achieved: i64, bound: i64| if bound <= 0 { 0.0 } else { (bound - achieved).max(0) as f64 / bound as f64 };
        let best_wish =
            (0..model.class_choices.len()).filter_map(|i| model.best_value(i as ApplicationIx)).max().unwrap_or(0);
        let total = |served: i64, value: i64| served * (best_wish + 1) + value;
        let total_bound = total(bound.served, bound.value(bound.served));
        Some(Gap {
            total: share(total(self.score.served, self.score.value), total_bound),
            served: share(self.score.served, bound.served),
            value: share(self.score.value, bound.value(self.score.served)),
        })
    }
}

/// Progress of the solver.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Share of the work, 0 to 1.
    pub share_done: f64,
    /// The best so far.
    pub score: Score,
    /// The bound so far.
    pub bound: Option<Bound>,
}

/// Progress callback; returning `false` cancels.
pub type ProgressCallback<'a> = dyn Fn(Progress) -> bool + Sync + 'a;

/// Solves an instance.
pub fn solve(
    model: &Model<'_>,
    policy: Policy,
    effort: SolverSettings,
    seed: u64,
    report: &ProgressCallback<'_>,
) -> Assignment {
    let started = Instant::now();
    let mut state = draw(model);
    let drawn = BestAssignment::from_state(&state);
    let (cancelled, timed_out) = (AtomicBool::new(false), AtomicBool::new(false));
    let latest_bound = Mutex::new(None::<Bound>);
    let should_continue = || {
        if started.elapsed() >= effort.time_limit {
            timed_out.store(true, Ordering::Relaxed);
        }
        !timed_out.load(Ordering::Relaxed) && !cancelled.load(Ordering::Relaxed)
    };
    let quick = CoolingSchedule { steps: effort.cooling.steps / 4, ..effort.cooling };
    let draw_score = Score { served: drawn.served, value: drawn.value };
    // Before the search starts, the draw is the best assignment so far.
    let report_draw = |bound: &Bound| {
        if !report(Progress { share_done: 0.0, score: draw_score, bound: Some(*bound) }) {
            cancelled.store(true, Ordering::Relaxed);
        }
        should_continue()
    };
    let promising = match policy {
        Policy::SpaceDraw => None,
        Policy::Optimum => {
            let prices = bound::upper_bound(model, quick, &report_draw).prices_for_value;
            let promising = CandidateLists::from_prices(model, &prices, effort.candidate_slack);
            let guided = greedy_at_prices(model, &promising, &prices);
            if (guided.served, guided.value) > (state.served, state.value) {
                state = guided;
            }
            Some(promising)
        }
    };
    let (best, proof) = std::thread::scope(|scope| {
        let bounding = scope.spawn(|| match policy {
            // The gap of a draw is only informative: a quick bound is enough.
            Policy::SpaceDraw => bound::upper_bound(model, quick, &report_draw),
            Policy::Optimum => bound::upper_bound(model, effort.cooling, &|bound| {
                *latest_bound.lock() = Some(*bound);
                should_continue()
            }),
        });
        let best = match &promising {
            None => drawn,
            Some(promising) => anneal(&mut state, promising, effort.annealing, seed, &mut |best, done| {
                let bound = *latest_bound.lock();
                let score = Score { served: best.served, value: best.value };
                if !report(Progress { share_done: done, score, bound }) {
                    cancelled.store(true, Ordering::Relaxed);
                }
                should_continue()
            }),
        };
        (best, bounding.join().ok())
    });
    let (best, proof) = match (policy, proof) {
        // Without HiGHS the search is over, whatever time is left.
        (Policy::Optimum, Some(proof)) if cfg!(feature = "highs") && should_continue() => {
            let (best, proof) = close_gap(model, best, proof, effort.time_limit.saturating_sub(started.elapsed()));
            (best, Some(proof))
        }
        (_, proof) => (best, proof),
    };
    let stop = match (cancelled.into_inner(), timed_out.into_inner()) {
        (true, _) => StopReason::Cancelled,
        (false, true) => StopReason::TimeLimit,
        (false, false) => StopReason::Completed,
    };
    assignment(model, &best, proof, stop)
}

/// With the feature `highs`: proves the assignment optimal or finds a better one, unless there are too many applications.
#[cfg(feature = "highs")]
fn close_gap(
    model: &Model<'_>,
    best: BestAssignment,
    proof: BoundProof,
    time_limit: Duration,
) -> (BestAssignment, BoundProof) {
    if model.class_choices.len() > MAX_EXACT_APPLICANTS {
        return (best, proof);
    }
    let exact = super::exact::prove_optimality(model, &proof, &best.block_of, time_limit);
    // The score of a proved optimum is its own bound.
    let proof = if exact.is_optimal { proof.with_optimum(exact.score) } else { proof };
    let best = BestAssignment { block_of: exact.block_of, served: exact.score.served, value: exact.score.value };
    (best, proof)
}

#[cfg(not(feature = "highs"))]
fn close_gap(_: &Model<'_>, best: BestAssignment, proof: BoundProof, _: Duration) -> (BestAssignment, BoundProof) {
    (best, proof)
}

/// Solves an instance starting from the current booths. Applications keep their current booths unless moving some
/// increases the number served; then as few as possible are moved. An application whose current booths are no longer
/// one of its choices is treated as unassigned.
pub fn solve_from_current(
    instance: &Instance,
    policy: Policy,
    effort: SolverSettings,
    seed: u64,
    report: &ProgressCallback<'_>,
) -> Assignment {
    let started = Instant::now();
    let model = Model::new(instance);
    let current_block = |i: usize, a: &Application| {
        let block = model.find_block(a.current_booths.as_ref()?)?;
        model.value(i as ApplicationIx, block).map(|_| block)
    };
    let mut frozen = instance.clone();
    let mut taken = vec![false; instance.booths.len()];
    for (i, applicant) in instance.applications.iter().enumerate().filter(|(_, a)| !a.is_fixed) {
        let block =
            current_block(i, applicant).filter(|block| model.blocks.get(*block).iter().all(|b| !taken[*b as usize]));
        match block {
            None => frozen.applications[i].current_booths = None,
            Some(block) => {
                frozen.applications[i].is_fixed = true;
                for booth in model.blocks.get(block) {
                    taken[*booth as usize] = true;
                    frozen.booths[*booth as usize].is_open = false;
                }
            }
        }
    }
    let stable = solve(&Model::new(&frozen), policy, effort, seed, report);
    let remaining = effort.time_limit.saturating_sub(started.elapsed());
    let proof = bound::upper_bound(&model, effort.cooling, &|_| started.elapsed() < effort.time_limit);
    let unchanged = stable.booths.iter().zip(&instance.applications).all(|(booths, a)| *booths == a.current_booths);
    let mut booths = stable.booths;
    let mut stop = stable.stop_reason;
    if policy == Policy::Optimum
        && !unchanged
        && stop == StopReason::Completed
        && stable.score.served < proof.bound.served
    {
        let best_value =
            model.class_choices.iter().enumerate().filter_map(|(i, _)| model.best_value(i as ApplicationIx)).max();
        let movable = Instance { stability_bonus: best_value.unwrap_or(0) + 1, ..instance.clone() };
        let moved =
            solve(&Model::new(&movable), policy, SolverSettings { time_limit: remaining, ..effort }, seed, report);
        stop = moved.stop_reason;
        if moved.score.served > stable.score.served {
            booths = moved.booths;
        }
    }
    let score = score(&model, &booths);
    Assignment { booths, score, proof: Some(proof), stop_reason: stop }
}

/// Computes the score of an assignment from scratch.
pub fn score(model: &Model<'_>, booths: &[Option<Vec<BoothIx>>]) -> Score {
    let mut score = Score::default();
    for (applicant, booths) in (0..).zip(booths).filter_map(|(i, booths)| Some((i, booths.as_ref()?))) {
        score.served += 1;
        score.value += model.find_block(booths).and_then(|block| model.value(applicant, block)).unwrap_or(0);
    }
    score
}

fn assignment(model: &Model<'_>, best: &BestAssignment, proof: Option<BoundProof>, stop: StopReason) -> Assignment {
    let booths =
        best.block_of.iter().enumerate().map(|(i, block)| match model.fixed_booths.get(&(i as ApplicationIx)) {
            Some(fixed) => Some(fixed.clone()),
            None if *block == NONE => None,
            None => Some(model.blocks.get(*block).to_vec()),
        });
    Assignment {
        booths: booths.collect(),
        score: Score { served: best.served, value: best.value },
        proof,
        stop_reason: stop,
    }
}
