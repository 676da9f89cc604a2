//! Upper bound by Lagrangian duality. The constraint "at most one application per booth" is relaxed with a price λ ≥ 0
//! per booth: each application then takes its choice of highest gain (value minus prices), and Σ λ plus the sum of these
//! gains is an upper bound on every assignment, for any λ. The optimal prices give the bound of the linear relaxation.
//! Separation rules are ignored, which can only increase the bound.
//!
//! Prices are computed by matrix scaling with annealing: at temperature τ each application distributes over its choices
//! by softmax, and the price of a booth with usage `u` changes by τ·ln u, which moves its usage to 1; then τ decreases.
//! The bound is evaluated with hard choices at every step, so it is valid at any τ.
use super::model::Model;
#[cfg(feature = "highs")]
use super::score::Score;

/// Upper bound on every assignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Bound on the number of applications served.
    pub served: i64,
    /// Σ λ + Σ gains at the best prices for the value.
    base: f64,
    /// Premium per application served at these prices.
    premium: f64,
}

/// A bound with the prices that prove it: verified by evaluating the sum.
#[derive(Debug, Clone)]
pub struct BoundProof {
    pub bound: Bound,
    /// Σ λ + Σ gains for the number served, without fixed applications.
    pub dual_for_served: f64,
    /// Prices that prove the bound on the number served.
    pub prices_for_served: DualPrices,
    /// Prices that prove the bound on the value.
    pub prices_for_value: DualPrices,
}

impl Bound {
    /// Upper bound on the value of any assignment that serves at least `served`.
    pub fn value(&self, served: i64) -> i64 {
        (self.value_exact(served) + 1e-6).floor() as i64
    }

    pub(super) fn value_exact(&self, served: i64) -> f64 {
        self.base - self.premium * served as f64
    }
}

#[cfg(feature = "highs")]
impl BoundProof {
    /// Replaces the bound by the score of an assignment that is proved optimal.
    pub(super) fn with_optimum(self, best: Score) -> Self {
        Self { bound: Bound { served: best.served, base: best.value as f64, premium: 0.0 }, ..self }
    }
}

/// Dual prices of booths, and the premium for serving an application.
#[derive(Debug, Clone, Default)]
pub struct DualPrices {
    /// λ ≥ 0 per booth.
    pub booth: Vec<f64>,
    /// At least 0.
    pub premium: f64,
}

/// Evaluates the choices of all applications at given prices. Buffers are reused between steps.
struct Pricer<'m> {
    model: &'m Model<'m>,
    /// Whether values count, or only the number served.
    with_values: bool,
    cost: Vec<f64>,
    cheapest: Vec<f64>,
    mass: Vec<f64>,
    /// Soft gain of a class over its cheapest block: τ·ln of the softmax mass of its blocks.
    spread: Vec<f64>,
    wanted: Vec<f64>,
    usage: Vec<f64>,
    /// Σ usage × block size per booth: the price step of a block is divided among its booths.
    usage_sized: Vec<f64>,
    shares: Vec<f64>,
}

struct Evaluation {
    /// Σ λ + Σ best gains: the dual objective.
    base: f64,
    /// Applicants that take something, under softmax.
    served: f64,
}

impl<'m> Pricer<'m> {
    fn new(model: &'m Model<'m>, with_values: bool) -> Self {
        Self {
            model,
            with_values,
            cost: vec![0.0; model.blocks.len()],
            cheapest: vec![0.0; model.classes.len()],
            mass: vec![0.0; model.classes.len()],
            spread: vec![0.0; model.classes.len()],
            wanted: vec![0.0; model.classes.len()],
            usage: vec![0.0; model.instance.booths.len()],
            usage_sized: vec![0.0; model.instance.booths.len()],
            shares: Vec::new(),
        }
    }

    fn worth(&self, value: i64) -> f64 {
        if self.with_values { value as f64 } else { 0.0 }
    }

