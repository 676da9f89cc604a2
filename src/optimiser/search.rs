//! The whole-fair optimum: simulated annealing from a plan. A move gives an applicant a better or another run, puts
//! those it drives out on the best that is free for them, and is taken back if the whole loses too much.
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    dual::Prices,
    instance::{ApplicantIx, BoothIx},
    model::{Choice, Lists, Model, RunIx},
    state::{NONE, State},
};

/// How long, and how wild.
#[derive(Debug, Clone, Copy)]
pub struct Annealing {
    /// Moves for each applicant.
    pub moves: u64,
    /// First temperature, in typical values.
    pub hot: f64,
    /// Last temperature, in typical values.
    pub cold: f64,
}

/// The best plan on the way: runs, how many are served, and the value.
#[derive(Debug, Clone)]
pub(super) struct Best {
    pub run_of: Vec<RunIx>,
    pub served: i64,
    pub value: i64,
}

impl Best {
    pub(super) fn of(state: &State<'_>) -> Self {
        Self { run_of: state.run_of.clone(), served: state.served, value: state.value }
    }
}

/// Choices worth looking at, for each applicant: at good prices nearly all that a good plan holds are among the few
/// that gain nearly the most.
pub(super) struct Promising {
    of: Vec<Vec<Choice<RunIx>>>,
    /// For each run who might take it, with its value.
    takers: Lists<Choice<ApplicantIx>>,
}

/// Choices one applicant keeps.
const MOST_PROMISING: usize = 48;

impl Promising {
    /// By prices; `slack` in typical values is how much less than the most a choice may gain.
    pub(super) fn at(model: &Model<'_>, prices: &Prices, slack: f64) -> Self {
        let cost: Vec<f64> = (0..model.runs.len())
            .map(|run| model.runs.of(run as u32).iter().map(|b| prices.booth[*b as usize]).sum())
            .collect();
        // Of a class only its cheapest runs can be worth a look: nobody in it wishes for any of them.
        let cheapest: Vec<Vec<RunIx>> = (0..model.classes.len())
            .map(|class| {
                let mut runs = model.classes.of(class as u32).to_vec();
                runs.sort_by(|a, b| cost[*a as usize].total_cmp(&cost[*b as usize]));
                runs.truncate(MOST_PROMISING);
                runs
            })
            .collect();
        let typical = typical(model);
        let all = model.by_class.iter().zip(&model.by_wish).map(|(by_class, by_wish)| {
            let wished = by_wish.iter().copied();
            let classed = by_class
                .iter()
                .flat_map(|c| cheapest[c.of as usize].iter().map(|run| Choice { of: *run, value: c.value }));
            // A wished run comes first, with its higher value.
            let mut gains: Vec<(f64, Choice<RunIx>)> =
                wished.chain(classed).map(|c| (c.value as f64 - cost[c.of as usize], c)).collect();
            gains.sort_by(|a, b| b.0.total_cmp(&a.0));
            let top = gains.first().map_or(0.0, |g| g.0);
            let mut kept: Vec<Choice<RunIx>> = Vec::new();
            for (gain, choice) in gains {
                if gain < top - slack * typical || kept.len() == MOST_PROMISING {
                    break;
                }
                if kept.iter().all(|k| k.of != choice.of) {
                    kept.push(choice);
                }
            }
            kept
        });
        let of: Vec<Vec<Choice<RunIx>>> = all.collect();
        let mut takers = vec![Vec::new(); model.runs.len()];
        for (applicant, choices) in (0..).zip(&of) {
            for choice in choices {
                takers[choice.of as usize].push(Choice { of: applicant, value: choice.value });
            }
        }
        Self { of, takers: Lists::from_lists(takers) }
    }
}

