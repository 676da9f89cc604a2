//! `/admin`: organisers and users of the platform, for its admins.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store::{self, OrganiserLine, UserLine};
use crate::shell::{Shell, page};
use hoicho_core::values::ids::OrganiserId;
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::{SignedIn, store::is_admin},
};

/// Rows a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Admin {
    s: Shell,
    question: String,
    organisers: Vec<OrganiserLine>,
    users: Vec<UserLine>,
    next_organiser: Option<OrganiserId>,
    next_user: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after_user: String,
    after_organiser: Option<OrganiserId>,
}

/// The platform. For anybody but its admins there is no such page.
#[get("/admin")]
pub(super) async fn show_admin(s: Shell, caller: SignedIn, query: Query<Asked>) -> Result<HttpResponse, Problem> {
    let Asked { q, after_user, after_organiser } = query.get()?;
    let question = q.trim().to_lowercase();
    let (user, begins) = (caller.user, question.clone());
    let found = caller.context.db.read(move |tx| {
        if !is_admin(tx, user)? {
            return Err(Problem::from(Code::NotFound));
        }
        Ok((store::organisers(tx, after_organiser, PAGE + 1)?, store::users(tx, &begins, &after_user, PAGE + 1)?))
    });
    let (mut organisers, mut users) = found.await?;
    let most = usize::try_from(PAGE).unwrap_or_default();
    let (more_organisers, more_users) = (organisers.len() > most, users.len() > most);
    organisers.truncate(most);
    users.truncate(most);
    let next_organiser = organisers.last().filter(|_| more_organisers).map(|o| o.id);
    let next_user = users.last().filter(|_| more_users).map(|u| u.email.to_lowercase());
    page(&Admin { s, question, organisers, users, next_organiser, next_user })
}
