//! Proof of optimality by HiGHS. Given whole, the model has a column for everybody and every run they may take; but at
//! the prices of a [`Proof`] most of them are hopeless: a choice that gains `slack` less than its applicant's best at
//! those prices costs any plan that much of the bound, so it can be in no plan better than the best we have once
//! `slack` exceeds what lies between that plan and the bound. What is left is small, and HiGHS proves the rest.
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use highs::{ColProblem, HighsModelStatus, Sense};

use super::{
    dual::{Prices, Proof},
    instance::ApplicantIx,
    model::{Model, RunIx},
    solve::Score,
    state::NONE,
};

/// What HiGHS found.
#[derive(Debug, Clone)]
pub struct Exact {
    /// Each applicant's run; `u32::MAX` for none.
    pub run_of: Vec<RunIx>,
    /// What that is worth.
    pub score: Score,
    /// Nothing better exists.
    pub optimal: bool,
    /// Columns given to HiGHS.
    pub columns: usize,
}

/// How HiGHS ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Optimal,
    Impossible,
    OutOfTime,
}

type Column = (ApplicantIx, RunIx, i64);

/// Everybody's choices, each run once with the most it is worth.
fn columns(model: &Model<'_>) -> Vec<Column> {
    let mut all = Vec::new();
    for applicant in 0..model.by_class.len() as ApplicantIx {
        let mut choices: HashMap<RunIx, i64> = HashMap::new();
        for class in &model.by_class[applicant as usize] {
            for run in model.classes.of(class.of) {
                choices.insert(*run, class.value);
            }
        }
        for wish in &model.by_wish[applicant as usize] {
            choices.insert(wish.of, wish.value);
        }
        let mut choices: Vec<Column> = choices.into_iter().map(|(run, value)| (applicant, run, value)).collect();
        choices.sort_unstable();
        all.extend(choices);
    }
    all
}

/// What each choice gains less than its applicant's best, at the prices.
fn slacks(model: &Model<'_>, all: &[Column], prices: &Prices) -> Vec<f64> {
    let gain = |(_, run, value): &Column| {
        let cost: f64 = model.runs.of(*run).iter().map(|b| prices.booth[*b as usize]).sum();
        *value as f64 + prices.premium - cost
    };
    let mut top = vec![0.0_f64; model.by_class.len()];
    for column in all {
        let best = &mut top[column.0 as usize];
        *best = best.max(gain(column));
    }
    all.iter().map(|c| top[c.0 as usize] - gain(c)).collect()
}

/// Solves over some columns: maximises Σ weight; at least `served` of them.
fn packing(
    model: &Model<'_>,
    columns: &[Column],
    weight: impl Fn(&Column) -> f64,
    served: Option<i64>,
    start: Option<&[RunIx]>,
    limit: Duration,
) -> (Vec<RunIx>, Outcome) {
    let mut problem = ColProblem::new();
    let applicants: Vec<_> = (0..model.by_class.len()).map(|_| problem.add_row(..=1)).collect();
    let booths: Vec<_> = model.instance.booths.iter().map(|_| problem.add_row(..=1)).collect();
    let count = served.map(|least| problem.add_row(least as f64..));
    let mut apart: HashMap<(ApplicantIx, u32, ApplicantIx, u32), highs::Row> = HashMap::new();
    for (one, others) in &model.apart {
        for other in others {
            for (booth, touching) in model.instance.touching.iter().enumerate() {
                for touched in touching {
                    let key = (*one, booth as u32, *other, *touched);
                    let twin = (*other, *touched, *one, booth as u32);
                    if !apart.contains_key(&twin) {
                        apart.entry(key).or_insert_with(|| problem.add_row(..=1));
                    }
                }
            }
        }
    }
    let mut beside: HashMap<(ApplicantIx, u32), Vec<highs::Row>> = HashMap::new();
    for ((one, booth, other, touched), row) in &apart {
        beside.entry((*one, *booth)).or_default().push(*row);
        beside.entry((*other, *touched)).or_default().push(*row);
    }
    for column in columns {
        let mut rows = vec![(applicants[column.0 as usize], 1.0)];
        rows.extend(count.map(|row| (row, 1.0)));
        let mut keep_apart: Vec<highs::Row> = Vec::new();
        for booth in model.runs.of(column.1) {
            rows.push((booths[*booth as usize], 1.0));
            for row in beside.get(&(column.0, *booth)).into_iter().flatten() {
                if !keep_apart.contains(row) {
                    keep_apart.push(*row);
                }
            }
        }
        rows.extend(keep_apart.into_iter().map(|row| (row, 1.0)));
        problem.add_integer_column(weight(column), 0..=1, rows);
    }
    let mut solver = problem.optimise(Sense::Maximise);
    solver.make_quiet();
    solver.set_option("time_limit", limit.as_secs_f64());
    solver.set_option("mip_rel_gap", 0.0);
    solver.set_option("mip_abs_gap", 0.5);
    solver.set_option("threads", 2);
    if let Some(start) = start {
        let values: Vec<f64> = columns.iter().map(|c| f64::from(u8::from(start[c.0 as usize] == c.1))).collect();
        solver.set_solution(Some(&values), None, None, None);
    }
    let solved = solver.solve();
    let outcome = match solved.status() {
        HighsModelStatus::Optimal => Outcome::Optimal,
        HighsModelStatus::Infeasible => Outcome::Impossible,
        _ => Outcome::OutOfTime,
    };
    let mut run_of = vec![NONE; model.by_class.len()];
    let solution = solved.get_solution();
    for (column, value) in columns.iter().zip(solution.columns()) {
        if *value > 0.5 {
            run_of[column.0 as usize] = column.1;
        }
    }
    (run_of, outcome)
}

