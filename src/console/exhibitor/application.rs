//! `/my-application/{application}`: multi-step application form; each step is saved when it is submitted.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::{actions::Member, store};
use crate::{
    on_behalf::{OnBehalf, OnBehalfLine},
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::{
    states::ApplicationState,
    values::ids::{ApplicationId, OrganisationId, ProductId},
};
use hoicho_fair::{
    applications::{
        self, DocumentStorage,
        documents::{self, DocumentKind, DocumentRow},
        lifecycle::allowed_transitions,
        store::ApplicationRow,
        wishes::{self, Wish},
    },
    editions::{self, store::EditionRow},
    exhibitors::{self, store::ExhibitorRow},
    floor,
};
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::Permit,
};

/// Number of booth wishes in the form, followed by the same number of zone wishes.
const WISHES_PER_KIND: usize = 3;

/// Steps of the form, in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
enum Step {
    #[default]
    Booths,
    Wishes,
    Products,
    Papers,
    Check,
}

/// Select field of a wish.
struct WishLine {
    number: usize,
    options: Vec<SelectOption>,
}

#[derive(Template)]
#[template(path = "exhibitor/application.html")]
struct MyApplication {
    page: PageContext,
    step: Step,
    row: ApplicationRow,
    edition: EditionRow,
    exhibitor: ExhibitorRow,
    organisation: OrganisationId,
    declared_products: usize,
    categories: Vec<SelectOption>,
    booth_wishes: Vec<WishLine>,
    zone_wishes: Vec<WishLine>,
    products: Vec<(ProductId, String, Option<i32>, bool)>,
    documents: Vec<DocumentRow>,
    document_kinds: Vec<SelectOption>,
    max_file_size: String,
    wish_count: usize,
    booths_wanted: String,
    needs: String,
    on_behalf_lines: Vec<OnBehalfLine>,
}

impl MyApplication {
    fn step_path(&self, step: &str) -> String {
        format!("/my-application/{}?step={step}", self.row.id)
    }
    fn steps(&self) -> &'static [Step] {
        <Step as strum::VariantArray>::VARIANTS
    }
    fn is_past(&self, step: &Step) -> bool {
        let index = |step: &Step| self.steps().iter().position(|other| other == step);
        index(step) < index(&self.step)
    }
    fn is_current(&self, step: &Step) -> bool {
        *step == self.step
    }
    fn is_step(&self, step: &str) -> bool {
        self.step.to_string() == step
    }
    fn is_draft(&self) -> bool {
        self.row.state == ApplicationState::Draft
    }
    fn can_withdraw(&self) -> bool {
        allowed_transitions(self.row.state).contains(&ApplicationState::Withdrawn)
    }
    fn selected_products(&self) -> usize {
        self.products.iter().filter(|p| p.3).count() + self.declared_products
    }
}

#[derive(Deserialize)]
struct ApplicationQuery {
    #[serde(default)]
    step: Step,
}

/// Shows an application to members of the exhibitor.
#[get("/my-application/{application}")]
pub(super) async fn show_my_application(
    page: PageContext,
    permit: Permit<Member>,
    path: actix_web::web::Path<ApplicationId>,
    storage: actix_web::web::Data<DocumentStorage>,
    query: Query<ApplicationQuery>,
) -> Result<HttpResponse, Problem> {
    let (id, step) = (path.into_inner(), query.into_result()?.step);
    let data = permit.read(move |tx, authorized| {
        if !authorized.as_member {
            return Err(Code::NotFound.into());
        }
        let row = applications::store::find(tx, authorized.edition()?, id)?;
        let edition = editions::store::find(tx, row.edition_id)?;
        let exhibitor = exhibitors::store::find(tx, row.exhibitor_id)?;
        let zones = floor::store::zones(tx, edition.id)?;
        let organisation = exhibitor.organisation_id.ok_or(Code::NotFound)?;
        let catalogue = store::products(tx, organisation)?;
        let (chosen, declared) = applications::products::find(tx, id)?;
        let more = (
            wishes::find_wishes(tx, id)?,
            store::available_booths(tx, edition.id)?,
            documents::find_by_application(tx, id)?,
            OnBehalf::load(tx, exhibitor.id, edition.id)?,
        );
        Ok((row, edition, (exhibitor, organisation), zones, catalogue, (chosen, declared.len()), more))
    });
    let (
        row,
        edition,
        (exhibitor, organisation),
        zones,
        catalogue,
        (chosen, declared),
        (wish_list, free, documents, on_behalf),
    ) = data.await?;
    let booth_ids = || wish_list.iter().filter_map(|w| if let Wish::Booth(id) = w { Some(*id) } else { None });
    let zone_ids = || wish_list.iter().filter_map(|w| if let Wish::Zone(id) = w { Some(*id) } else { None });
    let none = || std::iter::once(SelectOption::none(page.t("wish-none")));
    let booth_line = |number: usize| {
        let current = booth_ids().nth(number);
        let booth = |b: &store::AvailableBooth| {
            SelectOption::new(b.id, format!("{} · {} · {}", b.code, b.zone, page.money(b.fee)), current == Some(b.id))
        };
        WishLine { number, options: none().chain(free.iter().map(booth)).collect() }
    };
    let zone_line = |number: usize| {
        let current = zone_ids().nth(number);
        let zone = |z: &floor::store::ZoneRow| {
            SelectOption::new(z.id, format!("{} · {}", z.code, z.name), current == Some(z.id))
        };
        WishLine { number: number + WISHES_PER_KIND, options: none().chain(zones.iter().map(zone)).collect() }
    };
    let booth_wishes = (0..WISHES_PER_KIND).map(booth_line).collect();
    let zone_wishes = (0..WISHES_PER_KIND).map(zone_line).collect();
    let products = catalogue.into_iter().map(|(id, name, stars)| (id, name, stars, chosen.contains(&id))).collect();
    let categories = select(&page, "booth-category", Some(&row.category));
    let document_kinds = select::<DocumentKind>(&page, "document-kind", None);
    let on_behalf_lines = on_behalf.lines(&page, &edition.time_zone);
    let (booths_wanted, needs) = (row.booths_wanted.to_string(), row.needs.clone().unwrap_or_default());
    render_page(MyApplication {
        page,
        step,
        row,
        edition,
        exhibitor,
        organisation,
        declared_products: declared,
        categories,
        booth_wishes,
        zone_wishes,
        products,
        documents,
        document_kinds,
        max_file_size: storage.max_size(),
        wish_count: wish_list.len(),
        booths_wanted,
        needs,
        on_behalf_lines,
    })
    .await
}
