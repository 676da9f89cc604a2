//! `/me/personal-data`, `/me/actions` and `/me/erasure`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, put, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    erase,
    export::{DataSubject, PersonalData, export},
};
use hoicho_core::values::ids::AuditId;
use hoicho_web::{
    audit::{self, AuditAction, AuditRow, Filter},
    http::{
        Body, Problem, Query,
        pagination::{Page, PageQuery},
    },
    identity::{SignedIn, lockout, store},
};

/// OpenAPI operations of personal data.
#[derive(utoipa::OpenApi)]
#[openapi(paths(get_personal_data, list_my_actions, erase_me))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(get_personal_data).service(list_my_actions).service(erase_me);
}

/// Exports the personal data of the caller. Their actions are at `/me/actions`.
///
/// Every logged-in person, about themselves. Found by the e-mail address of the account; at most 1,000 entries of each kind.
#[utoipa::path(
    get,
    path = "/api/v1/me/personal-data",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = PersonalData),
        (status = 401),
    ),
)]
#[get("/me/personal-data")]
async fn get_personal_data(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (user, now) = (caller.user, caller.now);
    let data = caller.context.db.read(move |tx| {
        let account = store::find_account(tx, user)?;
        export(tx, &DataSubject::Email(account.email_key), now)
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"personal-data.json\""))
        .json(data.await?))
}

/// Action of the caller in the audit log.
#[derive(Serialize, utoipa::ToSchema)]
struct ActionView {
    /// Made by the server; sorts by time.
    id: AuditId,
    /// When the action was done, RFC 3339 in UTC.
    #[schema(value_type = String)]
    at: chrono::DateTime<chrono::Utc>,
    /// Action name, for example `booth.change`.
    #[schema(value_type = String)]
    action: AuditAction,
    /// Identifier of the changed resource; its type is the part of `action` before the dot.
    subject: String,
}

fn view(row: AuditRow) -> ActionView {
    ActionView { id: row.id, at: row.at.and_utc(), action: row.action, subject: row.subject }
}

/// Lists the actions of the caller from the audit log, newest first.
///
/// Every logged-in person, about themselves. Entries older than the server's retention period are deleted.
#[utoipa::path(
    get,
    path = "/api/v1/me/actions",
    tag = "auth",
    security(("session" = [])),
    params(PageQuery),
    responses(
        (status = 200, body = Page<ActionView>),
        (status = 401),
    ),
)]
#[get("/me/actions")]
async fn list_my_actions(req: HttpRequest, caller: SignedIn, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let user = caller.user;
    let rows =
        caller.context.db.read(move |tx| Ok::<_, Problem>(audit::list(tx, Filter::Actor(user), after, limit + 1)?));
    let views = rows.await?.into_iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &ActionView| v.id.to_string()).into_response(&req))
}

/// Password confirmation.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct EraseMe {
    /// Password of the account, as a confirmation.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Erases the caller: account, contacts, invitations, waiting e-mails, and personal data in the audit log. Their actions stay
/// under a pseudonymous identifier and no figure changes. Consents are retained as proof. It cannot be undone. The last
/// owner of an organiser, or of an exhibitor with other members, has to transfer ownership first.
///
/// Every logged-in person, about themselves. Refused with 401 `wrong_credentials` for a wrong password, 429 `too_many_requests`
/// during a lock-out, and 409 `illegal_step` for a last owner, naming what they own.
#[utoipa::path(
    put,
    path = "/api/v1/me/erasure",
    tag = "auth",
    security(("session" = [])),
    request_body = EraseMe,
    responses(
        (status = 204),
        (status = 401),
        (status = 409),
        (status = 429),
    ),
)]
#[put("/me/erasure")]
async fn erase_me(req: HttpRequest, caller: SignedIn, body: Body<EraseMe>) -> Result<HttpResponse, Problem> {
    let password = body.into_result()?.password;
    let (user, now, context) = (caller.user, caller.now, caller.context);
    let account = context.db.read(move |tx| store::find_account(tx, user).map_err(Problem::from)).await?;
    let source = context.source_address(&req).to_string();
    lockout::confirm_password(&context, &account, password, (source, now)).await?;
    erase::find_and_erase(&context.db, DataSubject::Email(account.email_key), now).await?;
    Ok(HttpResponse::NoContent().finish())
}
