//! What no plan can exceed. "A booth has one application" is priced instead of kept: at prices λ every applicant takes
//! what gains it most, and Σ λ plus these gains is a bound on every plan, whatever λ ≥ 0 is (Lagrangian duality). The
//! best prices give the bound of the linear relaxation. Rules that keep people apart are left out, which only makes
//! the bound larger.
//!
//! Prices are found by scaling: at a temperature τ applicants spread over their choices softly, and a booth wanted by
//! `u` of them becomes dearer by τ·ln u, which would make it wanted by exactly one; then τ falls. The bound itself is
//! taken with hard choices at every step, so it holds at any τ.
use super::{model::Model, solve::Score};

/// What no plan can exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Applications served.
    pub served: i64,
    /// Σ λ and gains of the best prices for the value …
    base: f64,
    /// … and what serving one application more is worth at them.
    premium: f64,
}

/// A bound with the prices that prove it: anybody can check it by adding up.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What follows.
    pub bound: Bound,
    /// For how many can be served: Σ λ and gains, those who stay left out …
    pub base_for_served: f64,
    /// … at these prices.
    pub for_served: Prices,
    /// For the value.
    pub for_value: Prices,
}

impl Bound {
    /// The value of any plan that serves at least `served`.
    pub fn value(&self, served: i64) -> i64 {
        (self.value_exact(served) + 1e-6).floor() as i64
    }

    pub(super) fn value_exact(&self, served: i64) -> f64 {
        self.base - self.premium * served as f64
    }
}

impl Proof {
    /// The bound that a plan proved to be the best gives.
    pub(super) fn closed_by(self, best: Score) -> Self {
        Self { bound: Bound { served: best.served, base: best.value as f64, premium: 0.0 }, ..self }
    }
}

/// What booths cost, and what being served is worth besides values.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// λ ≥ 0, for each booth.
    pub booth: Vec<f64>,
    /// At least 0.
    pub premium: f64,
}

/// One look at everybody's choices at given prices.
struct Pricer<'m> {
    model: &'m Model<'m>,
    /// Values count, not just that somebody is served.
    with_values: bool,
    cost: Vec<f64>,
    cheapest: Vec<f64>,
    mass: Vec<f64>,
    /// What a class is worth more than its cheapest run because there are others, at this temperature.
    spread: Vec<f64>,
    wanted: Vec<f64>,
    usage: Vec<f64>,
    /// Σ usage × size of the run: many-booth runs are priced by all their booths at once.
    usage_sized: Vec<f64>,
    shares: Vec<f64>,
}

struct Look {
    /// Σ λ + Σ best gains.
    base: f64,
    /// Applicants that take something, softly.
    served: f64,
}

