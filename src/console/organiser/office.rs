//! `/organisers/{organiser}`: editions, staff, venues, series and audit log of an organiser.
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

struct ViewOrganiser;
impl Action for ViewOrganiser {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}
struct ManageOrganiser;
impl Action for ManageOrganiser {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager];
}

/// Role of the current user, to hide actions that are not permitted.
fn current_role(s: &Shell, organiser: &OrganiserRow) -> Option<OrganiserRole> {
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

/// Shows the editions.
#[get("/organisers/{organiser}")]
pub(super) async fn show_office(s: Shell, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        Ok((cards(tx, Listed::Own(organiser.id))?, organiser))
    });
    let (editions, organiser) = data.await?;
    let role = current_role(&s, &organiser);
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

/// Form for a new edition.
#[get("/organisers/{organiser}/new-edition")]
pub(super) async fn show_new_edition(s: Shell, permit: Permit<ManageOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let venues = venues::store::page(tx, organiser.id, None, 500)?;
        Ok((organisers::store::series_page(tx, organiser.id, None, 500)?, venues, organiser))
    });
    let (series, venues, organiser) = data.await?;
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

/// Shows staff and open invitations.
#[get("/organisers/{organiser}/staff")]
pub(super) async fn show_staff(s: Shell, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        // The query filters by organiser only; the role is ignored.
        let open = invitations::open(tx, Offer::Organiser(organiser.id, OrganiserRole::Viewer), granted.now)?;
        Ok((members::of_organiser(tx, organiser.id)?, open, organiser))
    });
    let (members, invitations, organiser) = data.await?;
    let is_owner = current_role(&s, &organiser) == Some(OrganiserRole::Owner);
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

/// Shows venues with their halls, and series.
#[get("/organisers/{organiser}/places")]
pub(super) async fn show_places(s: Shell, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let series = organisers::store::series_page(tx, organiser.id, None, 500)?;
        let rows = venues::store::page(tx, organiser.id, None, 100)?;
        let mut halls = venues::store::halls_by_venue(tx, &rows.iter().map(|v| v.id).collect::<Vec<_>>())?;
        let venues = rows.into_iter().map(|v| (halls.remove(&v.id).unwrap_or_default(), v)).map(|(h, v)| (v, h));
        Ok((venues.collect::<Vec<_>>(), series, organiser))
    });
    let (venues, series, organiser) = data.await?;
    let can_manage = matches!(current_role(&s, &organiser), Some(OrganiserRole::Owner | OrganiserRole::Manager));
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
        let text = if before.is_empty() { after } else { format!("{before} → {after}") };
        if text.chars().count() > 300 { text.chars().take(299).chain(['…']).collect() } else { text }
    }
}

#[derive(Deserialize)]
struct AuditQuery {
    after: Option<AuditId>,
}

/// Shows the audit log.
#[get("/organisers/{organiser}/audit")]
pub(super) async fn show_audit(
    s: Shell,
    permit: Permit<ManageOrganiser>,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    let after = query.get()?.after;
    let data = permit.read(move |tx, granted| {
        let organiser = organisers::store::find(tx, granted.organiser()?)?;
        let rows = audit::page(tx, Of::Organiser(organiser.id), after, 101)?;
        let mut users: Vec<UserId> = rows.iter().filter_map(|r| r.actor_id).collect();
        users.sort();
        users.dedup();
        Ok((store::names_of(tx, &users)?, rows, organiser))
    });
    let (names, mut rows, organiser) = data.await?;
    let more = rows.len() > 100;
    rows.truncate(100);
    let next = rows.last().filter(|_| more).map(|r| r.id);
    page(&Audit { s, organiser, rows, names, next })
}