/// A plan to begin with: at good prices nearly everybody can have what gains them most.
pub(super) fn at_prices<'m>(model: &'m Model<'m>, promising: &Promising, prices: &Prices) -> State<'m> {
    let gain = |choice: &Choice<RunIx>| {
        let cost: f64 = model.runs.of(choice.of).iter().map(|b| prices.booth[*b as usize]).sum();
        choice.value as f64 + prices.premium - cost
    };
    let mut order: Vec<(f64, ApplicantIx)> = promising
        .of
        .iter()
        .zip(0..)
        .filter_map(|(choices, applicant)| Some((gain(choices.first()?), applicant)))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut state = State::new(model);
    for (_, applicant) in order.iter().filter(|(gain, _)| *gain > 0.0) {
        let open = |c: &&Choice<RunIx>| state.is_free(c.of) && state.is_at_peace(*applicant, c.of);
        if let Some(choice) = promising.of[*applicant as usize].iter().find(open).copied() {
            state.place(*applicant, choice.of, choice.value);
        }
    }
    for (_, applicant) in order {
        if state.run_of[applicant as usize] == NONE
            && let Some((run, value)) = state.best_free(applicant, 0)
        {
            state.place(applicant, run, value);
        }
    }
    state
}

fn typical(model: &Model<'_>) -> f64 {
    let best: Vec<i64> = (0..model.by_class.len() as ApplicantIx).filter_map(|i| model.best(i)).collect();
    (best.iter().sum::<i64>() as f64 / best.len().max(1) as f64).max(1.0)
}

struct Search<'s, 'm> {
    state: &'s mut State<'m>,
    promising: &'s Promising,
    rng: ChaCha8Rng,
    best_of: Vec<i64>,
    /// What serving one more is worth against any value.
    premium: i64,
}

/// Improves a plan; `goes_on` is asked now and then, with the best so far and the share of the work that is done.
pub(super) fn anneal(
    state: &mut State<'_>,
    promising: &Promising,
    annealing: Annealing,
    seed: u64,
    goes_on: &mut dyn FnMut(&Best, f64) -> bool,
) -> Best {
    let model = state.model;
    let mut best = Best::of(state);
    let movable: Vec<ApplicantIx> =
        (0..model.by_class.len() as ApplicantIx).filter(|i| !model.by_class[*i as usize].is_empty()).collect();
    if movable.is_empty() {
        return best;
    }
    let best_of: Vec<i64> = (0..model.by_class.len() as ApplicantIx).map(|i| model.best(i).unwrap_or(0)).collect();
    let top = best_of.iter().copied().max().unwrap_or(1).max(1);
    let typical = typical(model);
    let mut search = Search { state, promising, rng: ChaCha8Rng::seed_from_u64(seed), best_of, premium: 2 * top + 1 };
    let total = annealing.moves.saturating_mul(movable.len() as u64).max(1);
    let chunk = (movable.len() as u64 / 4).clamp(256, 20_000);
    let mut done = 0;
    while done < total {
        let share = done as f64 / total as f64;
        // The last tenth only climbs.
        let tau =
            if share > 0.9 { 0.0 } else { typical * annealing.hot * (annealing.cold / annealing.hot).powf(share) };
        for _ in 0..chunk {
            let applicant = movable[search.rng.random_range(0..movable.len())];
            search.try_move(applicant, tau);
        }
        done += chunk;
        if (search.state.served, search.state.value) > (best.served, best.value) {
            best = Best::of(search.state);
        }
        if !goes_on(&best, share) {
            break;
        }
    }
    best
}

impl Search<'_, '_> {
    /// Some run an applicant might take, with its value: most often one of the promising.
    fn candidate(&mut self, applicant: ApplicantIx) -> Option<(RunIx, i64)> {
        let promising = &self.promising.of[applicant as usize];
        if !promising.is_empty() && !self.rng.random_ratio(1, 16) {
            let choice = promising[self.rng.random_range(0..promising.len())];
            return Some((choice.of, choice.value));
        }
        let model: &Model<'_> = self.state.model;
        let (by_wish, by_class) = (&model.by_wish[applicant as usize], &model.by_class[applicant as usize]);
        let class = by_class[self.rng.random_range(0..by_class.len())];
        let runs = model.classes.of(class.of);
        let run = *runs.get(self.rng.random_range(0..runs.len()))?;
        let wished = by_wish.iter().find(|c| c.of == run).map(|c| c.value);
        Some((run, wished.unwrap_or(class.value)))
    }

