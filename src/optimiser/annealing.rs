//! Simulated annealing from an initial assignment. A move assigns another block to an application, reassigns the
//! applications it displaces to their best free blocks, and is reverted if the objective decreases too much.
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    bound::DualPrices,
    instance::{ApplicationIx, BoothIx},
    model::{BlockIx, Choice, ListOfLists, Model},
    state::{AssignmentState, NONE},
};

/// Annealing schedule.
#[derive(Debug, Clone, Copy)]
pub struct AnnealingSchedule {
    /// Moves per application.
    pub moves_per_application: u64,
    /// Initial temperature, in units of the typical value.
    pub initial_temperature: f64,
    /// Final temperature, in units of the typical value.
    pub final_temperature: f64,
}

impl AnnealingSchedule {
    /// The temperature after a share of the moves: geometric cooling.
    fn temperature(&self, share: f64) -> f64 {
        self.initial_temperature * (self.final_temperature / self.initial_temperature).powf(share)
    }
}

/// The best assignment so far.
#[derive(Debug, Clone)]
pub(super) struct BestAssignment {
    pub block_of: Vec<BlockIx>,
    pub served: i64,
    pub value: i64,
}

impl BestAssignment {
    pub(super) fn from_state(state: &AssignmentState<'_>) -> Self {
        Self { block_of: state.block_of.clone(), served: state.served, value: state.value }
    }
}

/// Candidate list of each application: its choices of nearly the highest gain at the dual prices. Good assignments
/// consist almost entirely of such choices.
pub(super) struct CandidateLists {
    candidates: Vec<Vec<Choice<BlockIx>>>,
    /// Applications that have each block as a candidate, with its value.
    applications_of_block: ListOfLists<Choice<ApplicationIx>>,
}

/// Max length of a candidate list.
const MAX_CANDIDATES: usize = 48;

impl CandidateLists {
    /// Selects candidates by dual prices. `slack`: maximum distance from the highest gain, in units of the typical value.
    pub(super) fn from_prices(model: &Model<'_>, prices: &DualPrices, slack: f64) -> Self {
        let cost: Vec<f64> = (0..model.blocks.len())
            .map(|block| model.blocks.get(block as u32).iter().map(|b| prices.booth[*b as usize]).sum())
            .collect();
        // The blocks of a class have equal value, so only the cheapest can be candidates.
        let cheapest: Vec<Vec<BlockIx>> = (0..model.classes.len())
            .map(|class| {
                let mut blocks = model.classes.get(class as u32).to_vec();
                blocks.sort_by(|a, b| cost[*a as usize].total_cmp(&cost[*b as usize]));
                blocks.truncate(MAX_CANDIDATES);
                blocks
            })
            .collect();
        let typical = typical_value(model);
        let candidates = model.class_choices.iter().zip(&model.wish_choices).map(|(by_class, by_wish)| {
            let wished = by_wish.iter().copied();
            let classed = by_class.iter().flat_map(|c| {
                cheapest[c.target as usize].iter().map(|block| Choice { target: *block, value: c.value })
            });
            // Wished blocks come first: deduplication keeps their higher value.
            let mut gains: Vec<(f64, Choice<BlockIx>)> =
                wished.chain(classed).map(|c| (c.value as f64 - cost[c.target as usize], c)).collect();
            gains.sort_by(|a, b| b.0.total_cmp(&a.0));
            let top = gains.first().map_or(0.0, |g| g.0);
            let mut selected: Vec<Choice<BlockIx>> = Vec::new();
            for (gain, choice) in gains {
                if gain < top - slack * typical || selected.len() == MAX_CANDIDATES {
                    break;
                }
                if selected.iter().all(|s| s.target != choice.target) {
                    selected.push(choice);
                }
            }
            selected
        });
        let candidates: Vec<Vec<Choice<BlockIx>>> = candidates.collect();
        let mut takers = vec![Vec::new(); model.blocks.len()];
        for (applicant, choices) in (0..).zip(&candidates) {
            for choice in choices {
                takers[choice.target as usize].push(Choice { target: applicant, value: choice.value });
            }
        }
        Self { candidates, applications_of_block: ListOfLists::from_lists(takers) }
    }
}

