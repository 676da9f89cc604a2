//! `/editions/{edition}/applications` and the steps of an application.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    lifecycle::ApplicationState,
    store::{self, ApplicationRow},
};
use crate::{
    editions::{self, EditionState},
    floor::BoothCategory,
    http::{Body, Checks, Code, Problem, Query, page::Page, page::PageQuery},
    identity::{Action, Contribute, ExhibitorRole, OrganiserRole, Permit, member_of},
    values::ids::{ApplicationId, ExhibitorId},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_application, list_applications, submit, withdraw, approve, waitlist, reject))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_application).service(list_applications);
    cfg.service(submit).service(withdraw).service(approve).service(waitlist).service(reject);
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateApplication {
    exhibitor: ExhibitorId,
    /// 1 to 100.
    booths_wanted: i32,
    category: BoothCategory,
}

/// An application.
#[derive(Serialize, utoipa::ToSchema)]
struct ApplicationView {
    id: ApplicationId,
    exhibitor: ExhibitorId,
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibitor_name: Option<String>,
    state: ApplicationState,
    booths_wanted: i32,
    category: BoothCategory,
    reason: Option<String>,
}

fn view(row: ApplicationRow, exhibitor_name: Option<String>) -> ApplicationView {
    ApplicationView {
        id: row.id,
        exhibitor: row.exhibitor_id,
        exhibitor_name,
        state: row.state,
        booths_wanted: row.booths_wanted,
        category: row.category,
        reason: row.reason,
    }
}

/// Begins an application for one's exhibitor, as a draft, while registration is open.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/applications", tag = "applications", params(("edition" = String, Path)), request_body = CreateApplication, responses((status = 201, body = ApplicationView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/applications")]
async fn create_application(permit: Contribute, body: Body<CreateApplication>) -> Result<HttpResponse, Problem> {
    let asked = body.get()?;
    let mut checks = Checks::default();
    checks.that(
        (1..=100).contains(&asked.booths_wanted),
        "/booths_wanted",
        "range",
        "Số gian từ 1 đến 100.",
        "It must be 1 to 100 booths.",
    );
    checks.done()?;
    let made = permit.write(move |tx, granted, user| {
        member_of(tx, user, asked.exhibitor)?;
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        if edition.state != EditionState::RegistrationOpen {
            return Err(Problem::new(
                Code::IllegalStep,
                "Kỳ hội chợ hiện không mở đăng ký.",
                "Registration for this edition is not open.",
            ));
        }
        let row = ApplicationRow {
            id: ApplicationId::make(),
            edition_id: edition.id,
            exhibitor_id: asked.exhibitor,
            state: ApplicationState::Draft,
            booths_wanted: asked.booths_wanted,
            category: asked.category,
            reason: None,
            version: 1,
            created_at: granted.now,
        };
        store::insert(tx, std::slice::from_ref(&row))?;
        granted.audit(tx, "application.create", row.id, None, Some(row.state))?;
        Ok(view(row, None))
    });
    Ok(HttpResponse::Created().json(made.await?))
}

struct ReadApplications;
impl Action for ReadApplications {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}

/// The applications for an edition, in the order they were made.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/applications", tag = "applications", params(("edition" = String, Path), PageQuery), responses((status = 200, body = Page<ApplicationView>), (status = 403), (status = 404)))]
#[get("/editions/{edition}/applications")]
async fn list_applications(
    req: HttpRequest,
    permit: Permit<ReadApplications>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after_id()?);
    let rows = permit.read(move |tx, granted| Ok(store::page(tx, granted.edition()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, name)| view(row, Some(name))).collect();
    Ok(Page::of(views, limit, |v: &ApplicationView| v.id.to_string()).answer(&req))
}

struct Judge;
impl Action for Judge {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

struct ActForExhibitor;
impl Action for ActForExhibitor {
    const ORGANISER: &'static [OrganiserRole] = &[];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn step<A: Action>(
    permit: Permit<A>,
    id: ApplicationId,
    to: ApplicationState,
    reason: Option<String>,
) -> Result<HttpResponse, Problem> {
    let mut checks = Checks::default();
    let reason = reason.map(|r| checks.text("/reason", &r, 1_000));
    checks.done()?;
    let taken = permit.write(move |tx, granted| {
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        let row = store::find(tx, edition.id, id)?;
        let legal = row.state.legal_steps();
        let confirmed = to == ApplicationState::Withdrawn && store::has_confirmed_booths(tx, id)?;
        if !legal.contains(&to) || confirmed {
            let legal =
                legal.iter().filter(|s| !(confirmed && **s == to)).map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Problem::new(
                Code::IllegalStep,
                format!("Từ {} chỉ có thể sang: [{legal}].", row.state),
                format!("From {} the legal steps are: [{legal}].", row.state),
            ));
        }
        if !store::set_state(tx, &row, to, reason.as_deref())? {
            return Err(Code::StaleVersion.into());
        }
        granted.audit(tx, "application.step", id, Some(row.state), Some(to))?;
        Ok(view(store::find(tx, edition.id, id)?, None))
    });
    Ok(HttpResponse::Ok().json(taken.await?))
}

type Id = web::Path<ApplicationId>;

/// Hands an application in.
#[utoipa::path(post, path = "/api/v1/applications/{application}/submit", tag = "applications", params(("application" = ApplicationId, Path)), responses((status = 200, body = ApplicationView), (status = 404), (status = 409)))]
#[post("/applications/{application}/submit")]
async fn submit(permit: Permit<ActForExhibitor>, id: Id) -> Result<HttpResponse, Problem> {
    step(permit, id.into_inner(), ApplicationState::Submitted, None).await
}

/// Takes an application back, until booths are confirmed for it.
#[utoipa::path(post, path = "/api/v1/applications/{application}/withdraw", tag = "applications", params(("application" = ApplicationId, Path)), responses((status = 200, body = ApplicationView), (status = 404), (status = 409)))]
#[post("/applications/{application}/withdraw")]
async fn withdraw(permit: Permit<ActForExhibitor>, id: Id) -> Result<HttpResponse, Problem> {
    step(permit, id.into_inner(), ApplicationState::Withdrawn, None).await
}

/// Approves an application: it may be given booths.
#[utoipa::path(post, path = "/api/v1/applications/{application}/approve", tag = "applications", params(("application" = ApplicationId, Path)), responses((status = 200, body = ApplicationView), (status = 404), (status = 409)))]
#[post("/applications/{application}/approve")]
async fn approve(permit: Permit<Judge>, id: Id) -> Result<HttpResponse, Problem> {
    step(permit, id.into_inner(), ApplicationState::Approved, None).await
}

/// Puts an application on the waiting list, with a reason.
#[utoipa::path(post, path = "/api/v1/applications/{application}/waitlist", tag = "applications", params(("application" = ApplicationId, Path)), request_body = Reason, responses((status = 200, body = ApplicationView), (status = 404), (status = 409)))]
#[post("/applications/{application}/waitlist")]
async fn waitlist(permit: Permit<Judge>, id: Id, body: Body<Reason>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    step(permit, id.into_inner(), ApplicationState::Waitlisted, Some(body.reason)).await
}

/// Refuses an application, with a reason.
#[utoipa::path(post, path = "/api/v1/applications/{application}/reject", tag = "applications", params(("application" = ApplicationId, Path)), request_body = Reason, responses((status = 200, body = ApplicationView), (status = 404), (status = 409)))]
#[post("/applications/{application}/reject")]
async fn reject(permit: Permit<Judge>, id: Id, body: Body<Reason>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    step(permit, id.into_inner(), ApplicationState::Rejected, Some(body.reason)).await
}
