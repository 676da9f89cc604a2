//! Endpoints of the price list: default area, fee and size by booth category.
use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        BoothCategory, booth_spec,
        store::{self, BoothCategoryRow},
    },
    actions::EditFloor,
};
use crate::{
    editions,
    floor::booth_spec::{AreaDm2, BoothEquivalents, BoothFee},
};
use hoicho_core::i18n::MessageId;
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Items, Problem, Validator, etag, etag::IfMatch},
    identity::{Permit, ReadPermit},
};

/// An entry of the price list.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Category {
    /// Each at most once in the list.
    category: BoothCategory,
    /// Square decimetres: 3 × 3 m is 900. 1 to 1,000,000.
    #[schema(value_type = AreaDm2)]
    area_dm2: i32,
    /// Minor units of the edition's currency: 0 to 10^12.
    #[schema(value_type = BoothFee)]
    fee: i64,
    /// Size in standard booths: 1 to 1,000, default 1.
    #[schema(value_type = BoothEquivalents)]
    #[serde(default = "default_equivalents")]
    booth_equivalents: i32,
}

fn default_equivalents() -> i32 {
    1
}

fn view(row: BoothCategoryRow) -> Category {
    let BoothCategoryRow { edition_id: _, category, area_dm2, fee, booth_equivalents } = row;
    Category { category, area_dm2, fee, booth_equivalents }
}

/// Returns the price list of an edition.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. The `ETag` is that of the edition.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/booth-categories",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = Items<Category>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/booth-categories")]
pub(super) async fn get_categories(permit: ReadPermit) -> Result<HttpResponse, Problem> {
    let (version, rows) = permit
        .read(|tx, authorized| {
            let edition = editions::store::find(tx, authorized.edition()?)?;
            Ok((edition.version, store::price_list(tx, edition.id)?))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag::header(version))
        .json(Items { items: rows.into_iter().map(view).collect::<Vec<_>>() }))
}

/// Replaces the price list of an edition. Existing booths do not change.
///
/// Owners and managers of the organiser; `If-Match` with the version of the edition is optional. Refused with 409
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    put,
    path = "/api/v1/editions/{edition}/booth-categories",
    tag = "floor",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = Vec<Category>,
    responses(
        (status = 200, body = Items<Category>),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[put("/editions/{edition}/booth-categories")]
pub(super) async fn put_categories(
    permit: Permit<EditFloor>,
    seen: IfMatch,
    body: Body<Vec<Category>>,
) -> Result<ApiResponse, Problem> {
    let entries = body.into_result()?;
    let mut checks = Validator::default();
    let mut seen_categories = std::collections::BTreeSet::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = format!("/{i}");
        booth_spec::validate_ranges(
            &mut checks,
            &at,
            Some(entry.area_dm2),
            Some(entry.fee),
            Some(entry.booth_equivalents),
        );
        checks.require(
            seen_categories.insert(entry.category),
            &format!("{at}/category"),
            FieldCode::Repeated,
            MessageId("error-duplicate-category"),
        );
    }
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            seen.check_if_sent(Some(edition.version))?;
            editions::store::increment_version(tx, edition.id)?;
            let before: Vec<_> = store::price_list(tx, edition.id)?.into_iter().map(view).collect();
            let row = |entry: &Category| BoothCategoryRow {
                edition_id: edition.id,
                category: entry.category,
                area_dm2: entry.area_dm2,
                fee: entry.fee,
                booth_equivalents: entry.booth_equivalents,
            };
            store::replace_price_list(tx, edition.id, &entries.iter().map(row).collect::<Vec<_>>())?;
            authorized.record_audit(tx, AuditAction::BoothCategoriesPut, edition.id, Some(&before), Some(&entries))?;
            let items = store::price_list(tx, edition.id)?.into_iter().map(view).collect();
            Ok(ApiResponse::ok(&Items::<Category> { items })?.with_version(edition.version + 1))
        })
        .await
}