impl<'m> Pricer<'m> {
    fn new(model: &'m Model<'m>, with_values: bool) -> Self {
        Self {
            model,
            with_values,
            cost: vec![0.0; model.runs.len()],
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

    fn look(&mut self, prices: &Prices, tau: f64) -> Look {
        let model = self.model;
        for run in 0..model.runs.len() {
            self.cost[run] = model.runs.of(run as u32).iter().map(|b| prices.booth[*b as usize]).sum();
        }
        self.shares.clear();
        for class in 0..model.classes.len() {
            let runs = model.classes.of(class as u32);
            let least = runs.iter().map(|r| self.cost[*r as usize]).fold(f64::INFINITY, f64::min);
            let mut mass = 0.0;
            for run in runs {
                let share = soft((least - self.cost[*run as usize]) / tau);
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
        for (by_class, by_wish) in model.by_class.iter().zip(&model.by_wish) {
            if by_class.is_empty() {
                continue;
            }
            gains.clear();
            let (mut hard, mut top) = (0.0_f64, 0.0_f64);
            for choice in by_class {
                let gain = self.worth(choice.value) + prices.premium - self.cheapest[choice.of as usize];
                hard = hard.max(gain);
                let soft_gain = gain + self.spread[choice.of as usize];
                top = top.max(soft_gain);
                gains.push(soft_gain);
            }
            for choice in by_wish {
                let gain = self.worth(choice.value) + prices.premium - self.cost[choice.of as usize];
                hard = hard.max(gain);
                top = top.max(gain);
                gains.push(gain);
            }
            base += hard;
            let nothing = soft(-top / tau);
            let mut whole = nothing;
            for gain in &mut gains {
                *gain = soft((*gain - top) / tau);
                whole += *gain;
            }
            served += 1.0 - nothing / whole;
            let (classed, wished) = gains.split_at(by_class.len());
            for (choice, share) in by_class.iter().zip(classed) {
                self.wanted[choice.of as usize] += share / whole;
            }
            for (choice, share) in by_wish.iter().zip(wished) {
                let share = share / whole;
                if share > 1e-12 {
                    let booths = model.runs.of(choice.of);
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
            for run in model.classes.of(class as u32) {
                let share = self.shares[at] * per;
                at += 1;
                if share > 1e-12 {
                    let booths = model.runs.of(*run);
                    for booth in booths {
                        self.usage[*booth as usize] += share;
                        self.usage_sized[*booth as usize] += share * booths.len() as f64;
                    }
                }
            }
        }
        Look { base, served }
    }

    /// Dearer where more than one wants it, cheaper where less than one does.
    fn adjust(&self, prices: &mut Prices, tau: f64) {
        for (booth, price) in prices.booth.iter_mut().enumerate() {
            let usage = self.usage[booth].max(1e-6);
            let size = (self.usage_sized[booth] / usage).max(1.0);
            *price = (*price + tau * usage.ln() / size).max(0.0);
        }
    }
}

/// e^x, where nothing under e^-40 matters.
fn soft(x: f64) -> f64 {
    if x < -40.0 { 0.0 } else { x.exp() }
}

/// How the temperature falls: from `hot` to `cold`, each times the typical value, in `steps`.
#[derive(Debug, Clone, Copy)]
pub struct Cooling {
    /// At first.
    pub hot: f64,
    /// In the end.
    pub cold: f64,
    /// How many looks.
    pub steps: usize,
}

impl Cooling {
    fn at(&self, step: usize) -> f64 {
        let share = step as f64 / self.steps.max(2).saturating_sub(1) as f64;
        self.hot * (self.cold / self.hot).powf(share)
    }
}

/// The bound, by `cooling` twice: for how many can be served, then for the value. `goes_on` may end it early: the
/// bound found so far holds all the same.
pub fn prove(model: &Model<'_>, cooling: Cooling, goes_on: &dyn Fn(&Bound) -> bool) -> Proof {
    let fixed = model.fixed.len() as i64;
    let movable = model.by_class.iter().filter(|c| !c.is_empty()).count() as i64;
    let most: f64 = (0..model.by_class.len()).filter_map(|i| model.best(i as u32)).map(|v| v as f64).sum();
    let mut bound = Bound { served: movable + fixed, base: most, premium: 0.0 };
    let mut prices = Prices { booth: vec![0.0; model.instance.booths.len()], premium: 1.0 };
    let mut proof = Proof {
        bound,
        base_for_served: movable as f64,
        for_served: prices.clone(),
        for_value: Prices { premium: 0.0, ..prices.clone() },
    };
    if movable == 0 {
        return proof;
    }

    let mut pricer = Pricer::new(model, false);
    let mut least = f64::INFINITY;
    let cooler = Cooling { steps: cooling.steps / 3, ..cooling };
    for step in 0..cooler.steps {
        let tau = cooler.at(step);
        let look = pricer.look(&prices, tau);
        if look.base < least {
            least = look.base;
            bound.served = bound.served.min((least + 1e-6).floor() as i64 + fixed);
            proof.base_for_served = least;
            proof.for_served.clone_from(&prices);
            proof.bound = bound;
        }
        if step % 16 == 0 && !goes_on(&bound) {
            return proof;
        }
        pricer.adjust(&mut prices, tau);
    }

    let typical = (most / movable as f64).max(1.0);
    let target = (bound.served - fixed) as f64;
    let mut pricer = Pricer::new(model, true);
    prices.clone_from(&proof.for_served);
    prices.booth.iter_mut().for_each(|p| *p *= typical);
    prices.premium = typical;
    let mut least = most;
    for step in 0..cooling.steps {
        let tau = cooling.at(step) * typical;
        let look = pricer.look(&prices, tau);
        let value = look.base - prices.premium * target;
        if value < least {
            least = value;
            // Those who stay are served too, at no premium of ours.
            bound.base = look.base + prices.premium * fixed as f64;
            bound.premium = prices.premium;
            proof.for_value.clone_from(&prices);
            proof.bound = bound;
        }
        if step % 16 == 0 && !goes_on(&bound) {
            break;
        }
        pricer.adjust(&mut prices, tau);
        prices.premium = (prices.premium + tau * (target / look.served.max(1e-6)).ln()).max(0.0);
    }
    proof
}
