//! `/organisers/{organiser}/webhooks`: webhook endpoints, their recent deliveries, and what happened recently.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::Duration;
use serde::Deserialize;
use strum::VariantArray;

use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{WebhookDeliveryId, WebhookId, WebhookMessageId},
    },
};
use hoicho_fair::{
    organisers::{self, store::OrganiserRow},
    webhooks::{
        self, EventFilter, ListedEvent, RecentDelivery, WebhookRow,
        events::{EventBooth, EventEdition, EventExhibitor, SchemaVersion},
    },
};
use hoicho_web::{
    audit::EventType,
    http::Problem,
    identity::{Action, OrganiserRole, Permit},
};

struct ViewWebhooks;
impl Action for ViewWebhooks {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Max recent deliveries.
const MAX_RECENT: i64 = 50;

/// A webhook in the list.
struct WebhookLine {
    row: WebhookRow,
    types: Vec<EventType>,
    recent: Vec<RecentDelivery>,
}

/// An event in the list of what happened.
struct EventLine {
    at: Instant,
    event_type: EventType,
    /// Booth, exhibitor and edition, as far as the event names them.
    object: String,
    body: String,
}

/// What events name, as far as people read it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    booth: Option<EventBooth>,
    exhibitor: Option<EventExhibitor>,
    edition: Option<EventEdition>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventBody {
    data: Named,
}

impl From<ListedEvent> for EventLine {
    fn from(event: ListedEvent) -> Self {
        let ListedEvent { event_type, body, at, id: _, position: _ } = event;
        let Named { booth, exhibitor, edition } = serde_json::from_str::<EventBody>(&body).unwrap_or_default().data;
        let parts = [booth.map(|b| b.code), exhibitor.map(|e| e.name), edition.map(|e| e.slug)];
        Self { at, event_type, object: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "), body }
    }
}

#[derive(Template)]
#[template(path = "organiser/webhooks.html")]
struct Webhooks {
    page: PageContext,
    organiser: OrganiserRow,
    lines: Vec<WebhookLine>,
    bodies: HashMap<WebhookDeliveryId, String>,
    events: Vec<EventLine>,
    types: Vec<SelectOption>,
    replay_options: Vec<(String, &'static str)>,
    is_owner: bool,
}

impl Webhooks {
    fn date_time(&self, at: &Instant) -> String {
        self.page.vietnam_date_time(at)
    }
    fn body_of(&self, delivery: &RecentDelivery) -> &str {
        self.bodies.get(&delivery.id).map_or("", String::as_str)
    }
}

/// The bodies of deliveries, in the versions of their endpoints; a query for each version.
fn read_bodies(
    tx: &mut Tx<'_>,
    endpoints: &[WebhookRow],
    deliveries: &[RecentDelivery],
) -> Result<HashMap<WebhookDeliveryId, String>, Problem> {
    let version_of: HashMap<WebhookId, SchemaVersion> = endpoints.iter().map(|w| (w.id, w.schema_version)).collect();
    let mut bodies = HashMap::new();
    for version in SchemaVersion::VARIANTS {
        let sent = || deliveries.iter().filter(|delivery| version_of.get(&delivery.webhook) == Some(version));
        let messages: Vec<WebhookMessageId> = sent().map(|delivery| delivery.message).collect();
        let found = webhooks::list_bodies(tx, &messages, *version)?;
        bodies.extend(sent().filter_map(|delivery| Some((delivery.id, found.get(&delivery.message)?.clone()))));
    }
    Ok(bodies)
}

/// Shows the webhooks.
#[get("/organisers/{organiser}/webhooks")]
pub(super) async fn show_webhooks(page: PageContext, permit: Permit<ViewWebhooks>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let rows = webhooks::list_by_organiser(tx, organiser.id)?;
        let ids: Vec<WebhookId> = rows.iter().map(|r| r.id).collect();
        let recent = webhooks::list_recent(tx, &ids, MAX_RECENT)?;
        let bodies = read_bodies(tx, &rows, &recent)?;
        let filter = EventFilter { organiser: organiser.id, event_type: None, edition: None, since: None };
        let events = webhooks::list_newest_events(tx, &filter, (authorized.now, MAX_RECENT))?;
        Ok((organiser, (rows, webhooks::list_event_types(tx, &ids)?), (recent, bodies), events))
    });
    let (organiser, (rows, mut types_of), (sent, bodies), events) = data.await?;
    let events = events.into_iter().map(EventLine::from).collect();
    let mut recent: HashMap<WebhookId, Vec<RecentDelivery>> = HashMap::new();
    sent.into_iter().for_each(|delivery| recent.entry(delivery.webhook).or_default().push(delivery));
    let line = |row: WebhookRow| WebhookLine {
        types: types_of.remove(&row.id).unwrap_or_default(),
        recent: recent.remove(&row.id).unwrap_or_default(),
        row,
    };
    let lines = rows.into_iter().map(line).collect();
    let is_owner_of = |(id, _, role): &(_, String, OrganiserRole)| *id == organiser.id && *role == OrganiserRole::Owner;
    let is_owner = page.require_user()?.organisers.iter().any(is_owner_of);
    let ago = |hours: i64, word| ((page.now - Duration::hours(hours)).and_utc().to_rfc3339(), word);
    let replay_options = vec![
        ago(1, "hook-since-hour"),
        ago(24, "hook-since-day"),
        ago(167, "hook-since-week"),
        ago(719, "hook-since-month"),
    ];
    let mut types = select::<EventType>(&page, "event-type", None);
    // Test events are sent manually, independent of the subscribed types.
    types.retain(|choice| choice.value != EventType::Test.as_str());
    render_page(Webhooks { page, organiser, lines, bodies, events, types, replay_options, is_owner }).await
}
