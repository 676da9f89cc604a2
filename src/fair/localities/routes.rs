//! `/localities`.
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};

use super::{
    LocalityKind,
    store::{self, LocalityRow, Wanted},
};
use hoicho_core::values::{clock::Day, text};
use hoicho_web::http::{Problem, Query, page, page::Page};
use hoicho_web::identity::RequestContext;

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list_localities))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(list_localities);
}

/// A province, city, town, district, ward, commune or special zone.
#[derive(Serialize, utoipa::ToSchema)]
struct LocalityView {
    /// `vn.22.06652`: country, then official codes from the province down.
    code: String,
    parent: Option<String>,
    kind: LocalityKind,
    name: String,
    #[schema(value_type = chrono::NaiveDate)]
    valid_from: Day,
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
    /// Beginning of the name; accents and case do not matter.
    search: Option<String>,
    /// Code of the unit they are a part of.
    parent: Option<String>,
    /// Only those valid on this day.
    #[param(value_type = Option<chrono::NaiveDate>)]
    on: Option<Day>,
    /// Rows a page: 1 to 500, 50 unless told.
    limit: Option<u16>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Localities by code, for everybody.
#[utoipa::path(get, path = "/api/v1/localities", tag = "exhibitors", params(LocalityQuery), responses((status = 200, body = Page<LocalityView>)))]
#[get("/localities")]
async fn list_localities(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    query: Query<LocalityQuery>,
) -> Result<HttpResponse, Problem> {
    let LocalityQuery { search, parent, on, limit, cursor } = query.get()?;
    let query = page::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.after()?);
    let plain = |t: &String| !t.contains('\0');
    let wanted = Wanted { begins: search.map(|s| text::fold(&s)).filter(plain), parent: parent.filter(plain), on };
    let found = context.db.read(move |tx| store::page(tx, &wanted, &after, limit + 1).map_err(Problem::from)).await?;
    let views = found.into_iter().map(view).collect();
    Ok(Page::of(views, limit, |v: &LocalityView| v.code.clone()).answer(&req))
}
