//! `/editions`, their opening days and transitions.
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{
    lifecycle::EditionState,
    store::{self, EditionRow, OpeningDayRow},
};
use crate::{
    app::State,
    http::{Body, Checks, Code, Problem, Query, etag, page::Page, page::PageQuery},
    identity::{Action, OrganiserRole, Permit, SignedIn, View, staff_of},
    values::{
        clock::Day,
        ids::{EditionId, OrganiserId, SeriesId},
        text,
    },
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(create_edition, list_editions, get_edition, put_opening_days, transition))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(create_edition)
        .service(list_editions)
        .service(get_edition)
        .service(put_opening_days)
        .service(transition);
}

/// A new edition, as a draft.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateEdition {
    organiser: OrganiserId,
    /// Compared with the editions of this series.
    series: Option<SeriesId>,
    /// Lower-case letters, digits, hyphens; unique.
    slug: String,
    name: String,
    venue: String,
    /// IANA; `Asia/Ho_Chi_Minh` unless told.
    time_zone: Option<String>,
    /// ISO 4217; `VND` unless told.
    currency: Option<String>,
    /// A total whose booth rows are lost; always shown as declared.
    declared_booths: Option<i32>,
    /// A total whose counts are lost; always shown as declared.
    declared_visits: Option<i64>,
    /// A total in minor units whose reports are lost; always shown as declared.
    declared_sales: Option<i64>,
}

/// One day the edition is open, in its own time zone.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OpeningDay {
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    /// `HH:MM:SS`.
    #[schema(value_type = String, example = "08:00:00")]
    opens_at: NaiveTime,
    /// After `opens_at`.
    #[schema(value_type = String, example = "21:30:00")]
    closes_at: NaiveTime,
}

/// An edition.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EditionView {
    id: EditionId,
    slug: String,
    name: String,
    venue: String,
    organiser: OrganiserId,
    series: Option<SeriesId>,
    state: EditionState,
    time_zone: String,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_days: Option<Vec<OpeningDay>>,
}

fn view(row: EditionRow, days: Option<Vec<OpeningDayRow>>) -> EditionView {
    let day = |d: OpeningDayRow| OpeningDay { day: d.day, opens_at: d.opens_at, closes_at: d.closes_at };
    EditionView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        venue: row.venue,
        organiser: row.organiser_id,
        series: row.series_id,
        state: row.state,
        time_zone: row.time_zone,
        currency: row.currency,
        opening_days: days.map(|days| days.into_iter().map(day).collect()),
    }
}

/// Plans an edition. It is a draft: only the organiser's staff see it.
#[utoipa::path(post, path = "/api/v1/editions", tag = "editions", request_body = CreateEdition, responses((status = 201, body = EditionView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions")]
async fn create_edition(caller: SignedIn, body: Body<CreateEdition>) -> Result<HttpResponse, Problem> {
    let asked = body.get()?;
    let mut checks = Checks::default();
    let (name, venue) = (checks.text("/name", &asked.name, 200), checks.text("/venue", &asked.venue, 200));
    checks.that(
        text::is_slug(&asked.slug),
        "/slug",
        "slug",
        "Slug gồm chữ thường không dấu, số và gạch nối, 3–80 ký tự.",
        "A slug has 3 to 80 lower-case letters, digits and single hyphens.",
    );
    let time_zone = asked.time_zone.unwrap_or_else(|| "Asia/Ho_Chi_Minh".to_owned());
    checks.that(
        time_zone.parse::<chrono_tz::Tz>().is_ok(),
        "/time_zone",
        "time_zone",
        "Múi giờ phải theo IANA, ví dụ Asia/Ho_Chi_Minh.",
        "The time zone must be an IANA one, as Asia/Ho_Chi_Minh.",
    );
    let currency = asked.currency.unwrap_or_else(|| "VND".to_owned());
    checks.that(
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()),
        "/currency",
        "currency",
        "Mã tiền tệ ISO 4217 gồm ba chữ hoa.",
        "An ISO 4217 currency is three capitals.",
    );
    let declared = [
        ("/declared_booths", asked.declared_booths.map(i64::from)),
        ("/declared_visits", asked.declared_visits),
        ("/declared_sales", asked.declared_sales),
    ];
    for (pointer, value) in declared {
        checks.that(value.is_none_or(|v| v >= 0), pointer, "negative", "Không được âm.", "It must not be negative.");
    }
    checks.done()?;
    let row = EditionRow {
        id: EditionId::make(),
        organiser_id: asked.organiser,
        series_id: asked.series,
        slug: asked.slug,
        name,
        venue,
        state: EditionState::Draft,
        time_zone,
        currency,
        declared_booths: asked.declared_booths,
        declared_visits: asked.declared_visits,
        declared_sales: asked.declared_sales,
        version: 1,
        created_at: caller.now,
    };
    let (user, now) = (caller.user, caller.now);
    let made = caller.state.db.write(move |tx| {
        let granted = staff_of(tx, user, now, row.organiser_id, MANAGERS)?;
        store::insert(tx, &row)?;
        granted.audit(tx, "edition.create", row.id, None, Some(&row.slug))?;
        Ok::<_, Problem>(view(row, Some(Vec::new())))
    });
    Ok(HttpResponse::Created().insert_header(etag::tag(1)).json(made.await?))
}