/// An initial assignment: greedy by gain at the dual prices, at which most applications can get their best choice.
pub(super) fn greedy_at_prices<'m>(
    model: &'m Model<'m>,
    promising: &CandidateLists,
    prices: &DualPrices,
) -> AssignmentState<'m> {
    let gain = |choice: &Choice<BlockIx>| {
        let cost: f64 = model.blocks.get(choice.target).iter().map(|b| prices.booth[*b as usize]).sum();
        choice.value as f64 + prices.premium - cost
    };
    let mut order: Vec<(f64, ApplicationIx)> = promising
        .candidates
        .iter()
        .zip(0..)
        .filter_map(|(choices, applicant)| Some((gain(choices.first()?), applicant)))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut state = AssignmentState::new(model);
    for (_, applicant) in order.iter().filter(|(gain, _)| *gain > 0.0) {
        let is_available =
            |c: &&Choice<BlockIx>| state.is_free(c.target) && state.satisfies_separation(*applicant, c.target);
        if let Some(choice) = promising.candidates[*applicant as usize].iter().find(is_available).copied() {
            state.assign(*applicant, choice.target, choice.value);
        }
    }
    for (_, applicant) in order {
        if state.block_of[applicant as usize] == NONE
            && let Some((block, value)) = state.best_free_block(applicant, 0)
        {
            state.assign(applicant, block, value);
        }
    }
    state
}

fn typical_value(model: &Model<'_>) -> f64 {
    let best: Vec<i64> = (0..model.class_choices.len() as ApplicationIx).filter_map(|i| model.best_value(i)).collect();
    (best.iter().sum::<i64>() as f64 / best.len().max(1) as f64).max(1.0)
}

struct Search<'s, 'm> {
    state: &'s mut AssignmentState<'m>,
    promising: &'s CandidateLists,
    rng: ChaCha8Rng,
    best_of: Vec<i64>,
    /// Weight of one more application served, in units of value: twice the highest value of any choice plus 1.
    premium: i64,
}

/// Improves an assignment. `should_continue` is called after each chunk of moves with the best so far and the share of work done;
/// `false` stops the search.
pub(super) fn anneal(
    state: &mut AssignmentState<'_>,
    promising: &CandidateLists,
    annealing: AnnealingSchedule,
    seed: u64,
    should_continue: &mut dyn FnMut(&BestAssignment, f64) -> bool,
) -> BestAssignment {
    let model = state.model;
    let mut best = BestAssignment::from_state(state);
    let movable: Vec<ApplicationIx> = (0..model.class_choices.len() as ApplicationIx)
        .filter(|i| !model.class_choices[*i as usize].is_empty())
        .collect();
    if movable.is_empty() {
        return best;
    }
    let best_of: Vec<i64> =
        (0..model.class_choices.len() as ApplicationIx).map(|i| model.best_value(i).unwrap_or(0)).collect();
    let top = best_of.iter().copied().max().unwrap_or(1).max(1);
    let typical = typical_value(model);
    let mut search = Search { state, promising, rng: ChaCha8Rng::seed_from_u64(seed), best_of, premium: 2 * top + 1 };
    let total = annealing.moves_per_application.saturating_mul(movable.len() as u64).max(1);
    let chunk = (movable.len() as u64 / 4).clamp(256, 20_000);
    let mut done = 0;
    while done < total {
        let share = done as f64 / total as f64;
        // The last 10 % is hill climbing.
        let tau = if share > 0.9 { 0.0 } else { typical * annealing.temperature(share) };
        for _ in 0..chunk {
            let applicant = movable[search.rng.random_range(0..movable.len())];
            search.try_move(applicant, tau);
        }
        done += chunk;
        if (search.state.served, search.state.value) > (best.served, best.value) {
            best = BestAssignment::from_state(search.state);
        }
        if !should_continue(&best, share) {
            break;
        }
    }
    best
}

impl Search<'_, '_> {
    /// A random block for an application, with its value: 15 of 16 times from its candidate list.
    fn candidate(&mut self, applicant: ApplicationIx) -> Option<(BlockIx, i64)> {
        let promising = &self.promising.candidates[applicant as usize];
        if !promising.is_empty() && !self.rng.random_ratio(1, 16) {
            let choice = promising[self.rng.random_range(0..promising.len())];
            return Some((choice.target, choice.value));
        }
        let model: &Model<'_> = self.state.model;
        let (by_wish, by_class) = (&model.wish_choices[applicant as usize], &model.class_choices[applicant as usize]);
        let class = by_class[self.rng.random_range(0..by_class.len())];
        let blocks = model.classes.get(class.target);
        let block = *blocks.get(self.rng.random_range(0..blocks.len()))?;
        let wished = by_wish.iter().find(|c| c.target == block).map(|c| c.value);
        Some((block, wished.unwrap_or(class.value)))
    }

