//! Context of the staff pages of an edition: edition, selected tab, permissions of the user.
use crate::shell::{Shell, local};
use hoicho_core::{db::Tx, values::clock::Day};
use hoicho_fair::editions::{self, EditionState, store::EditionRow};
use hoicho_web::{
    http::Problem,
    identity::{Action, Granted, OrganiserRole, role_in},
};

/// Permission to view the staff pages: all roles but gate staff.
pub(super) struct SeeFair;
impl Action for SeeFair {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}

/// Permission to view visits: all roles, including gate staff.
pub(crate) struct SeeVisits;
impl Action for SeeVisits {
    const ORGANISER: &'static [OrganiserRole] = &[
        OrganiserRole::Owner,
        OrganiserRole::Manager,
        OrganiserRole::Finance,
        OrganiserRole::Gate,
        OrganiserRole::Viewer,
    ];
}

/// Tabs of the staff pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Dashboard,
    Setup,
    Floor,
    Applications,
    Plan,
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
    (Tab::Plan, "tab-plan", "/plan"),
    (Tab::Sales, "tab-sales", "/sales"),
    (Tab::Visits, "tab-visits", "/visits"),
    (Tab::Reports, "tab-reports", "/reports"),
];

/// Context of a staff page.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub edition: EditionRow,
    tab: Tab,
    /// May plan, review and allocate; false once the edition is closed.
    pub can_manage: bool,
    /// May enter sales and visit figures; false once the edition is closed.
    pub can_keep_figures: bool,
    /// Current date in the time zone of the edition.
    pub today: Day,
}

/// A link of the tab bar.
pub(super) struct ShownTab {
    pub label: String,
    pub path: String,
    pub is_here: bool,
}

impl Desk {
    /// Loads the context for an authorized user.
    pub fn find(tx: &mut Tx<'_>, granted: &Granted, tab: Tab) -> Result<Self, Problem> {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let role = role_in(tx, granted.actor()?, edition.organiser_id)?;
        let today = local(&edition.time_zone, &granted.now).date();
        let can_manage = matches!(role, Some(OrganiserRole::Owner | OrganiserRole::Manager));
        let can_keep_figures = can_manage || role == Some(OrganiserRole::Finance);
        let is_open = edition.state.is_open();
        Ok(Self {
            edition,
            tab,
            can_manage: can_manage && is_open,
            can_keep_figures: can_keep_figures && is_open,
            today,
        })
    }

    /// Links of the tab bar.
    pub fn tabs(&self, s: &Shell) -> Vec<ShownTab> {
        let link = |(tab, key, path): &(Tab, &str, &str)| ShownTab {
            label: s.t(key),
            path: format!("/manage/{}{path}", self.edition.slug),
            is_here: *tab == self.tab,
        };
        TABS.iter().map(link).collect()
    }

    /// The next state in the life cycle of the edition.
    pub fn next(&self) -> Option<EditionState> {
        self.edition.state.next()
    }
}
