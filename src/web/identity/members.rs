//! The members of organisers and organisations.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::roles::{OrganisationRole, OrganiserRole};
use crate::{
    http::{Code, FieldCode, Problem, Validator},
    outbox::{self, EmailKind, OutgoingEmail, Sender},
};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx, schema::*},
    i18n::{Language, MessageId},
    values::{
        clock::Instant,
        ids::{EditionId, ExhibitorId, OrganisationId, OrganiserId, UserId},
    },
};

/// A user with a role.
#[derive(Debug, Clone, Queryable)]
pub struct Member<R> {
    /// User.
    pub user: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: R,
}

/// The role of staff, for all editions of the organiser or for one.
pub type StaffRole = (OrganiserRole, Option<EditionId>);

/// The members of an organiser, ordered by e-mail address.
pub fn list_of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<Member<StaffRole>>> {
    organiser_members::table
        .inner_join(users::table)
        .filter(organiser_members::organiser_id.eq(organiser))
        .order(users::email_key)
        .select((
            users::id,
            users::display_name,
            users::email,
            (organiser_members::role, organiser_members::edition_id),
        ))
        .load(tx.conn())
}

/// Validates a role for one edition: the edition is the organiser's, and an owner is one of all.
pub fn validate_staff_role(tx: &mut Tx<'_>, organiser: OrganiserId, (role, edition): StaffRole) -> Result<(), Problem> {
    let Some(edition) = edition else { return Ok(()) };
    let own = editions::table.find(edition).filter(editions::organiser_id.eq(organiser)).select(editions::id);
    let is_own = own.get_result::<EditionId>(tx.conn()).optional()?.is_some();
    let mut checks = Validator::default();
    checks.require(is_own, "/edition", FieldCode::Unknown, MessageId("error-unknown-edition"));
    let is_limited_owner = role == OrganiserRole::Owner;
    checks.require(!is_limited_owner, "/edition", FieldCode::Unexpected, MessageId("error-owner-of-one-edition"));
    checks.finish()
}

/// Removes the roles and invitations for one edition, which is deleted.
pub fn delete_of_edition(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<()> {
    diesel::delete(organiser_members::table.filter(organiser_members::edition_id.eq(edition))).execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::edition_id.eq(edition))).execute(tx.conn())?;
    Ok(())
}

/// The members of an organisation, ordered by e-mail address.
pub fn list_of_organisation(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
) -> QueryResult<Vec<Member<OrganisationRole>>> {
    organisation_members::table
        .inner_join(users::table)
        .filter(organisation_members::organisation_id.eq(organisation))
        .order(users::email_key)
        .select((users::id, users::display_name, users::email, organisation_members::role))
        .load(tx.conn())
}

fn owner_required() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-last-owner"))
}

/// Changes the role of a member, or removes it (`None`). Returns the previous role.
///
/// # Errors
/// [`Code::NotFound`] without a role; [`Code::IllegalStep`] when no owner would remain.
pub fn set_organiser_role(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    user: UserId,
    role: Option<StaffRole>,
) -> Result<StaffRole, Problem> {
    // Locks the organiser's row first: two owners cannot remove each other's role concurrently.
    diesel::update(organisers::table.find(organiser))
        .set(organisers::version.eq(organisers::version + 1))
        .execute(tx.conn())?;
    let members: Vec<(UserId, StaffRole)> = organiser_members::table
        .filter(organiser_members::organiser_id.eq(organiser))
        .order(organiser_members::user_id)
        .select((organiser_members::user_id, (organiser_members::role, organiser_members::edition_id)))
        .load(tx.conn())?;
    let before = members.iter().find(|(id, _)| *id == user).map(|(_, r)| *r).ok_or(Code::NotFound)?;
    let has_other_owner = members.iter().any(|(id, (r, _))| *id != user && *r == OrganiserRole::Owner);
    if role.is_none_or(|(role, _)| role != OrganiserRole::Owner) && !has_other_owner {
        return Err(owner_required());
    }
    let row = organiser_members::table.find((organiser, user));
    match role {
        Some((role, edition)) => diesel::update(row)
            .set((organiser_members::role.eq(role), organiser_members::edition_id.eq(edition)))
            .execute(tx.conn())?,
        None => diesel::delete(row).execute(tx.conn())?,
    };
    Ok(before)
}

/// [`set_organiser_role`] for an organisation.
pub fn set_organisation_role(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
    user: UserId,
    role: Option<OrganisationRole>,
) -> Result<OrganisationRole, Problem> {
    diesel::update(organisations::table.find(organisation))
        .set(organisations::version.eq(organisations::version + 1))
        .execute(tx.conn())?;
    let members: Vec<(UserId, OrganisationRole)> = organisation_members::table
        .filter(organisation_members::organisation_id.eq(organisation))
        .order(organisation_members::user_id)
        .select((organisation_members::user_id, organisation_members::role))
        .load(tx.conn())?;
    let before = members.iter().find(|(id, _)| *id == user).map(|(_, r)| *r).ok_or(Code::NotFound)?;
    let has_other_owner = members.iter().any(|(id, r)| *id != user && *r == OrganisationRole::Owner);
    if role != Some(OrganisationRole::Owner) && !has_other_owner {
        return Err(owner_required());
    }
    let row = organisation_members::table.find((organisation, user));
    match role {
        Some(role) => diesel::update(row).set(organisation_members::role.eq(role)).execute(tx.conn())?,
        None => diesel::delete(row).execute(tx.conn())?,
    };
    Ok(before)
}

