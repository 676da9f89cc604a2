//! `GET /editions/{edition}/imports`.
use actix_web::{HttpRequest, HttpResponse, get};

use super::{
    super::store,
    actions::ManageImports,
    view::{ImportSummaryView, summary},
};
use hoicho_web::{
    http::{
        Problem, Query,
        pagination::{Page, PageQuery},
    },
    identity::Permit,
};

/// Lists the imports of an edition in the last 30 days, the newest first.
///
/// Owners and managers of the organiser. Without columns and outcome, which `GET` of one import returns.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/imports",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<ImportSummaryView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/imports")]
pub(super) async fn list_imports(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, before) = (query.limit()?, query.decode_id_cursor()?);
    let rows =
        permit.read(move |tx, authorized| Ok(store::page(tx, authorized.edition()?, before, limit + 1)?)).await?;
    let views = rows.into_iter().map(summary).collect();
    Ok(Page::from_rows(views, limit, |v: &ImportSummaryView| v.id.to_string()).into_response(&req))
}
