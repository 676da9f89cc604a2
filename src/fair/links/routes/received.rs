//! `/me/link-invitations`: invitations to link, for the person who was invited.
use actix_web::{HttpResponse, get};
use serde::Serialize;

use super::super::store::{self, ReceivedInvitation};
use crate::organisations::LegalForm;
use hoicho_core::values::ids::{ExhibitorId, LinkInvitationId};
use hoicho_web::{
    http::{Items, Problem},
    identity::{SignedIn, store::find_account},
};

/// An invitation to link, with what the link opens.
#[derive(Serialize, utoipa::ToSchema)]
struct ReceivedLinkInvitation {
    /// To confirm the link with.
    id: LinkInvitationId,
    /// Organiser that sent it.
    organiser_name: String,
    /// The organiser's record that would be linked.
    exhibitor: ExhibitorId,
    /// Name, legal form and locality in the organiser's records.
    exhibitor_name: String,
    /// Legal form in the organiser's records.
    legal_form: LegalForm,
    /// Name of the locality in the organiser's records.
    locality: String,
    /// Editions whose applications, booths and sales reports the link opens to the members of the organisation.
    editions: Vec<String>,
    /// What the link opens to the organiser.
    opens_to_organiser: &'static [&'static str],
    /// 14 days after it was sent, RFC 3339 in UTC.
    #[schema(value_type = String)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Lists the open invitations that were sent to the caller's address, with what each link opens.
///
/// Every logged-in person; without those that were accepted or have expired. `POST /organisations/{organisation}/links` accepts
/// one.
#[utoipa::path(
    get,
    path = "/api/v1/me/link-invitations",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<ReceivedLinkInvitation>),
        (status = 401),
    ),
)]
#[get("/me/link-invitations")]
pub(super) async fn list_link_invitations(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (user, now) = (caller.user, caller.now);
    let found = caller.context.db.read(move |tx| {
        let account = find_account(tx, user)?;
        let invitations = store::find_received(tx, &account.email_key, now)?;
        let of: Vec<ExhibitorId> = invitations.iter().map(|i| i.exhibitor).collect();
        Ok::<_, Problem>((invitations, store::find_edition_names(tx, &of)?))
    });
    let (invitations, mut editions) = found.await?;
    let view = |invitation: ReceivedInvitation| ReceivedLinkInvitation {
        id: invitation.id,
        organiser_name: invitation.organiser,
        exhibitor: invitation.exhibitor,
        exhibitor_name: invitation.name,
        legal_form: invitation.legal_form,
        locality: invitation.locality,
        editions: editions.remove(&invitation.exhibitor).unwrap_or_default(),
        opens_to_organiser: &["contacts", "products"],
        expires_at: invitation.expires_at.and_utc(),
    };
    Ok(HttpResponse::Ok().json(Items { items: invitations.into_iter().map(view).collect() }))
}
