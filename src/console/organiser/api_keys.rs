//! `/organisers/{organiser}/keys`: API keys of partner sites and their usage.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
};
use hoicho_core::values::{
    clock::Instant,
    ids::{ApiKeyId, EditionId},
};
use hoicho_fair::{
    editions::{self, store::Visibility},
    organisers::{self, store::OrganiserRow},
};
use hoicho_web::{
    http::Problem,
    identity::{
        Action, OrganiserRole, Permit,
        api_keys::{self, ApiKeyRow, KeyScope},
    },
};

struct ViewKeys;
impl Action for ViewKeys {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// An API key in the list.
struct KeyLine {
    row: ApiKeyRow,
    scopes: Vec<KeyScope>,
    editions: Vec<String>,
    is_valid: bool,
}

#[derive(Template)]
#[template(path = "organiser/api_keys.html")]
struct Keys {
    page: PageContext,
    organiser: OrganiserRow,
    keys: Vec<KeyLine>,
    scopes: Vec<SelectOption>,
    editions: Vec<SelectOption>,
    is_owner: bool,
}

impl Keys {
    fn date_time(&self, at: &Instant) -> String {
        self.page.vietnam_date_time(at)
    }
}

/// Shows the API keys.
#[get("/organisers/{organiser}/keys")]
pub(super) async fn show_keys(page: PageContext, permit: Permit<ViewKeys>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let rows = api_keys::list(tx, organiser.id, authorized.now)?;
        let ids: Vec<ApiKeyId> = rows.iter().map(|r| r.id).collect();
        let restrictions = (api_keys::load_scopes(tx, &ids)?, api_keys::load_editions(tx, &ids)?);
        Ok((editions::store::list_page(tx, Visibility::Staff(organiser.id), "", 500)?, organiser, rows, restrictions))
    });
    let (own, organiser, rows, (mut scopes_of, mut editions_of)) = data.await?;
    let names: HashMap<EditionId, String> = own.iter().map(|e| (e.id, e.name.clone())).collect();
    let line = |row: ApiKeyRow| KeyLine {
        scopes: scopes_of.remove(&row.id).unwrap_or_default(),
        editions: editions_of.remove(&row.id).into_iter().flatten().filter_map(|id| names.get(&id).cloned()).collect(),
        is_valid: row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > page.now),
        row,
    };
    let keys = rows.into_iter().map(line).collect();
    let is_owner_of = |(id, _, role): &(_, String, OrganiserRole)| *id == organiser.id && *role == OrganiserRole::Owner;
    let is_owner = page.require_user()?.organisers.iter().any(is_owner_of);
    let scopes = select::<KeyScope>(&page, "key-scope", Some(&KeyScope::ReadEditions));
    let editions = own.into_iter().map(|e| SelectOption::new(e.id, e.name, false)).collect();
    render_page(Keys { page, organiser, keys, scopes, editions, is_owner }).await
}
