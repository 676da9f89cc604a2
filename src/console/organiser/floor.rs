//! `/manage/{edition}/floor`: zones, price list, booth generator and booths.
use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store::{self, BoothLine},
};
use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, multi_select, select},
};
use hoicho_core::{
    states::BoothAvailability,
    values::ids::{BoothId, ZoneId},
};
use hoicho_fair::{
    floor::{
        self, BoothCategory, Eligibility,
        numbering::{Arrangement, Corners},
        store::BoothRow,
    },
    localities,
    organisations::LegalForm,
    products::ProductGroup,
    venues,
};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

/// Booths per page.
const PAGE_SIZE: i64 = 50;

/// A zone with its eligibility rules and number of booths.
struct ZoneLine {
    id: ZoneId,
    code: String,
    name: String,
    version: i32,
    booths: i64,
    halls: Vec<SelectOption>,
    product_groups: Vec<SelectOption>,
    legal_forms: Vec<SelectOption>,
    localities: Vec<String>,
    is_open_to_all: bool,
}

/// A row of the price list.
struct Price {
    number: usize,
    category: BoothCategory,
    /// As shown in the fields.
    area: String,
    fee: String,
    booth_equivalents: String,
}

impl Price {
    /// Identifier of an input of this row.
    fn id(&self, prefix: &str) -> String {
        format!("{prefix}-{}", self.number)
    }
    /// Name of a field of this row.
    fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.number)
    }
}

#[derive(Template)]
#[template(path = "organiser/floor.html")]
struct Floor {
    page: PageContext,
    context: EditionContext,
    zones: Vec<ZoneLine>,
    prices: Vec<Price>,
    zone_options: Vec<SelectOption>,
    categories: Vec<SelectOption>,
    arrangements: Vec<SelectOption>,
    corners: Vec<SelectOption>,
    localities: Vec<(String, String)>,
    booths: Vec<BoothLine>,
    next: Option<String>,
    zone: Option<ZoneId>,
    names: HashMap<ZoneId, String>,
}

impl Floor {
    fn zone_id(&self) -> String {
        self.zone.map(|z| z.to_string()).unwrap_or_default()
    }
    fn zone(&self, id: &ZoneId) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }
}

#[derive(Deserialize)]
struct FloorQuery {
    #[serde(default)]
    zone: String,
    after: Option<String>,
}

fn prices(page: &PageContext, rows: &[floor::store::BoothCategoryRow]) -> Vec<Price> {
    let line = |(number, category): (usize, &BoothCategory)| {
        let row = rows.iter().find(|r| r.category == *category);
        // Defaults without a price list: 3 × 3 m (9 m²); a special build counts as four booths of that size.
        let default = if *category == BoothCategory::SpecialBuild { (3_600, 4) } else { (900, 1) };
        Price {
            number,
            category: *category,
            area: page.area_in_field(row.map_or(default.0, |r| r.area_dm2)),
            fee: page.integer(row.map_or(0, |r| r.fee)),
            booth_equivalents: page.integer(row.map_or(default.1, |r| r.booth_equivalents)),
        }
    };
    <BoothCategory as strum::VariantArray>::VARIANTS.iter().enumerate().map(line).collect()
}

