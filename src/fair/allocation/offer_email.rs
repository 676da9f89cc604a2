//! The e-mail that offers booths.
use chrono::TimeZone;

use crate::editions::store::EditionRow;
use hoicho_core::values::clock::Instant;
use hoicho_web::{
    http::{Code, Problem},
    outbox::EmailKind,
};

/// Offers booths, given by their codes, until `expires_at`, which is shown in the time zone of the edition.
pub(super) fn offer_email(edition: &EditionRow, codes: &[String], expires_at: Instant) -> Result<EmailKind, Problem> {
    let zone: chrono_tz::Tz = edition.time_zone.parse().map_err(|_| Code::Internal)?;
    let until = zone.from_utc_datetime(&expires_at).naive_local();
    Ok(EmailKind::BoothOffered { edition: edition.name.clone(), booth: codes.join(", "), until })
}
