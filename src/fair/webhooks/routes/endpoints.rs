//! CRUD of endpoints.
use actix_web::{HttpResponse, delete, get, patch, post, web};
use chrono::Duration;
use serde::Deserialize;

use super::{
    super::{
        client::WebhookClient,
        delivery_store,
        endpoint_store::{self, DisabledReason, WebhookRow},
        events::SchemaVersion,
    },
    actions::{ManageWebhooks, ViewWebhooks},
    views::{self, NewWebhookView, WebhookView},
};
use hoicho_core::{
    db::lock_name,
    i18n::MessageId,
    values::ids::{OrganiserId, WebhookId},
};
use hoicho_web::{
    audit::{AuditAction, EventType},
    http::{
        ApiResponse, Body, Code, FieldCode, Items, Problem, Validator,
        etag::{self, IfMatch},
        limits::ShortNameText,
        patch::deserialize_present,
    },
    identity::Permit,
};

/// Max endpoints per organiser.
const MAX_WEBHOOKS: usize = 20;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWebhook {
    /// Name: 1 to 100 characters.
    #[schema(value_type = ShortNameText)]
    name: String,
    /// `https://…`, at most 500 characters.
    url: String,
    /// Subscribed event types; default all.
    #[serde(default)]
    event_types: Vec<EventType>,
    /// Version of the schemas of its messages; default the newest. It stays until you change it.
    #[schema(minimum = 1, example = 1)]
    schema_version: Option<i32>,
}

fn check_schema_version(checks: &mut Validator, number: Option<i32>) -> Option<SchemaVersion> {
    let version = number.and_then(|number| SchemaVersion::try_from(number).ok());
    checks.require(
        number.is_none() || version.is_some(),
        "/schema_version",
        FieldCode::Unknown,
        MessageId("error-schema-version").with_number("newest", SchemaVersion::NEWEST.number()),
    );
    version
}

fn normalize_event_types(checks: &mut Validator, mut types: Vec<EventType>) -> Vec<EventType> {
    types.sort();
    types.dedup();
    checks.require(types.len() <= 100, "/event_types", FieldCode::Length, MessageId("error-event-type-list-length"));
    types
}

fn check_url(checks: &mut Validator, client: &WebhookClient, url: &str) {
    let is_valid = url.len() <= 500 && !url.contains('\0') && client.accepts_url(url);
    checks.require(is_valid, "/url", FieldCode::Url, MessageId("error-webhook-url"));
}

/// Creates an endpoint. The signing secret is only in this response, so `Idempotency-Key` is ignored: the response is not
/// stored.
///
/// Owners of the organiser. Refused with 409 `illegal_step` with 20 endpoints, and 422 `invalid` for an address that the server
/// does not send to. It is enabled at once; `/test` sends a first message.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/webhooks",
    tag = "webhooks",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    request_body = CreateWebhook,
    responses(
        (status = 201, body = NewWebhookView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/webhooks")]
pub(super) async fn create_webhook(
    client: web::Data<WebhookClient>,
    permit: Permit<ManageWebhooks>,
    body: Body<CreateWebhook>,
) -> Result<ApiResponse, Problem> {
    let CreateWebhook { name, url, event_types, schema_version } = body.into_result()?;
    let mut checks = Validator::default();
    let name = checks.require_text::<ShortNameText>("/name", &name);
    check_url(&mut checks, &client, &url);
    let types = normalize_event_types(&mut checks, event_types);
    let schema_version = check_schema_version(&mut checks, schema_version).unwrap_or(SchemaVersion::NEWEST);
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let organiser = authorized.organiser()?;
            lock_name(tx, &format!("webhooks of {organiser}"))?;
            if endpoint_store::list_by_organiser(tx, organiser)?.len() >= MAX_WEBHOOKS {
                return Err(Problem::new(
                    Code::IllegalStep,
                    MessageId("error-webhook-limit").with_number("max", MAX_WEBHOOKS),
                ));
            }
            let row = WebhookRow {
                id: WebhookId::make(),
                organiser_id: organiser,
                name,
                url,
                is_enabled: true,
                switched_off_because: None,
                failing_since: None,
                created_by: authorized.require_user()?,
                created_at: authorized.now,
                version: 1,
                schema_version,
            };
            endpoint_store::insert(tx, &row)?;
            endpoint_store::replace_event_types(tx, row.id, &types)?;
            let secret = endpoint_store::add_secret(tx, row.id, authorized.now, Duration::zero())?;
            let view = views::webhook_view(row, types);
            authorized.record_audit(tx, AuditAction::WebhookCreate, view.id, None, Some(&view))?;
            let path = format!("/organisers/{}/webhooks/{}", authorized.organiser()?, view.id);
            Ok(ApiResponse::created(&path, &NewWebhookView { secret: (&secret).into(), webhook: view })?
                .with_version(1))
        })
        .await
}

