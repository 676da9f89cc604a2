//! Erasing a person. What only tells of them goes; what they did stays, under an identifier that leads to nobody.
use diesel::prelude::*;
use serde_json::Value;

use super::{
    gather::{self, Subject, contacts},
    redact::{ERASED, Marks},
};
use hoicho_core::{
    db::{
        Db, Tx,
        schema::{
            audit_log, exhibitor_contacts, exhibitor_members, exhibitors, idempotency_keys, invitations, known_sources,
            login_failures, one_time_tokens, organiser_members, organisers, users,
        },
    },
    i18n::Said,
    values::{
        clock::Instant,
        ids::{AuditId, ContactId, ExhibitorId, InvitationId, OrganiserId, UserId},
    },
};
use hoicho_web::{
    audit,
    http::{Code, Problem},
    identity::{OrganiserRole, consent, members, store},
    outbox,
};

/// Lines of the audit log that are read at once.
const LINES: i64 = 500;

/// Lines of the audit log that name a person, and how far was looked. They are looked for apart from the change, so that
/// nobody waits for a look through the whole log.
pub struct Named {
    lines: Vec<AuditId>,
    upto: Option<AuditId>,
}

/// What was erased.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Whether there was an account.
    pub account: bool,
    /// Contacts of exhibitors.
    pub contacts: usize,
    /// Invitations that named them.
    pub invitations: usize,
    /// Letters that waited.
    pub letters: usize,
    /// Lines of the audit log that told of them.
    pub lines: usize,
}

