//! `/organisers/{organiser}/keys`: API keys of partner sites and their usage.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    choice::{Choice, of_set},
    shell::{Shell, page},
};
use hoicho_core::values::{
    clock::Instant,
    ids::{ApiKeyId, EditionId},
};
use hoicho_fair::{
    editions::{self, store::Listed},
    organisers::{self, store::OrganiserRow},
};
use hoicho_web::{
    http::Problem,
    identity::{
        Action, OrganiserRole, Permit,
        keys::{self, KeyRow, KeyScope},
    },
};

struct ViewKeys;
impl Action for ViewKeys {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

/// An API key in the list.
struct Line {
    row: KeyRow,
    scopes: Vec<KeyScope>,
    editions: Vec<String>,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "organiser/keys.html")]
struct Keys {
    s: Shell,
    organiser: OrganiserRow,
    lines: Vec<Line>,
    scopes: Vec<Choice>,
    editions: Vec<Choice>,
    is_owner: bool,
}

impl Keys {
    fn at(&self, at: &Instant) -> String {
        self.s.moment_here(at)
    }
}

/// Shows the API keys.
#[get("/organisers/{organiser}/keys")]
pub(super) async fn show_keys(s: Shell, permit: Permit<ViewKeys>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let rows = keys::of_organiser(tx, organiser.id)?;
        let ids: Vec<ApiKeyId> = rows.iter().map(|r| r.id).collect();
        let restrictions = (keys::scopes_of(tx, &ids)?, keys::editions_of(tx, &ids)?);
        Ok((editions::store::page(tx, Listed::Own(organiser.id), "", 500)?, organiser, rows, restrictions))
    });
    let (own, organiser, rows, (mut scopes_of, mut editions_of)) = data.await?;
    let names: HashMap<EditionId, String> = own.iter().map(|e| (e.id, e.name.clone())).collect();
    let line = |row: KeyRow| Line {
        scopes: scopes_of.remove(&row.id).unwrap_or_default(),
        editions: editions_of.remove(&row.id).into_iter().flatten().filter_map(|id| names.get(&id).cloned()).collect(),
        is_good: row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > s.now),
        row,
    };
    let lines = rows.into_iter().map(line).collect();
    let is_owner_of = |(id, _, role): &(_, String, OrganiserRole)| *id == organiser.id && *role == OrganiserRole::Owner;
    let is_owner = s.reader()?.organisers.iter().any(is_owner_of);
    let scopes = of_set::<KeyScope>(&s, "key-scope", Some(&KeyScope::ReadEditions));
    let editions = own.into_iter().map(|e| Choice::new(e.id, e.name, false)).collect();
    page(&Keys { s, organiser, lines, scopes, editions, is_owner })
}
