//! The letters this program writes. They are put into words when they are sent, in their reader's language.
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use hoicho_core::{i18n::Language, values::clock::Day};

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// Proves that the address is the account's.
    VerifyEmail {
        /// Used once.
        token: String,
    },
    /// Somebody registered with an address that has an account.
    AccountExists,
    /// Lets its reader choose a new password.
    ResetPassword {
        /// Used once.
        token: String,
    },
    /// Offers a role with an organiser or exhibitor.
    Invitation {
        /// Used once.
        token: String,
        /// Whose.
        of: String,
        /// Who invites.
        by: String,
    },
    /// An application was approved, put on the waiting list or refused.
    ApplicationDecided {
        /// For which edition.
        edition: String,
        /// `approved`, `waitlisted` or `rejected`.
        decision: String,
        /// Why, where one was given.
        reason: Option<String>,
    },
    /// A booth may be accepted until its offer ends.
    BoothOffered {
        /// Of which edition.
        edition: String,
        /// The booth's code.
        booth: String,
        /// Where the edition is held.
        until: NaiveDateTime,
    },
    /// A partner's address takes no messages any more.
    WebhookSwitchedOff {
        /// As its organiser calls it.
        webhook: String,
        /// Where it was.
        url: String,
        /// The page that switches it on again.
        organiser: String,
    },
    /// Reports are missing.
    SalesReminder {
        /// Of which edition.
        edition: String,
        /// Booths and days, at most 50.
        missing: Vec<(String, Day)>,
    },
}

/// A letter with its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Address.
    pub to: String,
    /// As people call them.
    pub name: String,
    /// What they read.
    pub language: Language,
    /// What it says.
    pub letter: Letter,
}
