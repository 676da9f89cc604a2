//! Consent to the privacy notice at registration. Stored also after a user is erased, as the proof required by law
//! (Vietnam's law 91/2025/QH15 on the protection of personal data; GDPR article 7).
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::consents},
    values::{clock::Instant, ids::UserId},
};

/// Version of the current notice (`/privacy`); changes whenever its content does.
pub const NOTICE_VERSION: &str = "2026-11";

/// Consent to one version of the notice.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = consents)]
pub struct Consent {
    /// Version of the notice.
    pub notice: String,
    /// When it was existing.
    pub given_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
}

/// Records the user's consent to the current notice; idempotent.
pub fn record(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<()> {
    let existing =
        consents::table.find((user, NOTICE_VERSION)).select(consents::given_at).get_result::<Instant>(tx.conn());
    if existing.optional()?.is_none() {
        diesel::insert_into(consents::table)
            .values((consents::user_id.eq(user), consents::notice.eq(NOTICE_VERSION), consents::given_at.eq(now)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Withdraws all consents of a user.
pub fn withdraw(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    let active = consents::table.filter(consents::user_id.eq(user)).filter(consents::withdrawn_at.is_null());
    diesel::update(active).set(consents::withdrawn_at.eq(now)).execute(tx.conn())
}

/// The consents of a user, oldest first.
pub fn list(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<Consent>> {
    consents::table
        .filter(consents::user_id.eq(user))
        .order((consents::given_at, consents::notice))
        .select(Consent::as_select())
        .load(tx.conn())
}
