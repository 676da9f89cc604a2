//! Kinds of outgoing e-mail. Text is rendered at delivery, in the recipient's language.
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use hoicho_core::{
    i18n::Language,
    states::ApplicationState,
    values::{
        clock::Day,
        ids::{OrganisationId, OrganiserId},
    },
};

/// On whose behalf an e-mail is sent. Senders share the sending fairly, so that one organiser's mass mail delays no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// The person themselves: verification, password reset.
    Account,
    /// An organiser.
    Organiser(OrganiserId),
    /// An organisation.
    Organisation(OrganisationId),
}

impl std::fmt::Display for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Organiser(id) => write!(f, "organiser:{id}"),
            Self::Organisation(id) => write!(f, "organisation:{id}"),
        }
    }
}

/// What happened to the second factor or the passkeys of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorNotice {
    /// It was set up.
    Enabled,
    /// Its owner turned it off.
    Disabled,
    /// The operator turned it off and removed the passkeys.
    RemovedByOperator,
    /// The recovery codes were replaced.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Somebody entered the right password and several wrong codes.
    WrongCodes,
    /// A passkey was registered.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A login was refused because the counter of the passkey went back: there may be a copy of it.
    PasskeyCopied,
}

/// What happened to the link of an account with one at an OpenID provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum SsoNotice {
    /// It was linked.
    Linked,
    /// It was unlinked.
    Unlinked,
}

hoicho_core::text_enum! {
    /// The kind of a stored e-mail, without its data.
    EmailTopic {
        /// [`EmailKind::VerifyEmail`].
        VerifyEmail,
        /// [`EmailKind::AccountExists`].
        AccountExists,
        /// [`EmailKind::ResetPassword`].
        ResetPassword,
        /// [`EmailKind::SecondFactor`].
        SecondFactor,
        /// [`EmailKind::Sso`].
        Sso,
        /// [`EmailKind::Invitation`].
        Invitation,
        /// [`EmailKind::LinkInvitation`].
        LinkInvitation,
        /// [`EmailKind::ApplicationDecided`].
        ApplicationDecided,
        /// [`EmailKind::BoothOffered`].
        BoothOffered,
        /// [`EmailKind::WebhookDisabled`].
        WebhookDisabled,
        /// [`EmailKind::SalesReminder`].
        SalesReminder,
        /// No e-mail.
        Decoy,
    }
}

impl EmailKind {
    /// The kind without its data.
    pub(super) fn topic(&self) -> EmailTopic {
        match self {
            Self::VerifyEmail { .. } => EmailTopic::VerifyEmail,
            Self::AccountExists => EmailTopic::AccountExists,
            Self::ResetPassword { .. } => EmailTopic::ResetPassword,
            Self::SecondFactor { .. } => EmailTopic::SecondFactor,
            Self::Sso { .. } => EmailTopic::Sso,
            Self::Invitation { .. } => EmailTopic::Invitation,
            Self::LinkInvitation { .. } => EmailTopic::LinkInvitation,
            Self::ApplicationDecided { .. } => EmailTopic::ApplicationDecided,
            Self::BoothOffered { .. } => EmailTopic::BoothOffered,
            Self::WebhookDisabled { .. } => EmailTopic::WebhookDisabled,
            Self::SalesReminder { .. } => EmailTopic::SalesReminder,
        }
    }
}

/// The kind of e-mail and its template data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EmailKind {
    /// Verifies the address of an account.
    VerifyEmail {
        /// Single-use token.
        token: String,
    },
    /// Reports a registration attempt with the address of an existing account.
    AccountExists,
    /// Allows the recipient to set a new password.
    ResetPassword {
        /// Single-use token.
        token: String,
    },
    /// Reports what happened to the second factor of the recipient's account.
    SecondFactor {
        /// What happened.
        notice: SecondFactorNotice,
    },
    /// Reports that an account at an OpenID provider was linked with the recipient's account, or unlinked.
    Sso {
        /// What happened.
        notice: SsoNotice,
        /// Name of the provider.
        provider: String,
    },
    /// Invites the recipient to a role with an organiser or organisation.
    Invitation {
        /// Single-use token.
        token: String,
        /// Name of the organiser or organisation.
        of: String,
        /// Name of the inviting user.
        by: String,
    },
    /// Invites the recipient to link an organiser's record of an exhibitor with their organisation.
    LinkInvitation {
        /// Name of the exhibitor in the organiser's records.
        exhibitor: String,
        /// Name of the organiser.
        organiser: String,
    },
    /// Reports the decision on an application.
    ApplicationDecided {
        /// Name of the edition.
        edition: String,
        /// Approved, waitlisted or rejected.
        decision: ApplicationState,
        /// Reason, if one was given.
        reason: Option<String>,
    },
    /// Offers a booth until the offer expires.
    BoothOffered {
        /// Name of the edition.
        edition: String,
        /// Booth code.
        booth: String,
        /// Expiry of the offer, in the edition's time zone.
        until: NaiveDateTime,
    },
    /// Reports that a webhook was disabled after repeated delivery failures.
    #[serde(rename = "webhook_switched_off")]
    WebhookDisabled {
        /// Name of the webhook.
        webhook: String,
        /// URL of the webhook.
        url: String,
        /// Organiser in the link to the page that enables it again.
        organiser: String,
    },
    /// Reminds of missing sales reports.
    SalesReminder {
        /// Name of the edition.
        edition: String,
        /// Booth codes and days, at most 50.
        missing: Vec<(String, Day)>,
    },
}

/// An e-mail with its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingEmail {
    /// Recipient address.
    pub to: String,
    /// Recipient name.
    pub name: String,
    /// Recipient language.
    pub language: Language,
    /// Kind and template data; `letter` in stored e-mails.
    #[serde(rename = "letter")]
    pub kind: EmailKind,
}
