//! `/organisers/{organiser}`: editions, staff, venues, series and audit log of an organiser.
use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::store;
use crate::{
    confirmation::list_names,
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
    visitor::editions::{EditionCard, edition_cards},
};
use hoicho_core::values::ids::{AuditId, UserId};
use hoicho_fair::{
    editions::{self, store::Visibility},
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
    audit::{self, AuditRow, Filter},
    http::{Problem, Query},
    identity::{
        Action, OrganiserRole, Permit,
        invitations::{self, OfferedRole, OpenInvitation},
        members::{self, Member, StaffRole},
        second_factor,
    },
};

struct ViewOrganiser;
impl Action for ViewOrganiser {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}
struct ManageOrganiser;
impl Action for ManageOrganiser {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
}

/// Role of the current user, to hide actions that are not permitted.
fn current_role(page: &PageContext, organiser: &OrganiserRow) -> Option<OrganiserRole> {
    page.user.as_ref()?.organisers.iter().find(|(id, _, _)| *id == organiser.id).map(|(_, _, role)| *role)
}

#[derive(Template)]
#[template(path = "organiser/organiser.html")]
struct Organiser {
    page: PageContext,
    organiser: OrganiserRow,
    editions: Vec<EditionCard>,
    can_manage: bool,
    is_owner: bool,
}

/// Shows the editions.
#[get("/organisers/{organiser}")]
pub(super) async fn show_organiser(page: PageContext, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        Ok((edition_cards(tx, Visibility::Staff(organiser.id))?, organiser))
    });
    let (editions, organiser) = data.await?;
    let role = current_role(&page, &organiser);
    let is_owner = role == Some(OrganiserRole::Owner);
    let can_manage = is_owner || role == Some(OrganiserRole::Manager);
    render_page(Organiser { page, organiser, editions, can_manage, is_owner }).await
}

#[derive(Template)]
#[template(path = "organiser/new_edition.html")]
struct NewEdition {
    page: PageContext,
    organiser: OrganiserRow,
    venues: Vec<SelectOption>,
    series: Vec<SelectOption>,
}

/// Form for a new edition.
#[get("/organisers/{organiser}/new-edition")]
pub(super) async fn show_new_edition(
    page: PageContext,
    permit: Permit<ManageOrganiser>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let venues = venues::store::list_page(tx, organiser.id, None, 500)?;
        Ok((organisers::store::list_series_page(tx, organiser.id, None, 500)?, venues, organiser))
    });
    let (series, venues, organiser) = data.await?;
    let none = || SelectOption::none(page.t("choose-none"));
    let venues =
        std::iter::once(none()).chain(venues.into_iter().map(|v| SelectOption::new(v.id, v.name, false))).collect();
    let series =
        std::iter::once(none()).chain(series.into_iter().map(|x| SelectOption::new(x.id, x.name, false))).collect();
    render_page(NewEdition { page, organiser, venues, series }).await
}

#[derive(Template)]
#[template(path = "organiser/staff.html")]
struct Staff {
    page: PageContext,
    organiser: OrganiserRow,
    members: Vec<Member<StaffRole>>,
    invitations: Vec<OpenInvitation>,
    roles: Vec<SelectOption>,
    /// All, or one of these.
    editions: Vec<SelectOption>,
    is_owner: bool,
    with_second_factor: HashSet<UserId>,
}

impl Staff {
    /// Asks before a second factor is required: it names whom that shuts out until they have one.
    fn requirement_question(&self) -> String {
        let is_without = |member: &&Member<StaffRole>| !self.with_second_factor.contains(&member.user);
        let names: Vec<String> = self.members.iter().filter(is_without).map(|m| m.display_name.clone()).collect();
        if names.is_empty() {
            return self.page.t("staff-second-factor-require-ask");
        }
        let names = list_names(&self.page, &names);
        self.page.t_with("staff-second-factor-require-ask-lacking", "names", names)
    }
    /// Whether the role of a member counts for the edition of an option only.
    fn is_limited_to(&self, member: &Member<StaffRole>, option: &SelectOption) -> bool {
        member.role.1.is_some_and(|edition| edition.to_string() == option.value)
    }
}

