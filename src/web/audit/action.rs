//! The actions of the audit log.
use super::SubjectKind;

hoicho_core::text_enum! {
    /// An action, stored as `<subject kind>.<verb>`. Entries are kept, so a variant that is no longer recorded stays.
    AuditAction {
        /// Booths were held for the application, which is the subject.
        AllocationHold = "allocation.hold",
        /// A held booth was offered.
        AllocationOffer = "allocation.offer",
        /// A free booth was offered by the waiting list.
        AllocationOfferToWaitingList = "allocation.offer_to_waiting_list",
        /// The exhibitor accepted the offer.
        AllocationConfirm = "allocation.confirm",
        /// The exhibitor declined the offer.
        AllocationDecline = "allocation.decline",
        /// The exhibitor arrived.
        AllocationCheckIn = "allocation.check_in",
        /// The exhibitor did not arrive.
        AllocationNoShow = "allocation.no_show",
        /// A booth was released, also when its application was withdrawn.
        AllocationRelease = "allocation.release",
        /// A hold or an offer expired.
        AllocationExpire = "allocation.expire",
        /// An allocation was moved to another booth.
        AllocationMove = "allocation.move",
        /// Two allocations exchanged their booths.
        AllocationSwap = "allocation.swap",
        /// An allocation run was started.
        AllocationRunStart = "allocation_run.start",
        /// An allocation run was cancelled.
        AllocationRunCancel = "allocation_run.cancel",
        /// The proposal of an allocation run was applied.
        AllocationRunApply = "allocation_run.apply",
        /// An API key was created.
        ApiKeyCreate = "api_key.create",
        /// An API key was replaced by a new one.
        ApiKeyRotate = "api_key.rotate",
        /// An API key was revoked.
        ApiKeyRevoke = "api_key.revoke",
        /// An application was created.
        ApplicationCreate = "application.create",
        /// The content of an application changed.
        ApplicationChange = "application.change",
        /// An application was deleted.
        ApplicationDelete = "application.delete",
        /// The state of an application changed.
        ApplicationTransition = "application.step",
        /// Applications were imported from a table; the subject is the edition.
        ApplicationImport = "application.import",
        /// A booth was created.
        BoothCreate = "booth.create",
        /// A booth was changed.
        BoothChange = "booth.change",
        /// A booth was deleted.
        BoothDelete = "booth.delete",
        /// Booths were generated from a pattern; the subject is the edition.
        BoothGenerate = "booth.generate",
        /// Booths were imported from a table; the subject is the edition.
        BoothImport = "booth.import",
        /// The price list of booth categories was replaced; the subject is the edition.
        BoothCategoriesPut = "booth_categories.put",
        /// A trade deal was recorded.
        DealCreate = "deal.create",
        /// A trade deal was changed.
        DealChange = "deal.change",
        /// A trade deal was deleted.
        DealDelete = "deal.delete",
        /// The sample data was inserted; the subject is the organiser.
        DemoFill = "demo.fill",
        /// A document of an application was uploaded.
        DocumentUpload = "document.upload",
        /// A required document was waived.
        DocumentWaive = "document.waive",
        /// A document was deleted.
        DocumentDelete = "document.delete",
        /// An edition was created.
        EditionCreate = "edition.create",
        /// An edition was changed.
        EditionChange = "edition.change",
        /// An edition was deleted.
        EditionDelete = "edition.delete",
        /// The opening days were replaced.
        EditionOpeningDays = "edition.opening_days",
        /// A live edition was ended early, or that was taken back.
        EditionEnd = "edition.end",
        /// The phase of an edition changed, by its dates.
        EditionPhase = "edition.phase",
        /// The state of an edition changed.
        EditionTransition = "edition.transition",
        /// The allocation run that serves the waiting list was chosen or removed.
        EditionWaitingList = "edition.waiting_list",
        /// An edition was imported from an archive.
        EditionImport = "edition.take_in",
        /// An exhibitor was created.
        ExhibitorCreate = "exhibitor.create",
        /// An exhibitor was changed.
        ExhibitorChange = "exhibitor.change",
        /// An exhibitor was deleted.
        ExhibitorDelete = "exhibitor.delete",
        /// The contacts of an exhibitor were replaced.
        ExhibitorContacts = "exhibitor.contacts",
        /// Somebody was invited to link an exhibitor with their organisation.
        ExhibitorInviteLink = "exhibitor.invite_link",
        /// An invitation to link an exhibitor was withdrawn.
        ExhibitorRevokeLinkInvitation = "exhibitor.revoke_link_invitation",
        /// An organisation confirmed that the exhibitor is its record.
        ExhibitorLink = "exhibitor.link",
        /// The link of an exhibitor was ended.
        ExhibitorUnlink = "exhibitor.unlink",
        /// An exhibitor was merged into another, which is the subject.
        ExhibitorMerge = "exhibitor.merge",
        /// A merged exhibitor was split off again; the subject is the one that it had been merged into.
        ExhibitorSplit = "exhibitor.split",
        /// A gate was created.
        GateCreate = "gate.create",
        /// A hall was created.
        HallCreate = "hall.create",
        /// A hall was changed.
        HallChange = "hall.change",
        /// A hall was deleted.
        HallDelete = "hall.delete",
        /// An import of a table was undone; before: the number of rows.
        ImportUndo = "import.undo",
        /// An invitation was withdrawn.
        InvitationRevoke = "invitation.take_back",
        /// A person was invited to an organiser or an organisation; the subject is the invitation.
        MemberInvite = "member.invite",
        /// A user accepted an invitation.
        MemberJoin = "member.join",
        /// The role of a member changed.
        MemberSetRole = "member.put",
        /// A member was removed.
        MemberRemove = "member.remove",
        /// An organisation was created.
        OrganisationCreate = "organisation.create",
        /// An organisation was changed.
        OrganisationChange = "organisation.change",
        /// An organisation was deleted.
        OrganisationDelete = "organisation.delete",
        /// The contacts of an organisation were replaced.
        OrganisationContacts = "organisation.contacts",
        /// The tax code of an organisation was verified by a paper, or no longer counts as verified.
        OrganisationVerify = "organisation.verify",
        /// An organiser was created.
        OrganiserCreate = "organiser.create",
        /// An organiser was renamed.
        OrganiserRename = "organiser.rename",
        /// An organiser requires a second factor of its staff, or not any more.
        OrganiserRequireSecondFactor = "organiser.require_second_factor",
        /// An organiser was deleted.
        OrganiserDelete = "organiser.delete",
        /// A co-exhibitor or a represented company was added to an allocation.
        ParticipantAdd = "participant.add",
        /// A co-exhibitor or a represented company was removed from an allocation.
        ParticipantRemove = "participant.remove",
        /// A product was created.
        ProductCreate = "product.create",
        /// A product was changed.
        ProductChange = "product.change",
        /// A product was deleted.
        ProductDelete = "product.delete",
        /// Products were imported from a table; the subject is the edition.
        ProductImport = "product.import",
        /// Exhibitors were reminded of missing sales reports; the subject is the edition.
        SalesReminderSend = "sales_reminder.send",
        /// A sales report was submitted or corrected.
        SalesReportPut = "sales_report.put",
        /// A sales report was accepted or queried.
        SalesReportReview = "sales_report.judge",
        /// Sales reports were imported from a table; the subject is the edition.
        SalesReportImport = "sales_report.import",
        /// A series of editions was created.
        SeriesCreate = "series.create",
        /// A series of editions was renamed.
        SeriesRename = "series.rename",
        /// A series of editions was deleted.
        SeriesDelete = "series.delete",
        /// An account was registered.
        UserRegister = "user.register",
        /// An account whose address is not verified was registered again.
        UserRegisterAgain = "user.register_again",
        /// The address of an account was verified.
        UserVerifyEmail = "user.verify_email",
        /// The own account was changed.
        UserChange = "user.change",
        /// The password was changed.
        UserChangePassword = "user.change_password",
        /// The password was reset by e-mail.
        UserResetPassword = "user.reset_password",
        /// All sessions of an account were ended.
        UserEndSessions = "user.sign_out",
        /// A second factor was set up.
        UserEnableSecondFactor = "user.enable_second_factor",
        /// The second factor was turned off, without an actor by the operator.
        UserDisableSecondFactor = "user.disable_second_factor",
        /// The recovery codes were replaced.
        UserRenewRecoveryCodes = "user.renew_recovery_codes",
        /// A recovery code was used.
        UserUseRecoveryCode = "user.use_recovery_code",
        /// An account at an OpenID provider was linked.
        UserLinkSso = "user.link_sso",
        /// An account at an OpenID provider was unlinked.
        UserUnlinkSso = "user.unlink_sso",
        /// A passkey was registered.
        UserAddPasskey = "user.add_passkey",
        /// A passkey was renamed.
        UserRenamePasskey = "user.rename_passkey",
        /// A passkey was removed, without an actor by the operator.
        UserRemovePasskey = "user.remove_passkey",
        /// A login was refused because the counter of the passkey went back.
        UserRefusePasskey = "user.refuse_passkey",
        /// An account became a platform admin; the subject is its address.
        UserGrantAdmin = "user.grant_admin",
        /// The personal data of an account or an address was erased.
        UserErase = "user.erase",
        /// A venue was created.
        VenueCreate = "venue.create",
        /// A venue was changed.
        VenueChange = "venue.change",
        /// A venue was deleted.
        VenueDelete = "venue.delete",
        /// Counts of a gate were recorded; the subject is the edition.
        VisitsCount = "visits.count",
        /// Staff corrected the counts of a gate on a day; the subject is the edition.
        VisitsCorrect = "visits.correct",
        /// Counts were imported from a table; the subject is the edition.
        VisitsImport = "visits.import",
        /// A webhook endpoint was created.
        WebhookCreate = "webhook.create",
        /// A webhook endpoint was changed.
        WebhookChange = "webhook.change",
        /// A webhook endpoint was deleted.
        WebhookDelete = "webhook.delete",
        /// The secret of a webhook endpoint was replaced.
        WebhookRotateSecret = "webhook.rotate_secret",
        /// A delivery was sent again.
        WebhookRetry = "webhook.retry",
        /// The events since a time were sent again.
        WebhookReplay = "webhook.replay",
        /// A zone was created.
        ZoneCreate = "zone.create",
        /// A zone was changed.
        ZoneChange = "zone.change",
        /// A zone was deleted.
        ZoneDelete = "zone.delete",
    }
}

