//! Endpoint of the import of booths.
use actix_web::post;

use super::{
    super::import,
    actions::EditFloor,
    booth_view::{self, BoothView},
};
use hoicho_web::{
    http::{ApiResponse, Items, Problem, RawBody, size_limits::MAX_TABLE_BYTES},
    identity::Permit,
};

/// Imports booths from a CSV table in one transaction. Columns: `code`, `zone` (its code), `category`; optional where
/// the price list has a default: `area_dm2`, `fee`, `booth_equivalents`; optional, default `false`: `has_power`,
/// `has_water`. Separated by commas or semicolons, UTF-8, at most 5,000 rows.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/booths/import",
    tag = "floor",
    params(("edition" = String, Path)),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 201, body = Items<BoothView>),
        (status = 409),
        (status = 413),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/booths/import")]
pub(super) async fn import_booths(
    permit: Permit<EditFloor>,
    table: RawBody<MAX_TABLE_BYTES>,
) -> Result<ApiResponse, Problem> {
    let table = table.into_result()?;
    permit
        .write_once(move |tx, authorized| {
            let rows = import::import_csv(tx, &authorized, &table)?;
            ApiResponse::created(&Items { items: rows.into_iter().map(booth_view::from).collect() })
        })
        .await
}
