//! Identifiers: UUIDv7, one type for each kind of thing, so that a booth's cannot be passed for an edition's.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = crate::db::types::Uuid)]
        #[serde(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub uuid::Uuid);
        impl $name {
            /// A new identifier, ordered by the time it was made.
            pub fn make() -> Self { Self(uuid::Uuid::now_v7()) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, uuid::Error> { s.parse().map(Self) }
        }
        crate::db_uuid!($name);
    )+ };
}
ids! {
    /// A person with a login.
    UserId,
    /// The login a chain of refresh tokens came from.
    TokenFamilyId,
    /// The body that runs editions: the tenant.
    OrganiserId,
    /// Editions that are compared with each other.
    SeriesId,
    /// One holding of a fair.
    EditionId,
    /// Part of the floor with a theme.
    ZoneId,
    /// The smallest unit let to an exhibitor.
    BoothId,
    /// An organisation that takes part.
    ExhibitorId,
    /// One exhibitor's request to take part in one edition.
    ApplicationId,
    /// A booth given to an application.
    AllocationId,
    /// What one booth sold on one opening day.
    SalesReportId,
    /// Where visits are counted.
    GateId,
    /// One count at a gate; made by the device that counted.
    VisitEventId,
    /// One line of the audit log.
    AuditId,
    /// Where editions are held.
    VenueId,
    /// A building or open ground of a venue.
    HallId,
    /// What an exhibitor sells.
    ProductId,
    /// Whom to call at an exhibitor.
    ContactId,
    /// A paper of an application, or the reason why it is not required.
    DocumentId,
    /// A co-exhibitor or represented company on a booth.
    ParticipantId,
    /// A contract or memorandum signed at a fair.
    TradeDealId,
    /// An e-mail that offers a role.
    InvitationId,
    /// A round of allocating a whole fair at once.
    AllocationRunId,
    /// A key of a partner site.
    ApiKeyId,
    /// Something to be done after a transaction.
    OutboxId,
    /// An address that a partner is told of changes at.
    WebhookId,
    /// What signs messages to it.
    WebhookSecretId,
    /// What a partner is told.
    WebhookMessageId,
    /// A message on its way to one address.
    WebhookDeliveryId,
    /// One try to deliver it.
    WebhookAttemptId,
    /// A table that an organiser sent.
    ImportId,
    /// A thing whose kind is told elsewhere.
    SubjectId,
}
