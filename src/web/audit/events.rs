//! Webhook events: which actions are announced, and enqueueing them in the transaction of the change, so that none is lost.
use diesel::prelude::*;

use super::{action::AuditAction, entry::AuditRow};
use hoicho_core::{
    db::{Tx, schema::events},
    on_either,
};

hoicho_core::text_enum! {
    /// Event type.
    EventType {
        /// Test event, sent on request of the organiser.
        Test = "webhook.test",
        /// An edition was published.
        EditionPublished = "edition.published",
        /// The name, venue, dates or state of an edition changed.
        EditionChanged = "edition.changed",
        /// A boundary of the edition's dates has passed: registration opens or closes, the fair begins or ends.
        EditionPhaseChanged = "edition.phase_changed",
        /// An edition was cancelled.
        EditionCancelled = "edition.cancelled",
        /// The figures of an edition were finalised.
        FiguresFinalised = "figures.finalised",
        /// An application was submitted.
        ApplicationSubmitted = "application.submitted",
        /// An application was approved, rejected, waitlisted or withdrawn.
        ApplicationDecided = "application.decided",
        /// A booth was offered.
        AllocationOffered = "allocation.offered",
        /// An allocation was confirmed.
        AllocationConfirmed = "allocation.confirmed",
        /// The exhibitor checked in.
        AllocationCheckedIn = "allocation.checked_in",
        /// An allocation was released, declined, expired, or a no-show.
        AllocationReleased = "allocation.released",
        /// An allocation was moved to another booth, or its participants changed.
        AllocationChanged = "allocation.changed",
        /// A sales report was submitted or corrected.
        SalesReportSubmitted = "sales_report.submitted",
        /// The organiser accepted a sales report.
        SalesReportAccepted = "sales_report.accepted",
        /// The organiser queried a sales report.
        SalesReportQueried = "sales_report.queried",
        /// A trade deal (contract or memorandum) was recorded.
        DealSigned = "deal.signed",
    }
}

hoicho_core::text_enum! {
    /// Why an exhibitor has a booth no more.
    ReleaseCause {
        /// The organiser released it, or the application was withdrawn.
        Released,
        /// The exhibitor declined the offer.
        Declined,
        /// The exhibitor did not arrive.
        NoShow,
        /// A hold or an offer expired.
        Expired,
    }
}

/// How an action is announced to webhooks, and with it what the audit log has about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventRule {
    /// Not announced.
    None,
    /// By the new state of the edition.
    EditionState,
    /// Values of the edition changed.
    EditionValues,
    /// The opening days changed.
    OpeningDays,
    /// The edition was ended early, or that was taken back.
    EditionEnd,
    /// A boundary of the edition's dates has passed.
    EditionPhase,
    /// By the new state of the application.
    ApplicationState,
    /// A booth was offered.
    AllocationOffer,
    /// An offer was accepted.
    AllocationConfirm,
    /// The exhibitor arrived.
    AllocationCheckIn,
    /// A booth is free again.
    AllocationRelease(ReleaseCause),
    /// An allocation was moved to another booth.
    AllocationMove,
    /// A participant was added to an allocation.
    ParticipantAdd,
    /// A participant was removed from an allocation.
    ParticipantRemove,
    /// A sales report was submitted or corrected.
    ReportSubmission,
    /// By the new state of the sales report.
    ReportReview,
    /// A trade deal was recorded.
    Deal,
}

