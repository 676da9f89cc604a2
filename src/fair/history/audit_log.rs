//! `/audit-log`.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};

use hoicho_core::{
    i18n::MessageId,
    values::ids::{ApiKeyId, AuditId, EditionId, ExhibitorId, OrganiserId, UserId},
};
use hoicho_web::{
    audit::{self, AuditAction, AuditRow, Filter, SubjectKind},
    http::{Code, Problem, Query, pagination, pagination::Page},
    identity::{OrganiserRole, SignedIn, authorize_admin, authorize_staff},
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AuditQuery {
    /// Organiser whose data was changed; required except for platform admins.
    organiser: Option<OrganiserId>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// An entry of the audit log.
#[derive(Serialize, utoipa::ToSchema)]
struct ChangeView {
    /// Made by the server; sorts by time.
    id: AuditId,
    /// When the change was made, RFC 3339 in UTC.
    #[schema(value_type = String)]
    at: chrono::DateTime<chrono::Utc>,
    /// User who made the change; absent for the program itself.
    actor: Option<UserId>,
    /// API key with which the change was made.
    api_key: Option<ApiKeyId>,
    /// The exhibitor for which staff of the organiser acted.
    on_behalf_of: Option<ExhibitorId>,
    /// Organiser whose data was changed; `null` for accounts, organisations and what is private to them.
    organiser: Option<OrganiserId>,
    /// Edition concerned; `null` if the change belongs to none, or the edition was deleted.
    edition: Option<EditionId>,
    /// For example `booth.change`.
    #[schema(value_type = String)]
    action: AuditAction,
    /// Kind of the changed resource: the part of `action` before the dot.
    #[schema(value_type = String)]
    subject_kind: SubjectKind,
    /// Identifier of the changed resource.
    subject: String,
    /// Value before the change.
    #[schema(value_type = Value)]
    before: Option<serde_json::Value>,
    /// Value after the change.
    #[schema(value_type = Value)]
    after: Option<serde_json::Value>,
}

fn view(row: AuditRow) -> ChangeView {
    let json = |text: Option<String>| text.and_then(|t| serde_json::from_str(&t).ok());
    ChangeView {
        id: row.id,
        at: row.at.and_utc(),
        actor: row.actor_id,
        api_key: row.api_key_id,
        on_behalf_of: row.on_behalf_of,
        organiser: row.organiser_id,
        edition: row.edition_id,
        action: row.action,
        subject_kind: row.subject_kind,
        subject: row.subject,
        before: json(row.before_json),
        after: json(row.after_json),
    }
}

/// Changes of an organiser's data, newest first, for its owners and managers; platform admins can read the log of all
/// organisers.
///
/// 403 `forbidden` without `organiser` unless the caller is a platform admin, and 403 `second_factor_required` for an admin
/// without one if the settings require it. Personal data that was erased reads `[erased]`.
#[utoipa::path(
    get,
    path = "/api/v1/audit-log",
    tag = "audit",
    security(("session" = [])),
    params(AuditQuery),
    responses(
        (status = 200, body = Page<ChangeView>),
        (status = 401),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/audit-log")]
pub(super) async fn get_audit_log(
    req: HttpRequest,
    caller: SignedIn,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    let AuditQuery { organiser, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let (user, now) = (caller.user_session(), caller.now);
    let needs_second_factor = caller.context.admins_need_second_factor;
    let found = caller.context.db.read(move |tx| {
        let admin = authorize_admin(tx, user, needs_second_factor)?;
        let of = match organiser {
            Some(organiser) if admin => Filter::Organiser(organiser),
            Some(organiser) => {
                authorize_staff(tx, user, now, organiser, OrganiserRole::MANAGERS)?;
                Filter::Organiser(organiser)
            }
            None if admin => Filter::All,
            None => {
                return Err(Problem::new(Code::Forbidden, MessageId("error-audit-organiser-required")));
            }
        };
        Ok(audit::list(tx, of, after, limit + 1)?)
    });
    let views = found.await?.into_iter().map(view).collect();
    Ok(Page::from_rows(views, limit, |v: &ChangeView| v.id.to_string()).into_response(&req))
}
