//! What staff did on behalf of an exhibitor, shown with its application.
use std::collections::HashMap;

use crate::{organiser::store::display_names, page_context::PageContext};
use hoicho_core::{
    db::Tx,
    values::ids::{EditionId, ExhibitorId, UserId},
};
use hoicho_web::{audit, audit::AuditRow, http::Problem};

/// The entries of the audit log, with the names of the staff.
pub(super) struct OnBehalf {
    rows: Vec<AuditRow>,
    names: HashMap<UserId, String>,
}

/// A line of the list.
pub(super) struct OnBehalfLine {
    pub at: String,
    pub who: String,
    pub action: String,
}

impl OnBehalf {
    /// Loads what staff did for an exhibitor at an edition.
    pub fn load(tx: &mut Tx<'_>, exhibitor: ExhibitorId, edition: EditionId) -> Result<Self, Problem> {
        let rows = audit::list_on_behalf(tx, exhibitor, edition)?;
        let mut users: Vec<UserId> = rows.iter().filter_map(|row| row.actor_id).collect();
        users.sort();
        users.dedup();
        Ok(Self { names: display_names(tx, &users)?, rows })
    }

    /// The lines, oldest first.
    pub fn lines(&self, page: &PageContext, time_zone: &str) -> Vec<OnBehalfLine> {
        let line = |row: &AuditRow| OnBehalfLine {
            at: page.date_time(time_zone, &row.at),
            who: row.actor_id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_default(),
            action: page.t_value("on-behalf", row.action.as_str().replace('.', "-")),
        };
        self.rows.iter().map(line).collect()
    }
}
