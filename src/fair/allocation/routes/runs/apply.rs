//! Endpoint to apply a proposal.
use actix_web::{HttpRequest, post};
use serde::{Deserialize, Serialize};

use super::{
    super::{actions::Allocate, ttl::validate_ttl},
    AllocationRunPath,
};
use crate::{
    allocation::{
        HoldSeconds, OFFER_TTL_S,
        runs::{GiveAs, apply},
    },
    exhibitors::without_email::{WithoutEmail, WithoutEmailWarning},
};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, Validator, preferred_language},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyRun {
    /// `held` for review by the organiser, or `offered` to the exhibitors by e-mail.
    give_as: GiveAs,
    /// Seconds until a hold or an offer expires: 60 to 2,592,000, default 259,200.
    #[schema(value_type = Option<HoldSeconds>)]
    expires_in_s: Option<u32>,
}

/// Result of applying a proposal, in numbers of booths.
#[derive(Serialize, utoipa::ToSchema)]
struct AppliedView {
    /// Booths that got an allocation.
    #[serde(rename = "given")]
    allocated: usize,
    /// Allocations that were released: their booths are free now, or given to others.
    released: usize,
    /// Booths whose application does not change.
    #[serde(rename = "kept")]
    unchanged: usize,
    /// Exhibitors with an offer but without an e-mail address, by name: to be called.
    without_email: Vec<WithoutEmail>,
    /// Asks to call them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WithoutEmailWarning>,
}

/// Applies a proposal in one transaction. If the floor or the applications changed since the allocation run, nothing is
/// applied and the response lists the conflicts.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the run is `proposed`, and `floor_changed` with a
/// conflict per booth or application in `errors`. With `offered` each exhibitor gets one e-mail with its booths; a run is applied
/// once.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/apply",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = hoicho_core::values::ids::AllocationRunId, Path),
    ),
    request_body = ApplyRun,
    responses(
        (status = 200, body = AppliedView),
        (status = 404),
        (status = 409, description = "floor_changed, booth_already_taken or illegal_step"),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/allocation-runs/{run}/apply")]
pub(in super::super) async fn apply_run(
    req: HttpRequest,
    permit: Permit<Allocate>,
    path: AllocationRunPath,
    body: Body<ApplyRun>,
) -> Result<ApiResponse, Problem> {
    let ApplyRun { give_as, expires_in_s } = body.into_result()?;
    let expires_in_s = expires_in_s.unwrap_or(OFFER_TTL_S);
    let mut checks = Validator::default();
    validate_ttl(&mut checks, expires_in_s);
    checks.finish()?;
    let id = path.1;
    let language = preferred_language(&req);
    permit
        .write_once(move |tx, authorized| {
            let applied = apply::apply_proposal(tx, &authorized, id, give_as, expires_in_s)?;
            ApiResponse::ok(&AppliedView {
                allocated: applied.allocated,
                released: applied.released,
                unchanged: applied.unchanged,
                warnings: WithoutEmailWarning::list(&applied.without_email, language),
                without_email: applied.without_email,
            })
        })
        .await
}
