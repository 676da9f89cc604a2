//! Statistics by permission: frozen figures for everybody, current figures for the organiser's staff.
use super::{document::Statistics, freeze, store};
use hoicho_core::{db::Tx, values::ids::EditionId};
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

/// The document, and whether it is final. `None` for the public until the edition is finalised.
pub fn visible_figures(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Option<(Statistics, bool)>, Problem> {
    let edition = authorized.edition()?;
    if let Some(document) = find_final(tx, edition)? {
        return Ok(Some((document, true)));
    }
    if !authorized.as_staff {
        return Ok(None);
    }
    Ok(Some((freeze::compute_document(tx, edition, authorized.now)?, false)))
}

/// Frozen figures; `None` until the edition is finalised.
pub fn find_final(tx: &mut Tx<'_>, edition: EditionId) -> Result<Option<Statistics>, Problem> {
    let Some((document, _)) = store::find_final(tx, edition, freeze::STATISTICS_PART)? else { return Ok(None) };
    serde_json::from_str(&document).map(Some).map_err(|error| {
        tracing::error!(%error, "failed to parse frozen figures");
        Problem::from(Code::Internal)
    })
}