    fn evaluate(&mut self, prices: &DualPrices, tau: f64) -> Evaluation {
        let model = self.model;
        for block in 0..model.blocks.len() {
            self.cost[block] = model.blocks.get(block as u32).iter().map(|b| prices.booth[*b as usize]).sum();
        }
        self.shares.clear();
        for class in 0..model.classes.len() {
            let blocks = model.classes.get(class as u32);
            let least = blocks.iter().map(|r| self.cost[*r as usize]).fold(f64::INFINITY, f64::min);
            let mut mass = 0.0;
            for block in blocks {
                let share = clamped_exp((least - self.cost[*block as usize]) / tau);
                mass += share;
                self.shares.push(share);
            }
            self.cheapest[class] = least;
            self.mass[class] = mass;
            self.spread[class] = tau * mass.ln();
            self.wanted[class] = 0.0;
        }
        self.usage.fill(0.0);
        self.usage_sized.fill(0.0);
        let (mut base, mut served) = (prices.booth.iter().sum::<f64>(), 0.0);
        let mut gains: Vec<f64> = Vec::new();
        for (by_class, by_wish) in model.class_choices.iter().zip(&model.wish_choices) {
            if by_class.is_empty() {
                continue;
            }
            gains.clear();
            let (mut hard, mut top) = (0.0_f64, 0.0_f64);
            for choice in by_class {
                let gain = self.worth(choice.value) + prices.premium - self.cheapest[choice.target as usize];
                hard = hard.max(gain);
                let soft_gain = gain + self.spread[choice.target as usize];
                top = top.max(soft_gain);
                gains.push(soft_gain);
            }
            for choice in by_wish {
                let gain = self.worth(choice.value) + prices.premium - self.cost[choice.target as usize];
                hard = hard.max(gain);
                top = top.max(gain);
                gains.push(gain);
            }
            base += hard;
            let nothing = clamped_exp(-top / tau);
            let mut total = nothing;
            for gain in &mut gains {
                *gain = clamped_exp((*gain - top) / tau);
                total += *gain;
            }
            served += 1.0 - nothing / total;
            let (classed, wished) = gains.split_at(by_class.len());
            for (choice, share) in by_class.iter().zip(classed) {
                self.wanted[choice.target as usize] += share / total;
            }
            for (choice, share) in by_wish.iter().zip(wished) {
                let share = share / total;
                if share > 1e-12 {
                    let booths = model.blocks.get(choice.target);
                    for booth in booths {
                        self.usage[*booth as usize] += share;
                        self.usage_sized[*booth as usize] += share * booths.len() as f64;
                    }
                }
            }
        }
        let mut at = 0;
        for class in 0..model.classes.len() {
            let per = self.wanted[class] / self.mass[class];
            for block in model.classes.get(class as u32) {
                let share = self.shares[at] * per;
                at += 1;
                if share > 1e-12 {
                    let booths = model.blocks.get(*block);
                    for booth in booths {
                        self.usage[*booth as usize] += share;
                        self.usage_sized[*booth as usize] += share * booths.len() as f64;
                    }
                }
            }
        }
        Evaluation { base, served }
    }

    /// Raises the price of booths with usage above 1 and lowers it below 1.
    fn adjust(&self, prices: &mut DualPrices, tau: f64) {
        for (booth, price) in prices.booth.iter_mut().enumerate() {
            let usage = self.usage[booth].max(1e-6);
            let size = (self.usage_sized[booth] / usage).max(1.0);
            *price = (*price + tau * usage.ln() / size).max(0.0);
        }
    }
}

/// e^x, rounded to 0 below e^-40.
fn clamped_exp(x: f64) -> f64 {
    if x < -40.0 { 0.0 } else { x.exp() }
}

/// Geometric cooling schedule from `initial_temperature` to `final_temperature`, in units of the typical value.
#[derive(Debug, Clone, Copy)]
pub struct CoolingSchedule {
    /// Initial temperature.
    pub initial_temperature: f64,
    /// Final temperature.
    pub final_temperature: f64,
    /// Number of evaluations.
    pub steps: usize,
}

