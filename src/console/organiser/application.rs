//! `/manage/{edition}/applications/{application}`: review of an application.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store,
};
use crate::{
    on_behalf::{OnBehalf, OnBehalfLine},
    page_context::{PageContext, render_page},
};
use hoicho_core::{
    states::{AllocationState, ApplicationState},
    values::{clock::Instant, ids::ApplicationId, phone},
};
use hoicho_fair::{
    applications::{
        self,
        documents::{self, DocumentRow},
        lifecycle::allowed_transitions,
        store::ApplicationRow,
    },
    exhibitors::{self, contacts::ContactRow, store::ExhibitorRow},
};
use hoicho_web::{http::Problem, identity::Permit};

#[derive(Template)]
#[template(path = "organiser/application.html")]
struct Application {
    page: PageContext,
    context: EditionContext,
    row: ApplicationRow,
    exhibitor: ExhibitorRow,
    contacts: Vec<ContactRow>,
    wishes: Vec<(Option<String>, Option<String>)>,
    products: Vec<(String, Option<i32>)>,
    documents: Vec<DocumentRow>,
    allocations: Vec<store::AllocationSummary>,
    on_behalf_lines: Vec<OnBehalfLine>,
}

impl Application {
    fn can_change_to(&self, to: ApplicationState) -> bool {
        self.context.can_manage && allowed_transitions(self.row.state).contains(&to)
    }
    fn path(&self) -> String {
        format!("/manage/{}/applications/{}", self.context.edition.slug, self.row.id)
    }
    fn describe_wish(&self, wish: &(Option<String>, Option<String>)) -> String {
        match wish {
            (Some(booth), _) => self.page.t_with("wish-booth", "booth", booth),
            (None, Some(zone)) => self.page.t_with("wish-zone", "zone", zone),
            (None, None) => String::new(),
        }
    }
    fn date_time(&self, at: &Instant) -> String {
        self.page.date_time(&self.context.edition.time_zone, at)
    }
    /// The number as it is dialled.
    fn local_number(&self, e164: &str) -> String {
        phone::to_local(e164)
    }
    fn is_approved(&self) -> bool {
        self.row.state == ApplicationState::Approved
    }
}

/// Shows a submitted application; others are visible to their exhibitor only.
#[get("/manage/{edition}/applications/{application}")]
pub(super) async fn show_application(
    page: PageContext,
    permit: Permit<ViewEdition>,
    path: web::Path<(String, ApplicationId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Applications)?;
        let row = applications::store::find_submitted(tx, context.edition.id, id)?;
        let exhibitor = exhibitors::store::find(tx, row.exhibitor_id)?;
        let contacts = exhibitors::store::find_contacts(tx, exhibitor.id)?;
        let on_behalf = OnBehalf::load(tx, exhibitor.id, context.edition.id)?;
        let more = (store::wishes_of(tx, id)?, store::products_of(tx, id)?, on_behalf);
        Ok((
            context,
            row,
            exhibitor,
            contacts,
            more,
            documents::find_by_application(tx, id)?,
            store::allocations_of(tx, id)?,
        ))
    });
    let (context, row, exhibitor, contacts, (wishes, products, on_behalf), documents, allocations) = data.await?;
    let on_behalf_lines = on_behalf.lines(&page, &context.edition.time_zone);
    render_page(Application {
        page,
        context,
        row,
        exhibitor,
        contacts,
        wishes,
        products,
        documents,
        allocations,
        on_behalf_lines,
    })
    .await
}
