//! `/editions/{edition}/zones` and `/editions/{edition}/booths`.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    BoothCategory,
    numbering::{Run, split},
    store::{self, BoothRow, ZoneRow},
};
use crate::{
    editions,
    http::{Body, Checks, Problem, Query, page::Page, page::PageQuery},
    identity::{Action, OrganiserRole, Permit, View},
    values::ids::{BoothId, EditionId, ZoneId},
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_zone, list_zones, create_booth, generate_booths, list_booths))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_zone).service(list_zones).service(generate_booths).service(create_booth).service(list_booths);
}

struct DrawFloor;
impl Action for DrawFloor {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateZone {
    /// Short, unique in the edition.
    code: String,
    name: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ZoneView {
    id: ZoneId,
    code: String,
    name: String,
}

/// Adds a zone to an edition.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/zones", tag = "floor", params(("edition" = String, Path)), request_body = CreateZone, responses((status = 201, body = ZoneView), (status = 409), (status = 422)))]
#[post("/editions/{edition}/zones")]
async fn create_zone(permit: Permit<DrawFloor>, body: Body<CreateZone>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let (code, name) = (checks.text("/code", &body.code, 20), checks.text("/name", &body.name, 200));
    checks.done()?;
    let made = permit.write(move |tx, granted| {
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        let row = ZoneRow { id: ZoneId::make(), edition_id: edition.id, code, name };
        store::insert_zones(tx, std::slice::from_ref(&row))?;
        granted.audit(tx, "zone.create", row.id, None, Some(&row.code))?;
        Ok(ZoneView { id: row.id, code: row.code, name: row.name })
    });
    Ok(HttpResponse::Created().json(made.await?))
}

/// The zones of an edition.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/zones", tag = "floor", params(("edition" = String, Path)), responses((status = 200, body = Vec<ZoneView>), (status = 404)))]
#[get("/editions/{edition}/zones")]
async fn list_zones(permit: View) -> Result<HttpResponse, Problem> {
    let rows = permit.read(|tx, granted| Ok(store::zones_of(tx, granted.edition()?)?)).await?;
    let items: Vec<_> = rows.into_iter().map(|r| ZoneView { id: r.id, code: r.code, name: r.name }).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

/// What booths share.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BoothKind {
    zone: ZoneId,
    category: BoothCategory,
    /// Square decimetres: 3 × 3 m is 900.
    area_dm2: i32,
    /// Minor units of the edition's currency.
    fee: i64,
    /// Standard booths whose room it takes; 1 unless told.
    booth_equivalents: Option<i32>,
}

impl BoothKind {
    fn check(&self, checks: &mut Checks, at: &str) {
        checks.that(
            (1..=1_000_000).contains(&self.area_dm2),
            &format!("{at}/area_dm2"),
            "range",
            "Diện tích từ 1 đến 1.000.000 dm².",
            "The area must be 1 to 1,000,000 dm².",
        );
        checks.that(
            (0..=1_000_000_000_000).contains(&self.fee),
            &format!("{at}/fee"),
            "range",
            "Phí từ 0 đến 1.000 tỷ.",
            "The fee must be 0 to 10^12.",
        );
        checks.that(
            (1..=1_000).contains(&self.booth_equivalents.unwrap_or(1)),
            &format!("{at}/booth_equivalents"),
            "range",
            "Từ 1 đến 1.000.",
            "It must be 1 to 1,000.",
        );
    }
    fn booth(&self, edition: EditionId, code: String, row_label: String, place: u32) -> BoothRow {
        BoothRow {
            id: BoothId::make(),
            edition_id: edition,
            zone_id: self.zone,
            code,
            row_label,
            place: i32::try_from(place).unwrap_or(i32::MAX),
            category: self.category,
            area_dm2: self.area_dm2,
            fee: self.fee,
            booth_equivalents: self.booth_equivalents.unwrap_or(1),
            version: 1,
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateBooth {
    /// Letters of the row, then the number, as `A01`.
    code: String,
    kind: BoothKind,
}

/// A booth.
#[derive(Serialize, utoipa::ToSchema)]
struct BoothView {
    id: BoothId,
    code: String,
    zone: ZoneId,
    row: String,
    place: i32,
    category: BoothCategory,
    area_dm2: i32,
    fee: i64,
    booth_equivalents: i32,
}

fn view(row: BoothRow) -> BoothView {
    BoothView {
        id: row.id,
        code: row.code,
        zone: row.zone_id,
        row: row.row_label,
        place: row.place,
        category: row.category,
        area_dm2: row.area_dm2,
        fee: row.fee,
        booth_equivalents: row.booth_equivalents,
    }
}

/// Adds one booth.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/booths", tag = "floor", params(("edition" = String, Path)), request_body = CreateBooth, responses((status = 201, body = BoothView), (status = 409), (status = 422)))]
#[post("/editions/{edition}/booths")]
async fn create_booth(permit: Permit<DrawFloor>, body: Body<CreateBooth>) -> Result<HttpResponse, Problem> {
    let CreateBooth { code, kind } = body.get()?;
    let mut checks = Checks::default();
    let place = split(&code).filter(|(_, place, _)| *place > 0);
    checks.that(
        place.is_some(),
        "/code",
        "code",
        "Mã gian gồm chữ rồi số, ví dụ A01.",
        "A booth's code is letters, then a number, as A01.",
    );
    kind.check(&mut checks, "/kind");
    checks.done()?;
    let (row_label, place, _) = place.unwrap_or_default();
    let made = permit.write(move |tx, granted| {
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        let row = kind.booth(edition.id, code, row_label, place);
        store::insert_booths(tx, std::slice::from_ref(&row))?;
        granted.audit(tx, "booth.create", row.id, None, Some(&row.code))?;
        Ok(view(row))
    });
    Ok(HttpResponse::Created().json(made.await?))
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct GenerateRun {
    /// `A01…A24`.
    pattern: String,
    kind: BoothKind,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct GenerateBooths {
    /// 1 to 500 runs, at most 5,000 booths together.
    runs: Vec<GenerateRun>,
}

/// Makes many booths from numbering patterns, all or nothing.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/booths/generate", tag = "floor", params(("edition" = String, Path)), request_body = GenerateBooths, responses((status = 201, body = Vec<BoothView>), (status = 409), (status = 422)))]
#[post("/editions/{edition}/booths/generate")]
async fn generate_booths(permit: Permit<DrawFloor>, body: Body<GenerateBooths>) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let runs = body.runs;
    let mut checks = Checks::default();
    checks.that((1..=500).contains(&runs.len()), "/runs", "length", "Cần từ 1 đến 500 dãy.", "It takes 1 to 500 runs.");
    let mut wanted = Vec::new();
    for (i, GenerateRun { pattern, kind }) in runs.into_iter().enumerate() {
        kind.check(&mut checks, &format!("/runs/{i}/kind"));
        let run = Run::parse(&pattern);
        checks.that(
            run.is_some(),
            &format!("/runs/{i}/pattern"),
            "pattern",
            "Mẫu đánh số dạng A01…A24, tối đa 1.000 gian.",
            "A pattern looks like A01…A24 and makes at most 1,000 booths.",
        );
        wanted.extend(
            run.into_iter()
                .flat_map(|run| {
                    run.places().map(|(code, place)| (kind.clone(), run.row.clone(), code, place)).collect::<Vec<_>>()
                })
                .take(5_001),
        );
    }
    checks.that(
        wanted.len() <= 5_000,
        "/runs",
        "length",
        "Tối đa 5.000 gian mỗi lần.",
        "At most 5,000 booths at once.",
    );
    checks.done()?;
    let made = permit.write(move |tx, granted| {
        let edition = editions::store::open_for_change(tx, granted.edition()?)?;
        let rows: Vec<BoothRow> =
            wanted.into_iter().map(|(kind, row, code, place)| kind.booth(edition.id, code, row, place)).collect();
        store::insert_booths(tx, &rows)?;
        granted.audit(tx, "booth.generate", edition.id, None, Some(rows.len()))?;
        Ok(rows.into_iter().map(view).collect::<Vec<_>>())
    });
    Ok(HttpResponse::Created().json(serde_json::json!({ "items": made.await? })))
}

/// The booths of an edition, by code.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/booths", tag = "floor", params(("edition" = String, Path), PageQuery), responses((status = 200, body = Page<BoothView>), (status = 404)))]
#[get("/editions/{edition}/booths")]
async fn list_booths(req: HttpRequest, permit: View, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after()?);
    let rows =
        permit.read(move |tx, granted| Ok(store::booths_page(tx, granted.edition()?, &after, limit + 1)?)).await?;
    Ok(Page::of(rows.into_iter().map(view).collect(), limit, |v: &BoothView| v.code.clone()).answer(&req))
}
