//! Invitations to a role, sent by e-mail. Only a user with the invited address can accept, once, within two weeks.
use chrono::Duration;
use diesel::prelude::*;

use super::{
    roles::{OrganisationRole, OrganiserRole},
    store, token,
};
use crate::{
    http::{Code, Problem},
    outbox::{self, EmailKind, OutgoingEmail, Sender},
};
use hoicho_core::{
    db::{Tx, lock_name, schema::*},
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{EditionId, InvitationId, OrganisationId, OrganiserId, UserId},
    },
};

/// Days until an invitation expires.
pub const INVITATION_TTL_DAYS: i64 = 14;
/// Max open invitations per organiser or organisation.
const MAX_OPEN: i64 = 100;

/// The offered role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferedRole {
    /// With an organiser, for all editions or for one.
    Organiser(OrganiserId, OrganiserRole, Option<EditionId>),
    /// With an organisation.
    Organisation(OrganisationId, OrganisationRole),
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct InvitationRow {
    id: InvitationId,
    digest: String,
    organiser_id: Option<OrganiserId>,
    organisation_id: Option<OrganisationId>,
    edition_id: Option<EditionId>,
    role: String,
    email: String,
    email_key: String,
    invited_by: UserId,
    created_at: Instant,
    expires_at: Instant,
}

/// An invitation that is neither accepted nor expired.
#[derive(Debug, Clone, Queryable)]
pub struct OpenInvitation {
    /// Identifier.
    pub id: InvitationId,
    /// Invited address.
    pub email: String,
    /// Role as text.
    pub role: String,
    /// The only edition for which it counts.
    pub edition: Option<EditionId>,
    /// UTC.
    pub expires_at: Instant,
}

/// Sends an invitation by e-mail; replaces an open one for the same address.
///
/// # Errors
/// [`Code::IllegalStep`] with `MAX_OPEN` open invitations, [`Code::TooManyRequests`] if the address got too many lately.
pub fn invite(
    tx: &mut Tx<'_>,
    by: UserId,
    offer: OfferedRole,
    email: &str,
    of: &str,
    now: Instant,
) -> Result<InvitationId, Problem> {
    let (organiser_id, organisation_id, edition_id, role) = match offer {
        OfferedRole::Organiser(id, role, edition) => (Some(id), None, edition, role.as_str()),
        OfferedRole::Organisation(id, role) => (None, Some(id), None, role.as_str()),
    };
    lock_name(tx, &format!("invitations to {organiser_id:?} {organisation_id:?}"))?;
    let email_key = email.to_lowercase();
    let open_for_email =
        invitations::table.filter(invitations::email_key.eq(&email_key)).filter(invitations::accepted_at.is_null());
    match offer {
        OfferedRole::Organiser(id, ..) => {
            diesel::delete(open_for_email.filter(invitations::organiser_id.eq(id))).execute(tx.conn())?
        }
        OfferedRole::Organisation(id, _) => {
            diesel::delete(open_for_email.filter(invitations::organisation_id.eq(id))).execute(tx.conn())?
        }
    };
    if i64::try_from(list_open(tx, offer, now)?.len()).is_ok_and(|n| n >= MAX_OPEN) {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-invitation-limit")));
    }
    let token = token::generate_opaque();
    let row = InvitationRow {
        id: InvitationId::make(),
        digest: token::digest(&token),
        organiser_id,
        organisation_id,
        edition_id,
        role: role.to_owned(),
        email: email.to_owned(),
        email_key: email_key.clone(),
        invited_by: by,
        created_at: now,
        expires_at: now + Duration::days(INVITATION_TTL_DAYS),
    };
    diesel::insert_into(invitations::table).values(&row).execute(tx.conn())?;
    let known = store::find_account_by_email(tx, &email_key)?;
    let inviter = store::find_account(tx, by)?;
    let mail = OutgoingEmail {
        to: email.to_owned(),
        name: known.as_ref().map_or(email, |a| a.display_name.as_str()).to_owned(),
        language: known.as_ref().map_or(inviter.language, |a| a.language),
        kind: EmailKind::Invitation { token, of: of.to_owned(), by: inviter.display_name },
    };
    let sender = match offer {
        OfferedRole::Organiser(id, ..) => Sender::Organiser(id),
        OfferedRole::Organisation(id, _) => Sender::Organisation(id),
    };
    match outbox::insert(tx, sender, &mail, now)? {
        true => Ok(row.id),
        false => Err(Problem::new(Code::TooManyRequests, MessageId("error-recipient-limit"))),
    }
}

