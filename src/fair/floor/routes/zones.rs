//! Endpoints of zones.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Eligibility,
        store::{self, ZoneRow},
    },
    actions::EditFloor,
};
use crate::{
    editions::{self, store::EditionRow},
    localities, venues,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{EditionId, HallId, SubjectId, ZoneId},
};
use hoicho_web::{
    audit::AuditAction,
    changes::{self, CacheTag, Mirrored, SyncList},
    http::{
        ApiResponse, Body, Code, FieldCode, Problem, Query, Validator,
        etag::{self, IfMatch},
        fields::Fields,
        limits::{CodeText, NameText},
        pagination,
        patch::deserialize_present,
    },
    identity::{Permit, ReadPermit},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateZone {
    /// Short, unique in the edition: 1 to 20 characters.
    #[schema(value_type = CodeText)]
    code: String,
    /// 1 to 200 characters.
    #[schema(value_type = NameText)]
    name: String,
    /// A hall of the edition's venue.
    hall: Option<HallId>,
    /// Eligibility rules; default: every exhibitor is eligible.
    #[serde(default)]
    eligibility: Eligibility,
}

/// A part of the floor with a theme and eligibility rules.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ZoneView {
    /// Made by the server.
    id: ZoneId,
    /// Short, unique in the edition.
    code: String,
    /// Its theme, as visitors read it.
    name: String,
    /// The hall of the edition's venue that it is in; `null` if unknown.
    hall: Option<HallId>,
    /// Who may get a booth in it, unless staff gives a waiver; empty rules: everybody.
    eligibility: Eligibility,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

fn view(row: ZoneRow, eligibility: Eligibility) -> ZoneView {
    ZoneView { id: row.id, code: row.code, name: row.name, hall: row.hall_id, eligibility, version: row.version }
}

/// Sorts and deduplicates the rules and validates their length.
fn normalize_rules(checks: &mut Validator, mut rules: Eligibility) -> Eligibility {
    rules.product_groups.sort();
    rules.product_groups.dedup();
    rules.legal_forms.sort();
    rules.legal_forms.dedup();
    rules.localities.sort();
    rules.localities.dedup();
    checks.require(
        rules.localities.len() <= 200 && rules.localities.iter().all(|l| l.len() <= 50 && !l.contains('\0')),
        "/eligibility/localities",
        FieldCode::Length,
        MessageId("error-locality-list-length"),
    );
    rules
}

/// Validates that the hall belongs to the edition's venue and that the localities exist.
fn check_places(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    hall: Option<HallId>,
    localities: &[String],
) -> Result<(), Problem> {
    let mut checks = Validator::default();
    if let Some(hall) = hall {
        let halls = match edition.venue_id {
            Some(venue) => venues::store::list_halls(tx, venue)?,
            None => Vec::new(),
        };
        checks.require(
            halls.iter().any(|h| h.id == hall),
            "/hall",
            FieldCode::Unknown,
            MessageId("error-unknown-hall"),
        );
    }
    for (i, code) in localities.iter().enumerate() {
        checks.require(
            localities::store::find(tx, code)?.is_some(),
            &format!("/eligibility/localities/{i}"),
            FieldCode::Unknown,
            MessageId("error-unknown-locality"),
        );
    }
    checks.finish()
}

/// Validates that the zones, each with its place in the request, are the edition's. Foreign keys hold it, but their violation names no
/// field.
pub(super) fn require_zones(
    tx: &mut Tx<'_>,
    edition: EditionId,
    named: impl IntoIterator<Item = (String, ZoneId)>,
) -> Result<(), Problem> {
    let own: Vec<ZoneId> = store::zones(tx, edition)?.into_iter().map(|zone| zone.id).collect();
    let mut checks = Validator::default();
    for (pointer, zone) in named {
        checks.require(own.contains(&zone), &pointer, FieldCode::Unknown, MessageId("error-unknown-zone"));
    }
    checks.finish()
}

/// Adds a zone to an edition.
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if the code is in use in the edition, and
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/zones",
    tag = "floor",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = CreateZone,
    responses(
        (status = 201, body = ZoneView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/zones")]
pub(super) async fn create_zone(permit: Permit<EditFloor>, body: Body<CreateZone>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let (code, name) =
        (checks.require_text::<CodeText>("/code", &body.code), checks.require_text::<NameText>("/name", &body.name));
    let rules = normalize_rules(&mut checks, body.eligibility);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            check_places(tx, &edition, body.hall, &rules.localities)?;
            let row =
                ZoneRow { id: ZoneId::make(), edition_id: edition.id, hall_id: body.hall, code, name, version: 1 };
            store::insert_zones(tx, std::slice::from_ref(&row))?;
            store::replace_eligibility(tx, row.id, &rules)?;
            let zone = view(row, rules);
            authorized.record_audit(tx, AuditAction::ZoneCreate, zone.id, None, Some(&zone))?;
            let path = format!("/editions/{}/zones/{}", edition.id, zone.id);
            Ok(ApiResponse::created(&path, &zone)?.with_version(1))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ZoneQuery {
    /// Comma-separated fields to return of each zone.
    fields: Option<String>,
    /// Return only changes since then: `synced` of the previous response.
    updated_since: Option<String>,
    /// Rows per page: 1 to 500, default 500.
    limit: Option<u16>,
    /// Cursor from the previous page.
    cursor: Option<String>,
}

/// The zones of an edition.
pub struct Zones(pub EditionId);

fn views(tx: &mut Tx<'_>, rows: Vec<ZoneRow>) -> Result<Vec<ZoneView>, Problem> {
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    let mut rules = store::eligibility_by_zone(tx, &ids)?;
    let with_rules = |row: ZoneRow| {
        let rules = rules.remove(&row.id).unwrap_or_default();
        view(row, rules)
    };
    Ok(rows.into_iter().map(with_rules).collect())
}

impl SyncList for Zones {
    type Row = ZoneView;
    const KIND: changes::Kind = changes::Kind::Zone;
    fn edition(&self) -> Option<EditionId> {
        Some(self.0)
    }
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<ZoneView>, Problem> {
        let rows = store::zones_page(tx, self.0, after, limit)?;
        views(tx, rows)
    }
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<ZoneView>, Problem> {
        let ids: Vec<ZoneId> = ids.iter().map(|id| ZoneId(id.0)).collect();
        let rows = store::zones_by_ids(tx, self.0, &ids)?;
        views(tx, rows)
    }
    fn key(row: &ZoneView) -> String {
        row.code.clone()
    }
    fn id(row: &ZoneView) -> SubjectId {
        SubjectId(row.id.0)
    }
}

/// Lists the zones of an edition by code, or those that changed.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/zones",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        ZoneQuery,
    ),
    responses(
        (status = 200, body = Mirrored<ZoneView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/zones")]
pub(super) async fn list_zones(
    req: HttpRequest,
    permit: ReadPermit,
    query: Query<ZoneQuery>,
) -> Result<HttpResponse, Problem> {
    let ZoneQuery { fields, updated_since, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit: limit.or(Some(500)), cursor };
    let (limit, selection) = (query.limit()?, changes::parse_request(&query, updated_since.as_deref())?);
    let fields = Fields::parse(fields.as_deref())?;
    let (edition, page) = permit
        .read(move |tx, authorized| {
            let edition = authorized.edition()?;
            Ok((edition, changes::read_page(tx, &Zones(edition), selection, limit)?))
        })
        .await?;
    Ok(CacheTag::Edition(edition).tag(page.into_response(&req, &fields)?))
}

type ZonePath = web::Path<(String, ZoneId)>;

/// Returns one zone.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/zones/{zone}",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        ("zone" = ZoneId, Path),
    ),
    responses(
        (status = 200, body = ZoneView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/zones/{zone}")]
pub(super) async fn get_zone(permit: ReadPermit, path: ZonePath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let reading = permit.read(move |tx, authorized| {
        let row = store::find_zone(tx, authorized.edition()?, id)?;
        let rules = store::eligibility_by_zone(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok(view(row, rules))
    });
    let zone = reading.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(zone.version)).json(zone))
}

/// Partial update; omitted fields do not change, and `null` removes the hall.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchZone {
    /// Unique in the edition: 1 to 20 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<CodeText>)]
    code: Option<String>,
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    name: Option<String>,
    /// A hall of the edition's venue; `null` removes it.
    #[serde(default, deserialize_with = "deserialize_present")]
    hall: Option<Option<HallId>>,
    /// Replaces all rules; empty: every exhibitor is eligible.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    eligibility: Option<Eligibility>,
}

/// Updates a zone. Changed rules do not affect existing allocations.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `already_exists` if the code is in use, and
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    patch,
    path = "/api/v1/editions/{edition}/zones/{zone}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("zone" = ZoneId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchZone,
    responses(
        (status = 200, body = ZoneView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/editions/{edition}/zones/{zone}")]
pub(super) async fn patch_zone(
    permit: Permit<EditFloor>,
    path: ZonePath,
    seen: IfMatch,
    body: Body<PatchZone>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let code = body.code.map(|c| checks.require_text::<CodeText>("/code", &c));
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    let rules = body.eligibility.map(|rules| normalize_rules(&mut checks, rules));
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find_zone(tx, edition.id, id)?;
            seen.check(before.version)?;
            let localities = rules.as_ref().map_or(&[][..], |r| &r.localities);
            check_places(tx, &edition, body.hall.flatten(), localities)?;
            let mut row = ZoneRow { version: before.version + 1, ..before.clone() };
            row.code = code.unwrap_or(row.code);
            row.name = name.unwrap_or(row.name);
            row.hall_id = body.hall.unwrap_or(row.hall_id);
            if !store::update_zone(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let rules_before = store::eligibility_by_zone(tx, &[id])?.remove(&id).unwrap_or_default();
            if let Some(rules) = &rules {
                store::replace_eligibility(tx, id, rules)?;
            }
            let zone = view(row, rules.unwrap_or_else(|| rules_before.clone()));
            authorized.record_audit(tx, AuditAction::ZoneChange, id, Some(&view(before, rules_before)), Some(&zone))?;
            Ok(ApiResponse::ok(&zone)?.with_version(zone.version))
        })
        .await
}

/// Deletes a zone without booths.
///
/// Owners and managers of the organiser; requires `If-Match`. Refused with 409 `in_use` while it has booths or an application
/// wishes for it, and `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}/zones/{zone}",
    tag = "floor",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("zone" = ZoneId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/editions/{edition}/zones/{zone}")]
pub(super) async fn delete_zone(
    permit: Permit<EditFloor>,
    path: ZonePath,
    seen: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = store::find_zone(tx, edition.id, id)?;
            seen.check(before.version)?;
            store::delete_zone(tx, id)?;
            authorized.record_audit(tx, AuditAction::ZoneDelete, id, Some(before.code), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
