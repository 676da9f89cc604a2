//! Export of the personal data of a person.
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;

use hoicho_core::{
    db::{
        Tx,
        schema::{
            exhibitor_contacts, exhibitor_link_invitations, invitations, known_sources, organisation_contacts,
            organisation_members, organisations, organiser_members, organisers, users,
        },
    },
    i18n::Language,
    values::{
        clock::Instant,
        ids::{ContactId, ExhibitorId, OrganisationId, OrganiserId, UserId},
        phone,
    },
};
use hoicho_web::{
    http::Problem,
    identity::{OrganisationRole, OrganiserRole, consent, passkeys, second_factor, session_store, sso, store},
    outbox,
};

/// Max rows per table; far more than a person has.
const MAX_ROWS: i64 = 1_000;

/// Data subject, identified by e-mail address or phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSubject {
    /// E-mail address in lower case.
    Email(String),
    /// Phone number in E.164.
    Phone(String),
}

impl DataSubject {
    /// Parses user input: text with an `@` is an e-mail address.
    pub fn parse(typed: &str) -> Self {
        let key = typed.trim().to_lowercase();
        if key.contains('@') { Self::Email(key) } else { Self::Phone(phone::parse(&key).unwrap_or(key)) }
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
    /// Identifier of the account; what stays of it in the audit log after an erasure.
    id: UserId,
    /// Address with which the person logs in.
    email: String,
    /// Name that the person chose.
    display_name: String,
    /// Language of e-mails.
    language: Language,
    /// Whether the person is an admin of the platform.
    is_admin: bool,
    /// When the account was created, RFC 3339 in UTC.
    #[schema(value_type = String)]
    registered_at: DateTime<Utc>,
    /// When the address was verified, RFC 3339 in UTC; `null` if it was not.
    #[schema(value_type = Option<String>)]
    address_proved_at: Option<DateTime<Utc>>,
    /// When a second factor was set up. Its key is not exported.
    #[schema(value_type = Option<String>)]
    second_factor_enabled_at: Option<DateTime<Utc>>,
    /// Passkeys, without their public keys.
    passkeys: Vec<PasskeyData>,
}

/// A passkey.
#[derive(Serialize, utoipa::ToSchema)]
struct PasskeyData {
    /// Name that its owner gave it.
    name: String,
    /// When it was registered, RFC 3339 in UTC.
    #[schema(value_type = String)]
    created_at: DateTime<Utc>,
    /// Time of the last login with it, RFC 3339 in UTC; `null` if there was none.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<DateTime<Utc>>,
}

/// Membership of an organiser.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganiserWork {
    /// The organiser.
    organiser: OrganiserId,
    /// Its name.
    name: String,
    /// The person's role with it.
    role: OrganiserRole,
}

/// Membership of an organisation.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationWork {
    /// The organisation.
    organisation: OrganisationId,
    /// Its name.
    name: String,
    /// The person's role with it.
    role: OrganisationRole,
}

/// Consent to a privacy notice.
#[derive(Serialize, utoipa::ToSchema)]
struct ConsentData {
    /// Name of the notice.
    notice: String,
    /// When the person agreed, RFC 3339 in UTC.
    #[schema(value_type = String)]
    given_at: DateTime<Utc>,
    /// When the consent was withdrawn, RFC 3339 in UTC; `null` if it was not.
    #[schema(value_type = Option<String>)]
    withdrawn_at: Option<DateTime<Utc>>,
}

/// Contact entry of an organisation, or of an exhibitor in the records of an organiser.
#[derive(Serialize, utoipa::ToSchema)]
struct ContactData {
    /// The organisation whose entry it is; `null` if it is in the records of an organiser.
    organisation: Option<OrganisationId>,
    /// The organiser's record whose entry it is; `null` if it is of an organisation.
    exhibitor: Option<ExhibitorId>,
    /// Name of the person in the entry.
    name: String,
    /// E.164; `null` if unknown.
    phone: Option<String>,
    /// Number of the Zalo account, E.164; `null` if unknown, and for organisations.
    zalo: Option<String>,
    /// In lower case; `null` if unknown.
    email: Option<String>,
}

/// Invitation to a role, or to link an exhibitor.
#[derive(Serialize, utoipa::ToSchema)]
struct InvitationData {
    /// Organiser that offered a role; `null` otherwise.
    organiser: Option<OrganiserId>,
    /// Organisation that offered a role; `null` otherwise.
    organisation: Option<OrganisationId>,
    /// Record that the person was invited to link; `null` for a role.
    exhibitor: Option<ExhibitorId>,
    /// Offered role; `null` for an invitation to link.
    role: Option<String>,
    /// When it was sent, RFC 3339 in UTC.
    #[schema(value_type = String)]
    invited_at: DateTime<Utc>,
    /// When it was accepted, RFC 3339 in UTC; `null` if it was not.
    #[schema(value_type = Option<String>)]
    accepted_at: Option<DateTime<Utc>>,
}

