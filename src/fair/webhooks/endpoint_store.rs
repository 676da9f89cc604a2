//! Queries on webhook endpoints, their event types and signing secrets.
use std::collections::HashMap;

use diesel::prelude::*;

use super::{events::SchemaVersion, signature::SigningSecret};
use hoicho_core::{
    db::{Tx, lock_name, schema::*},
    i18n::MessageId,
    on_either,
    values::{
        clock::Instant,
        ids::{OrganiserId, UserId, WebhookId, WebhookSecretId},
    },
};
use hoicho_web::{
    audit::EventType,
    http::{Code, Problem},
};

/// Max replaced secrets of an endpoint that are still valid: each signs every message.
const MAX_REPLACED_SECRETS: i64 = 4;

hoicho_core::text_enum! {
    /// Why an endpoint is disabled.
    #[schema(as = SwitchedOff)]
    DisabledReason {
        /// It responded with 410 Gone.
        Gone,
        /// Every delivery failed for 5 days.
        Failing = "dead",
        /// The organiser disabled it.
        Manual = "by_hand",
    }
}

/// A webhook endpoint.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct WebhookRow {
    /// Identifier.
    pub id: WebhookId,
    /// Organiser that owns it.
    pub organiser_id: OrganiserId,
    /// Name given by the organiser.
    pub name: String,
    /// URL of the endpoint.
    pub url: String,
    /// Whether messages are sent.
    pub is_enabled: bool,
    /// Why it is disabled.
    pub switched_off_because: Option<DisabledReason>,
    /// Time of the first failure since the last success.
    pub failing_since: Option<Instant>,
    /// User who created it.
    pub created_by: UserId,
    /// Creation time.
    pub created_at: Instant,
    /// Version for optimistic locking.
    pub version: i32,
    /// Version of the schemas of its messages.
    pub schema_version: SchemaVersion,
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

/// Inserts an endpoint.
pub(super) fn insert(tx: &mut Tx<'_>, row: &WebhookRow) -> QueryResult<usize> {
    diesel::insert_into(webhooks::table).values(row).execute(tx.conn())
}

/// Finds an endpoint of an organiser.
pub(super) fn find(tx: &mut Tx<'_>, organiser: OrganiserId, id: WebhookId) -> QueryResult<WebhookRow> {
    webhooks::table
        .find(id)
        .filter(webhooks::organiser_id.eq(organiser))
        .select(WebhookRow::as_select())
        .get_result(tx.conn())
}

/// Finds an endpoint of any organiser; `None` if it was deleted.
pub(super) fn find_by_id(tx: &mut Tx<'_>, id: WebhookId) -> QueryResult<Option<WebhookRow>> {
    webhooks::table.find(id).select(WebhookRow::as_select()).get_result(tx.conn()).optional()
}

/// The endpoints with these identifiers; missing ones are skipped.
pub(super) fn list_by_ids(tx: &mut Tx<'_>, ids: &[WebhookId]) -> QueryResult<Vec<WebhookRow>> {
    webhooks::table.filter(webhooks::id.eq_any(ids)).select(WebhookRow::as_select()).load(tx.conn())
}

/// Endpoints of an organiser, newest first; at most 100.
pub fn list_by_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<WebhookRow>> {
    webhooks::table
        .filter(webhooks::organiser_id.eq(organiser))
        .order(webhooks::id.desc())
        .limit(100)
        .select(WebhookRow::as_select())
        .load(tx.conn())
}

