//! `/editions/{edition}/page`: all that a site shows of an edition, in one call.
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::exhibitors::{Standing, StandingExhibitor};
use crate::{
    editions::{self, EditionView},
    floor::{BoothView, Booths, ZoneView, Zones},
    statistics::{self, Statistics},
};
use hoicho_core::i18n::Said;
use hoicho_web::{
    changes::{self, About, Mirrored, Wanted},
    http::{Code, Problem, Query, fields::Fields},
    identity::View,
};

/// Rows of each list; more are read from the list itself, with its `next_cursor`.
const MOST: i64 = 500;

hoicho_core::text_enum! {
    /// A part of the page.
    Part {
        /// Parts of the floor.
        Zones,
        /// Booths, whether they are taken and by whom.
        Booths,
        /// Who stands there.
        Exhibitors,
        /// What each exhibitor sells.
        Products,
        /// The figures, once they are final.
        Figures,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PageParts {
    /// Parts with commas between them: `zones`, `booths`, `exhibitors`, `products`, `figures`; all unless told.
    include: Option<String>,
    /// Only these fields of the page, with commas between them.
    fields: Option<String>,
}

/// All that a site shows of an edition. The lists hold up to 500 rows; `next_cursor` goes on in the list itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EditionPage {
    edition: EditionView,
    #[serde(skip_serializing_if = "Option::is_none")]
    zones: Option<Mirrored<ZoneView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booths: Option<Mirrored<BoothView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibitors: Option<Mirrored<StandingExhibitor>>,
    /// Absent until they are final.
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<Statistics>,
}

fn parts(include: Option<&str>) -> Result<Vec<Part>, Problem> {
    let all = <Part as strum::VariantArray>::VARIANTS;
    let Some(include) = include else { return Ok(all.to_vec()) };
    let read = |name: &str| {
        name.trim().parse::<Part>().map_err(|_| {
            let known = all.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", ");
            let name: String = name.chars().take(40).collect();
            Problem::new(
                Code::BadRequest,
                Said("there-is-no-part-name-those-that").with(&[("name", &name), ("known", &known)]),
            )
        })
    };
    include.split(',').map(read).collect()
}

/// All that a site shows of an edition, in one answer and of one moment.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/page", tag = "editions", params(("edition" = String, Path), PageParts), responses((status = 200, body = EditionPage), (status = 404)))]
#[get("/editions/{edition}/page")]
pub(super) async fn get_edition_page(permit: View, query: Query<PageParts>) -> Result<HttpResponse, Problem> {
    let PageParts { include, fields } = query.get()?;
    let parts = parts(include.as_deref())?;
    let fields = Fields::<EditionPage>::ask(fields.as_deref())?;
    let all = || Wanted::All { after: String::new(), synced: None };
    let page = permit.read(move |tx, granted| {
        let id = granted.edition()?;
        let has = |part| parts.contains(&part);
        let (_, edition) = editions::whole(tx, id)?;
        let zones = if has(Part::Zones) { Some(changes::read(tx, &Zones(id), all(), MOST)?) } else { None };
        let booths = Booths { edition: id, zone: None, occupancy: true };
        let booths = if has(Part::Booths) { Some(changes::read(tx, &booths, all(), MOST)?) } else { None };
        let standing = Standing { edition: id, products: has(Part::Products) };
        let wants_exhibitors = has(Part::Exhibitors) || has(Part::Products);
        let exhibitors = if wants_exhibitors { Some(changes::read(tx, &standing, all(), MOST)?) } else { None };
        let figures = if has(Part::Figures) { statistics::final_figures(tx, id)? } else { None };
        Ok(EditionPage { edition, zones, booths, exhibitors, figures })
    });
    let page = page.await?;
    let about = About::Edition(page.edition.id);
    Ok(about.mark(HttpResponse::Ok().json(fields.of(&page)?)))
}