/// Shows zones, price list and booths.
#[get("/manage/{edition}/floor")]
pub(super) async fn show_floor(
    page: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<FloorQuery>,
) -> Result<HttpResponse, Problem> {
    let FloorQuery { zone, after } = query.into_result()?;
    let zone: Option<ZoneId> = zone.parse().ok();
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Floor)?;
        let id = context.edition.id;
        let zones = floor::store::zones(tx, id)?;
        let rules = floor::store::eligibility_by_zone(tx, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
        let halls = match context.edition.venue_id {
            Some(venue) => venues::store::list_halls(tx, venue)?,
            None => Vec::new(),
        };
        let booths = store::booths(tx, id, zone, &after.unwrap_or_default(), PAGE_SIZE + 1)?;
        let counts = store::booths_by_zone(tx, id)?;
        let prices = floor::store::price_list(tx, id)?;
        let filter = localities::store::LocalityFilter { valid_on: Some(context.today), ..Default::default() };
        let localities = localities::store::list_page(tx, &filter, "", 500)?;
        Ok((context, zones, rules, halls, (booths, counts, prices, localities)))
    });
    let (context, zones, mut rules, halls, (mut booths, counts, categories, localities)) = data.await?;
    let next = (booths.len() > usize::try_from(PAGE_SIZE).unwrap_or_default()).then(|| {
        booths.pop();
        booths.last().map(|b| b.code.clone()).unwrap_or_default()
    });
    let names = zones.iter().map(|z| (z.id, format!("{} · {}", z.code, z.name))).collect();
    let zone_options =
        zones.iter().map(|z| SelectOption::new(z.id, format!("{} · {}", z.code, z.name), zone == Some(z.id))).collect();
    let line = |row: floor::store::ZoneRow| {
        let rule = rules.remove(&row.id).unwrap_or_default();
        let is_open_to_all = rule == Eligibility::default();
        let hall_options = halls.iter().map(|h| SelectOption::new(h.id, h.name.clone(), row.hall_id == Some(h.id)));
        ZoneLine {
            booths: counts.get(&row.id).copied().unwrap_or(0),
            halls: std::iter::once(SelectOption::none(page.t("choose-none"))).chain(hall_options).collect(),
            product_groups: multi_select::<ProductGroup>(&page, "product-group", &rule.product_groups),
            legal_forms: multi_select::<LegalForm>(&page, "legal-form", &rule.legal_forms),
            localities: rule.localities,
            is_open_to_all,
            id: row.id,
            code: row.code,
            name: row.name,
            version: row.version,
        }
    };
    let zones = zones.into_iter().map(line).collect();
    let localities = localities.into_iter().map(|l| (l.code, l.name)).collect();
    let (prices, categories) = (prices(&page, &categories), select::<BoothCategory>(&page, "booth-category", None));
    let arrangements = <Arrangement as strum::VariantArray>::VARIANTS.iter();
    let arrangements = arrangements.map(|value| SelectOption::new(*value, page.t_value("arrangement", value), false));
    let corners = <Corners as strum::VariantArray>::VARIANTS.iter();
    let corners = corners.map(|value| SelectOption::new(*value, page.t_value("corners", value), false));
    let (arrangements, corners) = (arrangements.collect(), corners.collect());
    render_page(Floor {
        page,
        context,
        zones,
        prices,
        zone_options,
        categories,
        arrangements,
        corners,
        localities,
        booths,
        next,
        zone,
        names,
    })
    .await
}

#[derive(Template)]
#[template(path = "organiser/booth.html")]
struct Booth {
    page: PageContext,
    context: EditionContext,
    booth: BoothRow,
    area: String,
    fee: String,
    zones: Vec<SelectOption>,
    categories: Vec<SelectOption>,
    availabilities: Vec<SelectOption>,
}

/// Form for a booth.
#[get("/manage/{edition}/booths/{booth}")]
pub(super) async fn show_booth(
    page: PageContext,
    permit: Permit<ViewEdition>,
    path: web::Path<(String, BoothId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Floor)?;
        let booth = floor::store::find_booth(tx, context.edition.id, id)?;
        Ok((floor::store::zones(tx, context.edition.id)?, booth, context))
    });
    let (zones, booth, context) = data.await?;
    let zone =
        |z: floor::store::ZoneRow| SelectOption::new(z.id, format!("{} · {}", z.code, z.name), z.id == booth.zone_id);
    let zones = zones.into_iter().map(zone).collect();
    let categories = select(&page, "booth-category", Some(&booth.category));
    let availabilities = select::<BoothAvailability>(&page, "availability", Some(&booth.availability));
    let (area, fee) = (page.area_in_field(booth.area_dm2), page.integer(booth.fee));
    render_page(Booth { page, context, booth, area, fee, zones, categories, availabilities }).await
}
