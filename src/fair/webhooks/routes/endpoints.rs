//! CRUD of endpoints.
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

/// Max endpoints per organiser.
const MAX_WEBHOOKS: usize = 20;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWebhook {
    /// Name: 1 to 100 characters.
    name: String,
    /// `https://…`, at most 500 characters.
    url: String,
    /// Subscribed event types; default all.
    #[serde(default)]
    event_types: Vec<EventType>,
}

fn normalise_types(checks: &mut Checks, mut types: Vec<EventType>) -> Vec<EventType> {
    types.sort();
    types.dedup();
    checks.that(types.len() <= 100, "/event_types", "length", Said("a-webhook-takes-at-most-100-types"));
    types
}

fn check_url(checks: &mut Checks, client: &Client, url: &str) {
    let is_valid = url.len() <= 500 && !url.contains('\0') && client.takes(url);
    checks.that(is_valid, "/url", "url", Said("this-address-cannot-be-sent-to"));
}

/// Creates an endpoint. The signing secret is only in this response, so `Idempotency-Key` is ignored: the response is not
/// stored.
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
    let types = normalise_types(&mut checks, event_types);
    checks.done()?;
    permit
        .write(move |tx, granted| {
            let organiser = granted.organiser()?;
            if endpoint::of_organiser(tx, organiser)?.len() >= MAX_WEBHOOKS {
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
            let view = view::webhook(row, types);
            granted.audit(tx, "webhook.create", view.id, None, Some(&view))?;
            Ok(Answer::created(&NewWebhookView { secret: (&secret).into(), webhook: view })?.version(1))
        })
        .await
}

/// Lists the endpoints of an organiser, newest first.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks", tag = "webhooks", params(("organiser" = OrganiserId, Path)), responses((status = 200, body = Items<WebhookView>), (status = 404)))]
#[get("/organisers/{organiser}/webhooks")]
pub(super) async fn list_webhooks(permit: Permit<SeeWebhooks>) -> Result<HttpResponse, Problem> {
    let result = permit.read(|tx, granted| {
        let rows = endpoint::of_organiser(tx, granted.organiser()?)?;
        let mut types = endpoint::types_of(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>())?;
        let to_view = |row: WebhookRow| {
            let types = types.remove(&row.id).unwrap_or_default();
            view::webhook(row, types)
        };
        Ok(Items { items: rows.into_iter().map(to_view).collect::<Vec<_>>() })
    });
    Ok(HttpResponse::Ok().json(result.await?))
}

pub(super) type At = web::Path<(OrganiserId, WebhookId)>;

/// Returns an endpoint.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path)), responses((status = 200, body = WebhookView), (status = 404)))]
#[get("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn get_webhook(permit: Permit<SeeWebhooks>, path: At) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let result = permit.read(move |tx, granted| {
        let row = endpoint::find(tx, granted.organiser()?, id)?;
        let types = endpoint::types_of(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok(view::webhook(row, types))
    });
    let view = result.await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(view.version)).json(view))
}

/// Fields to change.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchWebhook {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    url: Option<String>,
    /// Subscribed event types; empty: all.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    event_types: Option<Vec<EventType>>,
    /// Enabling makes waiting deliveries due now.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_enabled: Option<bool>,
}

/// Changes, enables or disables an endpoint. Events that happen while it is disabled are not sent; request them with a
/// replay.
#[utoipa::path(patch, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("If-Match" = String, Header)), request_body = PatchWebhook, responses((status = 200, body = WebhookView), (status = 403), (status = 404), (status = 412), (status = 422)))]
#[patch("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn patch_webhook(
    client: web::Data<Client>,
    permit: Permit<ManageWebhooks>,
    path: At,
    if_match: IfMatch,
    body: Body<PatchWebhook>,
) -> Result<Answer, Problem> {
    let body = body.get()?;
    let mut checks = Checks::default();
    let name = body.name.map(|n| checks.text("/name", &n, 100));
    if let Some(url) = &body.url {
        check_url(&mut checks, &client, url);
    }
    let types = body.event_types.map(|types| normalise_types(&mut checks, types));
    checks.done()?;
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let before = endpoint::find(tx, granted.organiser()?, id)?;
            if_match.check(before.version)?;
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
            let view = view::webhook(row, types.unwrap_or_else(|| types_before.clone()));
            granted.audit(tx, "webhook.change", id, Some(&view::webhook(before, types_before)), Some(&view))?;
            Ok(Answer::ok(&view)?.version(view.version))
        })
        .await
}

/// Deletes an endpoint with its delivery log.
#[utoipa::path(delete, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("If-Match" = String, Header)), responses((status = 204), (status = 403), (status = 404), (status = 412)))]
#[delete("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn delete_webhook(
    permit: Permit<ManageWebhooks>,
    path: At,
    if_match: IfMatch,
) -> Result<Answer, Problem> {
    let id = path.1;
    permit
        .write(move |tx, granted| {
            let before = endpoint::find(tx, granted.organiser()?, id)?;
            if_match.check(before.version)?;
            endpoint::delete(tx, id)?;
            granted.audit(tx, "webhook.delete", id, Some((before.name, before.url)), None)?;
            Ok(Answer::no_content())
        })
        .await
}