/// Updates an endpoint if its stored version is `expected_version`; returns whether it was updated.
pub(super) fn update(tx: &mut Tx<'_>, row: &WebhookRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = webhooks::table.find(row.id).filter(webhooks::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Deletes an endpoint with its deliveries, attempts, secrets and event types.
pub(super) fn delete(tx: &mut Tx<'_>, id: WebhookId) -> QueryResult<()> {
    let deliveries =
        webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(id)).select(webhook_deliveries::id);
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::webhook_delivery_id.eq_any(deliveries)))
        .execute(tx.conn())?;
    diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhook_secrets::table.filter(webhook_secrets::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhook_event_types::table.filter(webhook_event_types::webhook_id.eq(id))).execute(tx.conn())?;
    diesel::delete(webhooks::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Sets the time of the first failure if it is not set yet, or clears it (`None`) after a success.
pub(super) fn set_failing_since(tx: &mut Tx<'_>, id: WebhookId, since: Option<Instant>) -> QueryResult<usize> {
    let row = webhooks::table.find(id);
    let set = webhooks::failing_since.eq(since);
    match since {
        Some(_) => diesel::update(row.filter(webhooks::failing_since.is_null())).set(set).execute(tx.conn()),
        None => diesel::update(row.filter(webhooks::failing_since.is_not_null())).set(set).execute(tx.conn()),
    }
}

/// Disables an endpoint; returns whether it was enabled before.
pub(super) fn disable(tx: &mut Tx<'_>, id: WebhookId, reason: DisabledReason) -> QueryResult<bool> {
    let enabled = webhooks::table.find(id).filter(webhooks::is_enabled.eq(true));
    let changed = diesel::update(enabled)
        .set((
            webhooks::is_enabled.eq(false),
            webhooks::switched_off_because.eq(reason),
            webhooks::version.eq(webhooks::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Subscribed event types by endpoint. Endpoints that subscribe to all events are not in the map.
pub fn list_event_types(tx: &mut Tx<'_>, ids: &[WebhookId]) -> QueryResult<HashMap<WebhookId, Vec<EventType>>> {
    let rows: Vec<(WebhookId, EventType)> = webhook_event_types::table
        .filter(webhook_event_types::webhook_id.eq_any(ids))
        .order((webhook_event_types::webhook_id, webhook_event_types::event_type))
        .select((webhook_event_types::webhook_id, webhook_event_types::event_type))
        .load(tx.conn())?;
    let mut types: HashMap<WebhookId, Vec<EventType>> = HashMap::new();
    rows.into_iter().for_each(|(id, kind)| types.entry(id).or_default().push(kind));
    Ok(types)
}

/// Replaces the subscribed event types; empty means all.
pub(super) fn replace_event_types(tx: &mut Tx<'_>, id: WebhookId, types: &[EventType]) -> QueryResult<()> {
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

/// Generates and inserts a secret; older secrets expire after `overlap`.
pub(super) fn add_secret(
    tx: &mut Tx<'_>,
    id: WebhookId,
    now: Instant,
    overlap: chrono::Duration,
) -> Result<SigningSecret, Problem> {
    lock_name(tx, &format!("secrets of {id}"))?;
    let secret = SigningSecret::generate()?;
    let (hmac_secret, ed25519_seed) = secret.encode();
    let old_expires_at = now + overlap;
    diesel::update(
        webhook_secrets::table
            .filter(webhook_secrets::webhook_id.eq(id))
            .filter(webhook_secrets::expires_at.is_null().or(webhook_secrets::expires_at.gt(old_expires_at))),
    )
    .set(webhook_secrets::expires_at.eq(old_expires_at))
    .execute(tx.conn())?;
    let replaced =
        webhook_secrets::table.filter(webhook_secrets::webhook_id.eq(id)).filter(webhook_secrets::expires_at.gt(now));
    if replaced.count().get_result::<i64>(tx.conn())? > MAX_REPLACED_SECRETS {
        return Err(Problem::new(
            Code::IllegalStep,
            MessageId("error-webhook-secret-limit").with_number("max", MAX_REPLACED_SECRETS),
        ));
    }
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

/// Secrets that have not expired, by endpoint, newest first.
pub(super) fn list_active_secrets(
    tx: &mut Tx<'_>,
    ids: &[WebhookId],
    now: Instant,
) -> QueryResult<HashMap<WebhookId, Vec<SigningSecret>>> {
    let rows: Vec<SecretRow> = webhook_secrets::table
        .filter(webhook_secrets::webhook_id.eq_any(ids))
        .filter(webhook_secrets::expires_at.is_null().or(webhook_secrets::expires_at.gt(now)))
        .order(webhook_secrets::id.desc())
        .select(SecretRow::as_select())
        .load(tx.conn())?;
    let mut secrets: HashMap<WebhookId, Vec<SigningSecret>> = HashMap::new();
    for row in rows {
        if let Some(secret) = SigningSecret::decode(&row.hmac_secret, &row.ed25519_seed) {
            secrets.entry(row.webhook_id).or_default().push(secret);
        }
    }
    Ok(secrets)
}