impl Erased {
    /// Whether there was anything.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

fn marks(of: &Subject) -> Marks {
    Marks(vec![of.mark().to_owned()])
}

/// Lines after `from` that may name somebody.
fn naming(tx: &mut Tx<'_>, of: &Subject, from: Option<AuditId>) -> QueryResult<Vec<AuditId>> {
    // As it stands in JSON; what LIKE takes for a wildcard only finds more, and what is found is read again.
    let mark = Value::from(of.mark()).to_string();
    let like = format!("%{}%", mark.trim_matches('"'));
    let told = gather::lower(audit_log::before_json)
        .like(like.clone())
        .or(gather::lower(audit_log::after_json).like(like))
        .or(gather::lower(audit_log::subject.nullable()).eq(of.mark()));
    let mut query = audit_log::table.filter(told).into_boxed();
    if let Some(from) = from {
        query = query.filter(audit_log::id.gt(from));
    }
    query.order(audit_log::id).select(audit_log::id).load(tx.conn())
}

/// Looks through the audit log for somebody.
pub fn look(tx: &mut Tx<'_>, of: &Subject) -> QueryResult<Named> {
    let upto = audit_log::table.order(audit_log::id.desc()).select(audit_log::id).first(tx.conn()).optional()?;
    Ok(Named { lines: naming(tx, of, None)?, upto })
}

type Line = (AuditId, String, Option<String>, Option<String>);

/// Takes somebody out of these lines of the audit log.
fn take_out(tx: &mut Tx<'_>, ids: &[AuditId], marks: &Marks) -> QueryResult<usize> {
    let mut changed = 0;
    for part in ids.chunks(usize::try_from(LINES).unwrap_or(500)) {
        let lines: Vec<Line> = audit_log::table
            .filter(audit_log::id.eq_any(part))
            .select((audit_log::id, audit_log::subject, audit_log::before_json, audit_log::after_json))
            .load(tx.conn())?;
        for (id, subject, before, after) in lines {
            let clean = |text: Option<String>| {
                let mut value: Value = serde_json::from_str(text.as_deref()?).unwrap_or(Value::Null);
                marks.take_out_of(&mut value);
                Some(value.to_string())
            };
            let subject = if marks.name(&subject) { ERASED.to_owned() } else { subject };
            changed += diesel::update(audit_log::table.find(id))
                .set((
                    audit_log::subject.eq(subject),
                    audit_log::before_json.eq(clean(before)),
                    audit_log::after_json.eq(clean(after)),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(changed)
}

/// Takes all roles away. The last owner of an organiser, or of an exhibitor with other members, has to hand it over.
fn leave_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), Problem> {
    let organisers: Vec<(OrganiserId, String, OrganiserRole)> = organiser_members::table
        .inner_join(organisers::table.on(organisers::id.eq(organiser_members::organiser_id)))
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .select((organisers::id, organisers::name, organiser_members::role))
        .load(tx.conn())?;
    let first_hand_over =
        |name: &String| Problem::new(Code::IllegalStep, Said("please-hand-over-first").with(&[("name", name)]));
    for (organiser, name, _) in &organisers {
        members::set_organiser_role(tx, *organiser, user, None).map_err(|_| first_hand_over(name))?;
    }
    let exhibitors: Vec<(ExhibitorId, String)> = exhibitor_members::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_members::exhibitor_id)))
        .filter(exhibitor_members::user_id.eq(user))
        .order(exhibitors::id)
        .select((exhibitors::id, exhibitors::name))
        .load(tx.conn())?;
    for (exhibitor, name) in &exhibitors {
        if members::of_exhibitor(tx, *exhibitor)?.len() > 1 {
            members::set_exhibitor_role(tx, *exhibitor, user, None).map_err(|_| first_hand_over(name))?;
        }
    }
    diesel::delete(exhibitor_members::table.filter(exhibitor_members::user_id.eq(user))).execute(tx.conn())?;
    Ok(())
}

/// The account leads to nobody any more, and nobody logs in with it.
pub(super) fn empty_account(tx: &mut Tx<'_>, account: &store::Account, now: Instant) -> QueryResult<()> {
    let user = account.id;
    store::end_logins_of(tx, user)?;
    diesel::delete(one_time_tokens::table.filter(one_time_tokens::user_id.eq(user))).execute(tx.conn())?;
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::user_id.eq(user))).execute(tx.conn())?;
    diesel::delete(known_sources::table.filter(known_sources::user_id.eq(user))).execute(tx.conn())?;
    consent::withdraw(tx, user, now)?;
    // What they were called is nowhere else but in lines about the account itself.
    diesel::update(
        audit_log::table
            .filter(audit_log::actor_id.eq(user))
            .filter(audit_log::subject_kind.eq("user"))
            .filter(audit_log::subject.eq(user.to_string())),
    )
    .set((audit_log::before_json.eq(None::<String>), audit_log::after_json.eq(None::<String>)))
    .execute(tx.conn())?;
    // No address has this form, so that nothing can be sent to it or registered with it.
    let nobody = format!("erased {user}");
    diesel::update(users::table.find(user))
        .set((
            users::email.eq(&nobody),
            users::email_key.eq(&nobody),
            users::password_hash.eq(""),
            users::display_name.eq("—"),
            users::is_admin.eq(false),
            users::email_verified_at.eq(None::<Instant>),
            users::erased_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Erases somebody; refused while they are the last owner of something.
pub fn erase(tx: &mut Tx<'_>, of: &Subject, named: &Named, now: Instant) -> Result<Erased, Problem> {
    let account = of.account(tx)?;
    if let Some(account) = &account {
        leave_all(tx, account.id)?;
    }
    let contacts: Vec<ContactId> = contacts(tx, of)?.into_iter().map(|c| c.id).collect();
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::id.eq_any(&contacts))).execute(tx.conn())?;
    let invited: Vec<InvitationId> =
        invitations::table.filter(invitations::email_key.eq(of.mark())).select(invitations::id).load(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::id.eq_any(&invited))).execute(tx.conn())?;
    diesel::delete(login_failures::table.filter(login_failures::email_key.eq(of.mark()))).execute(tx.conn())?;
    let letters = outbox::waiting_for(tx, of.mark())?;
    outbox::take_back(tx, &letters)?;
    let mut lines = take_out(tx, &named.lines, &marks(of))?;
    let since = naming(tx, of, named.upto)?;
    lines += take_out(tx, &since, &marks(of))?;
    if let Some(account) = &account {
        empty_account(tx, account, now)?;
    }
    let erased = Erased {
        account: account.is_some(),
        contacts: contacts.len(),
        invitations: invited.len(),
        letters: letters.len(),
        lines,
    };
    if !erased.is_nothing() {
        let entry = audit::Entry::<()> {
            organiser: None,
            edition: None,
            actor: account.as_ref().map(|a| a.id),
            api_key: None,
            action: "user.erase",
            subject: account.map_or_else(|| ERASED.to_owned(), |a| a.id.to_string()),
            before: None,
            after: None,
            at: now,
        };
        audit::record(tx, entry)?;
    }
    Ok(erased)
}

/// Looks for somebody in the log, then erases them.
pub async fn carry_out(db: &Db, of: Subject, now: Instant) -> Result<Erased, Problem> {
    let sought = of.clone();
    let named = db.read(move |tx| look(tx, &sought).map_err(Problem::from)).await?;
    db.write(move |tx| erase(tx, &of, &named, now)).await
}
