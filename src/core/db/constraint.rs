//! Maps database errors of both backends to one enum of constraint violations. SQLite reports the columns of a violated
//! unique key instead of the constraint name, so both spellings are matched here.
use diesel::result::{DatabaseErrorKind, Error};

/// A violated database constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintViolation {
    /// `users_email_key_key`.
    UserEmail,
    /// `editions_slug_key`.
    EditionSlug,
    /// `booths_edition_id_code_key`.
    BoothCode,
    /// `booths_edition_id_row_label_place_key`.
    BoothPlace,
    /// `allocations_booth_id_active_key`: a booth has at most one active allocation. `occupancies_pkey`: and one occupant per day.
    BoothTaken,
    /// `applications_edition_id_exhibitor_id_key`.
    ApplicationExists,
    /// `sales_reports_booth_id_day_key`: one report per booth and opening day.
    ReportExists,
    /// `organisations_tax_code_key`: a verified tax code is unique.
    TaxCode,
    /// `exhibitors_organiser_id_organisation_id_key`: an organisation is linked with at most one record of an organiser.
    LinkExists,
    /// `idempotency_keys_pkey`: another connection is processing a request with the same idempotency key.
    RequestInProgress,
    /// `zones_edition_id_code_key`.
    ZoneCode,
    /// `participants_allocation_id_name_key` or `participants_allocation_id_exhibitor_id_key`.
    Participant,
    /// `sso_identities_issuer_subject_key`: an account at an OpenID provider is linked with one account.
    SsoIdentity,
    /// `sso_identities_user_id_issuer_key`: an account is linked with one account at a provider.
    SsoAccount,
    /// Any other unique key.
    OtherUnique,
    /// A foreign key: the referenced row does not exist, or the row to delete is still referenced.
    Reference,
    /// A `CHECK` or `NOT NULL` constraint.
    Check,
}

/// PostgreSQL constraint name, SQLite columns, violation.
const UNIQUE: [(&str, &str, ConstraintViolation); 17] = [
    ("users_email_key_key", "users.email_key", ConstraintViolation::UserEmail),
    ("editions_slug_key", "editions.slug", ConstraintViolation::EditionSlug),
    ("booths_edition_id_code_key", "booths.edition_id, booths.code", ConstraintViolation::BoothCode),
    (
        "booths_edition_id_row_label_place_key",
        "booths.edition_id, booths.row_label, booths.place",
        ConstraintViolation::BoothPlace,
    ),
    ("allocations_booth_id_active_key", "allocations.booth_id", ConstraintViolation::BoothTaken),
    ("occupancies_pkey", "occupancies.booth_id, occupancies.day", ConstraintViolation::BoothTaken),
    (
        "occupancies_edition_id_booth_id_day_key",
        "occupancies.edition_id, occupancies.booth_id, occupancies.day",
        ConstraintViolation::BoothTaken,
    ),
    (
        "applications_edition_id_exhibitor_id_key",
        "applications.edition_id, applications.exhibitor_id",
        ConstraintViolation::ApplicationExists,
    ),
    ("sales_reports_booth_id_day_key", "sales_reports.booth_id, sales_reports.day", ConstraintViolation::ReportExists),
    ("organisations_tax_code_key", "organisations.tax_code", ConstraintViolation::TaxCode),
    (
        "exhibitors_organiser_id_organisation_id_key",
        "exhibitors.organiser_id, exhibitors.organisation_id",
        ConstraintViolation::LinkExists,
    ),
    (
        "idempotency_keys_pkey",
        "idempotency_keys.user_id, idempotency_keys.idempotency_key",
        ConstraintViolation::RequestInProgress,
    ),
    (
        "sso_identities_issuer_subject_key",
        "sso_identities.issuer, sso_identities.subject",
        ConstraintViolation::SsoIdentity,
    ),
    (
        "sso_identities_user_id_issuer_key",
        "sso_identities.user_id, sso_identities.issuer",
        ConstraintViolation::SsoAccount,
    ),
    ("zones_edition_id_code_key", "zones.edition_id, zones.code", ConstraintViolation::ZoneCode),
    (
        "participants_allocation_id_name_key",
        "participants.allocation_id, participants.name",
        ConstraintViolation::Participant,
    ),
    (
        "participants_allocation_id_exhibitor_id_key",
        "participants.allocation_id, participants.exhibitor_id",
        ConstraintViolation::Participant,
    ),
];

/// Whether the error is a conflict between transactions (serialization failure, deadlock, lock timeout); a retry may succeed.
pub fn is_contention(error: &Error) -> bool {
    let Error::DatabaseError(kind, info) = error else { return false };
    matches!(kind, DatabaseErrorKind::SerializationFailure)
        || ["deadlock detected", "statement timeout", "lock timeout"].iter().any(|m| info.message().contains(m))
}

/// Message fragments of both databases when they are unreachable, shutting down, out of space or read-only.
const UNAVAILABLE_MESSAGES: [&str; 16] = [
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "no connection to the server",
    "connection not open",
    "could not receive data from server",
    "could not send data to server",
    "could not connect",
    "connection has been closed",
    "canceling statement due to",
    "No space left on device",
    "disk is full",
    "disk I/O error",
    "database is locked",
    "readonly database",
    "read-only transaction",
];

/// Whether the database itself is unavailable; a retry may succeed after it recovers.
pub fn is_unavailable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(_, info) => UNAVAILABLE_MESSAGES.iter().any(|m| info.message().contains(m)),
        Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
            is_unavailable(rollback_error) || is_unavailable(commit_error)
        }
        _ => false,
    }
}

/// The constraint that the error reports as violated; `None` for any other error.
pub fn constraint_violation(error: &Error) -> Option<ConstraintViolation> {
    let Error::DatabaseError(kind, info) = error else { return None };
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            let columns = info.message().strip_prefix("UNIQUE constraint failed: ");
            let entry = UNIQUE.iter().find(|(name, sqlite_columns, _)| {
                info.constraint_name() == Some(name) || columns == Some(sqlite_columns)
            });
            Some(entry.map_or(ConstraintViolation::OtherUnique, |(_, _, violated)| *violated))
        }
        DatabaseErrorKind::ForeignKeyViolation => Some(ConstraintViolation::Reference),
        DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => Some(ConstraintViolation::Check),
        _ => None,
    }
}
