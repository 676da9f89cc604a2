//! `/fairs/{edition}`: public page of an edition.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use crate::{
    floor_plan_view::FloorPlanView,
    page_context::{PageContext, render_page},
};
use hoicho_core::{i18n::format, states::EditionState};
use hoicho_fair::{
    editions::{
        self,
        store::{EditionRow, OpeningDayRow},
    },
    floor, organisers,
    partners::edition_linked_data,
    venues,
};
use hoicho_web::{
    http::Problem,
    identity::{ReadPermit, RequestContext},
};

#[derive(Template)]
#[template(path = "visitor/edition.html")]
struct Edition {
    page: PageContext,
    edition: EditionRow,
    place: Option<(String, String)>,
    days: Vec<OpeningDayRow>,
    plan: FloorPlanView,
    is_staff: bool,
    linked_data: String,
    oembed: String,
    url: String,
    image_url: String,
}

impl Edition {
    fn dates(&self) -> String {
        match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) => format::date_range(self.page.language(), first.day, last.day),
            _ => self.page.t("edition-no-days"),
        }
    }
    fn opening_hours(&self, day: &OpeningDayRow) -> String {
        format!("{} – {}", format::time(day.opens_at), format::time(day.closes_at))
    }
}

/// Shows dates, venue and floor plan of an edition.
#[get("/fairs/{edition}")]
pub(super) async fn show_edition(
    req: HttpRequest,
    page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let days = editions::store::list_days(tx, edition.id)?;
        let ids: Vec<_> = edition.venue_id.into_iter().collect();
        let place = venues::store::list_by_ids(tx, &ids)?.pop().map(|v| (v.name, v.address));
        let plan = floor::floor_plan::load(tx, edition.id)?;
        let organiser = organisers::store::find(tx, edition.organiser_id)?.name;
        Ok((edition, days, place, plan, organiser, authorized.as_staff))
    });
    let (edition, days, place, plan, organiser, is_staff) = data.await?;
    let base = context.base_url(&req);
    let url = format!("{base}/fairs/{}", edition.slug);
    let language = page.language().as_str();
    let image_url = format!("{base}/api/v1/editions/{}/picture?language={language}", edition.slug);
    let linked_data = edition_linked_data(&edition, &days, place.as_ref(), &organiser, &url);
    let oembed = serde_urlencoded::to_string([("url", &url)]).map(|q| format!("/oembed?{q}")).unwrap_or_default();
    let plan = FloorPlanView::for_visitors(plan);
    render_page(Edition { page, edition, place, days, plan, is_staff, linked_data, oembed, url, image_url }).await
}
