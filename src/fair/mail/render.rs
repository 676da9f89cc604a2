//! Renders emails in the language of the recipient.
use askama::Template;

use hoicho_core::i18n::{Language, LocalizedText, MessageId, format};
use hoicho_web::outbox::{EmailKind, OutgoingEmail};

/// A rendered email.
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
#[template(path = "letter.txt", escape = "none")]
struct TextTemplate<'a> {
    greeting: &'a str,
    paragraphs: &'a [String],
    list: &'a [String],
    action: &'a Option<(String, String)>,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
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

fn content(email: &EmailKind, public_url: &str) -> Content {
    let link = |path: &str| format!("{public_url}{path}");
    match email {
        EmailKind::VerifyEmail { token } => Content {
            subject: MessageId("verify-your-e-mail-address").localize(),
            paragraphs: vec![MessageId("please-verify-that-this-address-is-yours").localize()],
            list: Vec::new(),
            action: Some((MessageId("verify").localize(), link(&format!("/verify-email#{token}")))),
        },
        EmailKind::AccountExists => Content {
            subject: MessageId("you-have-an-account-already").localize(),
            paragraphs: vec![MessageId("somebody-registered-with-this-address-just-now").localize()],
            list: Vec::new(),
            action: Some((MessageId("log-in").localize(), link("/login"))),
        },
        EmailKind::ResetPassword { token } => Content {
            subject: MessageId("reset-your-password").localize(),
            paragraphs: vec![MessageId("choose-a-new-password-with-the-link").localize()],
            list: Vec::new(),
            action: Some((MessageId("choose-a-new-password").localize(), link(&format!("/reset-password#{token}")))),
        },
        EmailKind::Invitation { token, of, by } => Content {
            subject: MessageId("an-invitation-to-join-of").with_args(&[("of", &of)]).localize(),
            paragraphs: vec![
                MessageId("by-invites-you-to-work-with-of").with_args(&[("by", &by), ("of", &of)]).localize(),
            ],
            list: Vec::new(),
            action: Some((MessageId("accept").localize(), link(&format!("/invitation#{token}")))),
        },
        EmailKind::ApplicationDecided { edition, decision, reason } => {
            let decision = match decision.as_str() {
                "approved" => MessageId("mail-approved").localize(),
                "waitlisted" => MessageId("mail-waitlisted").localize(),
                _ => MessageId("mail-rejected").localize(),
            };
            let mut paragraphs = vec![
                MessageId("mail-application")
                    .with_args(&[("edition", edition)])
                    .with_text("decided", decision.clone())
                    .localize(),
            ];
            if let Some(reason) = reason {
                paragraphs.push(MessageId("reason-reason").with_args(&[("reason", &reason)]).localize());
            }
            Content {
                subject: MessageId("mail-application-subject").with_args(&[]).with_text("decided", decision).localize(),
                paragraphs,
                list: Vec::new(),
                action: None,
            }
        }
        EmailKind::BoothOffered { edition, booth, until } => Content {
            subject: MessageId("booth-booth-is-offered-to-you").with_args(&[("booth", &booth)]).localize(),
            paragraphs: vec![
                MessageId("mail-offer")
                    .with_args(&[("edition", edition), ("booth", booth)])
                    .with_text("until", date_time(until))
                    .localize(),
            ],
            list: Vec::new(),
            action: Some((MessageId("answer").localize(), link("/"))),
        },
        EmailKind::WebhookSwitchedOff { webhook, url, organiser } => Content {
            subject: MessageId("mail-webhook-subject").with_args(&[("webhook", webhook)]).localize(),
            paragraphs: vec![MessageId("mail-webhook").with_args(&[("webhook", webhook), ("url", url)]).localize()],
            list: Vec::new(),
            action: Some((
                MessageId("mail-webhook-open").localize(),
                link(&format!("/organisers/{organiser}/webhooks")),
            )),
        },
        EmailKind::SalesReminder { edition, missing } => Content {
            subject: MessageId("sales-reports-are-missing").localize(),
            paragraphs: vec![
                MessageId("edition-has-no-sales-report-of-yours").with_args(&[("edition", &edition)]).localize(),
            ],
            list: missing
                .iter()
                .map(|(booth, day)| {
                    let day =
                        LocalizedText::verbatim(format::date(Language::Vi, *day), format::date(Language::En, *day));
                    MessageId("mail-missing").with_args(&[("booth", booth)]).with_text("day", day).localize()
                })
                .collect(),
            action: Some((MessageId("mail-report").localize(), link("/"))),
        },
    }
}

/// Formats a date and time in both languages.
fn date_time(at: &chrono::NaiveDateTime) -> LocalizedText {
    LocalizedText::verbatim(format::date_time(Language::Vi, *at), format::date_time(Language::En, *at))
}

/// Renders an email; links start with `public_url`.
pub fn render(mail: &OutgoingEmail, public_url: &str) -> Result<RenderedEmail, askama::Error> {
    let language = mail.language;
    let content = content(&mail.letter, public_url);
    let localize = |texts: &[LocalizedText]| texts.iter().map(|t| t.get(language).to_owned()).collect::<Vec<_>>();
    let (paragraphs, list) = (localize(&content.paragraphs), localize(&content.list));
    let action = content.action.map(|(label, link)| (label.get(language).to_owned(), link));
    let subject = content.subject.get(language).to_owned();
    let greeting = MessageId("mail-greeting").with_args(&[("name", &mail.name)]).localize().get(language).to_owned();
    let footer = MessageId("mail-automatic").localize().get(language).to_owned();
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
        vec![
            EmailKind::VerifyEmail { token: token.clone() },
            EmailKind::AccountExists,
            EmailKind::ResetPassword { token: token.clone() },
            EmailKind::Invitation { token, of: "HTX <b>Đầm Hà</b>".into(), by: "Lan".into() },
            EmailKind::ApplicationDecided {
                edition: edition.clone(),
                decision: "waitlisted".into(),
                reason: Some("Hết gian".into()),
            },
            EmailKind::BoothOffered { edition: edition.clone(), booth: "A01".into(), until },
            EmailKind::WebhookSwitchedOff {
                webhook: "Siêu thị".into(),
                url: "https://partner.example/hook".into(),
                organiser: "0192".into(),
            },
            EmailKind::SalesReminder { edition, missing: vec![("A01".into(), day)] },
        ]
    }

    #[test]
    fn emails_render_in_both_languages() {
        let mut rendered = String::new();
        for email in all_emails() {
            for language in [Language::Vi, Language::En] {
                let mail =
                    OutgoingEmail { to: "x@example.vn".into(), name: "Múi".into(), language, letter: email.clone() };
                let words = render(&mail, "https://hoicho.example").unwrap();
                rendered += &format!("=== {}\n{}\n", words.subject, words.text);
            }
        }
        insta::assert_snapshot!("letters", rendered);
    }

    #[test]
    fn markup_in_names_is_escaped() {
        let mail = OutgoingEmail {
            to: "x@example.vn".into(),
            name: "<script>".into(),
            language: Language::En,
            letter: EmailKind::AccountExists,
        };
        let words = render(&mail, "https://hoicho.example").unwrap();
        assert!(!words.html.contains("<script>") && words.text.contains("<script>"));
    }
}
