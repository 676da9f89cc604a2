//! Renders e-mails in the language of the recipient.
use askama::Template;

use hoicho_core::{
    i18n::{Language, LocalizedText, MessageId, format},
    states::ApplicationState,
    values::clock::Day,
};
use hoicho_web::{
    identity::{email_tokens::VERIFY_TTL_H, invitations::INVITATION_TTL_DAYS},
    outbox::{EmailKind, OutgoingEmail, SecondFactorNotice, SsoNotice},
};

/// A rendered e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedEmail {
    /// Subject line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part; the action is a button.
    pub html: String,
}

#[derive(Template)]
#[template(path = "email.txt", escape = "none")]
struct TextTemplate<'a> {
    greeting: &'a str,
    paragraphs: &'a [String],
    list: &'a [String],
    action: &'a Option<(String, String)>,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "email.html")]
struct HtmlTemplate<'a> {
    language: &'a str,
    subject: &'a str,
    greeting: &'a str,
    paragraphs: &'a [String],
    list: &'a [String],
    action: &'a Option<(String, String)>,
    footer: &'a str,
}

struct Content {
    subject: LocalizedText,
    paragraphs: Vec<LocalizedText>,
    list: Vec<LocalizedText>,
    action: Option<(LocalizedText, String)>,
}

impl Content {
    /// One paragraph without an action.
    fn new(subject: impl Into<LocalizedText>, paragraph: impl Into<LocalizedText>) -> Self {
        Self { subject: subject.into(), paragraphs: vec![paragraph.into()], list: Vec::new(), action: None }
    }

    /// Adds the button.
    fn with_action(self, label: MessageId, link: String) -> Self {
        Self { action: Some((label.localize(), link)), ..self }
    }
}

fn content(email: &EmailKind, public_url: &str) -> Content {
    let link = |path: &str| format!("{public_url}{path}");
    match email {
        EmailKind::VerifyEmail { token } => Content::new(
            MessageId("email-verify-subject"),
            MessageId("email-verify-text").with_number("hours", VERIFY_TTL_H),
        )
        .with_action(MessageId("email-verify-action"), link(&format!("/verify-email#{token}"))),
        EmailKind::AccountExists => {
            Content::new(MessageId("email-account-exists-subject"), MessageId("email-account-exists-text"))
                .with_action(MessageId("email-account-exists-action"), link("/login"))
        }
        EmailKind::ResetPassword { token } => {
            Content::new(MessageId("email-reset-subject"), MessageId("email-reset-text"))
                .with_action(MessageId("email-reset-action"), link(&format!("/reset-password#{token}")))
        }
        EmailKind::SecondFactor { notice } => second_factor_changed(*notice, public_url),
        EmailKind::Sso { notice, provider } => Content::new(
            MessageId("email-sso-subject"),
            match notice {
                SsoNotice::Linked => MessageId("email-sso-linked"),
                SsoNotice::Unlinked => MessageId("email-sso-unlinked"),
            }
            .with_args(&[("provider", provider)]),
        )
        .with_action(MessageId("email-sso-action"), link("/account")),
        EmailKind::Invitation { token, of, by } => Content::new(
            MessageId("email-invitation-subject"),
            MessageId("email-invitation-text")
                .with_args(&[("inviter", &by), ("name", &of)])
                .with_number("days", INVITATION_TTL_DAYS),
        )
        .with_action(MessageId("email-invitation-action"), link(&format!("/invitation#{token}"))),
        EmailKind::LinkInvitation { exhibitor, organiser } => Content::new(
            MessageId("email-link-invitation-subject"),
            MessageId("email-link-invitation-text")
                .with_args(&[("organiser", &organiser), ("name", &exhibitor)])
                .with_number("days", INVITATION_TTL_DAYS),
        )
        .with_action(MessageId("email-link-invitation-action"), link("/link-invitations")),
        EmailKind::ApplicationDecided { edition, decision, reason } => {
            application_decided(edition, *decision, reason.as_deref())
        }
        EmailKind::BoothOffered { edition, booth, until } => Content::new(
            MessageId("email-offer-subject"),
            MessageId("email-offer-text")
                .with_args(&[("edition", edition), ("booth", booth)])
                .with_text("until", date_time(until)),
        )
        .with_action(MessageId("email-offer-action"), link("/")),
        EmailKind::WebhookDisabled { webhook, url, organiser } => Content::new(
            MessageId("email-webhook-disabled-subject").with_args(&[("webhook", webhook)]),
            MessageId("email-webhook-disabled-text").with_args(&[("webhook", webhook), ("url", url)]),
        )
        .with_action(MessageId("email-webhook-disabled-action"), link(&format!("/organisers/{organiser}/webhooks"))),
        EmailKind::SalesReminder { edition, missing } => Content {
            list: missing.iter().map(|(booth, day)| missing_report(booth, *day)).collect(),
            ..Content::new(
                MessageId("email-missing-reports-subject"),
                MessageId("email-missing-reports-text").with_args(&[("edition", &edition)]),
            )
        }
        .with_action(MessageId("email-missing-reports-action"), link("/")),
    }
}

