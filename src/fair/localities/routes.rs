//! `/localities`.
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};

use super::{
    LocalityKind,
    store::{self, LocalityFilter, LocalityRow},
};
use hoicho_core::values::{clock::Day, text};
use hoicho_web::{
    http::{Problem, Query, pagination, pagination::Page},
    identity::RequestContext,
};

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list_localities))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(list_localities);
}

/// A province, city, town, district, ward, commune or special zone.
#[derive(Serialize, utoipa::ToSchema)]
struct LocalityView {
    /// `vn.22.06652`: country, then official codes from the province down.
    code: String,
    /// Code of the unit that it is part of; `null` for a province.
    parent: Option<String>,
    /// Kind of administrative unit.
    kind: LocalityKind,
    /// In Vietnamese, with accents.
    name: String,
    /// First day on which the unit existed.
    #[schema(value_type = chrono::NaiveDate)]
    valid_from: Day,
    /// Last day on which the unit existed; `null` if it still does. Only such can be given to a record.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    valid_to: Option<Day>,
}

fn view(row: LocalityRow) -> LocalityView {
    LocalityView {
        code: row.code,
        parent: row.parent_code,
        kind: row.kind,
        name: row.name,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LocalityQuery {
    /// Prefix of the name; case and diacritics are ignored.
    search: Option<String>,
    /// Code of the parent unit.
    parent: Option<String>,
    /// Only those valid on this day.
    #[param(value_type = Option<chrono::NaiveDate>)]
    on: Option<Day>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Localities, ordered by code.
///
/// Public. Units of before the reforms are included, with `valid_to`; `on` leaves out those of other times.
#[utoipa::path(
    get,
    path = "/api/v1/localities",
    tag = "exhibitors",
    security(()),
    params(LocalityQuery),
    responses((status = 200, body = Page<LocalityView>)),
)]
#[get("/localities")]
async fn list_localities(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    query: Query<LocalityQuery>,
) -> Result<HttpResponse, Problem> {
    let LocalityQuery { search, parent, on, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_cursor()?);
    let is_storable = |t: &String| !t.contains('\0');
    let filter = LocalityFilter {
        name_prefix: search.map(|s| text::normalize_for_search(&s)).filter(is_storable),
        parent: parent.filter(is_storable),
        valid_on: on,
    };
    let rows =
        context.db.read(move |tx| store::list_page(tx, &filter, &after, limit + 1).map_err(Problem::from)).await?;
    let views = rows.into_iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &LocalityView| v.code.clone()).into_response(&req))
}
