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
    partners::{BoothOffers, EditionData, edition_linked_data},
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
    /// Discovery addresses of the embed code, as JSON and as XML.
    oembed: [(&'static str, String); 2],
    dates: String,
    description: String,
    image_url: String,
}

fn dates(page: &PageContext, days: &[OpeningDayRow]) -> String {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => format::date_range(page.language(), first.day, last.day),
        _ => page.t("edition-no-days"),
    }
}

impl Edition {
    fn opening_hours(&self, day: &OpeningDayRow) -> String {
        format!("{} – {}", format::time(day.opens_at), format::time(day.closes_at))
    }
}

/// Shows dates, venue and floor plan of an edition.
#[get("/fairs/{edition}")]
pub(super) async fn show_edition(
    req: HttpRequest,
    mut page: PageContext,
    permit: ReadPermit,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let days = editions::store::list_days(tx, edition.id)?;
        let ids: Vec<_> = edition.venue_id.into_iter().collect();
        let place = venues::store::list_by_ids(tx, &ids)?.pop().map(|v| (v.name, v.address));
        let plan = floor::floor_plan::load(tx, edition.id)?;
        let fees = floor::store::fee_range(tx, edition.id)?;
        let organiser = organisers::store::find(tx, edition.organiser_id)?.name;
        Ok((edition, days, place, (plan, fees), organiser, authorized.as_staff))
    });
    let (edition, days, place, (plan, fees), organiser, is_staff) = data.await?;
    page.set_edition(&edition.slug);
    let (base, url) = (context.base_url(&req), page.canonical());
    let image_url = format!("{base}/api/v1/editions/{}/picture?language={}", edition.slug, page.lang());
    let plan = FloorPlanView::for_visitors(plan);
    let dates = dates(&page, &days);
    let place_text = place.as_ref().map(|(venue, address)| format!(", {venue}, {address}")).unwrap_or_default();
    let when = format!("{dates}{place_text}");
    let description = page.t_with2("edition-description", "name", &edition.name, "when", when);
    let linked_data = edition_linked_data(&EditionData {
        edition: &edition,
        days: &days,
        place: place.as_ref(),
        organiser: &organiser,
        url: &url,
        image_url: &image_url,
        description: &description,
        language: page.language(),
        booths: BoothOffers {
            name: &page.t("edition-booth-offer"),
            url: &format!("{base}/apply/{}", edition.slug),
            fees,
            free: plan.free,
        },
        now: page.now,
    });
    let oembed = ["json", "xml"].map(|form| {
        let query = serde_urlencoded::to_string([("url", url.as_str()), ("format", form)]).unwrap_or_default();
        (form, format!("{base}/oembed?{query}"))
    });
    render_page(Edition {
        page,
        edition,
        place,
        days,
        plan,
        is_staff,
        linked_data,
        oembed,
        dates,
        description,
        image_url,
    })
    .await
}
