//! What all pages of an edition's staff share: which edition, which page, what the reader may do.
use crate::shell::{Shell, local};
use hoicho_core::{db::Tx, values::clock::Day};
use hoicho_fair::editions::{self, EditionState, store::EditionRow};
use hoicho_web::{
    http::Problem,
    identity::{Action, Granted, OrganiserRole, role_in},
};

/// Whoever plans, judges, keeps figures or reads them.
pub(super) struct SeeFair;
impl Action for SeeFair {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}

/// Counting staff too.
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

/// The pages of an edition.
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

/// One edition, one page.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub edition: EditionRow,
    tab: Tab,
    /// Plans, judges, allocates.
    pub can_manage: bool,
    /// Keeps figures.
    pub can_keep_figures: bool,
    /// In the edition's time zone.
    pub today: Day,
}

/// A tab as it is shown.
pub(super) struct ShownTab {
    pub label: String,
    pub path: String,
    pub is_here: bool,
}

impl Desk {
    /// Finds it for a reader who was let in.
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

    /// The way to the other pages.
    pub fn tabs(&self, s: &Shell) -> Vec<ShownTab> {
        let shown = |(tab, key, path): &(Tab, &str, &str)| ShownTab {
            label: s.t(key),
            path: format!("/manage/{}{path}", self.edition.slug),
            is_here: *tab == self.tab,
        };
        TABS.iter().map(shown).collect()
    }

    /// The state the edition goes to next.
    pub fn next(&self) -> Option<EditionState> {
        self.edition.state.next()
    }
}
