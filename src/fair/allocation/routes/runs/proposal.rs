//! Endpoint to read a proposal by application, with explanations.
use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::{super::actions::ReadAllocations, AllocationRunPath};
use crate::allocation::runs::{explanation::Explanation, explanation_text::explanation_texts, store};
use hoicho_core::values::ids::ApplicationId;
use hoicho_web::{
    http::{
        Code, Problem, Query,
        pagination::{Page, PageQuery},
        preferred_language,
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ProposalQuery {
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// Cursor from the previous page.
    cursor: Option<String>,
}

/// An application in a proposal.
#[derive(Serialize, utoipa::ToSchema)]
struct ProposedView {
    /// The application.
    application: ApplicationId,
    /// Name of its exhibitor in the organiser's records.
    exhibitor_name: String,
    /// Position in the order, starting at 1.
    turn: i32,
    /// By the weights of the order, plus 1; at least 1.
    points: i32,
    /// Codes of its booths at the time of the run.
    before: Vec<String>,
    /// Codes of the proposed booths; empty if unserved.
    after: Vec<String>,
    /// Explanation in sentences: the outcome, the reasons for unfulfilled wishes, and advice if unserved.
    reasons: Vec<String>,
}

/// Returns the proposal for each application, in the order of the run, with explanations in the caller's language.
///
/// Staff of the organiser other than gate staff. Empty until the run has a proposal; one that was applied stays readable.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/proposal",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = hoicho_core::values::ids::AllocationRunId, Path),
        ProposalQuery,
    ),
    responses(
        (status = 200, body = Page<ProposedView>),
        (status = 400),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocation-runs/{run}/proposal")]
pub(in super::super) async fn get_proposal(
    req: HttpRequest,
    permit: Permit<ReadAllocations>,
    path: AllocationRunPath,
    query: Query<ProposalQuery>,
) -> Result<HttpResponse, Problem> {
    let ProposalQuery { limit, cursor } = query.into_result()?;
    let query = PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, query.decode_cursor()?);
    let after = if after.is_empty() { 0 } else { after.parse().map_err(|_| Code::BadRequest)? };
    let language = preferred_language(&req);
    let id = path.1;
    let reading = permit.read(move |tx, authorized| {
        store::find(tx, authorized.edition()?, id)?;
        let rows = store::applications_page(tx, id, after, limit + 1)?;
        let ids: Vec<ApplicationId> = rows.iter().map(|(row, _)| row.application_id).collect();
        Ok((rows, store::proposed_booths_of(tx, id, &ids)?))
    });
    let (rows, booths) = reading.await?;
    let mut by_application: HashMap<ApplicationId, (Vec<String>, Vec<String>)> = HashMap::new();
    for (booth, code) in booths {
        if let Some(before) = booth.before_application_id {
            by_application.entry(before).or_default().0.push(code.clone());
        }
        if let Some(after) = booth.after_application_id {
            by_application.entry(after).or_default().1.push(code);
        }
    }
    let view = |(row, exhibitor_name): (store::ProposedApplicationRow, String)| {
        let (before, after) = by_application.remove(&row.application_id).unwrap_or_default();
        let explanation: Explanation = serde_json::from_str(&row.explanation).map_err(|_| Code::Internal)?;
        Ok(ProposedView {
            application: row.application_id,
            exhibitor_name,
            turn: row.turn,
            points: row.points,
            before,
            after,
            reasons: explanation_texts(&explanation).iter().map(|t| t.get(language).to_owned()).collect(),
        })
    };
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, Problem>>()?;
    Ok(Page::from_rows(views, limit, |v: &ProposedView| v.turn.to_string()).into_response(&req))
}