/// Shows staff and open invitations.
#[get("/organisers/{organiser}/staff")]
pub(super) async fn show_staff(page: PageContext, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        // The query filters by organiser only; the role is ignored.
        let open = invitations::list_open(
            tx,
            OfferedRole::Organiser(organiser.id, OrganiserRole::Viewer, None),
            authorized.now,
        )?;
        let editions = editions::store::list_page(tx, Visibility::Staff(organiser.id), "", 500)?;
        let with_second_factor = second_factor::store::list_staff_with_factor(tx, organiser.id)?;
        Ok((members::list_of_organiser(tx, organiser.id)?, with_second_factor, open, editions, organiser))
    });
    let (members, with_second_factor, invitations, editions, organiser) = data.await?;
    let all = std::iter::once(SelectOption::none(page.t("staff-all-editions")));
    let editions = all.chain(editions.into_iter().map(|e| SelectOption::new(e.id, e.name, false))).collect();
    let is_owner = current_role(&page, &organiser) == Some(OrganiserRole::Owner);
    let roles = select::<OrganiserRole>(&page, "organiser-role", Some(&OrganiserRole::Manager));
    render_page(Staff { page, organiser, members, invitations, roles, editions, is_owner, with_second_factor }).await
}

#[derive(Template)]
#[template(path = "organiser/places.html")]
struct Places {
    page: PageContext,
    organiser: OrganiserRow,
    venues: Vec<(VenueRow, Vec<HallRow>)>,
    series: Vec<SeriesRow>,
    can_manage: bool,
}

/// Shows venues with their halls, and series.
#[get("/organisers/{organiser}/places")]
pub(super) async fn show_places(page: PageContext, permit: Permit<ViewOrganiser>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let series = organisers::store::list_series_page(tx, organiser.id, None, 500)?;
        let rows = venues::store::list_page(tx, organiser.id, None, 100)?;
        let mut halls = venues::store::list_halls_by_venue(tx, &rows.iter().map(|v| v.id).collect::<Vec<_>>())?;
        let venues = rows.into_iter().map(|v| (halls.remove(&v.id).unwrap_or_default(), v)).map(|(h, v)| (v, h));
        Ok((venues.collect::<Vec<_>>(), series, organiser))
    });
    let (venues, series, organiser) = data.await?;
    let can_manage = matches!(current_role(&page, &organiser), Some(OrganiserRole::Owner | OrganiserRole::Manager));
    render_page(Places { page, organiser, venues, series, can_manage }).await
}

#[derive(Template)]
#[template(path = "organiser/audit.html")]
struct Audit {
    page: PageContext,
    organiser: OrganiserRow,
    rows: Vec<AuditRow>,
    names: HashMap<UserId, String>,
    next: Option<AuditId>,
}

impl Audit {
    fn actor(&self, row: &AuditRow) -> String {
        if row.api_key_id.is_some() {
            return self.page.t("audit-key");
        }
        row.actor_id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_else(|| self.page.t("audit-program"))
    }
    fn date_time(&self, row: &AuditRow) -> String {
        self.page.vietnam_date_time(&row.at)
    }
    fn describe_change(&self, row: &AuditRow) -> String {
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
    page: PageContext,
    permit: Permit<ManageOrganiser>,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    let after = query.into_result()?.after;
    let data = permit.read(move |tx, authorized| {
        let organiser = organisers::store::find(tx, authorized.organiser()?)?;
        let rows = audit::list(tx, Filter::Organiser(organiser.id), after, 101)?;
        let mut users: Vec<UserId> = rows.iter().filter_map(|r| r.actor_id).collect();
        users.sort();
        users.dedup();
        Ok((store::display_names(tx, &users)?, rows, organiser))
    });
    let (names, mut rows, organiser) = data.await?;
    let more = rows.len() > 100;
    rows.truncate(100);
    let next = rows.last().filter(|_| more).map(|r| r.id);
    render_page(Audit { page, organiser, rows, names, next }).await
}
