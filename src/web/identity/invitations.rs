//! Roles are offered by mail: whoever logs in with the address may accept, once, for two weeks.
use chrono::Duration;
use diesel::prelude::*;

use super::{
    roles::{ExhibitorRole, OrganiserRole},
    store, token,
};
use crate::{
    http::{Code, Problem},
    outbox::{self, Letter, Mail},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::Said,
    values::{
        clock::Instant,
        ids::{ExhibitorId, InvitationId, OrganiserId, UserId},
    },
};

/// Days an invitation is good for.
const GOOD_FOR_D: i64 = 14;
/// Invitations that may be open at once for one organiser or exhibitor.
const MOST: i64 = 100;

/// The role that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// With an organiser.
    Organiser(OrganiserId, OrganiserRole),
    /// With an exhibitor.
    Exhibitor(ExhibitorId, ExhibitorRole),
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct InvitationRow {
    id: InvitationId,
    digest: String,
    organiser_id: Option<OrganiserId>,
    exhibitor_id: Option<ExhibitorId>,
    role: String,
    email: String,
    email_key: String,
    invited_by: UserId,
    created_at: Instant,
    expires_at: Instant,
}

/// An invitation that waits for an answer.
#[derive(Debug, Clone, Queryable)]
pub struct Open {
    /// Identifier.
    pub id: InvitationId,
    /// To whom.
    pub email: String,
    /// The role's spelling.
    pub role: String,
    /// UTC.
    pub expires_at: Instant,
}

/// Invites somebody by mail. An open invitation of the same address is replaced.
pub fn invite(
    tx: &mut Tx<'_>,
    by: UserId,
    offer: Offer,
    email: &str,
    of: &str,
    now: Instant,
) -> Result<InvitationId, Problem> {
    let (organiser_id, exhibitor_id, role) = match offer {
        Offer::Organiser(id, role) => (Some(id), None, role.as_str()),
        Offer::Exhibitor(id, role) => (None, Some(id), role.as_str()),
    };
    let email_key = email.to_lowercase();
    let same =
        invitations::table.filter(invitations::email_key.eq(&email_key)).filter(invitations::accepted_at.is_null());
    match offer {
        Offer::Organiser(id, _) => diesel::delete(same.filter(invitations::organiser_id.eq(id))).execute(tx.conn())?,
        Offer::Exhibitor(id, _) => diesel::delete(same.filter(invitations::exhibitor_id.eq(id))).execute(tx.conn())?,
    };
    if i64::try_from(open(tx, offer, now)?.len()).is_ok_and(|n| n >= MOST) {
        return Err(Problem::new(Code::IllegalStep, Said("too-many-invitations-are-open-please-wait")));
    }
    let token = token::opaque();
    let row = InvitationRow {
        id: InvitationId::make(),
        digest: token::digest(&token),
        organiser_id,
        exhibitor_id,
        role: role.to_owned(),
        email: email.to_owned(),
        email_key: email_key.clone(),
        invited_by: by,
        created_at: now,
        expires_at: now + Duration::days(GOOD_FOR_D),
    };
    diesel::insert_into(invitations::table).values(&row).execute(tx.conn())?;
    let known = store::account_by_email(tx, &email_key)?;
    let inviter = store::account(tx, by)?;
    let mail = Mail {
        to: email.to_owned(),
        name: known.as_ref().map_or(email, |a| a.display_name.as_str()).to_owned(),
        language: known.as_ref().map_or(inviter.language, |a| a.language),
        letter: Letter::Invitation { token, of: of.to_owned(), by: inviter.display_name },
    };
    outbox::put(tx, &mail, now)?;
    Ok(row.id)
}

/// The open invitations of an organiser or exhibitor, oldest first.
pub fn open(tx: &mut Tx<'_>, of: Offer, now: Instant) -> QueryResult<Vec<Open>> {
    let live = invitations::table
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .order(invitations::id)
        .limit(MOST)
        .select((invitations::id, invitations::email, invitations::role, invitations::expires_at));
    match of {
        Offer::Organiser(id, _) => live.filter(invitations::organiser_id.eq(id)).load(tx.conn()),
        Offer::Exhibitor(id, _) => live.filter(invitations::exhibitor_id.eq(id)).load(tx.conn()),
    }
}

/// Takes an open invitation back; tells whether there was one.
pub fn take_back(tx: &mut Tx<'_>, of: Offer, id: InvitationId) -> QueryResult<bool> {
    let one = invitations::table.find(id).filter(invitations::accepted_at.is_null());
    let gone = match of {
        Offer::Organiser(of, _) => diesel::delete(one.filter(invitations::organiser_id.eq(of))).execute(tx.conn())?,
        Offer::Exhibitor(of, _) => diesel::delete(one.filter(invitations::exhibitor_id.eq(of))).execute(tx.conn())?,
    };
    Ok(gone == 1)
}

/// Accepts an invitation that was sent to the caller's own address: once, in time. Gives the role, unless the
/// person has one there already: an invitation never takes a role away.
pub fn accept(tx: &mut Tx<'_>, user: UserId, token: &str, now: Instant) -> Result<Offer, Problem> {
    let me = store::account(tx, user)?;
    let (organiser, exhibitor, role): (Option<OrganiserId>, Option<ExhibitorId>, String) = diesel::update(
        invitations::table
            .filter(invitations::digest.eq(token::digest(token)))
            .filter(invitations::email_key.eq(&me.email_key))
            .filter(invitations::accepted_at.is_null())
            .filter(invitations::expires_at.gt(now)),
    )
    .set(invitations::accepted_at.eq(now))
    .returning((invitations::organiser_id, invitations::exhibitor_id, invitations::role))
    .get_result(tx.conn())
    .optional()?
    .ok_or_else(|| Problem::new(Code::NotFound, Said("the-invitation-is-wrong-used-too-old")))?;
    let spelled = |_| Problem::from(Code::Internal);
    match (organiser, exhibitor) {
        (Some(organiser), _) => {
            let role: OrganiserRole = role.parse().map_err(spelled)?;
            if store::organiser_role(tx, user, &[organiser])?.is_none() {
                store::put_organiser_member(tx, organiser, user, role)?;
            }
            Ok(Offer::Organiser(organiser, role))
        }
        (None, Some(exhibitor)) => {
            let role: ExhibitorRole = role.parse().map_err(spelled)?;
            if store::exhibitor_role(tx, user, &[exhibitor])?.is_none() {
                store::put_exhibitor_member(tx, exhibitor, user, role)?;
            }
            Ok(Offer::Exhibitor(exhibitor, role))
        }
        (None, None) => Err(Code::Internal.into()),
    }
}
