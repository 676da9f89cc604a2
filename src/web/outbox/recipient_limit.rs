//! How many e-mails one address gets. Whoever knows an address can cause e-mails to it: by registering it, by an invitation, by
//! noting it as a contact. Each kind has a limit of its own, so that nobody can use up what the recipient asked for.
use std::collections::HashMap;

use chrono::Duration;
use diesel::prelude::*;

use super::email::{EmailTopic, Sender};
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx, schema::outbox},
    values::clock::Instant,
};

/// A limit of e-mails to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RecipientLimit {
    /// From all senders.
    max: usize,
    /// From one organiser or organisation.
    max_per_sender: usize,
    window_h: i64,
}

fn limit(topic: EmailTopic) -> RecipientLimit {
    let any_sender = |max, window_h| RecipientLimit { max, max_per_sender: max, window_h };
    match topic {
        EmailTopic::ResetPassword => any_sender(5, 1),
        EmailTopic::VerifyEmail => any_sender(5, 24),
        // It says that there is an account: nobody needs to read that often.
        EmailTopic::AccountExists => any_sender(2, 24),
        EmailTopic::Invitation | EmailTopic::LinkInvitation => {
            RecipientLimit { max: 10, max_per_sender: 3, window_h: 24 }
        }
        // An agency may apply for many exhibitors and get a booth for each of them.
        EmailTopic::BoothOffered => any_sender(50, 24),
        EmailTopic::ApplicationDecided
        | EmailTopic::SalesReminder
        | EmailTopic::WebhookDisabled
        | EmailTopic::SecondFactor
        | EmailTopic::Sso => any_sender(20, 24),
        EmailTopic::Decoy => any_sender(usize::MAX, 0),
    }
}

/// E-mails of one kind that addresses got lately, in all and by sender.
pub(super) struct Recent {
    limit: RecipientLimit,
    sender: Sender,
    by_recipient: HashMap<String, (usize, usize)>,
}

impl Recent {
    /// Counts what is stored for these recipients (digests).
    pub(super) fn load(
        tx: &mut Tx<'_>,
        topic: EmailTopic,
        sender: Sender,
        recipients: &[&String],
        now: Instant,
    ) -> QueryResult<Self> {
        let limit = limit(topic);
        let mut recent = Self { limit, sender, by_recipient: HashMap::new() };
        let sender_text = sender.to_string();
        for part in recipients.chunks(MAX_IDS_PER_STATEMENT) {
            let rows: Vec<(String, String)> = outbox::table
                .filter(outbox::recipient.eq_any(part.iter().copied()))
                .filter(outbox::kind.eq(topic))
                .filter(outbox::created_at.gt(now - Duration::hours(limit.window_h)))
                .select((outbox::recipient, outbox::sender))
                .load(tx.conn())?;
            for (recipient, from) in rows {
                recent.count(recipient, from == sender_text);
            }
        }
        Ok(recent)
    }

    fn count(&mut self, recipient: String, is_of_sender: bool) {
        let (total, of_sender) = self.by_recipient.entry(recipient).or_default();
        *total += 1;
        *of_sender += usize::from(is_of_sender);
    }

    /// Whether the recipient may get one more; if so, it is counted.
    pub(super) fn admit(&mut self, recipient: &str) -> bool {
        let (total, of_sender) = self.by_recipient.get(recipient).copied().unwrap_or_default();
        let is_admitted = total < self.limit.max && of_sender < self.limit.max_per_sender;
        if is_admitted {
            self.count(recipient.to_owned(), true);
        } else {
            tracing::warn!(target: "hoicho::security", sender = %self.sender, "limit of emails to one address reached");
        }
        is_admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sender_reaches_its_limit_before_all_do() {
        let limit = limit(EmailTopic::Invitation);
        let mut recent = Recent { limit, sender: Sender::Account, by_recipient: HashMap::new() };
        let admitted = (0..60).filter(|_| recent.admit("a")).count();
        assert_eq!(admitted, limit.max_per_sender);
        assert!(recent.admit("b"));
        let mut others = Recent { limit, sender: Sender::Account, by_recipient: HashMap::new() };
        (0..limit.max).for_each(|_| others.count("a".to_owned(), false));
        assert!(!others.admit("a"));
    }
}
