//! Proves optimality with HiGHS after reduced-cost fixing. The full model has one column per application and block. At
//! the dual prices of a [`BoundProof`], a choice whose gain is `slack` below its application's best lowers the bound of any
//! assignment that contains it by `slack`; if `slack` exceeds the gap between the incumbent and the bound, no better
//! assignment contains it. The remaining model is small enough for HiGHS.
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use highs::{ColProblem, HighsModelStatus, Sense};

use super::{
    bound::{BoundProof, DualPrices},
    instance::ApplicationIx,
    model::{BlockIx, Model},
    score::Score,
    state::NONE,
};

/// Result of the exact solver.
#[derive(Debug, Clone)]
pub struct ExactResult {
    /// Block of each application; `u32::MAX` for none.
    pub block_of: Vec<BlockIx>,
    pub score: Score,
    /// Whether the result is proved optimal.
    pub is_optimal: bool,
    /// Total number of columns passed to HiGHS.
    pub columns: usize,
}

/// Status of a HiGHS solve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Optimal,
    Infeasible,
    TimeLimit,
}

type Column = (ApplicationIx, BlockIx, i64);

/// All choices: each block once per application, with its highest value.
fn columns(model: &Model<'_>) -> Vec<Column> {
    let mut all = Vec::new();
    for applicant in 0..model.class_choices.len() as ApplicationIx {
        let mut choices: HashMap<BlockIx, i64> = HashMap::new();
        for class in &model.class_choices[applicant as usize] {
            for block in model.classes.get(class.target) {
                choices.insert(*block, class.value);
            }
        }
        for wish in &model.wish_choices[applicant as usize] {
            choices.insert(wish.target, wish.value);
        }
        let mut choices: Vec<Column> = choices.into_iter().map(|(block, value)| (applicant, block, value)).collect();
        choices.sort_unstable();
        all.extend(choices);
    }
    all
}

/// Distance of each choice's gain from its application's best gain, at the dual prices.
fn slacks(model: &Model<'_>, all: &[Column], prices: &DualPrices) -> Vec<f64> {
    let gain = |(_, block, value): &Column| {
        let cost: f64 = model.blocks.get(*block).iter().map(|b| prices.booth[*b as usize]).sum();
        *value as f64 + prices.premium - cost
    };
    let mut top = vec![0.0_f64; model.class_choices.len()];
    for column in all {
        let best = &mut top[column.0 as usize];
        *best = best.max(gain(column));
    }
    all.iter().map(|c| top[c.0 as usize] - gain(c)).collect()
}

