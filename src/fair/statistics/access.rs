//! Statistics by permission: frozen figures for everybody, current figures for the organiser's staff.
use super::{
    disclosure::Audience,
    document::Statistics,
    freeze,
    store::{self, FinalPart},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::EditionId},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Authorized,
};

/// When and as what figures were frozen.
#[derive(Debug, Clone)]
pub struct Frozen {
    pub at: Instant,
    /// SHA-256 of the document, base64url.
    pub digest: String,
    /// That of the document for the public.
    pub published_digest: String,
}

/// The document, and how it was frozen if it is final. `None` for the public until the edition is finalised.
pub fn visible_figures(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
) -> Result<Option<(Statistics, Option<Frozen>)>, Problem> {
    let edition = authorized.edition()?;
    if let Some((document, frozen)) = find_final(tx, edition, audience(authorized))? {
        return Ok(Some((document, Some(frozen))));
    }
    if !authorized.as_staff {
        return Ok(None);
    }
    Ok(Some((freeze::compute_document(tx, edition, authorized.now)?, None)))
}

/// Who reads the figures.
pub fn audience(authorized: &Authorized) -> Audience {
    if authorized.as_staff { Audience::Organiser } else { Audience::Public }
}

/// Published figures; `None` until the edition is finalised.
pub fn find_published(tx: &mut Tx<'_>, edition: EditionId) -> Result<Option<Statistics>, Problem> {
    Ok(find_final(tx, edition, Audience::Public)?.map(|(document, _)| document))
}

fn find_final(
    tx: &mut Tx<'_>,
    edition: EditionId,
    audience: Audience,
) -> Result<Option<(Statistics, Frozen)>, Problem> {
    let part = freeze::part(freeze::STATISTICS_PART, audience);
    let Some(FinalPart { document, .. }) = store::find_final(tx, edition, &part)? else { return Ok(None) };
    let Some(frozen) = find_frozen(tx, edition, audience)? else { return Ok(None) };
    let document = serde_json::from_str(&document).map_err(|error| {
        tracing::error!(%error, "failed to parse frozen figures");
        Problem::from(Code::Internal)
    })?;
    Ok(Some((document, frozen)))
}

/// How the statistics of an edition were frozen for an audience.
pub fn find_frozen(tx: &mut Tx<'_>, edition: EditionId, audience: Audience) -> Result<Option<Frozen>, Problem> {
    let own = store::find_final_digest(tx, edition, &freeze::part(freeze::STATISTICS_PART, audience))?;
    let public = store::find_final_digest(tx, edition, &freeze::part(freeze::STATISTICS_PART, Audience::Public))?;
    Ok(own.zip(public).map(|((digest, at), (published_digest, _))| Frozen { at, digest, published_digest }))
}
