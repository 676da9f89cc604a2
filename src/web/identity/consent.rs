//! What people agreed to when they registered: kept, even after they are erased, as the proof that the law asks for
//! (Vietnam's law 91/2025/QH15 on the protection of personal data; GDPR article 7).
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::consents},
    values::{clock::Instant, ids::UserId},
};

/// The notice that is shown now (`/privacy`). A notice that says something else has another name.
pub const NOTICE: &str = "2026-11";

/// One agreement.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = consents)]
pub struct Consent {
    /// To which notice.
    pub notice: String,
    /// When.
    pub given_at: Instant,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
}

/// Notes that somebody agrees to the notice of now; agreeing again changes nothing.
pub fn give(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<()> {
    let given = consents::table.find((user, NOTICE)).select(consents::given_at).get_result::<Instant>(tx.conn());
    if given.optional()?.is_none() {
        diesel::insert_into(consents::table)
            .values((consents::user_id.eq(user), consents::notice.eq(NOTICE), consents::given_at.eq(now)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Takes back all that somebody agreed to.
pub fn withdraw(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    let standing = consents::table.filter(consents::user_id.eq(user)).filter(consents::withdrawn_at.is_null());
    diesel::update(standing).set(consents::withdrawn_at.eq(now)).execute(tx.conn())
}

/// What somebody agreed to, oldest first.
pub fn of(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<Consent>> {
    consents::table
        .filter(consents::user_id.eq(user))
        .order((consents::given_at, consents::notice))
        .select(Consent::as_select())
        .load(tx.conn())
}
