//! Erasure of a person. Personal data is deleted or redacted; their actions stay under a pseudonymous identifier.
use diesel::prelude::*;
use serde_json::Value;

use super::{
    export::{self, DataSubject, list_exhibitor_contacts, list_organisation_contacts},
    redact::{ERASED, Identifiers},
};
use crate::{exhibitors, organisations};
use hoicho_core::{
    db::{
        Database, Tx,
        schema::{
            audit_log, exhibitor_link_invitations, idempotency_keys, invitations, known_sources, login_failures,
            one_time_tokens, organisation_members, organisations as o, organiser_members, organisers, users,
        },
    },
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{AuditId, ContactId, InvitationId, OrganisationId, OrganiserId, UserId},
    },
};
use hoicho_web::{
    audit::{self, AuditAction, SubjectKind},
    http::{Code, Problem},
    identity::{OrganiserRole, consent, members, passkeys, second_factor, session_store, sso, store},
    outbox,
};

/// Max audit log entries loaded per query.
const CHUNK_ROWS: i64 = 500;

/// Audit log entries that mention a person, and the last entry that was searched. The search is a full scan, so it runs in
/// a read before the write transaction and blocks no writer.
pub struct AuditReferences {
    entries: Vec<AuditId>,
    last_searched: Option<AuditId>,
}

/// Number of erased rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct ErasureSummary {
    /// Whether an account was erased.
    pub account: bool,
    /// Contact entries of organisations and exhibitors.
    pub contacts: usize,
    /// Invitations to roles and to link exhibitors.
    pub invitations: usize,
    /// Waiting e-mails.
    pub emails: usize,
    /// Redacted audit log entries.
    pub audit_entries: usize,
}