    /// Assigns a block around a free booth to the unserved application with the highest value; returns it.
    fn fill(&mut self, booth: BoothIx) -> Option<ApplicationIx> {
        if self.state.application_on_booth[booth as usize] != NONE {
            return None;
        }
        let model = self.state.model;
        let mut best: Option<(BlockIx, Choice<ApplicationIx>)> = None;
        for block in model.blocks_of_booth.get(booth).iter().filter(|block| self.state.is_free(**block)) {
            for taker in self.promising.applications_of_block.get(*block) {
                let better = best.is_none_or(|(_, b)| taker.value > b.value);
                if better
                    && self.state.block_of[taker.target as usize] == NONE
                    && self.state.satisfies_separation(taker.target, *block)
                {
                    best = Some((*block, *taker));
                }
            }
        }
        let (block, taker) = best?;
        self.state.assign(taker.target, block, taker.value);
        Some(taker.target)
    }

    fn try_move(&mut self, applicant: ApplicationIx, tau: f64) {
        let Some((block, value)) = self.candidate(applicant) else { return };
        let model = self.state.model;
        let before = (self.state.block_of[applicant as usize], self.state.value_of[applicant as usize]);
        if block == before.0 {
            return;
        }
        // The displaced applications, and an upper bound on the gain of the move.
        let mut displaced = Displaced::default();
        let mut max_gain = value - before.1 + if before.0 == NONE { self.premium } else { 0 };
        let mut freed = if before.0 == NONE { 0 } else { model.blocks.get(before.0).len() };
        for booth in model.blocks.get(block) {
            let other = self.state.application_on_booth[*booth as usize];
            if other != NONE && other != applicant && !displaced.contains(other) {
                let previous = (self.state.block_of[other as usize], self.state.value_of[other as usize]);
                if !displaced.push(other, previous) {
                    return;
                }
                freed += model.blocks.get(previous.0).len();
                max_gain += self.best_of[other as usize] - previous.1;
            }
        }
        let spare = freed.saturating_sub(model.blocks.get(block).len());
        max_gain += spare as i64 * self.premium;
        let threshold = if tau > 0.0 { tau * self.rng.random::<f64>().ln() } else { 0.0 };
        if (max_gain as f64) < threshold {
            return;
        }
        let (served, value_before) = (self.state.served, self.state.value);
        if before.0 != NONE {
            self.state.unassign(applicant);
        }
        for (other, _) in displaced.all() {
            self.state.unassign(*other);
        }
        let mut filled = [NONE; 16];
        let mut fills = 0;
        if self.state.satisfies_separation(applicant, block) {
            self.state.assign(applicant, block, value);
            for (other, _) in displaced.all() {
                let turn = self.rng.random();
                if let Some((block, value)) = self.state.best_free_block(*other, turn) {
                    self.state.assign(*other, block, value);
                }
            }
            let left =
                displaced.all().iter().map(|(_, previous)| previous.0).chain((before.0 != NONE).then_some(before.0));
            for block in left {
                for booth in model.blocks.get(block) {
                    if fills < filled.len()
                        && let Some(taker) = self.fill(*booth)
                    {
                        filled[fills] = taker;
                        fills += 1;
                    }
                }
            }
            let gain = (self.state.served - served) * self.premium + self.state.value - value_before;
            if gain as f64 >= threshold {
                return;
            }
            // Revert. Displaced applications may be among those that filled a booth.
            for taker in &filled[..fills] {
                self.state.unassign(*taker);
            }
            for (other, _) in displaced.all() {
                if self.state.block_of[*other as usize] != NONE {
                    self.state.unassign(*other);
                }
            }
            self.state.unassign(applicant);
        }
        for (other, previous) in displaced.all() {
            self.state.assign(*other, previous.0, previous.1);
        }
        if before.0 != NONE {
            self.state.assign(applicant, before.0, before.1);
        }
    }
}

/// Applications displaced by a move, each with its previous block and value. Fixed capacity: a block has few booths.
struct Displaced {
    entries: [(ApplicationIx, (BlockIx, i64)); 8],
    count: usize,
}

impl Default for Displaced {
    fn default() -> Self {
        Self { entries: [(NONE, (NONE, 0)); 8], count: 0 }
    }
}

impl Displaced {
    fn all(&self) -> &[(ApplicationIx, (BlockIx, i64))] {
        &self.entries[..self.count]
    }
    fn contains(&self, applicant: ApplicationIx) -> bool {
        self.all().iter().any(|(other, _)| *other == applicant)
    }
    /// Adds an entry; `false` if full.
    fn push(&mut self, applicant: ApplicationIx, previous: (BlockIx, i64)) -> bool {
        let slot = self.entries.get_mut(self.count);
        self.count += usize::from(slot.is_some());
        slot.map(|slot| *slot = (applicant, previous)).is_some()
    }
}
