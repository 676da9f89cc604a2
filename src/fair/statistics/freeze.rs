//! Freezing the figures when an edition is finalised: the document and every report are stored with their digests.
use serde::Serialize;

use super::{compute, disclosure::Audience, document::Statistics, reports::Report, store};
use crate::tables::Table;
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::token::digest,
};

/// Name of the part that stores the document; no report has this name.
pub(super) const STATISTICS_PART: &str = "statistics";

pub(super) fn to_json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "failed to serialize figures");
        Problem::from(Code::Internal)
    })
}

/// Name under which a document or report is stored for an audience.
pub(super) fn part(name: &str, audience: Audience) -> String {
    match audience {
        Audience::Organiser => format!("organiser/{name}"),
        Audience::Public => name.to_owned(),
    }
}

/// Freezes the figures of an edition that is being finalised, for each audience. A document contains the digest of each of its
/// reports, so its own digest covers all of them.
pub fn freeze(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<(), Problem> {
    let figures = compute::load_figures(tx, edition, now)?;
    for audience in <Audience as strum::VariantArray>::VARIANTS.iter().copied() {
        let mut statistics = compute::compute_statistics(tx, &figures, audience)?;
        for report in <Report as strum::VariantArray>::VARIANTS.iter().filter(|report| report.is_for(audience)) {
            let table = report.table(&figures, statistics.comparison.as_ref(), audience);
            let document = to_json(&table)?;
            let digest = digest(&document);
            store::insert_final(tx, edition, &part(&table.name, audience), &document, &digest, now)?;
            statistics.report_digests.insert(table.name, digest);
        }
        let document = to_json(&statistics)?;
        store::insert_final(tx, edition, &part(STATISTICS_PART, audience), &document, &digest(&document), now)?;
    }
    Ok(())
}

/// Frozen report; `None` unless the edition is finalised.
pub(super) fn find_frozen_report(
    tx: &mut Tx<'_>,
    edition: EditionId,
    report: Report,
    audience: Audience,
) -> Result<Option<Table>, Problem> {
    let part = part(report.into(), audience);
    let Some(found) = store::find_final(tx, edition, &part)? else { return Ok(None) };
    let table = serde_json::from_str(&found.document).map_err(|error| {
        tracing::error!(%error, "failed to parse frozen report");
        Problem::from(Code::Internal)
    })?;
    Ok(Some(table))
}

/// Computes the organiser's document as of `now`.
pub(super) fn compute_document(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> Result<Statistics, Problem> {
    let figures = compute::load_figures(tx, edition, now)?;
    compute::compute_statistics(tx, &figures, Audience::Organiser)
}
