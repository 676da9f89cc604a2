//! Every query on addresses that partners named, and on what signs messages to them.
use std::collections::HashMap;

use diesel::prelude::*;

use super::{event::EventType, signature::Secret};
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{OrganiserId, UserId, WebhookId, WebhookSecretId},
    },
};
use hoicho_web::http::Problem;

hoicho_core::text_enum! {
    /// Why nothing is sent to an address any more.
    SwitchedOff {
        /// It answered that it is gone (410).
        Gone,
        /// It took nothing for days.
        Dead,
        /// Its organiser said so.
        ByHand,
    }
}

/// An address.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct WebhookRow {
    /// Identifier.
    pub id: WebhookId,
    /// Whose.
    pub organiser_id: OrganiserId,
    /// As its organiser calls it.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// Whether any are sent.
    pub is_enabled: bool,
    /// Why not.
    pub switched_off_because: Option<SwitchedOff>,
    /// Since when it has taken nothing.
    pub failing_since: Option<Instant>,
    /// By whom.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// Counts changes.
    pub version: i32,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_secrets, treat_none_as_default_value = false)]
struct SecretRow {
    id: WebhookSecretId,
    webhook_id: WebhookId,
    hmac_secret: String,
    ed25519_seed: String,
    created_at: Instant,
    expires_at: Option<Instant>,
}

/// Adds an address.
pub(super) fn insert(tx: &mut Tx<'_>, row: &WebhookRow) -> QueryResult<usize> {
    diesel::insert_into(webhooks::table).values(row).execute(tx.conn())
}

/// One of an organiser's.
pub(super) fn find(tx: &mut Tx<'_>, organiser: OrganiserId, id: WebhookId) -> QueryResult<WebhookRow> {
    webhooks::table
        .find(id)
        .filter(webhooks::organiser_id.eq(organiser))
        .select(WebhookRow::as_select())
        .get_result(tx.conn())
}

/// One, whoever's.
pub(super) fn any(tx: &mut Tx<'_>, id: WebhookId) -> QueryResult<WebhookRow> {
    webhooks::table.find(id).select(WebhookRow::as_select()).get_result(tx.conn())
}

/// Those of these that are there.
pub(super) fn by_ids(tx: &mut Tx<'_>, ids: &[WebhookId]) -> QueryResult<Vec<WebhookRow>> {
    webhooks::table.filter(webhooks::id.eq_any(ids)).select(WebhookRow::as_select()).load(tx.conn())
}

/// All of an organiser's, the newest first.
pub fn of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<WebhookRow>> {
    webhooks::table
        .filter(webhooks::organiser_id.eq(organiser))
        .order(webhooks::id.desc())
        .limit(100)
        .select(WebhookRow::as_select())
        .load(tx.conn())
}

/// Writes one anew, unless somebody else did since `seen`.
pub(super) fn replace(tx: &mut Tx<'_>, row: &WebhookRow, seen: i32) -> QueryResult<bool> {
    let unchanged = webhooks::table.find(row.id).filter(webhooks::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes one with all that was sent to it.
pub(super) fn delete(tx: &mut Tx<'_>, id: WebhookId) -> QueryResult<()> {
    let sent = webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(id)).select(webhook_deliveries::id);
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::webhook_delivery_id.eq_any(sent)))
        .execute(tx.conn())?;
    diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhook_secrets::table.filter(webhook_secrets::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhook_event_types::table.filter(webhook_event_types::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhooks::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Notes that it took a message, or since when it takes none.
pub(super) fn set_failing(tx: &mut Tx<'_>, id: WebhookId, since: Option<Instant>) -> QueryResult<usize> {
    let row = webhooks::table.find(id);
    let set = webhooks::failing_since.eq(since);
    match since {
        Some(_) => diesel::update(row.filter(webhooks::failing_since.is_null())).set(set).execute(tx.conn()),
        None => diesel::update(row.filter(webhooks::failing_since.is_not_null())).set(set).execute(tx.conn()),
    }
}

/// Sends nothing to it any more; whether it was on.
pub(super) fn switch_off(tx: &mut Tx<'_>, id: WebhookId, because: SwitchedOff) -> QueryResult<bool> {
    let on = webhooks::table.find(id).filter(webhooks::is_enabled.eq(true));
    let changed = diesel::update(on)
        .set((
            webhooks::is_enabled.eq(false),
            webhooks::switched_off_because.eq(because),
            webhooks::version.eq(webhooks::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// What each of these wants to hear of; those that want everything are not in the map.
pub fn types_of(tx: &mut Tx<'_>, ids: &[WebhookId]) -> QueryResult<HashMap<WebhookId, Vec<EventType>>> {
    let rows: Vec<(WebhookId, EventType)> = webhook_event_types::table
        .filter(webhook_event_types::webhook_id.eq_any(ids))
        .order((webhook_event_types::webhook_id, webhook_event_types::event_type))
        .select((webhook_event_types::webhook_id, webhook_event_types::event_type))
        .load(tx.conn())?;
    let mut types: HashMap<WebhookId, Vec<EventType>> = HashMap::new();
    rows.into_iter().for_each(|(id, kind)| types.entry(id).or_default().push(kind));
    Ok(types)
}

/// Sets what it wants to hear of; nothing is everything.
pub(super) fn put_types(tx: &mut Tx<'_>, id: WebhookId, types: &[EventType]) -> QueryResult<()> {
    diesel::delete(webhook_event_types::table.filter(webhook_event_types::webhook_id.eq(id))).execute(tx.conn())?;
    let rows: Vec<_> = types
        .iter()
        .map(|kind| (webhook_event_types::webhook_id.eq(id), webhook_event_types::event_type.eq(*kind)))
        .collect();
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(webhook_event_types::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Makes a secret; those before it are good for `overlap` more.
pub(super) fn add_secret(
    tx: &mut Tx<'_>,
    id: WebhookId,
    now: Instant,
    overlap: chrono::Duration,
) -> Result<Secret, Problem> {
    let secret = Secret::make()?;
    let (hmac_secret, ed25519_seed) = secret.kept();
    let until = now + overlap;
    diesel::update(
        webhook_secrets::table
            .filter(webhook_secrets::webhook_id.eq(id))
            .filter(webhook_secrets::expires_at.is_null().or(webhook_secrets::expires_at.gt(until))),
    )
    .set(webhook_secrets::expires_at.eq(until))
    .execute(tx.conn())?;
    let row = SecretRow {
        id: WebhookSecretId::make(),
        webhook_id: id,
        hmac_secret,
        ed25519_seed,
        created_at: now,
        expires_at: None,
    };
    diesel::insert_into(webhook_secrets::table).values(&row).execute(tx.conn())?;
    Ok(secret)
}

/// Secrets that are good now, the newest first.
pub(super) fn secrets_of(
    tx: &mut Tx<'_>,
    ids: &[WebhookId],
    now: Instant,
) -> QueryResult<HashMap<WebhookId, Vec<Secret>>> {
    let rows: Vec<SecretRow> = webhook_secrets::table
        .filter(webhook_secrets::webhook_id.eq_any(ids))
        .filter(webhook_secrets::expires_at.is_null().or(webhook_secrets::expires_at.gt(now)))
        .order(webhook_secrets::id.desc())
        .select(SecretRow::as_select())
        .load(tx.conn())?;
    let mut secrets: HashMap<WebhookId, Vec<Secret>> = HashMap::new();
    for row in rows {
        if let Some(secret) = Secret::read(&row.hmac_secret, &row.ed25519_seed) {
            secrets.entry(row.webhook_id).or_default().push(secret);
        }
    }
    Ok(secrets)
}
