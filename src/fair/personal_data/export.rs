//! Export of the personal data of a person.
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

/// Max rows per table; far more than a person has.
const MAX_ROWS: i64 = 1_000;

/// Data subject, identified by e-mail address or phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSubject {
    /// E-mail address in lower case.
    Email(String),
    /// Phone number as entered by the exhibitor.
    Phone(String),
}

impl DataSubject {
    /// Parses user input: text with an `@` is an e-mail address.
    pub fn parse(typed: &str) -> Self {
        let key = typed.trim().to_lowercase();
        if key.contains('@') { Self::Email(key) } else { Self::Phone(key) }
    }
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Email(key) | Self::Phone(key) => key,
        }
    }
    /// Finds the account of the e-mail address.
    pub fn find_account(&self, tx: &mut Tx<'_>) -> QueryResult<Option<store::Account>> {
        match self {
            Self::Email(key) => store::find_account_by_email(tx, key),
            Self::Phone(_) => Ok(None),
        }
    }
}

/// User account.
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

/// Membership of an organiser.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserWork {
    organiser: OrganiserId,
    name: String,
    role: OrganiserRole,
}

/// Membership of an exhibitor.
#[derive(Serialize, utoipa::ToSchema)]
struct ExhibitorWork {
    exhibitor: ExhibitorId,
    name: String,
    role: ExhibitorRole,
}

/// Consent to a privacy notice.
#[derive(Serialize, utoipa::ToSchema)]
struct ConsentData {
    /// Name of the notice.
    notice: String,
    #[schema(value_type = String)]
    given_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<DateTime<Utc>>,
}

/// Contact entry of an exhibitor.
#[derive(Serialize, utoipa::ToSchema)]
struct ContactData {
    exhibitor: ExhibitorId,
    name: String,
    phone: Option<String>,
    email: Option<String>,
}

/// Invitation to a role.
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

/// Known login source.
#[derive(Serialize, utoipa::ToSchema)]
struct LoginData {
    /// IPv4 address, or /64 prefix of an IPv6 address.
    address: String,
    #[schema(value_type = String)]
    last_at: DateTime<Utc>,
}

/// Personal data of a person. Audit log entries of their actions are at `/me/actions`.
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
    /// Number of e-mails waiting to be sent to them.
    #[serde(rename = "letters_waiting")]
    emails_waiting: usize,
}

impl PersonalData {
    /// Whether no data is stored about the person.
    pub fn is_empty(&self) -> bool {
        self.account.is_none() && self.contacts.is_empty() && self.invitations.is_empty() && self.emails_waiting == 0
    }
}

diesel::define_sql_function! {
    /// SQL `lower()`.
    fn lower(text: diesel::sql_types::Nullable<diesel::sql_types::Text>) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// Contact entries of a person; at most 1,000.
pub(super) fn list_contacts(tx: &mut Tx<'_>, subject: &DataSubject) -> QueryResult<Vec<ContactRow>> {
    let all = exhibitor_contacts::table.order(exhibitor_contacts::id).limit(MAX_ROWS).select(ContactRow::as_select());
    match subject {
        DataSubject::Email(key) => all.filter(lower(exhibitor_contacts::email).eq(key)).load(tx.conn()),
        DataSubject::Phone(number) => all.filter(exhibitor_contacts::phone.eq(number)).load(tx.conn()),
    }
}

type InvitationRow = (Option<OrganiserId>, Option<ExhibitorId>, String, Instant, Option<Instant>);

/// Collects the personal data of a person.
pub fn export(tx: &mut Tx<'_>, subject: &DataSubject, now: Instant) -> Result<PersonalData, Problem> {
    let contacts = list_contacts(tx, subject)?
        .into_iter()
        .map(|c| ContactData { exhibitor: c.exhibitor_id, name: c.name, phone: c.phone, email: c.email })
        .collect();
    let invitation_rows: Vec<InvitationRow> = invitations::table
        .filter(invitations::email_key.eq(subject.key()))
        .order(invitations::id)
        .limit(MAX_ROWS)
        .select((
            invitations::organiser_id,
            invitations::exhibitor_id,
            invitations::role,
            invitations::created_at,
            invitations::accepted_at,
        ))
        .load(tx.conn())?;
    let invitation = |(organiser, exhibitor, role, invited_at, accepted_at): InvitationRow| InvitationData {
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
        invitations: invitation_rows.into_iter().map(invitation).collect(),
        logins: Vec::new(),
        emails_waiting: outbox::find_pending_for(tx, subject.key())?.len(),
    };
    if let Some(account) = subject.find_account(tx)? {
        add_account_data(tx, account, &mut data)?;
    }
    Ok(data)
}

fn add_account_data(tx: &mut Tx<'_>, account: store::Account, data: &mut PersonalData) -> QueryResult<()> {
    let user = account.id;
    let registered_at: Instant = users::table.find(user).select(users::created_at).get_result(tx.conn())?;
    let organisers: Vec<(OrganiserId, String, OrganiserRole)> = organiser_members::table
        .inner_join(organisers::table.on(organisers::id.eq(organiser_members::organiser_id)))
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .limit(MAX_ROWS)
        .select((organisers::id, organisers::name, organiser_members::role))
        .load(tx.conn())?;
    data.organisers =
        organisers.into_iter().map(|(organiser, name, role)| OrganiserWork { organiser, name, role }).collect();
    let exhibitors: Vec<(ExhibitorId, String, ExhibitorRole)> = exhibitor_members::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_members::exhibitor_id)))
        .filter(exhibitor_members::user_id.eq(user))
        .order(exhibitors::id)
        .limit(MAX_ROWS)
        .select((exhibitors::id, exhibitors::name, exhibitor_members::role))
        .load(tx.conn())?;
    data.exhibitors =
        exhibitors.into_iter().map(|(exhibitor, name, role)| ExhibitorWork { exhibitor, name, role }).collect();
    let consent = |c: consent::Consent| ConsentData {
        notice: c.notice,
        given_at: c.given_at.and_utc(),
        withdrawn_at: c.withdrawn_at.map(|at| at.and_utc()),
    };
    data.consents = consent::list(tx, user)?.into_iter().map(consent).collect();
    let logins: Vec<(String, Instant)> = known_sources::table
        .filter(known_sources::user_id.eq(user))
        .order(known_sources::last_at.desc())
        .limit(MAX_ROWS)
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
