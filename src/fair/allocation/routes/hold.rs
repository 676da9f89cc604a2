//! Endpoints to hold booths and to list allocations.
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;

use super::{
    super::{
        hold::{self, HoldRequest},
        store,
    },
    actions::{Allocate, ReadAllocations},
    ttl::validate_ttl,
    view::{AllocationView, view},
};
use crate::allocation::{HOLD_TTL_S, HoldSeconds, MAX_BOOTHS_PER_HOLD};
use hoicho_core::{
    i18n::MessageId,
    values::ids::{ApplicationId, BoothId},
};
use hoicho_web::{
    http::{
        ApiResponse, Body, FieldCode, Items, Problem, Query, Validator,
        limits::ReasonText,
        pagination::{self, Page},
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldBooths {
    /// An approved application for this edition.
    application: ApplicationId,
    /// 1 to 100 booths, adjacent unless `allow_apart`.
    booths: Vec<BoothId>,
    /// Allows booths that are not adjacent.
    #[serde(default, rename = "allow_apart")]
    allow_non_adjacent: bool,
    /// Reason for overriding the eligibility rules of a zone; 1 to 1,000 characters.
    #[schema(value_type = Option<ReasonText>)]
    eligibility_waiver: Option<String>,
    /// Seconds until the hold expires: 60 to 2,592,000, default 86,400.
    #[schema(value_type = Option<HoldSeconds>)]
    expires_in_s: Option<u32>,
}

/// Holds booths for an approved application: all of them or none.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the application is approved,
/// `booth_already_taken` if one of the booths has an active allocation, `not_eligible` without a waiver if a zone's rules are not
/// met, and `edition_finalised` once the edition is finalised or cancelled. Nobody is notified: a hold becomes an offer by
/// `/allocations/{allocation}/offer`.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocations",
    tag = "allocation",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = HoldBooths,
    responses(
        (status = 201, body = Items<AllocationView>),
        (status = 404),
        (status = 409, description = "booth_already_taken or not_eligible"),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/allocations")]
pub(super) async fn hold_booths(permit: Permit<Allocate>, body: Body<HoldBooths>) -> Result<ApiResponse, Problem> {
    let HoldBooths { application, booths, allow_non_adjacent, eligibility_waiver, expires_in_s } =
        body.into_result()?;
    let expires_in_s = expires_in_s.unwrap_or(HOLD_TTL_S);
    let mut checks = Validator::default();
    checks.require(
        (1..=usize::from(MAX_BOOTHS_PER_HOLD)).contains(&booths.len()),
        "/booths",
        FieldCode::Length,
        MessageId("error-booth-list-length").with_number("max", MAX_BOOTHS_PER_HOLD),
    );
    let distinct = booths.iter().collect::<std::collections::BTreeSet<_>>().len() == booths.len();
    checks.require(distinct, "/booths", FieldCode::Repeated, MessageId("error-duplicate-booth"));
    validate_ttl(&mut checks, expires_in_s);
    let eligibility_waiver = eligibility_waiver.map(|w| checks.require_text::<ReasonText>("/eligibility_waiver", &w));
    checks.finish()?;
    let request = HoldRequest { application, booths, allow_non_adjacent, eligibility_waiver, ttl_s: expires_in_s };
    permit
        .write_once(move |tx, authorized| {
            let rows = hold::hold_booths(tx, &authorized, &request)?;
            let items = rows.into_iter().map(|row| view(row, None)).collect();
            ApiResponse::created(&format!("/editions/{}/allocations", authorized.edition()?), &Items { items })
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AllocationQuery {
    /// Filter by application.
    application: Option<ApplicationId>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// Cursor from the previous page.
    cursor: Option<String>,
}

/// Lists the allocations of an edition, in order of creation.
///
/// Staff of the organiser other than gate staff. Includes allocations that have ended: released, expired and no-shows.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocations",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        AllocationQuery,
    ),
    responses(
        (status = 200, body = Page<AllocationView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocations")]
pub(super) async fn list_allocations(
    req: HttpRequest,
    permit: Permit<ReadAllocations>,
    query: Query<AllocationQuery>,
) -> Result<HttpResponse, Problem> {
    let AllocationQuery { application, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let rows = permit
        .read(move |tx, authorized| Ok(store::page(tx, authorized.edition()?, application, after, limit + 1)?))
        .await?;
    let views = rows.into_iter().map(|(row, code)| view(row, Some(code))).collect();
    Ok(Page::from_rows(views, limit, |v: &AllocationView| v.id.to_string()).into_response(&req))
}