impl CoolingSchedule {
    fn temperature(&self, step: usize) -> f64 {
        let share = step as f64 / self.steps.max(2).saturating_sub(1) as f64;
        self.initial_temperature * (self.final_temperature / self.initial_temperature).powf(share)
    }
}

/// Computes the bound in two passes: on the number served, then on the value. `should_continue` returning `false` stops
/// early; the bound so far is valid.
pub fn upper_bound(
    model: &Model<'_>,
    cooling: CoolingSchedule,
    should_continue: &dyn Fn(&Bound) -> bool,
) -> BoundProof {
    let fixed = model.fixed_booths.len() as i64;
    let movable = model.class_choices.iter().filter(|c| !c.is_empty()).count() as i64;
    let total_best: f64 =
        (0..model.class_choices.len()).filter_map(|i| model.best_value(i as u32)).map(|v| v as f64).sum();
    let prices = DualPrices { booth: vec![0.0; model.instance.booths.len()], premium: 1.0 };
    let mut proof = BoundProof {
        bound: Bound { served: movable + fixed, base: total_best, premium: 0.0 },
        dual_for_served: movable as f64,
        prices_for_served: prices.clone(),
        prices_for_value: DualPrices { premium: 0.0, ..prices },
    };
    if movable > 0 {
        let short_cooling = CoolingSchedule { steps: cooling.steps / 3, ..cooling };
        if tighten_served(model, &mut proof, short_cooling, should_continue) {
            let typical = (total_best / movable as f64).max(1.0);
            tighten_value(model, &mut proof, cooling, typical, should_continue);
        }
    }
    proof
}

/// Tightens the bound on the number served. Returns whether to continue.
fn tighten_served(
    model: &Model<'_>,
    proof: &mut BoundProof,
    cooling: CoolingSchedule,
    should_continue: &dyn Fn(&Bound) -> bool,
) -> bool {
    let fixed = model.fixed_booths.len() as i64;
    let mut prices = proof.prices_for_served.clone();
    let mut pricer = Pricer::new(model, false);
    let mut least = f64::INFINITY;
    for step in 0..cooling.steps {
        let tau = cooling.temperature(step);
        let evaluation = pricer.evaluate(&prices, tau);
        if evaluation.base < least {
            least = evaluation.base;
            proof.bound.served = proof.bound.served.min((least + 1e-6).floor() as i64 + fixed);
            proof.dual_for_served = least;
            proof.prices_for_served.clone_from(&prices);
        }
        if step % 16 == 0 && !should_continue(&proof.bound) {
            return false;
        }
        pricer.adjust(&mut prices, tau);
    }
    true
}

/// Tightens the bound on the value of assignments that serve as many as the bound on the number served, starting from the
/// prices for it. `typical`: typical value of a choice.
fn tighten_value(
    model: &Model<'_>,
    proof: &mut BoundProof,
    cooling: CoolingSchedule,
    typical: f64,
    should_continue: &dyn Fn(&Bound) -> bool,
) {
    let fixed = model.fixed_booths.len() as i64;
    let target = (proof.bound.served - fixed) as f64;
    let mut pricer = Pricer::new(model, true);
    let mut prices = proof.prices_for_served.clone();
    prices.booth.iter_mut().for_each(|p| *p *= typical);
    prices.premium = typical;
    let mut least = proof.bound.base;
    for step in 0..cooling.steps {
        let tau = cooling.temperature(step) * typical;
        let evaluation = pricer.evaluate(&prices, tau);
        let value = evaluation.base - prices.premium * target;
        if value < least {
            least = value;
            // Fixed applications count as served but are not in `base`: compensate for their premium.
            proof.bound.base = evaluation.base + prices.premium * fixed as f64;
            proof.bound.premium = prices.premium;
            proof.prices_for_value.clone_from(&prices);
        }
        if step % 16 == 0 && !should_continue(&proof.bound) {
            return;
        }
        pricer.adjust(&mut prices, tau);
        prices.premium = (prices.premium + tau * (target / evaluation.served.max(1e-6)).ln()).max(0.0);
    }
}
