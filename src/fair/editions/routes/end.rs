//! `/editions/{edition}/end`: ends a live edition before its last opening day is over, and takes that back.
use actix_web::{delete, put};
use serde::Deserialize;

use super::{
    super::{
        audited::AuditedEnd,
        schedule::END_UNDO_PERIOD,
        store::{self, EditionRow},
    },
    actions::ManageEdition,
    view::{EditionView, load_view},
};
use hoicho_core::{db::Tx, i18n::MessageId, states::EditionPhase, values::clock::Instant};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem, Validator, etag::IfMatch, limits::ReasonText},
    identity::{Authorized, Permit},
};

/// Ends an edition.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct EndEdition {
    /// 1 to 1,000 characters.
    #[schema(value_type = ReasonText)]
    reason: String,
}

/// Ends a live edition now. Opening days that begin later are not held: no reports are due for them and averages do not count
/// them. Can be taken back for 24 hours.
///
/// Owners and managers of the organiser; `If-Match` is optional. Refused with 409 `illegal_step` unless the phase is `live`.
/// Webhooks get `edition.changed`.
#[utoipa::path(
    put,
    path = "/api/v1/editions/{edition}/end",
    tag = "editions",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = EndEdition,
    responses(
        (status = 200, body = EditionView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/editions/{edition}/end")]
pub(super) async fn end_edition(
    permit: Permit<ManageEdition>,
    if_match: IfMatch,
    body: Body<EndEdition>,
) -> Result<ApiResponse, Problem> {
    let mut checks = Validator::default();
    let reason = checks.require_text::<ReasonText>("/reason", &body.into_result()?.reason);
    checks.finish()?;
    permit
        .write(move |tx, authorized| {
            let before = store::lock_exclusive(tx, authorized.edition()?)?;
            if_match.check_if_sent(Some(before.version))?;
            match before.phase(authorized.now) {
                Some(EditionPhase::Live) => {}
                None
                | Some(
                    EditionPhase::BeforeRegistration
                    | EditionPhase::RegistrationOpen
                    | EditionPhase::RegistrationClosed
                    | EditionPhase::Reporting,
                ) => return Err(Problem::new(Code::IllegalStep, MessageId("error-edition-not-live"))),
            }
            set_end(tx, &authorized, &before, Some((authorized.now, reason)))
        })
        .await
}

/// Takes back the early end of an edition, within 24 hours.
///
/// Owners and managers of the organiser; `If-Match` is optional. Refused with 409 `illegal_step` if it was not ended early or 24
/// hours have passed, and `edition_finalised` once it is finalised. Webhooks get `edition.changed`.
#[utoipa::path(
    delete,
    path = "/api/v1/editions/{edition}/end",
    tag = "editions",
    security(("session" = [])),
    params(("edition" = String, Path)),
    responses(
        (status = 200, body = EditionView),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/editions/{edition}/end")]
pub(super) async fn resume_edition(permit: Permit<ManageEdition>, if_match: IfMatch) -> Result<ApiResponse, Problem> {
    permit
        .write(move |tx, authorized| {
            let before = store::lock_exclusive(tx, authorized.edition()?)?;
            if_match.check_if_sent(Some(before.version))?;
            if !before.schedule.can_resume(authorized.now) {
                let hours = END_UNDO_PERIOD.num_hours();
                return Err(Problem::new(
                    Code::IllegalStep,
                    MessageId("error-edition-cannot-resume").with_number("hours", hours),
                ));
            }
            set_end(tx, &authorized, &before, None)
        })
        .await
}

fn set_end(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    before: &EditionRow,
    end: Option<(Instant, String)>,
) -> Result<ApiResponse, Problem> {
    store::set_end(tx, before.id, end.as_ref().map(|(at, reason)| (*at, reason.as_str())))?;
    store::increment_version(tx, before.id)?;
    store::refresh_schedule(tx, before.id, authorized.now)?;
    let ended_before = AuditedEnd { ended_at: before.schedule.ended_at, reason: before.end_reason.clone() };
    let (ended_at, reason) = end.unzip();
    let ended = AuditedEnd { ended_at, reason };
    authorized.record_audit(tx, AuditAction::EditionEnd, before.id, Some(ended_before), Some(ended))?;
    let (version, view) = load_view(tx, before.id, authorized.now)?;
    Ok(ApiResponse::ok(&view)?.with_version(version))
}
