//! What an organiser asks of a round.
use serde::{Deserialize, Serialize};

use super::{order::Order, policy::Policy};
use hoicho_core::{
    i18n::Said,
    values::ids::{AllocationRunId, ApplicationId, ZoneId},
};
use hoicho_web::http::{Checks, Problem};

/// Start a round.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    pub policy: Policy,
    pub order: Order,
    #[serde(default)]
    pub rules: Rules,
    /// The same seed, rules and floor give the same proposal; 1 unless told.
    pub seed: Option<u64>,
    /// Seconds it may take: 1 to 600; 60 unless told.
    pub limit_s: Option<u32>,
    /// An earlier run of the edition: whoever had a place in it moves only if more can be served so.
    pub based_on: Option<AllocationRunId>,
}

hoicho_core::text_enum! {
    /// Who may be moved by a round.
    MayMove {
        /// Nobody who has a booth.
        Nobody,
        /// Whose booth is held.
        Held,
        /// Whose booth is held or offered.
        Offered,
        /// Everybody who has not checked in.
        Confirmed,
    }
}

/// Rules besides those of the zones.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Pairs that may not stand side by side; at most 10,000.
    #[schema(value_type = Vec<Vec<ApplicationId>>)]
    pub keep_apart: Vec<(ApplicationId, ApplicationId)>,
    /// No two whose first product is of one group side by side.
    pub same_group_apart: bool,
    /// Everybody of a locality stands in one zone and nowhere else; at most 500.
    pub pavilions: Vec<Pavilion>,
    /// Who paid on time, for their points; at most 100,000.
    pub paid_on_time: Vec<ApplicationId>,
    pub may_move: MayMove,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            keep_apart: Vec::new(),
            same_group_apart: false,
            pavilions: Vec::new(),
            paid_on_time: Vec::new(),
            may_move: MayMove::Held,
        }
    }
}

/// A locality that stands together.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pavilion {
    /// Code of a locality: all of it and its parts.
    pub locality: String,
    pub zone: ZoneId,
}

impl StartRun {
    /// Seconds.
    pub fn limit_s(&self) -> u32 {
        self.limit_s.unwrap_or(60)
    }

    /// What is wrong with it, before the database is asked.
    pub fn check(&self) -> Result<(), Problem> {
        let mut checks = Checks::default();
        checks.that((1..=600).contains(&self.limit_s()), "/limit_s", "range", Said("it-may-take-1-to-600-seconds"));
        checks.that(self.rules.keep_apart.len() <= 10_000, "/rules/keep_apart", "length", Said("at-most-10-000-pairs"));
        checks.that(
            self.rules.keep_apart.iter().all(|(a, b)| a != b),
            "/rules/keep_apart",
            "repeated",
            Said("nobody-can-be-kept-apart-from-itself"),
        );
        checks.that(self.rules.pavilions.len() <= 500, "/rules/pavilions", "length", Said("at-most-500-pavilions"));
        checks.that(
            self.rules.paid_on_time.len() <= 100_000,
            "/rules/paid_on_time",
            "length",
            Said("at-most-100-000-applications"),
        );
        if let Order::Points(w) = &self.order {
            let most = [w.per_star, w.per_past_edition, w.paid_on_time, w.local].into_iter().max().unwrap_or(0);
            checks.that(most <= 1_000, "/order/points", "range", Said("a-weight-is-0-to-1-000"));
        }
        checks.done()
    }
}