fn second_factor_changed(notice: SecondFactorNotice, public_url: &str) -> Content {
    let (factor, passkeys) = ("/account/second-factor", "/account/passkeys");
    let (text, page) = match notice {
        SecondFactorNotice::Enabled => (MessageId("email-second-factor-enabled"), factor),
        SecondFactorNotice::Disabled => (MessageId("email-second-factor-disabled"), factor),
        SecondFactorNotice::RemovedByOperator => (MessageId("email-second-factor-removed"), factor),
        SecondFactorNotice::RecoveryCodesRenewed => (MessageId("email-second-factor-renewed"), factor),
        SecondFactorNotice::RecoveryCodeUsed => (MessageId("email-second-factor-recovery"), factor),
        SecondFactorNotice::WrongCodes => (MessageId("email-second-factor-guessed"), factor),
        SecondFactorNotice::PasskeyAdded => (MessageId("email-passkey-added"), passkeys),
        SecondFactorNotice::PasskeyRemoved => (MessageId("email-passkey-removed"), passkeys),
        SecondFactorNotice::PasskeyCopied => (MessageId("email-passkey-copied"), passkeys),
    };
    let (subject, action) = if page == passkeys {
        (MessageId("email-passkey-subject"), MessageId("email-passkey-action"))
    } else {
        (MessageId("email-second-factor-subject"), MessageId("email-second-factor-action"))
    };
    Content::new(subject, text).with_action(action, format!("{public_url}{page}"))
}

fn application_decided(edition: &str, decision: ApplicationState, reason: Option<&str>) -> Content {
    let decided = match decision {
        ApplicationState::Approved => MessageId("email-application-approved"),
        ApplicationState::Waitlisted => MessageId("email-application-waitlisted"),
        ApplicationState::Rejected
        // The states below are no decisions and are never e-mailed.
        | ApplicationState::Draft
        | ApplicationState::Submitted
        | ApplicationState::Withdrawn => MessageId("email-application-rejected"),
    };
    let decided = decided.localize();
    let mut content = Content::new(
        MessageId("email-application-subject").with_args(&[]).with_text("decided", decided.clone()),
        MessageId("email-application-text").with_args(&[("edition", &edition)]).with_text("decided", decided),
    );
    content.paragraphs.extend(
        reason.map(|reason| MessageId("email-application-reason").with_args(&[("reason", &reason)]).localize()),
    );
    content
}

fn missing_report(booth: &str, day: Day) -> LocalizedText {
    let day = LocalizedText::verbatim(format::date(Language::Vi, day), format::date(Language::En, day));
    MessageId("email-missing-reports-line").with_args(&[("booth", &booth)]).with_text("day", day).localize()
}

