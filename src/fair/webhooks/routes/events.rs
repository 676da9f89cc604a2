//! What happened to an organiser.
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    super::{
        delivery_store::RETENTION_DAYS,
        event_store::{self, EventFilter},
        events::{AnyMessage, SchemaVersion, parse_message_id},
    },
    actions::ReadEvents,
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{EditionId, OrganiserId},
};
use hoicho_web::{
    audit::EventType,
    http::{
        Code, Problem, Query,
        pagination::{self, Page, encode_cursor, truncate},
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EventQuery {
    /// Only events of this type.
    r#type: Option<EventType>,
    /// Only events of this edition: identifier or slug.
    edition: Option<String>,
    /// Only events that happened at this time or later; at most 30 days ago.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Only events after this one: its `id`, which is the `webhook-id` of its message.
    after: Option<String>,
    /// Version of the schemas; default the newest.
    #[param(minimum = 1)]
    version: Option<i32>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// The edition of the organiser with this identifier or slug.
fn find_edition(tx: &mut Tx<'_>, organiser: OrganiserId, name: &str) -> Result<EditionId, Problem> {
    let edition = match name.parse::<EditionId>() {
        Ok(id) => editions::store::find(tx, id)?,
        Err(_) => {
            let id = editions::store::find_by_slug(tx, name)?;
            editions::store::find(tx, id)?
        }
    };
    if edition.organiser_id == organiser { Ok(edition.id) } else { Err(Code::NotFound.into()) }
}

/// What happened in the last 30 days, as the messages that webhooks send.
///
/// In the order in which it became visible: whoever reads to the end, and later continues with `after`, misses nothing. Messages appear
/// a few seconds after the event. For owners and managers, and keys with the scope `read:events` that are not limited to editions.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/events",
    tag = "webhooks",
    security(("session" = []), ("api_key" = ["read:events"])),
    params(
        ("organiser" = OrganiserId, Path),
        EventQuery,
    ),
    responses(
        (status = 200, body = Page<AnyMessage>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/events")]
pub(super) async fn list_organiser_events(
    req: HttpRequest,
    permit: Permit<ReadEvents>,
    query: Query<EventQuery>,
) -> Result<HttpResponse, Problem> {
    let EventQuery { r#type: event_type, edition, since, after, version, limit, cursor } = query.into_result()?;
    let newest = SchemaVersion::NEWEST.number();
    let version = SchemaVersion::try_from(version.unwrap_or(newest))
        .map_err(|_| Problem::new(Code::BadRequest, MessageId("error-schema-version").with_number("newest", newest)))?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, cursor) = (query.limit()?, query.decode_id_cursor::<i64>()?);
    let since = since.map(|since| since.naive_utc());
    let events = permit.read(move |tx, authorized| {
        let (organiser, now) = (authorized.organiser()?, authorized.now);
        if since.is_some_and(|since| since < event_store::first_instant(now)) {
            let range = MessageId("error-since-range").with_number("days", RETENTION_DAYS);
            return Err(Problem::new(Code::BadRequest, range));
        }
        let edition = edition.map(|name| find_edition(tx, organiser, &name)).transpose()?;
        let after = after.map(|id| find_after(tx, organiser, &id)).transpose()?;
        let filter = EventFilter { organiser, event_type, edition, since };
        Ok(event_store::list_events(tx, &filter, cursor.max(after), (now, limit + 1), version)?)
    });
    let mut events = events.await?;
    let has_more = truncate(&mut events, limit);
    let next_cursor = events.last().filter(|_| has_more).map(|last| encode_cursor(&last.position.to_string()));
    let bodies = events.iter().map(|event| serde_json::from_str(&event.body));
    let items = bodies.collect::<serde_json::Result<Vec<serde_json::Value>>>().map_err(|_| Code::Internal)?;
    Ok(Page { items, next_cursor }.into_response(&req))
}

/// The place of a message. One that is deleted by now, or of another organiser, is an error: the caller may have missed something.
fn find_after(tx: &mut Tx<'_>, organiser: OrganiserId, id: &str) -> Result<i64, Problem> {
    let unknown = || Problem::new(Code::BadRequest, MessageId("error-unknown-event"));
    let id = parse_message_id(id).ok_or_else(unknown)?;
    event_store::find_position(tx, organiser, id)?.ok_or_else(unknown)
}
