//! Who works for an organiser or exhibitor.
use std::collections::HashMap;

use diesel::prelude::*;

use super::roles::{ExhibitorRole, OrganiserRole};
use crate::{
    http::{Code, Problem},
    outbox::{self, Letter, Mail},
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::{Language, Said},
    values::{
        clock::Instant,
        ids::{ExhibitorId, OrganiserId, UserId},
    },
};

/// A person with a role.
#[derive(Debug, Clone, Queryable)]
pub struct Member<R> {
    /// Who.
    pub user: UserId,
    /// As people call them.
    pub display_name: String,
    /// Address.
    pub email: String,
    /// What they may do.
    pub role: R,
}

/// The staff of an organiser by address.
pub fn of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<Member<OrganiserRole>>> {
    organiser_members::table
        .inner_join(users::table)
        .filter(organiser_members::organiser_id.eq(organiser))
        .order(users::email_key)
        .select((users::id, users::display_name, users::email, organiser_members::role))
        .load(tx.conn())
}

/// The members of an exhibitor by address.
pub fn of_exhibitor(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<Member<ExhibitorRole>>> {
    exhibitor_members::table
        .inner_join(users::table)
        .filter(exhibitor_members::exhibitor_id.eq(exhibitor))
        .order(users::email_key)
        .select((users::id, users::display_name, users::email, exhibitor_members::role))
        .load(tx.conn())
}

fn needs_an_owner() -> Problem {
    Problem::new(Code::IllegalStep, Said("at-least-one-owner-must-remain-name"))
}

/// Changes the role of somebody who has one, or takes it away; the last owner keeps theirs. Returns what it was.
pub fn set_organiser_role(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    user: UserId,
    role: Option<OrganiserRole>,
) -> Result<OrganiserRole, Problem> {
    // Holds the organiser first: two owners cannot take each other's role at the same moment.
    diesel::update(organisers::table.find(organiser))
        .set(organisers::version.eq(organisers::version + 1))
        .execute(tx.conn())?;
    let members: Vec<(UserId, OrganiserRole)> = organiser_members::table
        .filter(organiser_members::organiser_id.eq(organiser))
        .order(organiser_members::user_id)
        .select((organiser_members::user_id, organiser_members::role))
        .load(tx.conn())?;
    let before = members.iter().find(|(id, _)| *id == user).map(|(_, r)| *r).ok_or(Code::NotFound)?;
    let others_own = members.iter().any(|(id, r)| *id != user && *r == OrganiserRole::Owner);
    if role != Some(OrganiserRole::Owner) && !others_own {
        return Err(needs_an_owner());
    }
    let row = organiser_members::table.find((organiser, user));
    match role {
        Some(role) => diesel::update(row).set(organiser_members::role.eq(role)).execute(tx.conn())?,
        None => diesel::delete(row).execute(tx.conn())?,
    };
    Ok(before)
}

/// The same for an exhibitor.
pub fn set_exhibitor_role(
    tx: &mut Tx<'_>,
    exhibitor: ExhibitorId,
    user: UserId,
    role: Option<ExhibitorRole>,
) -> Result<ExhibitorRole, Problem> {
    diesel::update(exhibitors::table.find(exhibitor))
        .set(exhibitors::version.eq(exhibitors::version + 1))
        .execute(tx.conn())?;
    let members: Vec<(UserId, ExhibitorRole)> = exhibitor_members::table
        .filter(exhibitor_members::exhibitor_id.eq(exhibitor))
        .order(exhibitor_members::user_id)
        .select((exhibitor_members::user_id, exhibitor_members::role))
        .load(tx.conn())?;
    let before = members.iter().find(|(id, _)| *id == user).map(|(_, r)| *r).ok_or(Code::NotFound)?;
    let others_own = members.iter().any(|(id, r)| *id != user && *r == ExhibitorRole::Owner);
    if role != Some(ExhibitorRole::Owner) && !others_own {
        return Err(needs_an_owner());
    }
    let row = exhibitor_members::table.find((exhibitor, user));
    match role {
        Some(role) => diesel::update(row).set(exhibitor_members::role.eq(role)).execute(tx.conn())?,
        None => diesel::delete(row).execute(tx.conn())?,
    };
    Ok(before)
}

/// People one letter to an exhibitor goes to at most.
const MOST_READERS: usize = 20;

/// Puts letters to the members of exhibitors into the outbox: two statements, whatever their number.
pub fn write_to_exhibitors(tx: &mut Tx<'_>, letters: &HashMap<ExhibitorId, Letter>, now: Instant) -> QueryResult<()> {
    let readers: Vec<(ExhibitorId, String, String, Language)> = exhibitor_members::table
        .inner_join(users::table)
        .filter(exhibitor_members::exhibitor_id.eq_any(letters.keys()))
        .order((exhibitor_members::exhibitor_id, users::email_key))
        .select((exhibitor_members::exhibitor_id, users::email, users::display_name, users::language))
        .load(tx.conn())?;
    let mails: Vec<Mail> = readers
        .chunk_by(|a, b| a.0 == b.0)
        .flat_map(|members| members.iter().take(MOST_READERS))
        .filter_map(|(exhibitor, to, name, language)| {
            let letter = letters.get(exhibitor)?.clone();
            Some(Mail { to: to.clone(), name: name.clone(), language: *language, letter })
        })
        .collect();
    outbox::put_all(tx, &mails, now)
}

/// Puts a letter to the owners of an organiser into the outbox.
pub fn write_to_owners(tx: &mut Tx<'_>, organiser: OrganiserId, letter: &Letter, now: Instant) -> QueryResult<()> {
    let readers: Vec<(String, String, Language)> = organiser_members::table
        .inner_join(users::table)
        .filter(organiser_members::organiser_id.eq(organiser))
        .filter(organiser_members::role.eq(OrganiserRole::Owner))
        .order(users::email_key)
        .select((users::email, users::display_name, users::language))
        .load(tx.conn())?;
    let mail = |(to, name, language)| Mail { to, name, language, letter: letter.clone() };
    let mails: Vec<Mail> = readers.into_iter().take(MOST_READERS).map(mail).collect();
    outbox::put_all(tx, &mails, now)
}

/// Puts a letter to every member of an exhibitor into the outbox.
pub fn write_to_exhibitor(tx: &mut Tx<'_>, exhibitor: ExhibitorId, letter: Letter, now: Instant) -> QueryResult<()> {
    write_to_exhibitors(tx, &HashMap::from([(exhibitor, letter)]), now)
}
