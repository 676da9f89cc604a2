//! Endpoints of single booths.
use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;

use super::{
    super::{
        BoothCategory,
        booth_spec::{self, BoothKind},
        numbering::{natural_order, split_booth_code},
        store::{self, BoothRow},
    },
    actions::EditFloor,
    booth_view::{self, BoothView, Position},
    zones::require_zones,
};
use crate::{
    editions,
    floor::booth_spec::{AreaDm2, BoothEquivalents, BoothFee},
};
use hoicho_core::{
    i18n::MessageId,
    states::BoothAvailability,
    values::ids::{BoothId, ZoneId},
};
use hoicho_web::{
    audit::AuditAction,
    changes::CacheTag,
    http::{ApiResponse, Body, Code, FieldCode, Problem, Validator, etag, etag::IfMatch, patch::deserialize_present},
    identity::{Permit, ReadPermit},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateBooth {
    /// Row letters followed by the number, as `A01`.
    code: String,
    /// Zone, category, size and fee.
    kind: BoothKind,
}

fn check_code(checks: &mut Validator, code: &str) -> (String, u32) {
    let place = split_booth_code(code).filter(|(_, place, _)| *place > 0);
    checks.require(place.is_some(), "/code", FieldCode::Code, MessageId("error-invalid-booth-code"));
    place.map(|(row, place, _)| (row, place)).unwrap_or_default()
}

/// Adds one booth.
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if the code, or the place in the row, is in use in the
/// edition, and `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/booths",
    tag = "floor",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = CreateBooth,
    responses(
        (status = 201, body = BoothView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/booths")]
pub(super) async fn create_booth(permit: Permit<EditFloor>, body: Body<CreateBooth>) -> Result<ApiResponse, Problem> {
    let CreateBooth { code, kind } = body.into_result()?;
    let mut checks = Validator::default();
    let (row_label, place) = check_code(&mut checks, &code);
    booth_spec::validate_ranges(&mut checks, "/kind", kind.area_dm2, kind.fee, kind.booth_equivalents);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            require_zones(tx, edition.id, [("/kind/zone".to_owned(), kind.zone)])?;
            let prices = store::price_list(tx, edition.id)?;
            let mut checks = Validator::default();
            let spec = kind.resolve(&mut checks, "/kind", &prices);
            checks.finish()?;
            let row = spec.into_row(edition.id, code, row_label, place);
            store::insert_booths(tx, std::slice::from_ref(&row))?;
            authorized.record_audit(tx, AuditAction::BoothCreate, row.id, None, Some(&row.code))?;
            let path = format!("/editions/{}/booths/{}", edition.id, row.id);
            Ok(ApiResponse::created(&path, &booth_view::from(row))?.with_version(1))
        })
        .await
}

type BoothPath = web::Path<(String, BoothId)>;

/// Returns one booth.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. Without occupancy and exhibitors, which are in the list.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/booths/{booth}",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        ("booth" = BoothId, Path),
    ),
    responses(
        (status = 200, body = BoothView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/booths/{booth}")]
pub(super) async fn get_booth(permit: ReadPermit, path: BoothPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let reading = permit.read(move |tx, authorized| {
        let edition = authorized.edition()?;
        Ok((edition, store::find_booth(tx, edition, id)?))
    });
    let (edition, row) = reading.await?;
    let tag = etag::header(row.version);
    Ok(CacheTag::Edition(edition).tag(HttpResponse::Ok().insert_header(tag).json(booth_view::from(row))))
}

/// Partial update; omitted fields do not change.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchBooth {
    /// Row letters followed by the number; also sets the booth's row and place.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// A zone of the edition.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    zone: Option<ZoneId>,
    /// Area, fee and size do not change with it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    category: Option<BoothCategory>,
    /// Square decimetres: 1 to 1,000,000.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<AreaDm2>)]
    area_dm2: Option<i32>,
    /// Minor units: 0 to 10^12.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<BoothFee>)]
    fee: Option<i64>,
    /// 1 to 1,000.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<BoothEquivalents>)]
    booth_equivalents: Option<i32>,
    /// Whether an allocation run may allocate it; manual allocation ignores it.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    availability: Option<BoothAvailability>,
    /// Whether it has electric power.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    has_power: Option<bool>,
    /// Whether it has running water.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    has_water: Option<bool>,
    /// `null` removes the position.
    #[serde(default, deserialize_with = "deserialize_present")]
    position: Option<Option<Position>>,
}

fn check_position(checks: &mut Validator, position: &Position) {
    let in_range = (0..=100_000).contains(&position.x_dm)
        && (0..=100_000).contains(&position.y_dm)
        && (1..=10_000).contains(&position.width_dm)
        && (1..=10_000).contains(&position.depth_dm);
    checks.require(in_range, "/position", FieldCode::Range, MessageId("error-booth-position-range"));
}

/// Updates a booth.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `already_exists` if the code or the place is in
/// use, and `edition_finalised` once the edition is finalised or cancelled. Existing allocations stay, also if the new zone's
/// rules are not met.
#[utoipa::path(
    patch,
    path = "/api/v1/editions/{edition}/booths/{booth}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("booth" = BoothId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchBooth,
    responses(
        (status = 200, body = BoothView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/editions/{edition}/booths/{booth}")]
pub(super) async fn patch_booth(
    permit: Permit<EditFloor>,
    path: BoothPath,
    seen: IfMatch,
    body: Body<PatchBooth>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let place = body.code.as_ref().map(|code| check_code(&mut checks, code));
    booth_spec::validate_ranges(&mut checks, "", body.area_dm2, body.fee, body.booth_equivalents);
    if let Some(position) = body.position.iter().flatten().next() {
        check_position(&mut checks, position);
    }
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find_booth(tx, edition.id, id)?;
            seen.check(before.version)?;
            let mut row = BoothRow { version: before.version + 1, ..before.clone() };
            if let Some((code, (row_label, place))) = body.code.zip(place) {
                row.code_order = natural_order(&code);
                (row.code, row.row_label) = (code, row_label);
                row.place = i32::try_from(place).unwrap_or(i32::MAX);
            }
            if let Some(zone) = body.zone {
                require_zones(tx, edition.id, [("/zone".to_owned(), zone)])?;
                row.zone_id = zone;
            }
            row.category = body.category.unwrap_or(row.category);
            row.area_dm2 = body.area_dm2.unwrap_or(row.area_dm2);
            row.fee = body.fee.unwrap_or(row.fee);
            row.booth_equivalents = body.booth_equivalents.unwrap_or(row.booth_equivalents);
            row.availability = body.availability.unwrap_or(row.availability);
            row.has_power = body.has_power.unwrap_or(row.has_power);
            row.has_water = body.has_water.unwrap_or(row.has_water);
            if let Some(position) = body.position {
                (row.x_dm, row.y_dm) = (position.map(|p| p.x_dm), position.map(|p| p.y_dm));
                (row.width_dm, row.depth_dm) = (position.map(|p| p.width_dm), position.map(|p| p.depth_dm));
            }
            if !store::update_booth(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let (before, after) = (booth_view::from(before), booth_view::from(row));
            authorized.record_audit(tx, AuditAction::BoothChange, id, Some(&before), Some(&after))?;
            Ok(ApiResponse::ok(&after)?.with_version(after.version))
        })
        .await
}

/// Deletes a booth that was never allocated or wished for.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `in_use` if it was ever allocated, wished for or
/// part of an allocation run, and `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}/booths/{booth}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("booth" = BoothId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/editions/{edition}/booths/{booth}")]
pub(super) async fn delete_booth(
    permit: Permit<EditFloor>,
    path: BoothPath,
    seen: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find_booth(tx, edition.id, id)?;
            seen.check(before.version)?;
            store::delete_booth(tx, id)?;
            authorized.record_audit(tx, AuditAction::BoothDelete, id, Some(before.code), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
