//! `/manage/{edition}/applications/{application}`: review of an application.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store,
};
use crate::page_context::{PageContext, render_page};
use hoicho_core::{
    states::ApplicationState,
    values::{clock::Instant, ids::ApplicationId},
};
use hoicho_fair::{
    applications::{
        self,
        documents::{self, DocumentRow},
        lifecycle::allowed_transitions,
        store::ApplicationRow,
    },
    exhibitors::{
        self,
        store::{ContactRow, ExhibitorRow},
    },
};
use hoicho_web::{http::Problem, identity::Permit};

#[derive(Template)]
#[template(path = "organiser/application.html")]
struct Application {
    s: PageContext,
    desk: EditionContext,
    row: ApplicationRow,
    exhibitor: ExhibitorRow,
    contacts: Vec<ContactRow>,
    wishes: Vec<(Option<String>, Option<String>)>,
    products: Vec<(String, Option<i32>)>,
    documents: Vec<DocumentRow>,
    allocations: Vec<store::AllocationSummary>,
}

impl Application {
    fn may(&self, to: ApplicationState) -> bool {
        self.desk.can_manage && allowed_transitions(self.row.state).contains(&to)
    }
    fn here(&self) -> String {
        format!("/manage/{}/applications/{}", self.desk.edition.slug, self.row.id)
    }
    fn wish(&self, wish: &(Option<String>, Option<String>)) -> String {
        match wish {
            (Some(booth), _) => self.s.fill("wish-booth", "booth", booth),
            (None, Some(zone)) => self.s.fill("wish-zone", "zone", zone),
            (None, None) => String::new(),
        }
    }
    fn at(&self, at: &Instant) -> String {
        self.s.moment(&self.desk.edition.time_zone, at)
    }
    fn is_approved(&self) -> bool {
        self.row.state == ApplicationState::Approved
    }
}

/// Shows an application. Drafts are visible to their exhibitor only.
#[get("/manage/{edition}/applications/{application}")]
pub(super) async fn show_application(
    s: PageContext,
    permit: Permit<ViewEdition>,
    path: web::Path<(String, ApplicationId)>,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let data = permit.read(move |tx, granted| {
        let desk = EditionContext::load(tx, &granted, Tab::Applications)?;
        let row = applications::store::find(tx, desk.edition.id, id)?;
        if row.state == ApplicationState::Draft {
            return Err(hoicho_web::http::Code::NotFound.into());
        }
        let exhibitor = exhibitors::store::find(tx, row.exhibitor_id)?;
        let contacts = exhibitors::store::find_contacts(tx, exhibitor.id)?;
        let more = (store::wishes_of(tx, id)?, store::products_of(tx, id)?);
        Ok((
            desk,
            row,
            exhibitor,
            contacts,
            more,
            documents::find_by_application(tx, id)?,
            store::allocations_of(tx, id)?,
        ))
    });
    let (desk, row, exhibitor, contacts, (wishes, products), documents, allocations) = data.await?;
    render_page(&Application { s, desk, row, exhibitor, contacts, wishes, products, documents, allocations })
}
