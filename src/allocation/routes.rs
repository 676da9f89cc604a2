//! `/editions/{edition}/allocations` and the steps of an allocation.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    hold::{self, Hold},
    lifecycle::AllocationState,
    steps,
    store::{self, AllocationRow},
    swap as swapping,
};
use crate::{
    http::{Body, Checks, Problem, Query, page::Page, page::PageQuery},
    identity::{Action, ExhibitorRole, OrganiserRole, Permit},
    values::{
        clock::Instant,
        ids::{AllocationId, ApplicationId, BoothId},
    },
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(hold_booths, list_allocations, swap, offer_booth, confirm_booth, check_in, release_booth, no_show))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(hold_booths).service(list_allocations).service(swap);
    cfg.service(offer_booth).service(confirm_booth).service(check_in).service(release_booth).service(no_show);
}

struct Allocate;
impl Action for Allocate {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}
struct Accept;
impl Action for Accept {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
struct ReadAllocations;
impl Action for ReadAllocations {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldBooths {
    application: ApplicationId,
    /// 1 to 100, side by side unless `allow_apart`.
    booths: Vec<BoothId>,
    /// The booths need not be side by side.
    #[serde(default)]
    allow_apart: bool,
    /// Seconds until the hold ends by itself: 60 to 2,592,000; 86,400 unless told.
    expires_in_s: Option<u32>,
}

/// A booth given to an application.
#[derive(Serialize, utoipa::ToSchema)]
struct AllocationView {
    id: AllocationId,
    booth: BoothId,
    #[serde(skip_serializing_if = "Option::is_none")]
    booth_code: Option<String>,
    application: ApplicationId,
    state: AllocationState,
    #[schema(value_type = Option<String>)]
    expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

fn view(row: AllocationRow, booth_code: Option<String>) -> AllocationView {
    AllocationView {
        id: row.id,
        booth: row.booth_id,
        booth_code,
        application: row.application_id,
        state: row.state,
        expires_at: row.expires_at.map(|at: Instant| at.and_utc()),
    }
}

/// Holds booths for an approved application, all or none.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/allocations", tag = "allocation", params(("edition" = String, Path)), request_body = HoldBooths, responses((status = 201, body = Vec<AllocationView>), (status = 404), (status = 409, description = "booth_already_taken"), (status = 422)))]
#[post("/editions/{edition}/allocations")]
async fn hold_booths(permit: Permit<Allocate>, body: Body<HoldBooths>) -> Result<HttpResponse, Problem> {
    let HoldBooths { application, booths, allow_apart, expires_in_s } = body.get()?;
    let expires_in_s = expires_in_s.unwrap_or(86_400);
    let mut checks = Checks::default();
    checks.that(
        (1..=100).contains(&booths.len()),
        "/booths",
        "length",
        "Cần từ 1 đến 100 gian.",
        "It takes 1 to 100 booths.",
    );
    let distinct = booths.iter().collect::<std::collections::BTreeSet<_>>().len() == booths.len();
    checks.that(distinct, "/booths", "repeated", "Có gian bị lặp.", "A booth is named twice.");
    checks.that(
        (60..=2_592_000).contains(&expires_in_s),
        "/expires_in_s",
        "range",
        "Từ 60 đến 2.592.000 giây.",
        "It must be 60 to 2,592,000 seconds.",
    );
    checks.done()?;
    let wanted = Hold { application, booths, allow_apart, expires_in_s };
    let rows = permit.write(move |tx, granted| hold::hold(tx, &granted, &wanted)).await?;
    let items: Vec<_> = rows.into_iter().map(|row| view(row, None)).collect();
    Ok(HttpResponse::Created().json(serde_json::json!({ "items": items })))
}

/// The allocations of an edition, in the order they were made.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/allocations", tag = "allocation", params(("edition" = String, Path), PageQuery), responses((status = 200, body = Page<AllocationView>), (status = 404)))]
#[get("/editions/{edition}/allocations")]
async fn list_allocations(
    req: HttpRequest,
    permit: Permit<ReadAllocations>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after_id()?);
    let rows = permit.read(move |tx, granted| Ok(store::page(tx, granted.edition()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, code)| view(row, Some(code))).collect();
    Ok(Page::of(views, limit, |v: &AllocationView| v.id.to_string()).answer(&req))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Swap {
    one: AllocationId,
    other: AllocationId,
}

/// Swaps the booths of two active allocations in one step.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/allocations/swap", tag = "allocation", params(("edition" = String, Path)), request_body = Swap, responses((status = 200, body = Vec<AllocationView>), (status = 404), (status = 409)))]
#[post("/editions/{edition}/allocations/swap")]
async fn swap(permit: Permit<Allocate>, body: Body<Swap>) -> Result<HttpResponse, Problem> {
    let Swap { one, other } = body.get()?;
    let rows = permit.write(move |tx, granted| swapping::swap(tx, &granted, one, other)).await?;
    let items = rows.map(|row| view(row, None));
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

type Id = web::Path<AllocationId>;

/// Offers a held booth to its exhibitor, for three days.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/offer", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/offer")]
async fn offer_booth(permit: Permit<Allocate>, id: Id) -> Result<HttpResponse, Problem> {
    let row = permit.write(move |tx, granted| steps::offer(tx, &granted, id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(view(row, None)))
}

/// Accepts an offer: by the exhibitor, or by staff in its name.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/confirm", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/confirm")]
async fn confirm_booth(permit: Permit<Accept>, id: Id) -> Result<HttpResponse, Problem> {
    let row = permit.write(move |tx, granted| steps::confirm(tx, &granted, id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(view(row, None)))
}

/// The exhibitor has come.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/check-in", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/check-in")]
async fn check_in(permit: Permit<Allocate>, id: Id) -> Result<HttpResponse, Problem> {
    let row = permit.write(move |tx, granted| steps::check_in(tx, &granted, id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(view(row, None)))
}

/// Frees the booth.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/release", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/release")]
async fn release_booth(permit: Permit<Allocate>, id: Id) -> Result<HttpResponse, Problem> {
    let row = permit.write(move |tx, granted| steps::release(tx, &granted, id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(view(row, None)))
}

/// The exhibitor never came; frees the booth.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/no-show", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/no-show")]
async fn no_show(permit: Permit<Allocate>, id: Id) -> Result<HttpResponse, Problem> {
    let row = permit.write(move |tx, granted| steps::no_show(tx, &granted, id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(view(row, None)))
}
