//! `/link-invitations`: invitations to link an organiser's record, with what the link opens, and the choice of the organisation.
use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use askama::Template;

use crate::page_context::{PageContext, render_page};
use hoicho_core::values::ids::{ExhibitorId, OrganisationId};
use hoicho_fair::links::store::{self, ReceivedInvitation};
use hoicho_web::{
    http::Problem,
    identity::{RequestContext, SignedIn, store::find_account},
};

#[derive(Template)]
#[template(path = "account/link_invitations.html")]
struct LinkInvitations {
    page: PageContext,
    invitations: Vec<ReceivedInvitation>,
    editions: HashMap<ExhibitorId, Vec<String>>,
    organisations: Vec<(OrganisationId, String)>,
}

impl LinkInvitations {
    fn editions_of(&self, invitation: &ReceivedInvitation) -> &[String] {
        self.editions.get(&invitation.exhibitor).map_or(&[], Vec::as_slice)
    }
}

/// Shows the invitations that were sent to the address of the user.
#[get("/link-invitations")]
pub(super) async fn show_link_invitations(
    page: PageContext,
    caller: SignedIn,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let organisations = page.require_user()?.organisations.clone();
    let (user, now) = (caller.user, caller.now);
    let found = context.db.read(move |tx| {
        let account = find_account(tx, user)?;
        let invitations = store::find_received(tx, &account.email_key, now)?;
        let of: Vec<ExhibitorId> = invitations.iter().map(|invitation| invitation.exhibitor).collect();
        Ok::<_, Problem>((store::find_edition_names(tx, &of)?, invitations))
    });
    let (editions, invitations) = found.await?;
    render_page(LinkInvitations { page, invitations, editions, organisations }).await
}
