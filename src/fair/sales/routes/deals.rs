//! `/editions/{edition}/deals`.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        amounts::validate_amount,
        audited::AuditedDeal,
        deals::{self, DealKind, DealRow},
    },
    actions::{ManageFigures, ReadFigures},
};
use crate::{
    editions::{self, store::EditionRow},
    sales::amounts::SalesAmount,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{ExhibitorId, TradeDealId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{
        ApiResponse, Body, Code, FieldCode, Problem, Query, Validator,
        etag::{self, IfMatch},
        limits::{NameText, ReasonText},
        pagination::{Page, PageQuery},
        patch::deserialize_present,
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateDeal {
    /// Must take part in the edition.
    exhibitor: ExhibitorId,
    /// Contract or memorandum of understanding; both are counted and valued apart.
    kind: DealKind,
    /// The other party; 1 to 200 characters.
    #[schema(value_type = NameText)]
    counterpart: String,
    /// Minor units of the edition's currency: 0 to 10^12; 0 if a memorandum has no value.
    #[schema(value_type = SalesAmount)]
    amount: i64,
    /// An opening day.
    #[schema(value_type = chrono::NaiveDate)]
    signed_on: Day,
    /// 1 to 1,000 characters.
    #[schema(value_type = Option<ReasonText>)]
    note: Option<String>,
}

/// A contract or memorandum of understanding signed at the fair.
#[derive(Serialize, utoipa::ToSchema)]
struct DealView {
    /// Made by the server; sorts by entry.
    id: TradeDealId,
    /// The organiser's record of the exhibitor that signed.
    exhibitor: ExhibitorId,
    /// Name in the organiser's records; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibitor_name: Option<String>,
    /// Contract or memorandum of understanding.
    kind: DealKind,
    /// The other party.
    counterpart: String,
    /// Minor units of the edition's currency; 0 if a memorandum has no value.
    amount: i64,
    /// An opening day of the edition.
    #[schema(value_type = chrono::NaiveDate)]
    signed_on: Day,
    /// The organiser's remark; `null` if there is none.
    note: Option<String>,
    /// For `If-Match`: `"v…"`.
    version: i32,
}

fn view(row: DealRow, exhibitor_name: Option<String>) -> DealView {
    DealView {
        id: row.id,
        exhibitor: row.exhibitor_id,
        exhibitor_name,
        kind: row.kind,
        counterpart: row.counterpart,
        amount: row.amount,
        signed_on: row.signed_on,
        note: row.note,
        version: row.version,
    }
}

fn validate_exhibitor_and_day(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    exhibitor: ExhibitorId,
    signed_on: Day,
) -> Result<(), Problem> {
    let mut checks = Validator::default();
    checks.require(
        deals::is_participant(tx, edition.id, exhibitor)?,
        "/exhibitor",
        FieldCode::Unknown,
        MessageId("error-exhibitor-not-in-edition"),
    );
    checks.require(
        editions::store::list_days(tx, edition.id)?.iter().any(|d| d.day == signed_on),
        "/signed_on",
        FieldCode::NotAnOpeningDay,
        MessageId("error-not-opening-day"),
    );
    checks.finish()
}

/// Creates a deal.
///
/// Owners, managers and finance staff of the organiser, in every phase. Refused with 422 `invalid` unless the exhibitor takes
/// part and the day is an opening day, and 409 `edition_finalised` once the edition is finalised or cancelled. Webhooks get
/// `deal.signed`.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/deals",
    tag = "sales",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = CreateDeal,
    responses(
        (status = 201, body = DealView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/deals")]
pub(super) async fn create_deal(permit: Permit<ManageFigures>, body: Body<CreateDeal>) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let counterpart = checks.require_text::<NameText>("/counterpart", &body.counterpart);
    let note = body.note.map(|n| checks.require_text::<ReasonText>("/note", &n));
    validate_amount(&mut checks, "/amount", body.amount);
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            validate_exhibitor_and_day(tx, &edition, body.exhibitor, body.signed_on)?;
            let row = DealRow {
                id: TradeDealId::make(),
                organiser_id: edition.organiser_id,
                edition_id: edition.id,
                exhibitor_id: body.exhibitor,
                kind: body.kind,
                counterpart,
                amount: body.amount,
                signed_on: body.signed_on,
                note,
                recorded_by: authorized.require_user()?,
                version: 1,
            };
            deals::insert(tx, &row)?;
            let path = format!("/editions/{}/deals/{}", row.edition_id, row.id);
            authorized.record_audit(tx, AuditAction::DealCreate, row.id, None, Some(AuditedDeal::from(&row)))?;
            let view = view(row, None);
            Ok(ApiResponse::created(&path, &view)?.with_version(1))
        })
        .await
}

/// Lists the deals of an edition, in order of entry.
///
/// Staff of the organiser other than gate staff, and API keys with `read:figures`. Single deals are never public; their number
/// and value are part of the statistics.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/deals",
    tag = "sales",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<DealView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/deals")]
pub(super) async fn list_deals(
    req: HttpRequest,
    permit: Permit<ReadFigures>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let rows = permit.read(move |tx, authorized| Ok(deals::page(tx, authorized.edition()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, name)| view(row, Some(name))).collect();
    Ok(Page::from_rows(views, limit, |v: &DealView| v.id.to_string()).into_response(&req))
}

type DealPath = web::Path<(String, TradeDealId)>;

/// Returns a deal.
///
/// Staff of the organiser other than gate staff, and API keys with `read:figures`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/deals/{deal}",
    tag = "sales",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        ("deal" = TradeDealId, Path),
    ),
    responses(
        (status = 200, body = DealView),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/deals/{deal}")]
pub(super) async fn get_deal(permit: Permit<ReadFigures>, path: DealPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let row = permit.read(move |tx, authorized| Ok(deals::find(tx, authorized.edition()?, id)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(row.version)).json(view(row, None)))
}

/// Fields to change; `null` clears the note.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchDeal {
    /// Contract or memorandum of understanding.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    kind: Option<DealKind>,
    /// The other party; 1 to 200 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<NameText>)]
    counterpart: Option<String>,
    /// Minor units: 0 to 10^12.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<SalesAmount>)]
    amount: Option<i64>,
    /// An opening day of the edition.
    #[schema(nullable = false, value_type = Option<chrono::NaiveDate>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    signed_on: Option<Day>,
    /// 1 to 1,000 characters; `null` clears it.
    #[schema(value_type = Option<ReasonText>)]
    #[serde(default, deserialize_with = "deserialize_present")]
    note: Option<Option<String>>,
}

/// Updates a deal.
///
/// Owners, managers and finance staff of the organiser; requires `If-Match`. The exhibitor cannot be changed. Refused with 409
/// `edition_finalised` once the edition is finalised or cancelled.
#[utoipa::path(
    patch,
    path = "/api/v1/editions/{edition}/deals/{deal}",
    tag = "sales",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("deal" = TradeDealId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchDeal,
    responses(
        (status = 200, body = DealView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/editions/{edition}/deals/{deal}")]
pub(super) async fn patch_deal(
    permit: Permit<ManageFigures>,
    path: DealPath,
    if_match: IfMatch,
    body: Body<PatchDeal>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let counterpart = body.counterpart.map(|c| checks.require_text::<NameText>("/counterpart", &c));
    let note = body.note.map(|n| n.map(|n| checks.require_text::<ReasonText>("/note", &n)));
    validate_amount(&mut checks, "/amount", body.amount.unwrap_or(0));
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = deals::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            let mut row = DealRow { version: before.version + 1, ..before.clone() };
            row.kind = body.kind.unwrap_or(row.kind);
            row.counterpart = counterpart.unwrap_or(row.counterpart);
            row.amount = body.amount.unwrap_or(row.amount);
            row.signed_on = body.signed_on.unwrap_or(row.signed_on);
            row.note = note.unwrap_or(row.note);
            validate_exhibitor_and_day(tx, &edition, row.exhibitor_id, row.signed_on)?;
            if !deals::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let (before, after) = (AuditedDeal::from(&before), AuditedDeal::from(&row));
            authorized.record_audit(tx, AuditAction::DealChange, id, Some(before), Some(after))?;
            let view = view(row, None);
            Ok(ApiResponse::ok(&view)?.with_version(view.version))
        })
        .await
}

/// Deletes a deal.
///
/// Owners, managers and finance staff of the organiser; requires `If-Match`. Refused with 409 `edition_finalised` once the
/// edition is finalised or cancelled. The audit log keeps what it said.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}/deals/{deal}",
    tag = "sales",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("deal" = TradeDealId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
        (status = 412),
    ),
)]
#[delete("/editions/{edition}/deals/{deal}")]
pub(super) async fn delete_deal(
    permit: Permit<ManageFigures>,
    path: DealPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = deals::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            deals::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::DealDelete, id, Some(AuditedDeal::from(&before)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
