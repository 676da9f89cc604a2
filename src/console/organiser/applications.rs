//! `/manage/{edition}/applications`: review queue with filters and bulk approval.
use actix_web::{HttpResponse, get, http::header, post, web};
use askama::Template;
use serde::Deserialize;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store,
};
use crate::{
    flash::Flash,
    page_context::{PageContext, render_page},
};
use hoicho_core::{
    states::ApplicationState,
    values::{ids::ApplicationId, text::normalize_for_search},
};
use hoicho_fair::applications::{self, lifecycle::allowed_transitions, store::ApplicationRow};
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::{Action, OrganiserRole, Permit, RequestContext},
};

/// Applications per page.
const PAGE_SIZE: usize = 100;
/// Max applications that a search scans.
const MAX_SEARCHED: i64 = 10_000;
/// Max applications in one bulk approval.
const MAX_APPROVALS: usize = 500;

struct Line {
    row: ApplicationRow,
    name: String,
    allocated: i64,
}

#[derive(Template)]
#[template(path = "organiser/applications.html")]
struct Applications {
    page: PageContext,
    context: EditionContext,
    counts: Vec<(ApplicationState, i64)>,
    state: Option<ApplicationState>,
    search_term: String,
    lines: Vec<Line>,
    next: Option<ApplicationId>,
}

impl Applications {
    fn is_state(&self, state: &ApplicationState) -> bool {
        self.state == Some(*state)
    }
    fn can_approve(&self, line: &Line) -> bool {
        self.context.can_manage && allowed_transitions(line.row.state).contains(&ApplicationState::Approved)
    }
    fn has_approvable(&self) -> bool {
        self.lines.iter().any(|l| self.can_approve(l))
    }
}

#[derive(Deserialize)]
struct ApplicationsQuery {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    q: String,
    after: Option<ApplicationId>,
}

/// Shows the queue.
#[get("/manage/{edition}/applications")]
pub(super) async fn show_applications(
    page: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<ApplicationsQuery>,
) -> Result<HttpResponse, Problem> {
    let ApplicationsQuery { state, q, after } = query.into_result()?;
    let state: Option<ApplicationState> = state.and_then(|text| text.parse().ok());
    let search_term: String = q.chars().take(100).collect();
    let folded = normalize_for_search(&search_term);
    let limit = if folded.is_empty() { i64::try_from(PAGE_SIZE).unwrap_or(100) + 1 } else { MAX_SEARCHED };
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Applications)?;
        let id = context.edition.id;
        let rows = applications::store::page(tx, id, state, after, limit)?;
        Ok((store::applications_by_state(tx, id)?, store::allocated_booth_counts(tx, id)?, rows, context))
    });
    let (counts, allocated, rows, context) = data.await?;
    let matches =
        rows.into_iter().filter(|(_, name)| folded.is_empty() || normalize_for_search(name).contains(&folded));
    let mut lines: Vec<Line> = matches
        .map(|(row, name)| Line { allocated: allocated.get(&row.id).copied().unwrap_or(0), row, name })
        .collect();
    let more = lines.len() > PAGE_SIZE;
    lines.truncate(PAGE_SIZE);
    let next = lines.last().filter(|_| more).map(|l| l.row.id);
    render_page(Applications { page, context, counts, state, search_term, lines, next }).await
}

struct ReviewApplications;
impl Action for ReviewApplications {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Approves all selected applications in one transaction; on an error none is approved.
#[post("/manage/{edition}/applications/approve")]
pub(super) async fn approve_applications(
    permit: Permit<ReviewApplications>,
    path: web::Path<String>,
    context: web::Data<RequestContext>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).map_err(|_| Code::BadRequest)?;
    let ids = fields.iter().filter(|(name, _)| name == "application").map(|(_, id)| id.parse::<ApplicationId>());
    let ids: Vec<ApplicationId> = ids.collect::<Result<_, _>>().map_err(|_| Code::NotFound)?;
    if ids.len() > MAX_APPROVALS {
        return Err(Code::TooLarge.into());
    }
    let approved = permit.write(move |tx, authorized| {
        ids.into_iter().try_for_each(|id| {
            applications::transition(tx, &authorized, id, ApplicationState::Approved, None).map(|_| ())
        })
    });
    let here = format!("/manage/{}/applications", path.into_inner());
    let mut flash = Flash { path: here.clone(), ..Flash::default() };
    match approved.await {
        Ok(()) => flash.success = Some("done-approved".to_owned()),
        Err(problem) if problem.code == Code::IllegalStep || problem.code == Code::StaleVersion => {
            let message = problem.detail.unwrap_or_else(|| problem.code.title());
            flash.errors = vec![format!("{} / {}", message.vi, message.en)];
        }
        Err(problem) => return Err(problem),
    }
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, here)).cookie(flash.cookie(context.secure_cookies));
    Ok(response.finish())
}
