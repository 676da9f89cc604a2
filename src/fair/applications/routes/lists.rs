//! Lists of applications: of an edition, its waiting list, and of an organisation.
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::DateTime;
use serde::Deserialize;

use super::{
    super::store,
    actions::{ManageApplication, ReadApplications},
    view::{ApplicationView, view},
};
use hoicho_core::{
    states::ApplicationState,
    values::ids::{ApplicationId, OrganisationId},
};
use hoicho_web::{
    http::{
        Code, Items, Problem, Query, pagination,
        pagination::{Page, PageQuery},
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ApplicationQuery {
    /// Only in this state.
    state: Option<ApplicationState>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists the applications of an edition, without drafts, in order of creation.
///
/// Staff of the organiser other than gate staff. Those that were withdrawn before they were submitted are left out too.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/applications",
    tag = "applications",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ApplicationQuery,
    ),
    responses(
        (status = 200, body = Page<ApplicationView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/applications")]
pub(super) async fn list_applications(
    req: HttpRequest,
    permit: Permit<ReadApplications>,
    query: Query<ApplicationQuery>,
) -> Result<HttpResponse, Problem> {
    let ApplicationQuery { state, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let rows =
        permit.read(move |tx, authorized| Ok(store::page(tx, authorized.edition()?, state, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, name)| view(row, Some(name))).collect();
    Ok(Page::from_rows(views, limit, |v: &ApplicationView| v.id.to_string()).into_response(&req))
}

/// Parses a cursor of the waiting list: `2026-03-01T02:03:04.000005Z|identifier`.
fn parse_cursor(key: &str) -> Option<(chrono::NaiveDateTime, ApplicationId)> {
    let (at, id) = key.split_once('|')?;
    Some((at.parse::<DateTime<chrono::Utc>>().ok()?.naive_utc(), id.parse().ok()?))
}

/// Lists the waiting list of an edition, in order of joining.
///
/// Staff of the organiser other than gate staff. Applications in the state `waitlisted`, without wishes and products.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/waiting-list",
    tag = "applications",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<ApplicationView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/waiting-list")]
pub(super) async fn get_waiting_list(
    req: HttpRequest,
    permit: Permit<ReadApplications>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, key) = (query.limit()?, query.decode_cursor()?);
    let after = if key.is_empty() { None } else { Some(parse_cursor(&key).ok_or(Code::BadRequest)?) };
    let rows = permit
        .read(move |tx, authorized| Ok(store::waiting_list_page(tx, authorized.edition()?, after, limit + 1)?))
        .await?;
    let views = rows.into_iter().map(|(row, name)| view(row, Some(name))).collect();
    let key = |v: &ApplicationView| {
        let at = v.waitlisted_at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)).unwrap_or_default();
        format!("{at}|{}", v.id)
    };
    Ok(Page::from_rows(views, limit, key).into_response(&req))
}

/// Lists the applications of an organisation, through the exhibitors it is linked with, newest first, for its members.
///
/// Includes drafts, and applications that staff entered for a linked record; at most 500, without wishes and products.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{organisation}/applications",
    tag = "applications",
    security(("session" = [])),
    params(("organisation" = OrganisationId, Path)),
    responses(
        (status = 200, body = Items<ApplicationView>),
        (status = 404),
    ),
)]
#[get("/organisations/{organisation}/applications")]
pub(super) async fn list_organisations_applications(
    permit: Permit<ManageApplication>,
) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, authorized| Ok(store::find_by_organisation(tx, authorized.organisation()?)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(|row| view(row, None)).collect() }))
}
