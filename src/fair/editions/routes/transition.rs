//! `/editions/{edition}/transitions`: state transitions.
use actix_web::{post, web};
use serde::Deserialize;

use super::{
    super::{OnFinalise, lifecycle, store},
    actions::ManageEdition,
    view::{EditionView, load_view},
};
use hoicho_core::{i18n::MessageId, states::EditionState};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Problem, Validator},
    identity::Permit,
};

/// A state transition.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Transition {
    to: EditionState,
    /// Required for going back and for cancelling; 1 to 1,000 characters.
    reason: Option<String>,
}

/// Changes the state of an edition. Finalising freezes its figures. The error for an invalid transition lists the valid
/// ones.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/transitions",
    tag = "editions",
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
            let (from, legal) = (row.state, lifecycle::allowed_transitions(row.state));
            if !legal.contains(&to) {
                let legal = legal.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
                return Err(Problem::new(
                    Code::IllegalStep,
                    MessageId("error-invalid-transition").with_args(&[("from", &from), ("legal", &legal)]),
                ));
            }
            let mut checks = Validator::default();
            let reason_text = reason.as_deref().map(|r| checks.require_text("/reason", r, 1_000));
            checks.require(
                reason_text.is_some() || !lifecycle::needs_reason(from, to),
                "/reason",
                FieldCode::Missing,
                MessageId("error-reason-required"),
            );
            checks.finish()?;
            if !store::set_state(tx, row.id, from, to)? {
                return Err(Code::StaleVersion.into());
            }
            if to == EditionState::Finalised {
                (on_finalise.0)(tx, row.id, authorized.now)?;
            }
            authorized.record_audit(
                tx,
                AuditAction::EditionTransition,
                row.id,
                Some((from, None)),
                Some((to, reason_text)),
            )?;
            let (version, view) = load_view(tx, row.id)?;
            Ok(ApiResponse::ok(&view)?.with_version(version))
        })
        .await
}