/// Known login source.
#[derive(Serialize, utoipa::ToSchema)]
struct LoginData {
    /// IPv4 address, or /64 prefix of an IPv6 address.
    address: String,
    /// Time of the last login from there, RFC 3339 in UTC.
    #[schema(value_type = String)]
    last_at: DateTime<Utc>,
}

/// A login on a device that has not ended.
#[derive(Serialize, utoipa::ToSchema)]
struct SessionData {
    /// What the device says it is (`User-Agent`).
    device: String,
    /// IPv4 address, or /64 prefix of an IPv6 address.
    address: String,
    /// When it began, RFC 3339 in UTC.
    #[schema(value_type = String)]
    logged_in_at: DateTime<Utc>,
    /// When it was last used, to a quarter of an hour; RFC 3339 in UTC.
    #[schema(value_type = String)]
    last_used_at: DateTime<Utc>,
}

/// An account at an OpenID provider that is linked with theirs.
#[derive(Serialize, utoipa::ToSchema)]
struct SsoIdentityData {
    /// Address that identifies the provider.
    issuer: String,
    /// Identifier of the account at the provider.
    subject: String,
    /// When it was linked, RFC 3339 in UTC.
    #[schema(value_type = String)]
    linked_at: DateTime<Utc>,
}

/// Personal data of a person. Audit log entries of their actions are at `/me/actions`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PersonalData {
    /// When the data was collected, RFC 3339 in UTC.
    #[schema(value_type = String)]
    at: DateTime<Utc>,
    /// The account of the address; `null` if there is none.
    account: Option<AccountData>,
    /// Organisers whose staff the person is.
    organisers: Vec<OrganiserWork>,
    /// Organisations that the person is a member of.
    organisations: Vec<OrganisationWork>,
    /// Privacy notices that the person agreed to, also those withdrawn.
    consents: Vec<ConsentData>,
    /// Entries with the person's address as a contact.
    contacts: Vec<ContactData>,
    /// Invitations to the person's address, also accepted and expired ones.
    invitations: Vec<InvitationData>,
    /// Addresses that the person has logged in from, the last one first.
    logins: Vec<LoginData>,
    /// Logins that have not ended.
    sessions: Vec<SessionData>,
    /// Linked accounts at OpenID providers.
    sso_identities: Vec<SsoIdentityData>,
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

type OrganisationContact = (ContactId, OrganisationId, String, Option<String>, Option<String>);

/// Contact entries of a person in accounts of organisations; at most 1,000.
pub(super) fn list_organisation_contacts(
    tx: &mut Tx<'_>,
    subject: &DataSubject,
) -> QueryResult<Vec<OrganisationContact>> {
    use organisation_contacts as c;
    let all = c::table.order(c::id).limit(MAX_ROWS).select((c::id, c::organisation_id, c::name, c::phone, c::email));
    match subject {
        DataSubject::Email(key) => all.filter(c::email.eq(key)).load(tx.conn()),
        DataSubject::Phone(number) => all.filter(c::phone.eq(number)).load(tx.conn()),
    }
}

type ExhibitorContact = (ContactId, ExhibitorId, String, Option<String>, Option<String>, Option<String>);

/// Contact entries of a person in the records of organisers; at most 1,000.
pub(super) fn list_exhibitor_contacts(tx: &mut Tx<'_>, subject: &DataSubject) -> QueryResult<Vec<ExhibitorContact>> {
    use exhibitor_contacts as c;
    let columns = (c::id, c::exhibitor_id, c::name, c::phone, c::zalo, c::email);
    let all = c::table.order(c::id).limit(MAX_ROWS).select(columns);
    match subject {
        DataSubject::Email(key) => all.filter(c::email.eq(key)).load(tx.conn()),
        DataSubject::Phone(number) => all.filter(c::phone.eq(number).or(c::zalo.eq(number))).load(tx.conn()),
    }
}

fn list_contacts(tx: &mut Tx<'_>, subject: &DataSubject) -> QueryResult<Vec<ContactData>> {
    let of_organisation = |(_, organisation, name, phone, email): OrganisationContact| ContactData {
        organisation: Some(organisation),
        exhibitor: None,
        name,
        phone,
        zalo: None,
        email,
    };
    let of_exhibitor = |(_, exhibitor, name, phone, zalo, email): ExhibitorContact| ContactData {
        organisation: None,
        exhibitor: Some(exhibitor),
        name,
        phone,
        zalo,
        email,
    };
    let mut contacts: Vec<_> = list_organisation_contacts(tx, subject)?.into_iter().map(of_organisation).collect();
    contacts.extend(list_exhibitor_contacts(tx, subject)?.into_iter().map(of_exhibitor));
    Ok(contacts)
}

