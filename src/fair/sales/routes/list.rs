//! The reports of an edition.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::{
    super::{
        report::ReportState,
        store::{self, Wanted},
    },
    ReadFigures,
    view::{ReportView, view},
};
use hoicho_core::values::{clock::Day, ids::BoothId};
use hoicho_web::{
    http::{Problem, Query, page, page::Page},
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
    /// Rows a page: 1 to 500, 50 unless told.
    limit: Option<u16>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// The reports of an edition, in the order they came.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/sales-reports", tag = "sales", params(("edition" = String, Path), ReportQuery), responses((status = 200, body = Page<ReportView>), (status = 404)))]
#[get("/editions/{edition}/sales-reports")]
pub(super) async fn list_reports(
    req: HttpRequest,
    permit: Permit<ReadFigures>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let ReportQuery { day, booth, state, limit, cursor } = query.get()?;
    let query = page::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.after_id()?);
    let wanted = Wanted { day, booth, state };
    let rows =
        permit.read(move |tx, granted| Ok(store::page(tx, granted.edition()?, wanted, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, code)| view(row, Some(code))).collect();
    Ok(Page::of(views, limit, |v: &ReportView| v.id.to_string()).answer(&req))
}