/// Solves the set packing over some columns: maximizes Σ weight, with at least `served` columns selected.
fn packing(
    model: &Model<'_>,
    columns: &[Column],
    weight: impl Fn(&Column) -> f64,
    served: Option<i64>,
    start: Option<&[BlockIx]>,
    limit: Duration,
) -> (Vec<BlockIx>, Outcome) {
    let mut problem = ColProblem::new();
    let applicants: Vec<_> = (0..model.class_choices.len()).map(|_| problem.add_row(..=1)).collect();
    let booths: Vec<_> = model.instance.booths.iter().map(|_| problem.add_row(..=1)).collect();
    let count = served.map(|least| problem.add_row(least as f64..));
    let mut apart: HashMap<(ApplicationIx, u32, ApplicationIx, u32), highs::Row> = HashMap::new();
    for (one, others) in &model.separated_from {
        for other in others {
            for (booth, touching) in model.instance.adjacent.iter().enumerate() {
                for touched in touching {
                    let key = (*one, booth as u32, *other, *touched);
                    let mirrored = (*other, *touched, *one, booth as u32);
                    if !apart.contains_key(&mirrored) {
                        apart.entry(key).or_insert_with(|| problem.add_row(..=1));
                    }
                }
            }
        }
    }
    let mut beside: HashMap<(ApplicationIx, u32), Vec<highs::Row>> = HashMap::new();
    for ((one, booth, other, touched), row) in &apart {
        beside.entry((*one, *booth)).or_default().push(*row);
        beside.entry((*other, *touched)).or_default().push(*row);
    }
    for column in columns {
        let mut rows = vec![(applicants[column.0 as usize], 1.0)];
        rows.extend(count.map(|row| (row, 1.0)));
        let mut keep_apart: Vec<highs::Row> = Vec::new();
        for booth in model.blocks.get(column.1) {
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
        HighsModelStatus::Infeasible => Outcome::Infeasible,
        _ => Outcome::TimeLimit,
    };
    let mut block_of = vec![NONE; model.class_choices.len()];
    let solution = solved.get_solution();
    for (column, value) in columns.iter().zip(solution.columns()) {
        if *value > 0.5 {
            block_of[column.0 as usize] = column.1;
        }
    }
    (block_of, outcome)
}

/// Computes the score of an assignment from scratch.
pub fn score(model: &Model<'_>, block_of: &[BlockIx]) -> Score {
    let mut score = Score { served: model.fixed_booths.len() as i64, value: 0 };
    for (applicant, block) in block_of.iter().enumerate().filter(|(_, block)| **block != NONE) {
        score.served += 1;
        score.value += model.value(applicant as ApplicationIx, *block).unwrap_or(0);
    }
    score
}

/// Solves the full model without reduced-cost fixing, as a baseline.
pub fn solve_full_model(model: &Model<'_>, limit: Duration) -> ExactResult {
    let all = columns(model);
    let premium =
        1.0 + (0..model.class_choices.len() as ApplicationIx).filter_map(|i| model.best_value(i)).sum::<i64>() as f64;
    let (block_of, outcome) = packing(model, &all, |c| c.2 as f64 + premium, None, None, limit);
    ExactResult {
        score: score(model, &block_of),
        block_of,
        is_optimal: outcome == Outcome::Optimal,
        columns: all.len(),
    }
}

/// Initial width of the column filter, as a share of the value bound. The optimum is almost always closer.
const INITIAL_WIDTH: f64 = 0.002;

/// Proves an assignment optimal or finds a better one, over the columns that reduced-cost fixing leaves.
pub fn prove_optimality(model: &Model<'_>, proof: &BoundProof, incumbent: &[BlockIx], limit: Duration) -> ExactResult {
    let started = Instant::now();
    let all = columns(model);
    let slack = slacks(model, &all, &proof.prices_for_value);
    let max_slack = slack.iter().copied().fold(0.0, f64::max);
    let mut best =
        ExactResult { block_of: incumbent.to_vec(), score: score(model, incumbent), is_optimal: false, columns: 0 };
    let mut served = proof.bound.served;
    let mut width = f64::max(proof.bound.value_exact(served) * INITIAL_WIDTH, 1.0);
    while served >= best.score.served {
        let bound = proof.bound.value_exact(served);
        if best.score.served == served {
            // No column beyond the gap can improve the incumbent.
            width = width.min(bound - best.score.value as f64).max(0.0);
        }
        let open: Vec<Column> =
            all.iter().zip(&slack).filter(|(_, slack)| **slack <= width + 1e-6).map(|(c, _)| *c).collect();
        best.columns += open.len();
        let start = (best.score.served == served).then_some(best.block_of.as_slice());
        let remaining = limit.saturating_sub(started.elapsed());
        let least = served - model.fixed_booths.len() as i64;
        let (block_of, outcome) = packing(model, &open, |c| c.2 as f64, Some(least), start, remaining);
        let candidate = score(model, &block_of);
        if candidate > best.score && outcome != Outcome::Infeasible {
            (best.block_of, best.score) = (block_of, candidate);
        }
        match outcome {
            Outcome::TimeLimit => return best,
            Outcome::Optimal if bound - best.score.value as f64 <= width + 1.0 => {
                best.is_optimal = true;
                return best;
            }
            // The optimum may need columns outside the filter; the incumbent now limits how far.
            Outcome::Optimal => width = bound - best.score.value as f64,
            Outcome::Infeasible if width < max_slack => width *= 8.0,
            Outcome::Infeasible => served -= 1,
        }
    }
    // Every higher number served is infeasible.
    best.is_optimal = true;
    best
}