/// Formats a date and time in both languages.
fn date_time(at: &chrono::NaiveDateTime) -> LocalizedText {
    LocalizedText::verbatim(format::date_time(Language::Vi, *at), format::date_time(Language::En, *at))
}

/// Renders an e-mail; links start with `public_url`.
pub fn render(mail: &OutgoingEmail, public_url: &str) -> Result<RenderedEmail, askama::Error> {
    let language = mail.language;
    let content = content(&mail.kind, public_url);
    let localize = |texts: &[LocalizedText]| texts.iter().map(|t| t.get(language).to_owned()).collect::<Vec<_>>();
    let (paragraphs, list) = (localize(&content.paragraphs), localize(&content.list));
    let action = content.action.map(|(label, link)| (label.get(language).to_owned(), link));
    let subject = content.subject.get(language).to_owned();
    let greeting = MessageId("email-greeting").with_args(&[("name", &mail.name)]).localize().get(language).to_owned();
    let footer = MessageId("email-footer").localize().get(language).to_owned();
    let (paragraphs, list, action) = (paragraphs.as_slice(), list.as_slice(), &action);
    let text = TextTemplate { greeting: &greeting, paragraphs, list, action, footer: &footer }.render()?;
    let html = HtmlTemplate {
        language: language.tag(),
        subject: &subject,
        greeting: &greeting,
        paragraphs,
        list,
        action,
        footer: &footer,
    }
    .render()?;
    Ok(RenderedEmail { subject, text, html })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_emails() -> Vec<EmailKind> {
        let token = "TOKEN".to_owned();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let until = day.and_hms_opt(12, 0, 0).unwrap();
        let edition = "Hội chợ OCOP".to_owned();
        let notices = <SecondFactorNotice as strum::VariantArray>::VARIANTS;
        let mut emails = vec![
            EmailKind::VerifyEmail { token: token.clone() },
            EmailKind::AccountExists,
            EmailKind::ResetPassword { token: token.clone() },
            EmailKind::Invitation { token, of: "HTX <b>Đầm Hà</b>".into(), by: "Lan".into() },
            EmailKind::LinkInvitation { exhibitor: "HTX Đầm Hà".into(), organiser: "Sở Công Thương".into() },
            EmailKind::ApplicationDecided {
                edition: edition.clone(),
                decision: ApplicationState::Waitlisted,
                reason: Some("Hết gian".into()),
            },
            EmailKind::BoothOffered { edition: edition.clone(), booth: "A01".into(), until },
            EmailKind::WebhookDisabled {
                webhook: "Siêu thị".into(),
                url: "https://partner.example/hook".into(),
                organiser: "0192".into(),
            },
            EmailKind::SalesReminder { edition, missing: vec![("A01".into(), day)] },
        ];
        emails.extend(notices.iter().map(|notice| EmailKind::SecondFactor { notice: *notice }));
        let notices = <SsoNotice as strum::VariantArray>::VARIANTS;
        emails.extend(notices.iter().map(|notice| EmailKind::Sso { notice: *notice, provider: "SSO của tỉnh".into() }));
        emails
    }

    #[test]
    fn emails_render_in_both_languages() {
        let mut rendered = String::new();
        for email in all_emails() {
            for language in [Language::Vi, Language::En] {
                let mail =
                    OutgoingEmail { to: "x@example.vn".into(), name: "Múi".into(), language, kind: email.clone() };
                let email = render(&mail, "https://hoicho.example").unwrap();
                rendered += &format!("=== {}\n{}\n", email.subject, email.text);
            }
        }
        insta::assert_snapshot!("emails", rendered);
    }

    #[test]
    fn markup_in_names_is_escaped() {
        let mail = OutgoingEmail {
            to: "x@example.vn".into(),
            name: "<script>".into(),
            language: Language::En,
            kind: EmailKind::AccountExists,
        };
        let email = render(&mail, "https://hoicho.example").unwrap();
        assert!(!email.html.contains("<script>") && email.text.contains("<script>"));
    }
}
