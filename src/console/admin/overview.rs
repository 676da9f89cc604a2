//! `/admin`: all organisers and users, and the verification of tax codes, for platform admins.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store::{self, ClaimLine, OrganiserLine, UserLine};
use crate::page_context::{PageContext, render_page};
use hoicho_core::values::ids::OrganiserId;
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::{SignedIn, authorize_admin},
};

/// Rows per page.
const PAGE_SIZE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Admin {
    page: PageContext,
    search_term: String,
    organisers: Vec<OrganiserLine>,
    users: Vec<UserLine>,
    next_organiser: Option<OrganiserId>,
    next_user: Option<String>,
    tax_code: String,
    claims: Vec<ClaimLine>,
}

#[derive(Deserialize)]
struct OverviewQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after_user: String,
    after_organiser: Option<OrganiserId>,
    #[serde(default)]
    tax_code: String,
}

/// Shows organisers and users. Responds with 404 unless the user is a platform admin.
#[get("/admin")]
pub(super) async fn show_admin(
    page: PageContext,
    caller: SignedIn,
    query: Query<OverviewQuery>,
) -> Result<HttpResponse, Problem> {
    let OverviewQuery { q, after_user, after_organiser, tax_code } = query.into_result()?;
    let search_term = q.trim().to_lowercase();
    let (user, prefix) = (caller.user_session(), search_term.clone());
    let tax_code: String = tax_code.chars().filter(|c| c.is_ascii_digit() || *c == '-').take(20).collect();
    let code_prefix = tax_code.clone();
    let needs_second_factor = caller.context.admins_need_second_factor;
    let lists = caller.context.db.read(move |tx| {
        if !authorize_admin(tx, user, needs_second_factor)? {
            return Err(Problem::from(Code::NotFound));
        }
        Ok((
            store::organisers(tx, after_organiser, PAGE_SIZE + 1)?,
            store::users(tx, &prefix, &after_user, PAGE_SIZE + 1)?,
            if code_prefix.is_empty() { Vec::new() } else { store::tax_code_claims(tx, &code_prefix)? },
        ))
    });
    let (mut organisers, mut users, claims) = lists.await?;
    let page_size = usize::try_from(PAGE_SIZE).unwrap_or_default();
    let (more_organisers, more_users) = (organisers.len() > page_size, users.len() > page_size);
    organisers.truncate(page_size);
    users.truncate(page_size);
    let next_organiser = organisers.last().filter(|_| more_organisers).map(|o| o.id);
    let next_user = users.last().filter(|_| more_users).map(|u| u.email.to_lowercase());
    render_page(Admin { page, search_term, organisers, users, next_organiser, next_user, tax_code, claims }).await
}