/// Invitations of a person to roles and to link exhibitors; at most 1,000 each.
fn list_invitations(tx: &mut Tx<'_>, subject: &DataSubject) -> QueryResult<Vec<InvitationData>> {
    type ToRole = (Option<OrganiserId>, Option<OrganisationId>, String, Instant, Option<Instant>);
    let to_roles: Vec<ToRole> = invitations::table
        .filter(invitations::email_key.eq(subject.key()))
        .order(invitations::id)
        .limit(MAX_ROWS)
        .select((
            invitations::organiser_id,
            invitations::organisation_id,
            invitations::role,
            invitations::created_at,
            invitations::accepted_at,
        ))
        .load(tx.conn())?;
    use exhibitor_link_invitations as l;
    let to_links: Vec<(ExhibitorId, Instant, Option<Instant>)> = l::table
        .filter(l::email_key.eq(subject.key()))
        .order(l::id)
        .limit(MAX_ROWS)
        .select((l::exhibitor_id, l::created_at, l::accepted_at))
        .load(tx.conn())?;
    let to_role = |(organiser, organisation, role, invited_at, accepted_at): ToRole| InvitationData {
        organiser,
        organisation,
        exhibitor: None,
        role: Some(role),
        invited_at: invited_at.and_utc(),
        accepted_at: accepted_at.map(|at| at.and_utc()),
    };
    let to_link = |(exhibitor, invited_at, accepted_at): (ExhibitorId, Instant, Option<Instant>)| InvitationData {
        organiser: None,
        organisation: None,
        exhibitor: Some(exhibitor),
        role: None,
        invited_at: invited_at.and_utc(),
        accepted_at: accepted_at.map(|at| at.and_utc()),
    };
    Ok(to_roles.into_iter().map(to_role).chain(to_links.into_iter().map(to_link)).collect())
}

/// Collects the personal data of a person.
pub fn export(tx: &mut Tx<'_>, subject: &DataSubject, now: Instant) -> Result<PersonalData, Problem> {
    let mut data = PersonalData {
        at: now.and_utc(),
        account: None,
        organisers: Vec::new(),
        organisations: Vec::new(),
        consents: Vec::new(),
        contacts: list_contacts(tx, subject)?,
        invitations: list_invitations(tx, subject)?,
        logins: Vec::new(),
        sessions: Vec::new(),
        sso_identities: Vec::new(),
        emails_waiting: outbox::find_pending_for(tx, subject.key())?.len(),
    };
    if let Some(account) = subject.find_account(tx)? {
        add_account_data(tx, account, &mut data, now)?;
    }
    Ok(data)
}

fn add_account_data(
    tx: &mut Tx<'_>,
    account: store::Account,
    data: &mut PersonalData,
    now: Instant,
) -> QueryResult<()> {
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
    let organisations: Vec<(OrganisationId, String, OrganisationRole)> = organisation_members::table
        .inner_join(organisations::table.on(organisations::id.eq(organisation_members::organisation_id)))
        .filter(organisation_members::user_id.eq(user))
        .order(organisations::id)
        .limit(MAX_ROWS)
        .select((organisations::id, organisations::name, organisation_members::role))
        .load(tx.conn())?;
    data.organisations = organisations
        .into_iter()
        .map(|(organisation, name, role)| OrganisationWork { organisation, name, role })
        .collect();
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
    let session = |row: session_store::SessionRow| SessionData {
        device: row.user_agent,
        address: row.source,
        logged_in_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.and_utc(),
    };
    data.sessions = session_store::list(tx, user, now)?.into_iter().map(session).collect();
    let identity = |row: sso::IdentityRow| SsoIdentityData {
        issuer: row.issuer,
        subject: row.subject,
        linked_at: row.created_at.and_utc(),
    };
    data.sso_identities = sso::list(tx, user)?.into_iter().map(identity).collect();
    let passkey = |row: passkeys::store::PasskeyRow| PasskeyData {
        name: row.name,
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    };
    let passkeys = passkeys::store::list(tx, user)?.into_iter().map(passkey).collect();
    data.account = Some(AccountData {
        id: user,
        email: account.email,
        display_name: account.display_name,
        language: account.language,
        is_admin: account.is_admin,
        registered_at: registered_at.and_utc(),
        address_proved_at: account.email_verified_at.map(|at| at.and_utc()),
        second_factor_enabled_at: second_factor::store::find_enabled_at(tx, user)?.map(|at| at.and_utc()),
        passkeys,
    });
    Ok(())
}
