//! Addresses themselves.
use actix_web::{HttpResponse, delete, get, patch, post, web};
use chrono::Duration;
use serde::Deserialize;

use super::{
    super::{
        client::Client,
        endpoint::{self, SwitchedOff, WebhookRow},
        event::EventType,
        queue,
    },
    ManageWebhooks, SeeWebhooks,
    view::{self, NewWebhookView, WebhookView},
};
use hoicho_core::{
    i18n::Said,
    values::ids::{OrganiserId, WebhookId},
};
use hoicho_web::{
    http::{Answer, Body, Checks, Code, Items, Problem, etag, etag::IfMatch, patch::present},
    identity::Permit,
};

/// Addresses of one organiser.
const MOST: usize = 20;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWebhook {
    /// What it is for: 1 to 100 characters.
    name: String,
    /// `https://…`, at most 500 characters.
    url: String,
    /// What it is told of; everything unless told.
    #[serde(default)]
    event_types: Vec<EventType>,
}

fn tidy(checks: &mut Checks, mut types: Vec<EventType>) -> Vec<EventType> {
    types.sort();
    types.dedup();
    checks.that(types.len() <= 100, "/event_types", "length", Said("a-webhook-takes-at-most-100-types"));
    types
}

fn check_url(checks: &mut Checks, client: &Client, url: &str) {
    let fits = url.len() <= 500 && !url.contains('\0') && client.takes(url);
    checks.that(fits, "/url", "url", Said("this-address-cannot-be-sent-to"));
}

/// Names an address that is told of events. What verifies its messages is in this answer and nowhere else, so an
/// `Idempotency-Key` is not heeded: no answer is kept.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/webhooks", tag = "webhooks", params(("organiser" = OrganiserId, Path)), request_body = CreateWebhook, responses((status = 201, body = NewWebhookView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[post("/organisers/{organiser}/webhooks")]
pub(super) async fn create_webhook(
    client: web::Data<Client>,
    permit: Permit<ManageWebhooks>,
    body: Body<CreateWebhook>,
) -> Result<Answer, Problem> {
    let CreateWebhook { name, url, event_types } = body.get()?;
    let mut checks = Checks::default();
    let name = checks.text("/name", &name, 100);
    check_url(&mut checks, &client, &url);
    let types = tidy(&mut checks, event_types);
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let organiser = granted.organiser()?;
            if endpoint::of_organiser(tx, organiser)?.len() >= MOST {
                return Err(Problem::new(Code::IllegalStep, Said("an-organiser-has-at-most-20-webhooks")));
            }
            let row = WebhookRow {
                id: WebhookId::make(),
                organiser_id: organiser,
                name,
                url,
                is_enabled: true,
                switched_off_because: None,
                failing_since: None,
                created_by: granted.actor()?,
                created_at: granted.now,
                version: 1,
            };
            endpoint::insert(tx, &row)?;
            endpoint::put_types(tx, row.id, &types)?;
            let secret = endpoint::add_secret(tx, row.id, granted.now, Duration::zero())?;
            let shown = view::webhook(row, types);
            granted.audit(tx, "webhook.create", shown.id, None, Some(&shown))?;
            Ok(Answer::created(&NewWebhookView { secret: (&secret).into(), webhook: shown })?.version(1))
        })
        .await
}

/// The addresses of an organiser, the newest first.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks", tag = "webhooks", params(("organiser" = OrganiserId, Path)), responses((status = 200, body = Items<WebhookView>), (status = 404)))]
#[get("/organisers/{organiser}/webhooks")]
pub(super) async fn list_webhooks(permit: Permit<SeeWebhooks>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let rows = endpoint::of_organiser(tx, granted.organiser()?)?;
        let mut types = endpoint::types_of(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>())?;
        let shown = |row: WebhookRow| {
            let types = types.remove(&row.id).unwrap_or_default();
            view::webhook(row, types)
        };
        Ok(Items { items: rows.into_iter().map(shown).collect::<Vec<_>>() })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}

pub(super) type At = web::Path<(OrganiserId, WebhookId)>;

/// One address.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path)), responses((status = 200, body = WebhookView), (status = 404)))]
#[get("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn get_webhook(permit: Permit<SeeWebhooks>, path: At) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let found = permit.read(move |tx, granted| {
        let row = endpoint::find(tx, granted.organiser()?, id)?;
        let types = endpoint::types_of(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok(view::webhook(row, types))
    });
    let shown = found.await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(shown.version)).json(shown))
}

/// What may change.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchWebhook {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    url: Option<String>,
    /// Empty: everything.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    event_types: Option<Vec<EventType>>,
    /// What waits is sent at once when it is switched on.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_enabled: Option<bool>,
}

/// Changes an address, or switches it off and on. What happens while it is off is not sent: ask for it with a replay.
#[utoipa::path(patch, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("If-Match" = String, Header)), request_body = PatchWebhook, responses((status = 200, body = WebhookView), (status = 403), (status = 404), (status = 412), (status = 422)))]
#[patch("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn patch_webhook(
    client: web::Data<Client>,
    permit: Permit<ManageWebhooks>,
    path: At,
    seen: IfMatch,
    body: Body<PatchWebhook>,
) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let name = body.name.map(|n| checks.text("/name", &n, 100));
    if let Some(url) = &body.url {
        check_url(&mut checks, &client, url);
    }
    let types = body.event_types.map(|types| tidy(&mut checks, types));
    checks.done()?;
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let before = endpoint::find(tx, granted.organiser()?, id)?;
            seen.check(before.version)?;
            let types_before = endpoint::types_of(tx, &[id])?.remove(&id).unwrap_or_default();
            let mut row = WebhookRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.url = body.url.unwrap_or(row.url);
            match body.is_enabled {
                Some(true) if !before.is_enabled => {
                    (row.is_enabled, row.switched_off_because, row.failing_since) = (true, None, None);
                    queue::hurry(tx, id, granted.now)?;
                }
                Some(false) if before.is_enabled => {
                    (row.is_enabled, row.switched_off_because) = (false, Some(SwitchedOff::ByHand));
                }
                Some(_) | None => {}
            }
            if !endpoint::replace(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            if let Some(types) = &types {
                endpoint::put_types(tx, id, types)?;
            }
            let shown = view::webhook(row, types.unwrap_or_else(|| types_before.clone()));
            granted.audit(tx, "webhook.change", id, Some(&view::webhook(before, types_before)), Some(&shown))?;
            Ok(Answer::ok(&shown)?.version(shown.version))
        })
        .await
}

/// Removes an address with the log of what was sent to it.
#[utoipa::path(delete, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("If-Match" = String, Header)), responses((status = 204), (status = 403), (status = 404), (status = 412)))]
#[delete("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn delete_webhook(permit: Permit<ManageWebhooks>, path: At, seen: IfMatch) -> Result<Answer, Problem> {
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let before = endpoint::find(tx, granted.organiser()?, id)?;
            seen.check(before.version)?;
            endpoint::delete(tx, id)?;
            granted.audit(tx, "webhook.delete", id, Some((before.name, before.url)), None)?;
            Ok(Answer::no_content())
        })
        .await
}
