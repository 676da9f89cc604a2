//! `GET /editions/{edition}/sales-reports`.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::{
    super::store::{self, ReportFilter},
    actions::ReadFigures,
    view::{ReportView, view},
};
use hoicho_core::{
    states::ReportState,
    values::{clock::Day, ids::BoothId},
};
use hoicho_web::{
    http::{Problem, Query, pagination, pagination::Page},
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    /// Only of this day.
    #[param(value_type = Option<chrono::NaiveDate>)]
    day: Option<Day>,
    /// Only of this booth.
    booth: Option<BoothId>,
    /// Only in this state.
    state: Option<ReportState>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists the reports of an edition, in order of submission.
///
/// Staff of the organiser other than gate staff, and API keys with `read:figures`. The latest version of each report, without
/// lines; amounts of a booth are never public.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/sales-reports",
    tag = "sales",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        ReportQuery,
    ),
    responses(
        (status = 200, body = Page<ReportView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/sales-reports")]
pub(super) async fn list_reports(
    req: HttpRequest,
    permit: Permit<ReadFigures>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let ReportQuery { day, booth, state, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let filter = ReportFilter { day, booth, state };
    let rows = permit
        .read(move |tx, authorized| Ok(store::page(tx, authorized.edition()?, filter, after, limit + 1)?))
        .await?;
    let views = rows.into_iter().map(|(row, code)| view(row, Some(code))).collect();
    Ok(Page::from_rows(views, limit, |v: &ReportView| v.id.to_string()).into_response(&req))
}
