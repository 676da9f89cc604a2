//! From an instance to a plan: the draw, then for the whole-fair optimum the search and the bound beside each other.
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    draw::draw,
    dual::{self, Bound, Cooling, Proof},
    instance::{Applicant, ApplicantIx, BoothIx, Instance},
    model::Model,
    search::{Annealing, Best, Promising, anneal, at_prices},
    state::NONE,
};

/// How booths are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Strict order: each gets the best still free.
    SpaceDraw,
    /// Most applications served, then the highest total of points-weighted wishes.
    Optimum,
}

/// Applicants for whom HiGHS, where it is built in, is asked to close what is left of the gap.
const PROVABLE: usize = 2_000;

/// How much work: the same work on the same instance with the same seed gives the same plan, on any machine.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Of the search.
    pub annealing: Annealing,
    /// Of the bound.
    pub cooling: Cooling,
    /// How much less than the most a choice may gain to be looked at, in typical values.
    pub slack: f64,
    /// At most so long; a plan that was cut short depends on the machine.
    pub limit: Duration,
}

impl Effort {
    /// What suits an instance of so many applicants.
    pub fn for_applicants(n: usize, limit: Duration) -> Self {
        let moves = match n {
            // What a second is enough for.
            0..=2_000 => (1_600_000 / n.max(1) as u64).clamp(1_000, 5_000),
            2_001..=20_000 => 2_000,
            _ => 1_200,
        };
        let steps = match n {
            0..=2_000 => 3_000,
            2_001..=20_000 => 1_500,
            _ => 900,
        };
        // Where HiGHS proves the rest, less is enough to begin with.
        let proves = cfg!(feature = "highs") && n <= PROVABLE;
        let (moves, steps) = if proves { (moves / 3, 800) } else { (moves, steps) };
        Self {
            annealing: Annealing { moves, hot: 0.1, cold: 0.001 },
            slack: 0.02,
            cooling: Cooling { hot: 0.5, cold: 0.000_5, steps },
            limit,
        }
    }
}

/// What a plan is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// Applications that stand somewhere, those that stay among them.
    pub served: i64,
    /// Σ points × wish, and staying where that is wanted.
    pub value: i64,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The work was done.
    Done,
    /// Time was up.
    Time,
    /// Somebody said so.
    Cancelled,
}

/// Who stands where.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The booths of each applicant, sorted; those who stay keep theirs.
    pub booths: Vec<Option<Vec<BoothIx>>>,
    /// What it is worth.
    pub score: Score,
    /// What no plan can exceed, with the prices that prove it; for a draw too, to show what it leaves on the table.
    pub proof: Option<Proof>,
    /// Why it ended.
    pub stop: Stop,
}

/// How far from the best a plan is at most, as shares of what cannot be exceeded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Of the total in which an application served counts one more than the best first wish of all: the policy's two
    /// aims in one number.
    pub total: f64,
    /// Of the applications served.
    pub served: f64,
    /// Of the value that a plan which serves as many can have.
    pub value: f64,
}