impl AuditAction {
    /// How webhooks announce the action.
    pub fn event_rule(self) -> EventRule {
        match self {
            Self::EditionTransition => EventRule::EditionState,
            Self::EditionChange => EventRule::EditionValues,
            Self::EditionOpeningDays => EventRule::OpeningDays,
            Self::EditionEnd => EventRule::EditionEnd,
            Self::EditionPhase => EventRule::EditionPhase,
            Self::ApplicationTransition => EventRule::ApplicationState,
            Self::AllocationOffer | Self::AllocationOfferToWaitingList => EventRule::AllocationOffer,
            Self::AllocationConfirm => EventRule::AllocationConfirm,
            Self::AllocationCheckIn => EventRule::AllocationCheckIn,
            Self::AllocationRelease => EventRule::AllocationRelease(ReleaseCause::Released),
            Self::AllocationDecline => EventRule::AllocationRelease(ReleaseCause::Declined),
            Self::AllocationNoShow => EventRule::AllocationRelease(ReleaseCause::NoShow),
            Self::AllocationExpire => EventRule::AllocationRelease(ReleaseCause::Expired),
            Self::AllocationMove => EventRule::AllocationMove,
            Self::ParticipantAdd => EventRule::ParticipantAdd,
            Self::ParticipantRemove => EventRule::ParticipantRemove,
            Self::SalesReportPut => EventRule::ReportSubmission,
            Self::SalesReportReview => EventRule::ReportReview,
            Self::DealCreate => EventRule::Deal,
            Self::AllocationHold
            | Self::AllocationSwap
            | Self::AllocationRunStart
            | Self::AllocationRunCancel
            | Self::AllocationRunApply
            | Self::ApiKeyCreate
            | Self::ApiKeyRotate
            | Self::ApiKeyRevoke
            | Self::ApplicationCreate
            | Self::ApplicationChange
            | Self::ApplicationDelete
            | Self::ApplicationImport
            | Self::BoothCreate
            | Self::BoothChange
            | Self::BoothDelete
            | Self::BoothGenerate
            | Self::BoothImport
            | Self::BoothCategoriesPut
            | Self::DealChange
            | Self::DealDelete
            | Self::DemoFill
            | Self::DocumentUpload
            | Self::DocumentWaive
            | Self::DocumentDelete
            | Self::EditionCreate
            | Self::EditionDelete
            | Self::EditionWaitingList
            | Self::EditionImport
            | Self::ExhibitorCreate
            | Self::ExhibitorChange
            | Self::ExhibitorDelete
            | Self::ExhibitorContacts
            | Self::ExhibitorInviteLink
            | Self::ExhibitorRevokeLinkInvitation
            | Self::ExhibitorLink
            | Self::ExhibitorUnlink
            | Self::ExhibitorMerge
            | Self::ExhibitorSplit
            | Self::GateCreate
            | Self::HallCreate
            | Self::HallChange
            | Self::HallDelete
            | Self::ImportUndo
            | Self::InvitationRevoke
            | Self::MemberInvite
            | Self::MemberJoin
            | Self::MemberSetRole
            | Self::MemberRemove
            | Self::OrganisationCreate
            | Self::OrganisationChange
            | Self::OrganisationDelete
            | Self::OrganisationContacts
            | Self::OrganisationVerify
            | Self::OrganiserCreate
            | Self::OrganiserRename
            | Self::OrganiserRequireSecondFactor
            | Self::OrganiserDelete
            | Self::ProductCreate
            | Self::ProductChange
            | Self::ProductDelete
            | Self::ProductImport
            | Self::SalesReminderSend
            | Self::SalesReportImport
            | Self::SeriesCreate
            | Self::SeriesRename
            | Self::SeriesDelete
            | Self::UserRegister
            | Self::UserRegisterAgain
            | Self::UserVerifyEmail
            | Self::UserChange
            | Self::UserChangePassword
            | Self::UserResetPassword
            | Self::UserEndSessions
            | Self::UserEnableSecondFactor
            | Self::UserDisableSecondFactor
            | Self::UserRenewRecoveryCodes
            | Self::UserUseRecoveryCode
            | Self::UserLinkSso
            | Self::UserUnlinkSso
            | Self::UserAddPasskey
            | Self::UserRenamePasskey
            | Self::UserRemovePasskey
            | Self::UserRefusePasskey
            | Self::UserGrantAdmin
            | Self::UserErase
            | Self::VenueCreate
            | Self::VenueChange
            | Self::VenueDelete
            | Self::VisitsCount
            | Self::VisitsCorrect
            | Self::VisitsImport
            | Self::WebhookCreate
            | Self::WebhookChange
            | Self::WebhookDelete
            | Self::WebhookRotateSecret
            | Self::WebhookRetry
            | Self::WebhookReplay
            | Self::ZoneCreate
            | Self::ZoneChange
            | Self::ZoneDelete => EventRule::None,
        }
    }
}

/// Enqueues the entries that are webhook events, in order.
pub(super) fn enqueue_events(tx: &mut Tx<'_>, rows: &[AuditRow]) -> QueryResult<()> {
    let new_events: Vec<_> = rows
        .iter()
        .filter(|row| row.organiser_id.is_some() && row.action.event_rule() != EventRule::None)
        .map(|row| (events::audit_log_id.eq(row.id), events::is_new.eq(true)))
        .collect();
    if !new_events.is_empty() {
        on_either!(tx, |c| diesel::insert_into(events::table).values(&new_events).execute(c))?;
    }
    Ok(())
}