impl ErasureSummary {
    /// Whether nothing was erased.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

fn identifiers_of(of: &DataSubject) -> Identifiers {
    Identifiers(vec![of.key().to_owned()])
}

/// Audit log entries after `from` that may mention a person.
fn find_entries(tx: &mut Tx<'_>, of: &DataSubject, from: Option<AuditId>) -> QueryResult<Vec<AuditId>> {
    // JSON-escaped. LIKE wildcards in the key are not escaped: they only add false positives, which redaction leaves as is.
    let json_key = Value::from(of.key()).to_string();
    let like = format!("%{}%", json_key.trim_matches('"'));
    let mentions = export::lower(audit_log::before_json)
        .like(like.clone())
        .or(export::lower(audit_log::after_json).like(like))
        .or(export::lower(audit_log::subject.nullable()).eq(of.key()));
    let mut query = audit_log::table.filter(mentions).into_boxed();
    if let Some(from) = from {
        query = query.filter(audit_log::id.gt(from));
    }
    query.order(audit_log::id).select(audit_log::id).load(tx.conn())
}

/// Searches the audit log for a person.
pub fn find_references(tx: &mut Tx<'_>, of: &DataSubject) -> QueryResult<AuditReferences> {
    let last_searched =
        audit_log::table.order(audit_log::id.desc()).select(audit_log::id).first(tx.conn()).optional()?;
    Ok(AuditReferences { entries: find_entries(tx, of, None)?, last_searched })
}

type EntryRow = (AuditId, String, Option<String>, Option<String>);

/// Redacts a person in these audit log entries.
fn redact_entries(tx: &mut Tx<'_>, ids: &[AuditId], identifiers: &Identifiers) -> QueryResult<usize> {
    let mut changed = 0;
    for chunk in ids.chunks(usize::try_from(CHUNK_ROWS).unwrap_or(500)) {
        let entries: Vec<EntryRow> = audit_log::table
            .filter(audit_log::id.eq_any(chunk))
            .select((audit_log::id, audit_log::subject, audit_log::before_json, audit_log::after_json))
            .load(tx.conn())?;
        for (id, subject, before, after) in entries {
            let redact = |text: Option<String>| {
                let mut value: Value = serde_json::from_str(text.as_deref()?).unwrap_or(Value::Null);
                identifiers.redact(&mut value);
                Some(value.to_string())
            };
            let subject = if identifiers.matches(&subject) { ERASED.to_owned() } else { subject };
            changed += diesel::update(audit_log::table.find(id))
                .set((
                    audit_log::subject.eq(subject),
                    audit_log::before_json.eq(redact(before)),
                    audit_log::after_json.eq(redact(after)),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(changed)
}

/// Removes all memberships. Fails if the person is the last owner of an organiser, or of an organisation with other members.
fn remove_memberships(tx: &mut Tx<'_>, user: UserId) -> Result<(), Problem> {
    let organisers: Vec<(OrganiserId, String, OrganiserRole)> = organiser_members::table
        .inner_join(organisers::table.on(organisers::id.eq(organiser_members::organiser_id)))
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .select((organisers::id, organisers::name, organiser_members::role))
        .load(tx.conn())?;
    let ownership_error =
        |name: &String| Problem::new(Code::IllegalStep, MessageId("error-last-owner-of").with_args(&[("name", name)]));
    for (organiser, name, _) in &organisers {
        members::set_organiser_role(tx, *organiser, user, None).map_err(|_| ownership_error(name))?;
    }
    let organisations: Vec<(OrganisationId, String)> = organisation_members::table
        .inner_join(o::table.on(o::id.eq(organisation_members::organisation_id)))
        .filter(organisation_members::user_id.eq(user))
        .order(o::id)
        .select((o::id, o::name))
        .load(tx.conn())?;
    for (organisation, name) in &organisations {
        if members::list_of_organisation(tx, *organisation)?.len() > 1 {
            members::set_organisation_role(tx, *organisation, user, None).map_err(|_| ownership_error(name))?;
        }
    }
    diesel::delete(organisation_members::table.filter(organisation_members::user_id.eq(user))).execute(tx.conn())?;
    Ok(())
}

/// Anonymises an account: removes logins, tokens and personal data. The row stays for foreign keys.
pub(super) fn anonymise_account(tx: &mut Tx<'_>, account: &store::Account, now: Instant) -> QueryResult<()> {
    let user = account.id;
    session_store::end_all(tx, user, now)?;
    session_store::anonymise(tx, user)?;
    second_factor::store::delete(tx, user)?;
    sso::delete_of_user(tx, user)?;
    passkeys::remove_all(tx, account, now)?;
    diesel::delete(one_time_tokens::table.filter(one_time_tokens::user_id.eq(user))).execute(tx.conn())?;
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::user_id.eq(user))).execute(tx.conn())?;
    diesel::delete(known_sources::table.filter(known_sources::user_id.eq(user))).execute(tx.conn())?;
    consent::withdraw(tx, user, now)?;
    // Audit log entries about the account contain the display name.
    diesel::update(
        audit_log::table
            .filter(audit_log::actor_id.eq(user))
            .filter(audit_log::subject_kind.eq(SubjectKind::User))
            .filter(audit_log::subject.eq(user.to_string())),
    )
    .set((audit_log::before_json.eq(None::<String>), audit_log::after_json.eq(None::<String>)))
    .execute(tx.conn())?;
    // Not a valid e-mail address, so no e-mail can be sent to it and nobody can register with it.
    let placeholder = format!("erased {user}");
    diesel::update(users::table.find(user))
        .set((
            users::email.eq(&placeholder),
            users::email_key.eq(&placeholder),
            users::password_hash.eq(""),
            users::display_name.eq("—"),
            users::is_admin.eq(false),
            users::email_verified_at.eq(None::<Instant>),
            users::erased_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Erases a person; fails while they are the last owner of an organiser or organisation.
pub fn erase(
    tx: &mut Tx<'_>,
    of: &DataSubject,
    named: &AuditReferences,
    now: Instant,
) -> Result<ErasureSummary, Problem> {
    let account = of.find_account(tx)?;
    if let Some(account) = &account {
        remove_memberships(tx, account.id)?;
    }
    let contacts: Vec<ContactId> = list_organisation_contacts(tx, of)?.into_iter().map(|c| c.0).collect();
    let mut contact_count = organisations::store::delete_contacts(tx, &contacts)?;
    let contacts: Vec<ContactId> = list_exhibitor_contacts(tx, of)?.into_iter().map(|c| c.0).collect();
    contact_count += exhibitors::store::delete_contacts(tx, &contacts)?;
    let invitation_ids: Vec<InvitationId> =
        invitations::table.filter(invitations::email_key.eq(of.key())).select(invitations::id).load(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::id.eq_any(&invitation_ids))).execute(tx.conn())?;
    let link_invitations = exhibitor_link_invitations::table.filter(exhibitor_link_invitations::email_key.eq(of.key()));
    let link_invitation_count = diesel::delete(link_invitations).execute(tx.conn())?;
    diesel::delete(login_failures::table.filter(login_failures::email_key.eq(of.key()))).execute(tx.conn())?;
    let emails = outbox::find_pending_for(tx, of.key())?;
    outbox::delete_pending(tx, &emails)?;
    outbox::forget_recipient(tx, of.key())?;
    let mut lines = redact_entries(tx, &named.entries, &identifiers_of(of))?;
    let new_entries = find_entries(tx, of, named.last_searched)?;
    lines += redact_entries(tx, &new_entries, &identifiers_of(of))?;
    if let Some(account) = &account {
        anonymise_account(tx, account, now)?;
    }
    let erased = ErasureSummary {
        account: account.is_some(),
        contacts: contact_count,
        invitations: invitation_ids.len() + link_invitation_count,
        emails: emails.len(),
        audit_entries: lines,
    };
    if !erased.is_empty() {
        let entry = audit::Entry::<()> {
            organiser: None,
            edition: None,
            actor: account.as_ref().map(|a| a.id),
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::UserErase,
            subject: account.map_or_else(|| ERASED.to_owned(), |a| a.id.to_string()),
            before: None,
            after: None,
            at: now,
        };
        audit::record(tx, entry)?;
    }
    Ok(erased)
}

/// Searches the audit log in a read, then erases the person in a transaction.
pub async fn find_and_erase(db: &Database, of: DataSubject, now: Instant) -> Result<ErasureSummary, Problem> {
    let search = of.clone();
    let named = db.read(move |tx| find_references(tx, &search).map_err(Problem::from)).await?;
    db.write(move |tx| erase(tx, &of, &named, now)).await
}
