//! `/editions/{edition}/deals`.
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        deals::{self, DealKind, DealRow},
        report::MOST,
    },
    KeepFigures, ReadFigures,
};
use crate::editions::{self, store::EditionRow};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::Day,
        ids::{ExhibitorId, TradeDealId},
    },
};
use hoicho_web::{
    http::{
        Answer, Body, Checks, Code, Problem, Query, etag, etag::IfMatch, page::Page, page::PageQuery, patch::present,
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateDeal {
    /// Must take part in the edition.
    exhibitor: ExhibitorId,
    kind: DealKind,
    /// The other party; 1 to 200 characters.
    counterpart: String,
    /// Minor units of the edition's currency: 0 to 10^13; 0 if a memorandum has no value.
    amount: i64,
    /// An opening day.
    #[schema(value_type = chrono::NaiveDate)]
    signed_on: Day,
    /// 1 to 1,000 characters.
    note: Option<String>,
}

/// A contract or memorandum of understanding signed at the fair.
#[derive(Serialize, utoipa::ToSchema)]
struct DealView {
    id: TradeDealId,
    exhibitor: ExhibitorId,
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibitor_name: Option<String>,
    kind: DealKind,
    counterpart: String,
    amount: i64,
    #[schema(value_type = chrono::NaiveDate)]
    signed_on: Day,
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

fn validate_amount(checks: &mut Checks, amount: i64) {
    checks.that((0..=MOST).contains(&amount), "/amount", "range", Said("the-amount-must-be-0-to-10-2"));
}

fn validate_exhibitor_and_day(
    tx: &mut Tx<'_>,
    edition: &EditionRow,
    exhibitor: ExhibitorId,
    signed_on: Day,
) -> Result<(), Problem> {
    let mut checks = Checks::default();
    checks.that(
        deals::takes_part(tx, edition.id, exhibitor)?,
        "/exhibitor",
        "unknown",
        Said("this-exhibitor-does-not-take-part-in"),
    );
    checks.that(
        editions::store::days(tx, edition.id)?.iter().any(|d| d.day == signed_on),
        "/signed_on",
        "not_an_opening_day",
        Said("this-is-not-an-opening-day-of"),
    );
    checks.done()
}

/// Creates a deal.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/deals", tag = "sales", params(("edition" = String, Path)), request_body = CreateDeal, responses((status = 201, body = DealView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/deals")]
pub(super) async fn create_deal(permit: Permit<KeepFigures>, body: Body<CreateDeal>) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let counterpart = checks.text("/counterpart", &body.counterpart, 200);
    let note = body.note.map(|n| checks.text("/note", &n, 1_000));
    validate_amount(&mut checks, body.amount);
    checks.done()?;
    permit
        .once(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            validate_exhibitor_and_day(tx, &edition, body.exhibitor, body.signed_on)?;
            let row = DealRow {
                id: TradeDealId::make(),
                edition_id: edition.id,
                exhibitor_id: body.exhibitor,
                kind: body.kind,
                counterpart,
                amount: body.amount,
                signed_on: body.signed_on,
                note,
                recorded_by: granted.actor()?,
                version: 1,
            };
            deals::insert(tx, &row)?;
            let view = view(row, None);
            granted.audit(tx, "deal.create", view.id, None, Some(&view))?;
            Ok(Answer::created(&view)?.version(1))
        })
        .await
}

/// Lists the deals of an edition, in order of entry.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/deals", tag = "sales", params(("edition" = String, Path), PageQuery), responses((status = 200, body = Page<DealView>), (status = 404)))]
#[get("/editions/{edition}/deals")]
pub(super) async fn list_deals(
    req: HttpRequest,
    permit: Permit<ReadFigures>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after_id()?);
    let rows = permit.read(move |tx, granted| Ok(deals::page(tx, granted.edition()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, name)| view(row, Some(name))).collect();
    Ok(Page::of(views, limit, |v: &DealView| v.id.to_string()).answer(&req))
}

type DealPath = web::Path<(String, TradeDealId)>;

/// Returns a deal.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/deals/{deal}", tag = "sales", params(("edition" = String, Path), ("deal" = TradeDealId, Path)), responses((status = 200, body = DealView), (status = 404)))]
#[get("/editions/{edition}/deals/{deal}")]
pub(super) async fn get_deal(permit: Permit<ReadFigures>, path: DealPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let row = permit.read(move |tx, granted| Ok(deals::find(tx, granted.edition()?, id)?)).await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(row.version)).json(view(row, None)))
}

/// Fields to change; `null` clears the note.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchDeal {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    kind: Option<DealKind>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    counterpart: Option<String>,
    /// Minor units: 0 to 10^13.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    amount: Option<i64>,
    #[schema(nullable = false, value_type = Option<chrono::NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    signed_on: Option<Day>,
    #[serde(default, deserialize_with = "present")]
    note: Option<Option<String>>,
}

/// Updates a deal.
#[utoipa::path(patch, path = "/api/v1/editions/{edition}/deals/{deal}", tag = "sales", params(("edition" = String, Path), ("deal" = TradeDealId, Path), ("If-Match" = String, Header)), request_body = PatchDeal, responses((status = 200, body = DealView), (status = 404), (status = 409), (status = 412), (status = 422)))]
#[patch("/editions/{edition}/deals/{deal}")]
pub(super) async fn patch_deal(
    permit: Permit<KeepFigures>,
    path: DealPath,
    if_match: IfMatch,
    body: Body<PatchDeal>,
) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let counterpart = body.counterpart.map(|c| checks.text("/counterpart", &c, 200));
    let note = body.note.map(|n| n.map(|n| checks.text("/note", &n, 1_000)));
    validate_amount(&mut checks, body.amount.unwrap_or(0));
    checks.done()?;
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            let before = deals::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            let mut row = DealRow { version: before.version + 1, ..before.clone() };
            row.kind = body.kind.unwrap_or(row.kind);
            row.counterpart = counterpart.unwrap_or(row.counterpart);
            row.amount = body.amount.unwrap_or(row.amount);
            row.signed_on = body.signed_on.unwrap_or(row.signed_on);
            row.note = note.unwrap_or(row.note);
            validate_exhibitor_and_day(tx, &edition, row.exhibitor_id, row.signed_on)?;
            if !deals::replace(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            let (before, after) = (view(before, None), view(row, None));
            granted.audit(tx, "deal.change", id, Some(&before), Some(&after))?;
            Ok(Answer::ok(&after)?.version(after.version))
        })
        .await
}

/// Deletes a deal.
#[utoipa::path(delete, path = "/api/v1/editions/{edition}/deals/{deal}", tag = "sales", params(("edition" = String, Path), ("deal" = TradeDealId, Path), ("If-Match" = String, Header)), responses((status = 204), (status = 404), (status = 409), (status = 412)))]
#[delete("/editions/{edition}/deals/{deal}")]
pub(super) async fn delete_deal(
    permit: Permit<KeepFigures>,
    path: DealPath,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            let before = deals::find(tx, edition.id, id)?;
            if_match.check(before.version)?;
            deals::delete(tx, id)?;
            granted.audit(tx, "deal.delete", id, Some(view(before, None)), None)?;
            Ok(Answer::no_content())
        })
        .await
}
