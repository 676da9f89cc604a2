//! Everything that is kept of a person.
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;

use crate::exhibitors::store::ContactRow;
use hoicho_core::{
    db::{
        Tx,
        schema::{
            exhibitor_contacts, exhibitor_members, exhibitors, invitations, known_sources, organiser_members,
            organisers, users,
        },
    },
    i18n::Language,
    values::{
        clock::Instant,
        ids::{ExhibitorId, OrganiserId, UserId},
    },
};
use hoicho_web::{
    http::Problem,
    identity::{ExhibitorRole, OrganiserRole, consent, store},
    outbox,
};

/// Rows of one kind that are told at most: nobody has as many.
const MOST: i64 = 1_000;

/// Whose data: how they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// By an e-mail address, in lower case.
    Email(String),
    /// By a phone number, as exhibitors wrote it.
    Phone(String),
}

impl Subject {
    /// From what somebody typed: an address has an `@`.
    pub fn of(typed: &str) -> Self {
        let typed = typed.trim().to_lowercase();
        if typed.contains('@') { Self::Email(typed) } else { Self::Phone(typed) }
    }
    pub(super) fn mark(&self) -> &str {
        match self {
            Self::Email(mark) | Self::Phone(mark) => mark,
        }
    }
    /// The account, where they have one.
    pub fn account(&self, tx: &mut Tx<'_>) -> QueryResult<Option<store::Account>> {
        match self {
            Self::Email(key) => store::account_by_email(tx, key),
            Self::Phone(_) => Ok(None),
        }
    }
}

/// A login.
#[derive(Serialize, utoipa::ToSchema)]
struct AccountData {
    id: UserId,
    email: String,
    display_name: String,
    language: Language,
    is_admin: bool,
    #[schema(value_type = String)]
    registered_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    address_proved_at: Option<DateTime<Utc>>,
}

/// Work for an organiser.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserWork {
    organiser: OrganiserId,
    name: String,
    role: OrganiserRole,
}

/// Work for an exhibitor.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorWork {
    exhibitor: ExhibitorId,
    name: String,
    role: ExhibitorRole,
}

/// What was agreed to.
#[derive(Serialize, utoipa::ToSchema)]
struct ConsentData {
    /// The notice's name.
    notice: String,
    #[schema(value_type = String)]
    given_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<DateTime<Utc>>,
}

/// An exhibitor names the person as somebody to call.
#[derive(Serialize, utoipa::ToSchema)]
struct ContactData {
    exhibitor: ExhibitorId,
    name: String,
    phone: Option<String>,
    email: Option<String>,
}

/// A role that was offered.
#[derive(Serialize, utoipa::ToSchema)]
struct InvitationData {
    organiser: Option<OrganiserId>,
    exhibitor: Option<ExhibitorId>,
    role: String,
    #[schema(value_type = String)]
    invited_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    accepted_at: Option<DateTime<Utc>>,
}

/// Where somebody logged in from.
#[derive(Serialize, utoipa::ToSchema)]
struct LoginData {
    /// An IPv4 address, or the first half of an IPv6 address.
    address: String,
    #[schema(value_type = String)]
    last_at: DateTime<Utc>,
}

/// Everything that is kept of a person; what they did is at `/me/actions`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonalData {
    #[schema(value_type = String)]
    at: DateTime<Utc>,
    account: Option<AccountData>,
    organisers: Vec<OrganiserWork>,
    exhibitors: Vec<ExhibitorWork>,
    consents: Vec<ConsentData>,
    contacts: Vec<ContactData>,
    invitations: Vec<InvitationData>,
    logins: Vec<LoginData>,
    /// Letters that wait to be sent to them.
    letters_waiting: usize,
}

impl PersonalData {
    /// Whether there is anything.
    pub fn is_empty(&self) -> bool {
        self.account.is_none() && self.contacts.is_empty() && self.invitations.is_empty() && self.letters_waiting == 0
    }
}

