//! `GET /editions/{edition}/page`: everything a site shows of an edition in one response.
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::exhibitors::{BoothExhibitorView, ExhibitorList};
use crate::{
    editions::{self, EditionView},
    floor::{BoothView, Booths, ZoneView, Zones},
    statistics::{self, Statistics},
};
use hoicho_core::i18n::MessageId;
use hoicho_web::{
    changes::{self, CacheTag, Mirrored, SyncRequest},
    http::{Code, Problem, Query, fields::Fields},
    identity::ReadPermit,
};

/// Max rows of each list; further rows are read from the list's own endpoint with `next_cursor`.
const MAX_ROWS: i64 = 500;

hoicho_core::text_enum! {
    /// A part of the page.
    Part {
        /// Zones of the floor.
        Zones,
        /// Booths with occupancy and exhibitors.
        Booths,
        /// Exhibitors exhibitor_list in the edition.
        Exhibitors,
        /// Products of each exhibitor.
        Products,
        /// Statistics, once they are final.
        Figures,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PageParts {
    /// Comma-separated parts: `zones`, `booths`, `exhibitors`, `products`, `figures`; default all.
    include: Option<String>,
    /// Comma-separated fields of the page to return; default all.
    fields: Option<String>,
}

/// Everything a site shows of an edition. Lists have up to 500 rows; continue with `next_cursor` at the list's endpoint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EditionPage {
    /// The edition with its opening days; always present.
    edition: EditionView,
    /// Its zones; only if `include` asks for `zones` or is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    zones: Option<Mirrored<ZoneView>>,
    /// Its booths with occupancy and exhibitors; only if `include` asks for `booths` or is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    booths: Option<Mirrored<BoothView>>,
    /// Who stands there; only if `include` asks for `exhibitors` or `products`, or is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibitors: Option<Mirrored<BoothExhibitorView>>,
    /// Absent until final.
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<Statistics>,
}

fn parse_parts(include: Option<&str>) -> Result<Vec<Part>, Problem> {
    let all = <Part as strum::VariantArray>::VARIANTS;
    let Some(include) = include else { return Ok(all.to_vec()) };
    let parse = |name: &str| {
        name.trim().parse::<Part>().map_err(|_| {
            let known = all.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", ");
            let name: String = name.chars().take(40).collect();
            Problem::new(
                Code::BadRequest,
                MessageId("error-unknown-part").with_args(&[("name", &name), ("known", &known)]),
            )
        })
    };
    include.split(',').map(parse).collect()
}

/// Returns everything a site shows of an edition in one response, from one snapshot.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. Figures are the published ones, for staff too. An unknown part or field is refused with 400 `bad_request`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/page",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        PageParts,
    ),
    responses(
        (status = 200, body = EditionPage),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/page")]
pub(super) async fn get_edition_page(permit: ReadPermit, query: Query<PageParts>) -> Result<HttpResponse, Problem> {
    let PageParts { include, fields } = query.into_result()?;
    let parts = parse_parts(include.as_deref())?;
    let fields = Fields::<EditionPage>::parse(fields.as_deref())?;
    let all = || SyncRequest::All { after: String::new(), synced: None };
    let page = permit.read(move |tx, authorized| {
        let id = authorized.edition()?;
        let has = |part| parts.contains(&part);
        let (_, edition) = editions::load_view(tx, id, authorized.now)?;
        let zones = if has(Part::Zones) { Some(changes::read_page(tx, &Zones(id), all(), MAX_ROWS)?) } else { None };
        let booths = Booths { edition: id, zone: None, occupancy: true };
        let booths = if has(Part::Booths) { Some(changes::read_page(tx, &booths, all(), MAX_ROWS)?) } else { None };
        let exhibitor_list = ExhibitorList { edition: id, products: has(Part::Products) };
        let wants_exhibitors = has(Part::Exhibitors) || has(Part::Products);
        let exhibitors =
            if wants_exhibitors { Some(changes::read_page(tx, &exhibitor_list, all(), MAX_ROWS)?) } else { None };
        let figures = if has(Part::Figures) { statistics::find_published(tx, id)? } else { None };
        Ok(EditionPage { edition, zones, booths, exhibitors, figures })
    });
    let page = page.await?;
    let tag = CacheTag::Edition(page.edition.id);
    Ok(tag.tag(HttpResponse::Ok().json(fields.select(&page)?)))
}
