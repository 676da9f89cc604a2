//! Context of the staff pages of an edition: edition, selected tab, permissions of the user.
use crate::page_context::{PageContext, to_local};
use hoicho_core::{
    db::Tx,
    states::{EditionPhase, EditionState},
    values::clock::{Day, Instant},
};
use hoicho_fair::editions::{self, store::EditionRow};
use hoicho_web::{
    http::Problem,
    identity::{Action, Authorized, OrganiserRole, find_organiser_role},
};

/// Permission to view the staff pages: all roles but gate staff.
pub(super) struct ViewEdition;
impl Action for ViewEdition {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Permission to view visits: all roles, including gate staff.
pub(crate) struct ViewVisits;
impl Action for ViewVisits {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::ALL;
}

/// Tabs of the staff pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Dashboard,
    Setup,
    Floor,
    Applications,
    FloorPlan,
    Sales,
    Visits,
    Reports,
}

/// Tab, message key of the label, path suffix.
const TABS: [(Tab, &str, &str); 8] = [
    (Tab::Dashboard, "tab-dashboard", ""),
    (Tab::Setup, "tab-setup", "/setup"),
    (Tab::Floor, "tab-floor", "/floor"),
    (Tab::Applications, "tab-applications", "/applications"),
    (Tab::FloorPlan, "tab-plan", "/plan"),
    (Tab::Sales, "tab-sales", "/sales"),
    (Tab::Visits, "tab-visits", "/visits"),
    (Tab::Reports, "tab-reports", "/reports"),
];

/// Context of a staff page.
#[derive(Debug, Clone)]
pub(super) struct EditionContext {
    pub edition: EditionRow,
    tab: Tab,
    /// May plan, review and allocate; false once the edition is closed.
    pub can_manage: bool,
    /// May enter sales and visit figures; false once the edition is closed.
    pub can_enter_figures: bool,
    /// Current date in the time zone of the edition.
    pub today: Day,
    pub now: Instant,
}

/// A link of the tab bar.
pub(super) struct TabLink {
    pub label: String,
    pub path: String,
    pub is_current: bool,
}

impl EditionContext {
    /// Loads the context for an authorized user.
    pub fn load(tx: &mut Tx<'_>, authorized: &Authorized, tab: Tab) -> Result<Self, Problem> {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let role = find_organiser_role(tx, authorized.require_user_session()?, edition.organiser_id, Some(edition.id))?;
        let today = to_local(&edition.time_zone, &authorized.now).date();
        let can_manage = matches!(role, Some(OrganiserRole::Owner | OrganiserRole::Manager));
        let can_enter_figures = can_manage || role == Some(OrganiserRole::Finance);
        let is_open = edition.state.is_open();
        Ok(Self {
            edition,
            tab,
            can_manage: can_manage && is_open,
            can_enter_figures: can_enter_figures && is_open,
            today,
            now: authorized.now,
        })
    }

    /// Links of the tab bar.
    pub fn tabs(&self, page: &PageContext) -> Vec<TabLink> {
        let link = |(tab, key, path): &(Tab, &str, &str)| TabLink {
            label: page.t(key),
            path: format!("/manage/{}{path}", self.edition.slug),
            is_current: *tab == self.tab,
        };
        TABS.iter().map(link).collect()
    }

    /// Whether the user may publish the edition.
    pub fn can_publish(&self) -> bool {
        self.can_manage && self.edition.state == EditionState::Draft
    }
    /// Whether the user may end the edition before its last day is over.
    pub fn can_end(&self) -> bool {
        self.can_manage && self.edition.phase(self.now) == Some(EditionPhase::Live)
    }
    /// Whether the user may take back an early end.
    pub fn can_resume(&self) -> bool {
        self.can_manage && self.edition.schedule.can_resume(self.now)
    }
    /// Whether the figures can be finalised: no opening day is to come.
    pub fn can_finalise(&self) -> bool {
        let has_days = self.edition.schedule.first_opens_at.is_some();
        let is_published = self.edition.state == EditionState::Published;
        self.can_manage && is_published && (!has_days || self.edition.schedule.is_over(self.now))
    }
}