    /// Gives a free booth to whoever of those without a place gains most by it; says to whom.
    fn fill(&mut self, booth: BoothIx) -> Option<ApplicantIx> {
        if self.state.on_booth[booth as usize] != NONE {
            return None;
        }
        let model = self.state.model;
        let mut best: Option<(RunIx, Choice<ApplicantIx>)> = None;
        for run in model.through.of(booth).iter().filter(|run| self.state.is_free(**run)) {
            for taker in self.promising.takers.of(*run) {
                let better = best.is_none_or(|(_, b)| taker.value > b.value);
                if better && self.state.run_of[taker.of as usize] == NONE && self.state.is_at_peace(taker.of, *run) {
                    best = Some((*run, *taker));
                }
            }
        }
        let (run, taker) = best?;
        self.state.place(taker.of, run, taker.value);
        Some(taker.of)
    }

    fn try_move(&mut self, applicant: ApplicantIx, tau: f64) {
        let Some((run, value)) = self.candidate(applicant) else { return };
        let model = self.state.model;
        let before = (self.state.run_of[applicant as usize], self.state.value_of[applicant as usize]);
        if run == before.0 {
            return;
        }
        // Who must leave, and how much the whole can gain at the very most.
        let mut out = Out::default();
        let mut hope = value - before.1 + if before.0 == NONE { self.premium } else { 0 };
        let mut room = if before.0 == NONE { 0 } else { model.runs.of(before.0).len() };
        for booth in model.runs.of(run) {
            let other = self.state.on_booth[*booth as usize];
            if other != NONE && other != applicant && !out.holds(other) {
                let was = (self.state.run_of[other as usize], self.state.value_of[other as usize]);
                if !out.push(other, was) {
                    return;
                }
                room += model.runs.of(was.0).len();
                hope += self.best_of[other as usize] - was.1;
            }
        }
        let spare = room.saturating_sub(model.runs.of(run).len());
        hope += spare as i64 * self.premium;
        let least = if tau > 0.0 { tau * self.rng.random::<f64>().ln() } else { 0.0 };
        if (hope as f64) < least {
            return;
        }
        let (served, worth) = (self.state.served, self.state.value);
        if before.0 != NONE {
            self.state.lift(applicant);
        }
        for (other, _) in out.all() {
            self.state.lift(*other);
        }
        let mut filled = [NONE; 16];
        let mut fills = 0;
        if self.state.is_at_peace(applicant, run) {
            self.state.place(applicant, run, value);
            for (other, _) in out.all() {
                let turn = self.rng.random();
                if let Some((run, value)) = self.state.best_free(*other, turn) {
                    self.state.place(*other, run, value);
                }
            }
            let left = out.all().iter().map(|(_, was)| was.0).chain((before.0 != NONE).then_some(before.0));
            for run in left {
                for booth in model.runs.of(run) {
                    if fills < filled.len()
                        && let Some(taker) = self.fill(*booth)
                    {
                        filled[fills] = taker;
                        fills += 1;
                    }
                }
            }
            let gain = (self.state.served - served) * self.premium + self.state.value - worth;
            if gain as f64 >= least {
                return;
            }
            // Those who must leave may have been the ones who filled a booth again.
            for taker in &filled[..fills] {
                self.state.lift(*taker);
            }
            for (other, _) in out.all() {
                if self.state.run_of[*other as usize] != NONE {
                    self.state.lift(*other);
                }
            }
            self.state.lift(applicant);
        }
        for (other, was) in out.all() {
            self.state.place(*other, was.0, was.1);
        }
        if before.0 != NONE {
            self.state.place(applicant, before.0, before.1);
        }
    }
}

/// Those who must leave for somebody, with where they were and what that was worth; a run has few neighbours.
struct Out {
    who: [(ApplicantIx, (RunIx, i64)); 8],
    count: usize,
}

impl Default for Out {
    fn default() -> Self {
        Self { who: [(NONE, (NONE, 0)); 8], count: 0 }
    }
}

impl Out {
    fn all(&self) -> &[(ApplicantIx, (RunIx, i64))] {
        &self.who[..self.count]
    }
    fn holds(&self, applicant: ApplicantIx) -> bool {
        self.all().iter().any(|(who, _)| *who == applicant)
    }
    /// Whether there was room.
    fn push(&mut self, applicant: ApplicantIx, was: (RunIx, i64)) -> bool {
        let room = self.who.get_mut(self.count);
        self.count += usize::from(room.is_some());
        room.map(|room| *room = (applicant, was)).is_some()
    }
}