/// Editions that everybody may see, by slug.
#[utoipa::path(get, path = "/api/v1/editions", tag = "editions", params(PageQuery), responses((status = 200, body = Page<EditionView>)))]
#[get("/editions")]
async fn list_editions(
    req: HttpRequest,
    state: web::Data<State>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after()?);
    let found = state.db.read(move |tx| store::public_page(tx, &after, limit + 1).map_err(Problem::from)).await?;
    let views = found.into_iter().map(|row| view(row, None)).collect();
    Ok(Page::of(views, limit, |v: &EditionView| v.slug.clone()).answer(&req))
}

/// One edition by identifier or slug, with its opening days.
#[utoipa::path(get, path = "/api/v1/editions/{edition}", tag = "editions", params(("edition" = String, Path)), responses((status = 200, body = EditionView), (status = 404)))]
#[get("/editions/{edition}")]
async fn get_edition(permit: View) -> Result<HttpResponse, Problem> {
    let read = permit.read(|tx, granted| {
        let row = store::find(tx, granted.edition()?)?;
        let days = store::days(tx, row.id)?;
        Ok((row.version, view(row, Some(days))))
    });
    let (version, view) = read.await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(version)).json(view))
}

const MANAGERS: &[OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];

struct PlanEdition;
impl Action for PlanEdition {
    const ORGANISER: &'static [OrganiserRole] = MANAGERS;
}

/// Sets the opening days, gaps allowed. A day that has reports or counts cannot be taken away.
#[utoipa::path(put, path = "/api/v1/editions/{edition}/opening-days", tag = "editions", params(("edition" = String, Path), ("If-Match" = String, Header)), request_body = Vec<OpeningDay>, responses((status = 200, body = EditionView), (status = 409), (status = 412), (status = 422)))]
#[put("/editions/{edition}/opening-days")]
async fn put_opening_days(
    permit: Permit<PlanEdition>,
    seen: etag::IfMatch,
    body: Body<Vec<OpeningDay>>,
) -> Result<HttpResponse, Problem> {
    let days = body.get()?;
    let mut checks = Checks::default();
    checks.that(
        (1..=366).contains(&days.len()),
        "",
        "days",
        "Cần từ 1 đến 366 ngày mở cửa.",
        "An edition needs 1 to 366 opening days.",
    );
    let mut named = std::collections::BTreeSet::new();
    for (i, day) in days.iter().enumerate() {
        checks.that(
            day.opens_at < day.closes_at,
            &format!("/{i}/closes_at"),
            "hours",
            "Giờ đóng cửa phải sau giờ mở cửa.",
            "Closing must come after opening.",
        );
        checks.that(
            named.insert(day.day),
            &format!("/{i}/day"),
            "repeated",
            "Ngày này có hai lần.",
            "This day is named twice.",
        );
        checks.that(
            (2000..=2100).contains(&chrono::Datelike::year(&day.day)),
            &format!("/{i}/day"),
            "year",
            "Năm phải từ 2000 đến 2100.",
            "The year must be 2000 to 2100.",
        );
    }
    checks.done()?;
    let put = permit.write(move |tx, granted| {
        let row = store::open_for_change(tx, granted.edition()?)?;
        seen.check(row.version)?;
        let rows: Vec<_> = days
            .iter()
            .map(|d| OpeningDayRow { edition_id: row.id, day: d.day, opens_at: d.opens_at, closes_at: d.closes_at })
            .collect();
        store::put_days(tx, row.id, &rows)?;
        store::touch(tx, row.id)?;
        granted.audit(tx, "edition.opening_days", row.id, None, Some(&days))?;
        let row = store::find(tx, row.id)?;
        let days = store::days(tx, row.id)?;
        Ok((row.version, view(row, Some(days))))
    });
    let (version, view) = put.await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(version)).json(view))
}

/// A step of the life cycle.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Transition {
    to: EditionState,
    /// Needed for going back and for cancelling.
    reason: Option<String>,
}

/// Moves an edition along its life cycle. Finalising freezes its figures. An illegal step is refused with the legal ones.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/transitions", tag = "editions", params(("edition" = String, Path)), request_body = Transition, responses((status = 200, body = EditionView), (status = 409), (status = 422)))]
#[post("/editions/{edition}/transitions")]
async fn transition(
    state: web::Data<State>,
    permit: Permit<PlanEdition>,
    body: Body<Transition>,
) -> Result<HttpResponse, Problem> {
    let Transition { to, reason } = body.get()?;
    let moved = permit.write(move |tx, granted| {
        let row = store::find(tx, granted.edition()?)?;
        let (from, legal) = (row.state, row.state.legal_steps());
        if !legal.contains(&to) {
            let legal = legal.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Problem::new(
                Code::IllegalStep,
                format!("Từ {from} chỉ có thể sang: [{legal}]."),
                format!("From {from} the legal steps are: [{legal}]."),
            ));
        }
        let mut checks = Checks::default();
        let given = reason.as_deref().map(|r| checks.text("/reason", r, 1_000));
        checks.that(
            given.is_some() || !from.needs_reason(to),
            "/reason",
            "missing",
            "Bước này cần nêu lý do.",
            "This step needs a reason.",
        );
        checks.done()?;
        if !store::set_state(tx, row.id, from, to)? {
            return Err(Code::StaleVersion.into());
        }
        if to == EditionState::Finalised {
            (state.freeze_figures)(tx, row.id, granted.now)?;
        }
        granted.audit(tx, "edition.transition", row.id, Some((from, None)), Some((to, given)))?;
        let row = store::find(tx, row.id)?;
        Ok((row.version, view(row, None)))
    });
    let (version, view) = moved.await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(version)).json(view))
}
