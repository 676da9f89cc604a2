//! Request to start an allocation run.
use serde::{Deserialize, Serialize};

use super::{
    order::{Order, Weight},
    policy::Policy,
};
use hoicho_core::{
    i18n::MessageId,
    values::ids::{AllocationRunId, ApplicationId, ZoneId},
};
use hoicho_web::http::{FieldCode, Problem, Validator};

hoicho_web::number_ranges! {
    /// Seconds that the search may take.
    RunSeconds u32 1..=600,
}

/// Request to start an allocation run.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    /// How booths are given.
    pub policy: Policy,
    /// In which order applications are served, and how many points their wishes have.
    pub order: Order,
    /// What must hold besides the eligibility rules of the zones; default: nothing more, and only held booths move.
    #[serde(default)]
    pub rules: Rules,
    /// The same seed, rules and floor give the same proposal; default 1.
    pub seed: Option<u64>,
    /// Time limit in seconds: 1 to 600, default 60.
    #[schema(value_type = Option<RunSeconds>)]
    pub limit_s: Option<u32>,
    /// An earlier allocation run of the edition: its booths change only if more applications can be served.
    pub based_on: Option<AllocationRunId>,
}

hoicho_core::text_enum! {
    /// States of the existing allocations that a run may move. Those placed by hand move only with `move_placed_by_hand`.
    MayMove {
        /// None.
        Nobody,
        /// Held booths.
        Held,
        /// Held and offered booths.
        Offered,
        /// All booths except those checked in.
        Confirmed,
    }
}

/// Rules of a run, in addition to the eligibility rules of zones.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Pairs of applications that must not be on adjacent booths; at most 10,000.
    #[schema(value_type = Vec<Vec<ApplicationId>>)]
    pub keep_apart: Vec<(ApplicationId, ApplicationId)>,
    /// Applications whose first products have the same group must not be on adjacent booths.
    pub same_group_apart: bool,
    /// Localities whose exhibitors are restricted to one zone; at most 500.
    pub pavilions: Vec<Pavilion>,
    /// Applications that paid on time, for their points; at most 100,000.
    pub paid_on_time: Vec<ApplicationId>,
    /// States in which allocations may be moved.
    pub may_move: MayMove,
    /// Also moves allocations that a person placed: held, offered, confirmed, moved or swapped by hand. Default: no.
    pub move_placed_by_hand: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            keep_apart: Vec::new(),
            same_group_apart: false,
            pavilions: Vec::new(),
            paid_on_time: Vec::new(),
            may_move: MayMove::Held,
            move_placed_by_hand: false,
        }
    }
}

/// Restricts the exhibitors of a locality to one zone.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pavilion {
    /// Locality code; includes its descendants.
    pub locality: String,
    /// A zone of the edition: the only one for them, whatever its eligibility rules. Others may stand there too.
    pub zone: ZoneId,
}

impl StartRun {
    /// Time limit in seconds.
    pub fn time_limit_s(&self) -> u32 {
        self.limit_s.unwrap_or(60)
    }

    /// Validates the request without the database.
    pub fn validate(&self) -> Result<(), Problem> {
        let mut checks = Validator::default();
        checks.require(
            RunSeconds::RANGE.contains(&self.time_limit_s()),
            "/limit_s",
            FieldCode::Range,
            MessageId("error-time-limit-range"),
        );
        checks.require(
            self.rules.keep_apart.len() <= 10_000,
            "/rules/keep_apart",
            FieldCode::Length,
            MessageId("error-keep-apart-length"),
        );
        checks.require(
            self.rules.keep_apart.iter().all(|(a, b)| a != b),
            "/rules/keep_apart",
            FieldCode::Repeated,
            MessageId("error-keep-apart-self"),
        );
        checks.require(
            self.rules.pavilions.len() <= 500,
            "/rules/pavilions",
            FieldCode::Length,
            MessageId("error-pavilion-list-length"),
        );
        checks.require(
            self.rules.paid_on_time.len() <= 100_000,
            "/rules/paid_on_time",
            FieldCode::Length,
            MessageId("error-application-list-length"),
        );
        if let Order::Points(w) = &self.order {
            let max_weight = [w.per_star, w.per_past_edition, w.paid_on_time, w.local].into_iter().max().unwrap_or(0);
            checks.require(
                Weight::RANGE.contains(&max_weight),
                "/order/points",
                FieldCode::Range,
                MessageId("error-weight-range"),
            );
        }
        checks.finish()
    }
}