/// Lists the endpoints of an organiser, newest first.
///
/// Owners and managers of the organiser. Without the signing secrets.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/webhooks",
    tag = "webhooks",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    responses(
        (status = 200, body = Items<WebhookView>),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/webhooks")]
pub(super) async fn list_webhooks(permit: Permit<ViewWebhooks>) -> Result<HttpResponse, Problem> {
    let result = permit.read(|tx, authorized| {
        let rows = endpoint_store::list_by_organiser(tx, authorized.organiser()?)?;
        let mut types = endpoint_store::list_event_types(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>())?;
        let to_view = |row: WebhookRow| {
            let types = types.remove(&row.id).unwrap_or_default();
            views::webhook_view(row, types)
        };
        Ok(Items { items: rows.into_iter().map(to_view).collect::<Vec<_>>() })
    });
    Ok(HttpResponse::Ok().json(result.await?))
}

pub(super) type WebhookPath = web::Path<(OrganiserId, WebhookId)>;

/// Returns an endpoint.
///
/// Owners and managers of the organiser. Without the signing secret.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
    ),
    responses(
        (status = 200, body = WebhookView),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn get_webhook(permit: Permit<ViewWebhooks>, path: WebhookPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let result = permit.read(move |tx, authorized| {
        let row = endpoint_store::find(tx, authorized.organiser()?, id)?;
        let types = endpoint_store::list_event_types(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok(views::webhook_view(row, types))
    });
    let view = result.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(view.version)).json(view))
}

/// Fields to change.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PatchWebhook {
    /// 1 to 100 characters.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, value_type = Option<ShortNameText>)]
    name: Option<String>,
    /// `https://…`, at most 500 characters; messages that wait go there too.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    url: Option<String>,
    /// Subscribed event types; empty: all.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    event_types: Option<Vec<EventType>>,
    /// Enabling makes waiting deliveries due now.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false)]
    is_enabled: Option<bool>,
    /// Version of the schemas of its messages, also of those that wait.
    #[serde(default, deserialize_with = "deserialize_present")]
    #[schema(nullable = false, minimum = 1)]
    schema_version: Option<i32>,
}

/// Changes, enables or disables an endpoint. Events that happen while it is disabled are not sent; request them with a
/// replay.
///
/// Owners of the organiser; requires `If-Match`. Enabling an endpoint that failed clears `failing_since`.
#[utoipa::path(
    patch,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
        ("If-Match" = String, Header),
    ),
    request_body = PatchWebhook,
    responses(
        (status = 200, body = WebhookView),
        (status = 403),
        (status = 404),
        (status = 412),
        (status = 422),
    ),
)]
#[patch("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn patch_webhook(
    client: web::Data<WebhookClient>,
    permit: Permit<ManageWebhooks>,
    path: WebhookPath,
    if_match: IfMatch,
    body: Body<PatchWebhook>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<ShortNameText>("/name", &n));
    if let Some(url) = &body.url {
        check_url(&mut checks, &client, url);
    }
    let types = body.event_types.map(|types| normalize_event_types(&mut checks, types));
    let schema_version = check_schema_version(&mut checks, body.schema_version);
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = endpoint_store::find(tx, authorized.organiser()?, id)?;
            if_match.check(before.version)?;
            let types_before = endpoint_store::list_event_types(tx, &[id])?.remove(&id).unwrap_or_default();
            let mut row = WebhookRow { version: before.version + 1, ..before.clone() };
            row.name = name.unwrap_or(row.name);
            row.url = body.url.unwrap_or(row.url);
            row.schema_version = schema_version.unwrap_or(row.schema_version);
            match body.is_enabled {
                Some(true) if !before.is_enabled => {
                    (row.is_enabled, row.switched_off_because, row.failing_since) = (true, None, None);
                    delivery_store::retry_all(tx, id, authorized.now)?;
                }
                Some(false) if before.is_enabled => {
                    (row.is_enabled, row.switched_off_because) = (false, Some(DisabledReason::Manual));
                }
                Some(_) | None => {}
            }
            if !endpoint_store::update(tx, &row, before.version)? {
                return Err(Code::StaleVersion.into());
            }
            if let Some(types) = &types {
                endpoint_store::replace_event_types(tx, id, types)?;
            }
            let view = views::webhook_view(row, types.unwrap_or_else(|| types_before.clone()));
            authorized.record_audit(
                tx,
                AuditAction::WebhookChange,
                id,
                Some(&views::webhook_view(before, types_before)),
                Some(&view),
            )?;
            Ok(ApiResponse::ok(&view)?.with_version(view.version))
        })
        .await
}

/// Deletes an endpoint with its delivery log.
///
/// Owners of the organiser; requires `If-Match`. Messages that wait are not sent.
#[utoipa::path(
    delete,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
        ("If-Match" = String, Header),
    ),
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 412),
    ),
)]
#[delete("/organisers/{organiser}/webhooks/{webhook}")]
pub(super) async fn delete_webhook(
    permit: Permit<ManageWebhooks>,
    path: WebhookPath,
    if_match: IfMatch,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let before = endpoint_store::find(tx, authorized.organiser()?, id)?;
            if_match.check(before.version)?;
            endpoint_store::delete(tx, id)?;
            authorized.record_audit(tx, AuditAction::WebhookDelete, id, Some((before.name, before.url)), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
