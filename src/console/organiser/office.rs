//! `/organisers/{organiser}`: the organiser itself: editions, staff, places, audit trail.
use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store;
use crate::{
    choice::{Choice, of_set},
    shell::{Shell, page},
    visitor::editions::{Card, cards},
};
use hoicho_core::values::ids::{AuditId, UserId};
use hoicho_fair::{
    editions::store::Listed,
    organisers::{
        self,
        store::{OrganiserRow, SeriesRow},
    },
    venues::{
        self,
        store::{HallRow, VenueRow},
    },
};
use hoicho_web::{
    audit::{self, AuditRow, Of},
    http::{Problem, Query},
    identity::{
        Action, OrganiserRole, Permit,
        invitations::{self, Offer, Open},
        members::{self, Member},
    },
};

struct SeeOrganiser;
impl Action for SeeOrganiser {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}
struct SeeAudit;
impl Action for SeeAudit {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

/// The reader's role, to show only what it may do.
fn role_of(s: &Shell, organiser: &OrganiserRow) -> Option<OrganiserRole> {
    s.who.as_ref()?.organisers.iter().find(|(id, _, _)| *id == organiser.id).map(|(_, _, role)| *role)
}

#[derive(Template)]
#[template(path = "organiser/office.html")]
struct Office {
    s: Shell,
    organiser: OrganiserRow,
    editions: Vec<Card>,
    can_manage: bool,
    is_owner: bool,
}

/// Its editions.
#[get("/organisers/{organiser}")]
pub(super) async fn show_office(s: Shell, permit: Permit<SeeOrganiser>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        Ok((cards(tx, Listed::Own(organiser.id))?, organiser))
    });
    let (editions, organiser) = found.await?;
    let role = role_of(&s, &organiser);
    let is_owner = role == Some(OrganiserRole::Owner);
    let can_manage = is_owner || role == Some(OrganiserRole::Manager);
    page(&Office { s, organiser, editions, can_manage, is_owner })
}

#[derive(Template)]
#[template(path = "organiser/new_edition.html")]
struct NewEdition {
    s: Shell,
    organiser: OrganiserRow,
    venues: Vec<Choice>,
    series: Vec<Choice>,
}

/// A new edition.
#[get("/organisers/{organiser}/new-edition")]
pub(super) async fn show_new_edition(s: Shell, permit: Permit<SeeAudit>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let venues = venues::store::page(tx, organiser.id, None, 500)?;
        Ok((organisers::store::series_page(tx, organiser.id, None, 500)?, venues, organiser))
    });
    let (series, venues, organiser) = found.await?;
    let none = || Choice::none(s.t("choose-none"));
    let venues = std::iter::once(none()).chain(venues.into_iter().map(|v| Choice::new(v.id, v.name, false))).collect();
    let series = std::iter::once(none()).chain(series.into_iter().map(|x| Choice::new(x.id, x.name, false))).collect();
    page(&NewEdition { s, organiser, venues, series })
}

#[derive(Template)]
#[template(path = "organiser/staff.html")]
struct Staff {
    s: Shell,
    organiser: OrganiserRow,
    members: Vec<Member<OrganiserRole>>,
    invitations: Vec<Open>,
    roles: Vec<Choice>,
    is_owner: bool,
}

impl Staff {
    fn role(&self, role: &str) -> String {
        self.s.of("organiser-role", role)
    }
}

/// Its staff.
#[get("/organisers/{organiser}/staff")]
pub(super) async fn show_staff(s: Shell, permit: Permit<SeeOrganiser>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        // Only who is asked matters here; the role is not looked at.
        let open = invitations::open(tx, Offer::Organiser(organiser.id, OrganiserRole::Viewer), granted.now)?;
        Ok((members::of_organiser(tx, organiser.id)?, open, organiser))
    });
    let (members, invitations, organiser) = found.await?;
    let is_owner = role_of(&s, &organiser) == Some(OrganiserRole::Owner);
    let roles = of_set::<OrganiserRole>(&s, "organiser-role", Some(&OrganiserRole::Manager));
    page(&Staff { s, organiser, members, invitations, roles, is_owner })
}

#[derive(Template)]
#[template(path = "organiser/places.html")]
struct Places {
    s: Shell,
    organiser: OrganiserRow,
    venues: Vec<(VenueRow, Vec<HallRow>)>,
    series: Vec<SeriesRow>,
    can_manage: bool,
}

/// Its venues with their halls, and its series.
#[get("/organisers/{organiser}/places")]
pub(super) async fn show_places(s: Shell, permit: Permit<SeeOrganiser>) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let series = organisers::store::series_page(tx, organiser.id, None, 500)?;
        let rows = venues::store::page(tx, organiser.id, None, 100)?;
        let mut halls = venues::store::halls_by_venue(tx, &rows.iter().map(|v| v.id).collect::<Vec<_>>())?;
        let venues = rows.into_iter().map(|v| (halls.remove(&v.id).unwrap_or_default(), v)).map(|(h, v)| (v, h));
        Ok((venues.collect::<Vec<_>>(), series, organiser))
    });
    let (venues, series, organiser) = found.await?;
    let can_manage = matches!(role_of(&s, &organiser), Some(OrganiserRole::Owner | OrganiserRole::Manager));
    page(&Places { s, organiser, venues, series, can_manage })
}

#[derive(Template)]
#[template(path = "organiser/audit.html")]
struct Audit {
    s: Shell,
    organiser: OrganiserRow,
    rows: Vec<AuditRow>,
    names: HashMap<UserId, String>,
    next: Option<AuditId>,
}

impl Audit {
    fn who(&self, row: &AuditRow) -> String {
        if row.api_key_id.is_some() {
            return self.s.t("audit-key");
        }
        row.actor_id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_else(|| self.s.t("audit-program"))
    }
    fn at(&self, row: &AuditRow) -> String {
        self.s.moment_here(&row.at)
    }
    fn change(&self, row: &AuditRow) -> String {
        let text = |json: &Option<String>| json.clone().filter(|j| j != "null").unwrap_or_default();
        let (before, after) = (text(&row.before_json), text(&row.after_json));
        let said = if before.is_empty() { after } else { format!("{before} → {after}") };
        if said.chars().count() > 300 { said.chars().take(299).chain(['…']).collect() } else { said }
    }
}

#[derive(Deserialize)]
struct After {
    after: Option<AuditId>,
}

/// What was changed, by whom.
#[get("/organisers/{organiser}/audit")]
pub(super) async fn show_audit(
    s: Shell,
    permit: Permit<SeeAudit>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let after = query.get()?.after;
    let found = permit.read(move |tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let rows = audit::page(tx, Of::Organiser(organiser.id), after, 101)?;
        let mut users: Vec<UserId> = rows.iter().filter_map(|r| r.actor_id).collect();
        users.sort();
        users.dedup();
        Ok((store::names_of(tx, &users)?, rows, organiser))
    });
    let (names, mut rows, organiser) = found.await?;
    let more = rows.len() > 100;
    rows.truncate(100);
    let next = rows.last().filter(|_| more).map(|r| r.id);
    page(&Audit { s, organiser, rows, names, next })
}