impl Plan {
    /// How far it is from the best at most; `None` without a bound.
    pub fn gap(&self, model: &Model<'_>) -> Option<Gap> {
        let bound = self.proof.as_ref()?.bound;
        let share = |have: i64, most: i64| if most <= 0 { 0.0 } else { (most - have).max(0) as f64 / most as f64 };
        let best_wish = (0..model.by_class.len()).filter_map(|i| model.best(i as ApplicantIx)).max().unwrap_or(0);
        let total = |served: i64, value: i64| served * (best_wish + 1) + value;
        let most = total(bound.served, bound.value(bound.served));
        Some(Gap {
            total: share(total(self.score.served, self.score.value), most),
            served: share(self.score.served, bound.served),
            value: share(self.score.value, bound.value(self.score.served)),
        })
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Of the work, 0 to 1.
    pub done: f64,
    /// The best so far.
    pub score: Score,
    /// What no plan can exceed, as far as is known.
    pub bound: Option<Bound>,
}

/// What a caller hears, and whether to go on.
pub type Report<'a> = dyn Fn(Progress) -> bool + Sync + 'a;

/// Makes a plan.
pub fn solve(model: &Model<'_>, policy: Policy, effort: Effort, seed: u64, report: &Report<'_>) -> Plan {
    let began = Instant::now();
    #[cfg(feature = "highs")]
    let mut proved = None;
    #[cfg(not(feature = "highs"))]
    let proved = None;
    let mut state = draw(model);
    let drawn = Best::of(&state);
    let (cancelled, late) = (AtomicBool::new(false), AtomicBool::new(false));
    let known = Mutex::new(None::<Bound>);
    let goes_on = || {
        if began.elapsed() >= effort.limit {
            late.store(true, Ordering::Relaxed);
        }
        !late.load(Ordering::Relaxed) && !cancelled.load(Ordering::Relaxed)
    };
    let quick = Cooling { steps: effort.cooling.steps / 4, ..effort.cooling };
    let first = Score { served: drawn.served, value: drawn.value };
    // Until the search begins the draw is the best there is.
    let hear_first = |bound: &Bound| {
        if !report(Progress { done: 0.0, score: first, bound: Some(*bound) }) {
            cancelled.store(true, Ordering::Relaxed);
        }
        goes_on()
    };
    let promising = match policy {
        Policy::SpaceDraw => None,
        Policy::Optimum => {
            let prices = dual::prove(model, quick, &hear_first).for_value;
            let promising = Promising::at(model, &prices, effort.slack);
            let guided = at_prices(model, &promising, &prices);
            if (guided.served, guided.value) > (state.served, state.value) {
                state = guided;
            }
            Some(promising)
        }
    };
    let (best, proof) = std::thread::scope(|scope| {
        let bounding = scope.spawn(|| match policy {
            // Nobody waits for what a draw leaves on the table to the last penny.
            Policy::SpaceDraw => dual::prove(model, quick, &hear_first),
            Policy::Optimum => dual::prove(model, effort.cooling, &|bound| {
                *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(*bound);
                goes_on()
            }),
        });
        let best = match &promising {
            None => drawn,
            Some(promising) => anneal(&mut state, promising, effort.annealing, seed, &mut |best, done| {
                let bound = *known.lock().unwrap_or_else(PoisonError::into_inner);
                let score = Score { served: best.served, value: best.value };
                if !report(Progress { done, score, bound }) {
                    cancelled.store(true, Ordering::Relaxed);
                }
                goes_on()
            }),
        };
        (best, bounding.join().ok())
    });
    #[cfg(feature = "highs")]
    let best = match (policy, &proof) {
        (Policy::Optimum, Some(proof)) if goes_on() && model.by_class.len() <= PROVABLE => {
            let exact = super::exact::prove(model, proof, &best.run_of, effort.limit.saturating_sub(began.elapsed()));
            let (served, value) = (exact.score.served, exact.score.value);
            proved = exact.optimal.then_some(exact.score);
            Best { run_of: exact.run_of, served, value }
        }
        _ => best,
    };
    let stop = match (cancelled.into_inner(), late.into_inner()) {
        (true, _) => Stop::Cancelled,
        (false, true) => Stop::Time,
        (false, false) => Stop::Done,
    };
    // What is proved to be the best is its own bound.
    let proof = proof.map(|proof| proved.map_or(proof.clone(), |best| proof.closed_by(best)));
    plan(model, &best, proof, stop)
}

/// Makes a plan that keeps everybody where `current` says, unless more are served otherwise: then it moves as few as
/// it can. Whoever can no longer have its place is treated like one without.
pub fn solve_again(instance: &Instance, policy: Policy, effort: Effort, seed: u64, report: &Report<'_>) -> Plan {
    let began = Instant::now();
    let whole = Model::new(instance);
    let had = |i: usize, a: &Applicant| {
        let run = whole.run_of(a.current.as_ref()?)?;
        whole.value(i as ApplicantIx, run).map(|_| run)
    };
    let mut still = instance.clone();
    let mut taken = vec![false; instance.booths.len()];
    for (i, applicant) in instance.applicants.iter().enumerate().filter(|(_, a)| !a.fixed) {
        let run = had(i, applicant).filter(|run| whole.runs.of(*run).iter().all(|b| !taken[*b as usize]));
        match run {
            None => still.applicants[i].current = None,
            Some(run) => {
                still.applicants[i].fixed = true;
                for booth in whole.runs.of(run) {
                    taken[*booth as usize] = true;
                    still.booths[*booth as usize].open = false;
                }
            }
        }
    }
    let stay = solve(&Model::new(&still), policy, effort, seed, report);
    let left = effort.limit.saturating_sub(began.elapsed());
    let proof = dual::prove(&whole, effort.cooling, &|_| began.elapsed() < effort.limit);
    let unchanged = stay.booths.iter().zip(&instance.applicants).all(|(booths, a)| *booths == a.current);
    let mut booths = stay.booths;
    let mut stop = stay.stop;
    if policy == Policy::Optimum && !unchanged && stop == Stop::Done && stay.score.served < proof.bound.served {
        let most = whole.by_class.iter().enumerate().filter_map(|(i, _)| whole.best(i as ApplicantIx)).max();
        let moving = Instance { stability: most.unwrap_or(0) + 1, ..instance.clone() };
        let moved = solve(&Model::new(&moving), policy, Effort { limit: left, ..effort }, seed, report);
        stop = moved.stop;
        if moved.score.served > stay.score.served {
            booths = moved.booths;
        }
    }
    let score = score(&whole, &booths);
    Plan { booths, score, proof: Some(proof), stop }
}

/// What a plan is worth, added up anew.
pub fn score(model: &Model<'_>, booths: &[Option<Vec<BoothIx>>]) -> Score {
    let mut score = Score::default();
    for (applicant, booths) in (0..).zip(booths).filter_map(|(i, booths)| Some((i, booths.as_ref()?))) {
        score.served += 1;
        score.value += model.run_of(booths).and_then(|run| model.value(applicant, run)).unwrap_or(0);
    }
    score
}

fn plan(model: &Model<'_>, best: &Best, proof: Option<Proof>, stop: Stop) -> Plan {
    let booths = best.run_of.iter().enumerate().map(|(i, run)| match model.fixed.get(&(i as ApplicantIx)) {
        Some(stays) => Some(stays.clone()),
        None if *run == NONE => None,
        None => Some(model.runs.of(*run).to_vec()),
    });
    Plan { booths: booths.collect(), score: Score { served: best.served, value: best.value }, proof, stop }
}