impl AuditAction {
    /// The kind of resource whose identifier is the subject, or to which the changed ones belong.
    pub fn subject_kind(self) -> SubjectKind {
        match self {
            Self::AllocationHold
            | Self::AllocationOffer
            | Self::AllocationOfferToWaitingList
            | Self::AllocationConfirm
            | Self::AllocationDecline
            | Self::AllocationCheckIn
            | Self::AllocationNoShow
            | Self::AllocationRelease
            | Self::AllocationExpire
            | Self::AllocationMove
            | Self::AllocationSwap => SubjectKind::Allocation,
            Self::AllocationRunStart | Self::AllocationRunCancel | Self::AllocationRunApply => {
                SubjectKind::AllocationRun
            }
            Self::ApiKeyCreate | Self::ApiKeyRotate | Self::ApiKeyRevoke => SubjectKind::ApiKey,
            Self::ApplicationCreate
            | Self::ApplicationChange
            | Self::ApplicationDelete
            | Self::ApplicationTransition
            | Self::ApplicationImport => SubjectKind::Application,
            Self::BoothCreate | Self::BoothChange | Self::BoothDelete | Self::BoothGenerate | Self::BoothImport => {
                SubjectKind::Booth
            }
            Self::BoothCategoriesPut => SubjectKind::BoothCategories,
            Self::DealCreate | Self::DealChange | Self::DealDelete => SubjectKind::Deal,
            Self::DemoFill => SubjectKind::Demo,
            Self::DocumentUpload | Self::DocumentWaive | Self::DocumentDelete => SubjectKind::Document,
            Self::EditionCreate
            | Self::EditionChange
            | Self::EditionDelete
            | Self::EditionEnd
            | Self::EditionPhase
            | Self::EditionOpeningDays
            | Self::EditionTransition
            | Self::EditionWaitingList
            | Self::EditionImport => SubjectKind::Edition,
            Self::ExhibitorCreate
            | Self::ExhibitorChange
            | Self::ExhibitorDelete
            | Self::ExhibitorContacts
            | Self::ExhibitorInviteLink
            | Self::ExhibitorRevokeLinkInvitation
            | Self::ExhibitorLink
            | Self::ExhibitorUnlink
            | Self::ExhibitorMerge
            | Self::ExhibitorSplit => SubjectKind::Exhibitor,
            Self::GateCreate => SubjectKind::Gate,
            Self::HallCreate | Self::HallChange | Self::HallDelete => SubjectKind::Hall,
            Self::ImportUndo => SubjectKind::Import,
            Self::InvitationRevoke => SubjectKind::Invitation,
            Self::MemberInvite | Self::MemberJoin | Self::MemberSetRole | Self::MemberRemove => SubjectKind::Member,
            Self::OrganisationCreate
            | Self::OrganisationChange
            | Self::OrganisationDelete
            | Self::OrganisationContacts
            | Self::OrganisationVerify => SubjectKind::Organisation,
            Self::OrganiserCreate
            | Self::OrganiserRename
            | Self::OrganiserRequireSecondFactor
            | Self::OrganiserDelete => SubjectKind::Organiser,
            Self::ParticipantAdd | Self::ParticipantRemove => SubjectKind::Participant,
            Self::ProductCreate | Self::ProductChange | Self::ProductDelete | Self::ProductImport => {
                SubjectKind::Product
            }
            Self::SalesReminderSend => SubjectKind::SalesReminder,
            Self::SalesReportPut | Self::SalesReportReview | Self::SalesReportImport => SubjectKind::SalesReport,
            Self::SeriesCreate | Self::SeriesRename | Self::SeriesDelete => SubjectKind::Series,
            Self::UserRegister
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
            | Self::UserErase => SubjectKind::User,
            Self::VenueCreate | Self::VenueChange | Self::VenueDelete => SubjectKind::Venue,
            Self::VisitsCount | Self::VisitsCorrect | Self::VisitsImport => SubjectKind::Visits,
            Self::WebhookCreate
            | Self::WebhookChange
            | Self::WebhookDelete
            | Self::WebhookRotateSecret
            | Self::WebhookRetry
            | Self::WebhookReplay => SubjectKind::Webhook,
            Self::ZoneCreate | Self::ZoneChange | Self::ZoneDelete => SubjectKind::Zone,
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn texts_are_subject_kind_and_verb() {
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        for action in AuditAction::VARIANTS {
            let (kind, verb) = action.as_str().split_once('.').unwrap();
            assert_eq!(kind, action.subject_kind().as_str(), "{action}");
            assert!(is_name(verb), "{action}");
        }
    }

    #[test]
    fn texts_are_unique_and_parse_to_their_action() {
        for action in AuditAction::VARIANTS {
            assert_eq!(action.as_str().parse(), Ok(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
    }
}