/// Max recipients of one message to an organisation or to an organiser's owners.
const MAX_RECIPIENTS: usize = 20;

/// What [`notify_exhibitors`] has queued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notified {
    /// Number of e-mails in the outbox.
    pub emails: usize,
    /// Exhibitors without an address.
    pub without_email: Vec<ExhibitorId>,
}

/// Exhibitor with its organiser, and address, name and language of a recipient.
type Recipient = (ExhibitorId, OrganiserId, String, String, Language);

/// Recipients of e-mails to exhibitors, grouped by exhibitor: the members of the organisation each is linked with or, without a link,
/// the addresses that the organiser has noted. Two statements for [`MAX_IDS_PER_STATEMENT`] exhibitors.
fn find_recipients(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<Recipient>> {
    let is_of_linked = exhibitors::organisation_id.eq(organisation_members::organisation_id.nullable());
    let mut recipients: Vec<Recipient> = Vec::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let members: Vec<Recipient> = exhibitors::table
            .inner_join(organisation_members::table.on(is_of_linked))
            .inner_join(users::table.on(users::id.eq(organisation_members::user_id)))
            .filter(exhibitors::id.eq_any(part))
            .order((exhibitors::id, users::email_key))
            .select((exhibitors::id, exhibitors::organiser_id, users::email, users::display_name, users::language))
            .load(tx.conn())?;
        recipients.extend(members);
        let contacts: Vec<(ExhibitorId, OrganiserId, Option<String>, String, Language)> = exhibitors::table
            .inner_join(exhibitor_contacts::table.on(exhibitor_contacts::exhibitor_id.eq(exhibitors::id)))
            .filter(exhibitors::id.eq_any(part))
            .filter(exhibitors::organisation_id.is_null())
            .filter(exhibitor_contacts::email.is_not_null())
            .order((exhibitors::id, exhibitor_contacts::id))
            .select((
                exhibitors::id,
                exhibitors::organiser_id,
                exhibitor_contacts::email,
                exhibitor_contacts::name,
                exhibitor_contacts::language,
            ))
            .load(tx.conn())?;
        let contacts = contacts.into_iter();
        recipients
            .extend(contacts.filter_map(|(id, organiser, to, name, lang)| Some((id, organiser, to?, name, lang))));
    }
    Ok(recipients)
}

/// Exhibitors among these that no e-mail reaches.
pub fn find_without_email(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<ExhibitorId>> {
    let reached: BTreeSet<ExhibitorId> = find_recipients(tx, ids)?.into_iter().map(|(id, ..)| id).collect();
    Ok(ids.iter().copied().filter(|id| !reached.contains(id)).collect())
}

/// Inserts e-mails to exhibitors into the outbox, at most [`MAX_RECIPIENTS`] to each.
pub fn notify_exhibitors(
    tx: &mut Tx<'_>,
    emails: &HashMap<ExhibitorId, EmailKind>,
    now: Instant,
) -> QueryResult<Notified> {
    let ids: Vec<ExhibitorId> = emails.keys().copied().collect();
    let recipients = find_recipients(tx, &ids)?;
    let reached: BTreeSet<ExhibitorId> = recipients.iter().map(|(id, ..)| *id).collect();
    let mut by_organiser: BTreeMap<OrganiserId, Vec<OutgoingEmail>> = BTreeMap::new();
    let chosen = recipients.chunk_by(|a, b| a.0 == b.0).flat_map(|members| members.iter().take(MAX_RECIPIENTS));
    for (exhibitor, organiser, to, name, language) in chosen {
        let Some(kind) = emails.get(exhibitor).cloned() else { continue };
        let mail = OutgoingEmail { to: to.clone(), name: name.clone(), language: *language, kind };
        by_organiser.entry(*organiser).or_default().push(mail);
    }
    let mut queued = 0;
    for (organiser, mails) in by_organiser {
        queued += outbox::insert_all(tx, Sender::Organiser(organiser), &mails, now)?;
    }
    let without_email = ids.into_iter().filter(|id| !reached.contains(id)).collect();
    Ok(Notified { emails: queued, without_email })
}

/// Inserts an e-mail to the owners of an organiser into the outbox.
pub fn notify_owners(tx: &mut Tx<'_>, organiser: OrganiserId, kind: &EmailKind, now: Instant) -> QueryResult<()> {
    let recipients: Vec<(String, String, Language)> = organiser_members::table
        .inner_join(users::table)
        .filter(organiser_members::organiser_id.eq(organiser))
        .filter(organiser_members::role.eq(OrganiserRole::Owner))
        .order(users::email_key)
        .select((users::email, users::display_name, users::language))
        .load(tx.conn())?;
    let mail = |(to, name, language)| OutgoingEmail { to, name, language, kind: kind.clone() };
    let mails: Vec<OutgoingEmail> = recipients.into_iter().take(MAX_RECIPIENTS).map(mail).collect();
    outbox::insert_all(tx, Sender::Organiser(organiser), &mails, now).map(drop)
}

/// Inserts an e-mail to an exhibitor into the outbox.
pub fn notify_exhibitor(tx: &mut Tx<'_>, exhibitor: ExhibitorId, kind: EmailKind, now: Instant) -> QueryResult<()> {
    notify_exhibitors(tx, &HashMap::from([(exhibitor, kind)]), now).map(drop)
}