/// The open invitations of an organiser or organisation, oldest first.
pub fn list_open(tx: &mut Tx<'_>, of: OfferedRole, now: Instant) -> QueryResult<Vec<OpenInvitation>> {
    let unexpired = invitations::table
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .order(invitations::id)
        .limit(MAX_OPEN)
        .select((
            invitations::id,
            invitations::email,
            invitations::role,
            invitations::edition_id,
            invitations::expires_at,
        ));
    match of {
        OfferedRole::Organiser(id, ..) => unexpired.filter(invitations::organiser_id.eq(id)).load(tx.conn()),
        OfferedRole::Organisation(id, _) => unexpired.filter(invitations::organisation_id.eq(id)).load(tx.conn()),
    }
}

/// Revokes an open invitation; `false` if there is none.
pub fn revoke(tx: &mut Tx<'_>, of: OfferedRole, id: InvitationId) -> QueryResult<bool> {
    let one = invitations::table.find(id).filter(invitations::accepted_at.is_null());
    let deleted = match of {
        OfferedRole::Organiser(of, ..) => {
            diesel::delete(one.filter(invitations::organiser_id.eq(of))).execute(tx.conn())?
        }
        OfferedRole::Organisation(of, _) => {
            diesel::delete(one.filter(invitations::organisation_id.eq(of))).execute(tx.conn())?
        }
    };
    Ok(deleted == 1)
}

fn invalid_invitation() -> Problem {
    Problem::new(Code::NotFound, MessageId("error-invalid-invitation"))
}

/// Looks an invitation up by its token or identifier, so that a made-up one causes no write.
///
/// # Errors
/// [`Code::NotFound`] for an unknown, used or expired token.
pub fn require_open(tx: &mut Tx<'_>, token: &str, now: Instant) -> Result<(), Problem> {
    let id: Option<InvitationId> = token.parse().ok();
    let open = invitations::table
        .filter(invitations::digest.eq(token::digest(token)).or(invitations::id.nullable().eq(id)))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .select(invitations::id);
    let found: Option<InvitationId> = open.get_result(tx.conn()).optional()?;
    found.map(drop).ok_or_else(invalid_invitation)
}

/// Accepts an invitation sent to the caller's address and inserts the role. An existing role is not replaced. It is named by the token of
/// the e-mail, or by its identifier, which the inviter may pass on: the address of the account decides, and it was verified.
///
/// # Errors
/// [`Code::NotFound`] for a wrong, used or expired invitation, or one for another address.
pub fn accept(tx: &mut Tx<'_>, user: UserId, token: &str, now: Instant) -> Result<OfferedRole, Problem> {
    let account = store::find_account(tx, user)?;
    let id: Option<InvitationId> = token.parse().ok();
    type Row = (Option<OrganiserId>, Option<OrganisationId>, Option<EditionId>, String);
    let (organiser, organisation, edition, role): Row = diesel::update(
        invitations::table
            .filter(invitations::digest.eq(token::digest(token)).or(invitations::id.nullable().eq(id)))
            .filter(invitations::email_key.eq(&account.email_key))
            .filter(invitations::accepted_at.is_null())
            .filter(invitations::expires_at.gt(now)),
    )
    .set(invitations::accepted_at.eq(now))
    .returning((invitations::organiser_id, invitations::organisation_id, invitations::edition_id, invitations::role))
    .get_result(tx.conn())
    .optional()?
    .ok_or_else(invalid_invitation)?;
    let invalid_role = |_| Problem::from(Code::Internal);
    match (organiser, organisation) {
        (Some(organiser), _) => {
            let role: OrganiserRole = role.parse().map_err(invalid_role)?;
            if !store::is_organiser_member(tx, user, organiser)? {
                store::insert_organiser_member(tx, organiser, user, (role, edition))?;
            }
            Ok(OfferedRole::Organiser(organiser, role, edition))
        }
        (None, Some(organisation)) => {
            let role: OrganisationRole = role.parse().map_err(invalid_role)?;
            if store::find_organisation_role(tx, user, organisation)?.is_none() {
                store::insert_organisation_member(tx, organisation, user, role)?;
            }
            Ok(OfferedRole::Organisation(organisation, role))
        }
        (None, None) => Err(Code::Internal.into()),
    }
}