/// What a plan is worth, added up anew.
pub fn score(model: &Model<'_>, run_of: &[RunIx]) -> Score {
    let mut score = Score { served: model.fixed.len() as i64, value: 0 };
    for (applicant, run) in run_of.iter().enumerate().filter(|(_, run)| **run != NONE) {
        score.served += 1;
        score.value += model.value(applicant as ApplicantIx, *run).unwrap_or(0);
    }
    score
}

/// The whole model at once: what one would do without prices.
pub fn whole(model: &Model<'_>, limit: Duration) -> Exact {
    let all = columns(model);
    let premium = 1.0 + (0..model.by_class.len() as ApplicantIx).filter_map(|i| model.best(i)).sum::<i64>() as f64;
    let (run_of, outcome) = packing(model, &all, |c| c.2 as f64 + premium, None, None, limit);
    Exact { score: score(model, &run_of), run_of, optimal: outcome == Outcome::Optimal, columns: all.len() }
}

/// Share of the value bound that is tried first as room for the optimum: it is nearly always closer.
const FIRST_ROOM: f64 = 0.002;

/// Proves a plan optimal, or finds the optimal one, over what the prices leave open.
pub fn prove(model: &Model<'_>, proof: &Proof, plan: &[RunIx], limit: Duration) -> Exact {
    let began = Instant::now();
    let all = columns(model);
    let slack = slacks(model, &all, &proof.for_value);
    let widest = slack.iter().copied().fold(0.0, f64::max);
    let mut best = Exact { run_of: plan.to_vec(), score: score(model, plan), optimal: false, columns: 0 };
    let mut served = proof.bound.served;
    let mut room = f64::max(proof.bound.value_exact(served) * FIRST_ROOM, 1.0);
    while served >= best.score.served {
        let bound = proof.bound.value_exact(served);
        if best.score.served == served {
            // Nothing beyond this can be better than what we have.
            room = room.min(bound - best.score.value as f64).max(0.0);
        }
        let open: Vec<Column> =
            all.iter().zip(&slack).filter(|(_, slack)| **slack <= room + 1e-6).map(|(c, _)| *c).collect();
        best.columns += open.len();
        let start = (best.score.served == served).then_some(best.run_of.as_slice());
        let left = limit.saturating_sub(began.elapsed());
        let least = served - model.fixed.len() as i64;
        let (run_of, outcome) = packing(model, &open, |c| c.2 as f64, Some(least), start, left);
        let found = score(model, &run_of);
        if found > best.score && outcome != Outcome::Impossible {
            (best.run_of, best.score) = (run_of, found);
        }
        match outcome {
            Outcome::OutOfTime => return best,
            Outcome::Optimal if bound - best.score.value as f64 <= room + 1.0 => {
                best.optimal = true;
                return best;
            }
            // The optimum may lie beyond; now it is known how far at most.
            Outcome::Optimal => room = bound - best.score.value as f64,
            Outcome::Impossible if room < widest => room *= 8.0,
            Outcome::Impossible => served -= 1,
        }
    }
    // Everything above was impossible.
    best.optimal = true;
    best
}
