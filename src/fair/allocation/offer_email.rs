//! The e-mail that offers booths.
use crate::editions::store::EditionRow;
use hoicho_core::values::clock::Instant;
use hoicho_web::{http::Problem, outbox::EmailKind};

/// Offers booths, given by their codes, until `expires_at`, which is shown in the time zone of the edition.
pub(super) fn offer_email(edition: &EditionRow, codes: &[String], expires_at: Instant) -> Result<EmailKind, Problem> {
    let until = edition.local_time(expires_at)?;
    Ok(EmailKind::BoothOffered { edition: edition.name.clone(), booth: codes.join(", "), until })
}
