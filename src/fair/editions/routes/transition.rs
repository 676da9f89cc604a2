//! `/editions/{edition}/transitions`: state transitions.
use actix_web::{post, web};
use serde::Deserialize;

use super::{
    super::{
        OnFinalise,
        audited::AuditedState,
        lifecycle,
        store::{self, EditionRow},
    },
    actions::ManageEdition,
    view::{EditionView, load_view},
};
use hoicho_core::{db::Tx, i18n::MessageId, states::EditionState, values::clock::Instant};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Problem, Validator, limits::ReasonText},
    identity::Permit,
};

/// A state transition.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Transition {
    /// The state to reach; the legal ones depend on the present state.
    to: EditionState,
    /// Required for going back and for cancelling; 1 to 1,000 characters.
    #[schema(value_type = Option<ReasonText>)]
    reason: Option<String>,
}

/// Changes the state of an edition. Finalising freezes its figures; it is refused while opening days are to come. What is unfinished
/// is in `GET /editions/{edition}/unfinished`. A published edition becomes a draft again only while nobody has applied, and is cancelled
/// only before its first opening day begins. The error for an invalid transition lists the valid ones.
///
/// Owners and managers of the organiser. An invalid transition is refused with 409 `illegal_step`, and so are finalising before
/// the last day is over and going back with applications. Finalising and cancelling cannot be taken back; webhooks get
/// `edition.published`, `figures.finalised` or `edition.cancelled`.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/transitions",
    tag = "editions",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = Transition,
    responses(
        (status = 200, body = EditionView),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/transitions")]
pub(super) async fn transition(
    on_finalise: web::Data<OnFinalise>,
    permit: Permit<ManageEdition>,
    body: Body<Transition>,
) -> Result<ApiResponse, Problem> {
    let Transition { to, reason } = body.into_result()?;
    permit
        .write_once(move |tx, authorized| {
            let row = store::find(tx, authorized.edition()?)?;
            let (from, now) = (row.state, authorized.now);
            let legal = lifecycle::allowed_transitions(from, row.schedule.has_begun(now));
            if !legal.contains(&to) {
                let legal = legal.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
                return Err(Problem::new(
                    Code::IllegalStep,
                    MessageId("error-invalid-transition").with_args(&[("from", &from), ("legal", &legal)]),
                ));
            }
            let mut checks = Validator::default();
            let reason_text = reason.as_deref().map(|r| checks.require_text::<ReasonText>("/reason", r));
            checks.require(
                reason_text.is_some() || !lifecycle::needs_reason(to),
                "/reason",
                FieldCode::Missing,
                MessageId("error-reason-required"),
            );
            checks.finish()?;
            // The update locks the edition: applications and opening days, which share its lock, cannot be added after the checks.
            if !store::set_state(tx, row.id, from, to, now)? {
                return Err(Code::StaleVersion.into());
            }
            match to {
                EditionState::Finalised => {
                    require_no_days_to_come(tx, &row, now)?;
                    (on_finalise.0)(tx, row.id, now)?;
                }
                EditionState::Draft => {
                    if store::has_applications(tx, row.id)? {
                        return Err(Problem::new(Code::IllegalStep, MessageId("error-edition-has-applications")));
                    }
                }
                EditionState::Published | EditionState::Cancelled => {}
            }
            authorized.record_audit(
                tx,
                AuditAction::EditionTransition,
                row.id,
                Some(AuditedState { state: from, reason: None }),
                Some(AuditedState { state: to, reason: reason_text }),
            )?;
            let (version, view) = load_view(tx, row.id, now)?;
            Ok(ApiResponse::ok(&view)?.with_version(version))
        })
        .await
}

/// Fails, naming the last opening day, if it is not over and the edition was not ended early.
fn require_no_days_to_come(tx: &mut Tx<'_>, row: &EditionRow, now: Instant) -> Result<(), Problem> {
    let days = store::list_days(tx, row.id)?;
    match days.last() {
        Some(last) if !row.schedule.is_over(now) => {
            Err(Problem::new(Code::IllegalStep, MessageId("error-days-to-come").with_args(&[("day", &last.day)])))
        }
        Some(_) | None => Ok(()),
    }
}