diesel::define_sql_function! {
    /// In lower case.
    fn lower(text: diesel::sql_types::Nullable<diesel::sql_types::Text>) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// Contacts that name somebody; at most 1,000.
pub(super) fn contacts(tx: &mut Tx<'_>, of: &Subject) -> QueryResult<Vec<ContactRow>> {
    let all = exhibitor_contacts::table.order(exhibitor_contacts::id).limit(MOST).select(ContactRow::as_select());
    match of {
        Subject::Email(key) => all.filter(lower(exhibitor_contacts::email).eq(key)).load(tx.conn()),
        Subject::Phone(number) => all.filter(exhibitor_contacts::phone.eq(number)).load(tx.conn()),
    }
}

type Invited = (Option<OrganiserId>, Option<ExhibitorId>, String, Instant, Option<Instant>);

/// All that is kept of somebody.
pub fn gather(tx: &mut Tx<'_>, of: &Subject, now: Instant) -> Result<PersonalData, Problem> {
    let contacts = contacts(tx, of)?
        .into_iter()
        .map(|c| ContactData { exhibitor: c.exhibitor_id, name: c.name, phone: c.phone, email: c.email })
        .collect();
    let invited: Vec<Invited> = invitations::table
        .filter(invitations::email_key.eq(of.mark()))
        .order(invitations::id)
        .limit(MOST)
        .select((
            invitations::organiser_id,
            invitations::exhibitor_id,
            invitations::role,
            invitations::created_at,
            invitations::accepted_at,
        ))
        .load(tx.conn())?;
    let invitation = |(organiser, exhibitor, role, invited_at, accepted_at): Invited| InvitationData {
        organiser,
        exhibitor,
        role,
        invited_at: invited_at.and_utc(),
        accepted_at: accepted_at.map(|at| at.and_utc()),
    };
    let mut data = PersonalData {
        at: now.and_utc(),
        account: None,
        organisers: Vec::new(),
        exhibitors: Vec::new(),
        consents: Vec::new(),
        contacts,
        invitations: invited.into_iter().map(invitation).collect(),
        logins: Vec::new(),
        letters_waiting: outbox::waiting_for(tx, of.mark())?.len(),
    };
    if let Some(account) = of.account(tx)? {
        of_account(tx, account, &mut data)?;
    }
    Ok(data)
}

fn of_account(tx: &mut Tx<'_>, account: store::Account, data: &mut PersonalData) -> QueryResult<()> {
    let user = account.id;
    let registered_at: Instant = users::table.find(user).select(users::created_at).get_result(tx.conn())?;
    let organisers: Vec<(OrganiserId, String, OrganiserRole)> = organiser_members::table
        .inner_join(organisers::table.on(organisers::id.eq(organiser_members::organiser_id)))
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .limit(MOST)
        .select((organisers::id, organisers::name, organiser_members::role))
        .load(tx.conn())?;
    data.organisers =
        organisers.into_iter().map(|(organiser, name, role)| OrganiserWork { organiser, name, role }).collect();
    let exhibitors: Vec<(ExhibitorId, String, ExhibitorRole)> = exhibitor_members::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_members::exhibitor_id)))
        .filter(exhibitor_members::user_id.eq(user))
        .order(exhibitors::id)
        .limit(MOST)
        .select((exhibitors::id, exhibitors::name, exhibitor_members::role))
        .load(tx.conn())?;
    data.exhibitors =
        exhibitors.into_iter().map(|(exhibitor, name, role)| ExhibitorWork { exhibitor, name, role }).collect();
    let consent = |c: consent::Consent| ConsentData {
        notice: c.notice,
        given_at: c.given_at.and_utc(),
        withdrawn_at: c.withdrawn_at.map(|at| at.and_utc()),
    };
    data.consents = consent::of(tx, user)?.into_iter().map(consent).collect();
    let logins: Vec<(String, Instant)> = known_sources::table
        .filter(known_sources::user_id.eq(user))
        .order(known_sources::last_at.desc())
        .limit(MOST)
        .select((known_sources::source, known_sources::last_at))
        .load(tx.conn())?;
    let login = |(address, last_at): (String, Instant)| LoginData { address, last_at: last_at.and_utc() };
    data.logins = logins.into_iter().map(login).collect();
    data.account = Some(AccountData {
        id: user,
        email: account.email,
        display_name: account.display_name,
        language: account.language,
        is_admin: account.is_admin,
        registered_at: registered_at.and_utc(),
        address_proved_at: account.email_verified_at.map(|at| at.and_utc()),
    });
    Ok(())
}
