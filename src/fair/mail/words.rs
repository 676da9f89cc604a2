//! Renders emails in the language of the recipient.
use askama::Template;

use hoicho_core::i18n::{Language, Said, Text, numbers};
use hoicho_web::outbox::{Letter, Mail};

/// A rendered email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
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
    subject: Text,
    paragraphs: Vec<Text>,
    list: Vec<Text>,
    action: Option<(Text, String)>,
}

fn content(email: &Letter, public_url: &str) -> Content {
    let link = |path: &str| format!("{public_url}{path}");
    match email {
        Letter::VerifyEmail { token } => Content {
            subject: Said("verify-your-e-mail-address").text(),
            paragraphs: vec![Said("please-verify-that-this-address-is-yours").text()],
            list: Vec::new(),
            action: Some((Said("verify").text(), link(&format!("/verify-email#{token}")))),
        },
        Letter::AccountExists => Content {
            subject: Said("you-have-an-account-already").text(),
            paragraphs: vec![Said("somebody-registered-with-this-address-just-now").text()],
            list: Vec::new(),
            action: Some((Said("log-in").text(), link("/login"))),
        },
        Letter::ResetPassword { token } => Content {
            subject: Said("reset-your-password").text(),
            paragraphs: vec![Said("choose-a-new-password-with-the-link").text()],
            list: Vec::new(),
            action: Some((Said("choose-a-new-password").text(), link(&format!("/reset-password#{token}")))),
        },
        Letter::Invitation { token, of, by } => Content {
            subject: Said("an-invitation-to-join-of").with(&[("of", &of)]).text(),
            paragraphs: vec![Said("by-invites-you-to-work-with-of").with(&[("by", &by), ("of", &of)]).text()],
            list: Vec::new(),
            action: Some((Said("accept").text(), link(&format!("/invitation#{token}")))),
        },
        Letter::ApplicationDecided { edition, decision, reason } => {
            let decision = match decision.as_str() {
                "approved" => Said("mail-approved").text(),
                "waitlisted" => Said("mail-waitlisted").text(),
                _ => Said("mail-rejected").text(),
            };
            let mut paragraphs =
                vec![Said("mail-application").with(&[("edition", edition)]).and("decided", decision.clone()).text()];
            if let Some(reason) = reason {
                paragraphs.push(Said("reason-reason").with(&[("reason", &reason)]).text());
            }
            Content {
                subject: Said("mail-application-subject").with(&[]).and("decided", decision).text(),
                paragraphs,
                list: Vec::new(),
                action: None,
            }
        }
        Letter::BoothOffered { edition, booth, until } => Content {
            subject: Said("booth-booth-is-offered-to-you").with(&[("booth", &booth)]).text(),
            paragraphs: vec![
                Said("mail-offer")
                    .with(&[("edition", edition), ("booth", booth)])
                    .and("until", date_time(until))
                    .text(),
            ],
            list: Vec::new(),
            action: Some((Said("answer").text(), link("/"))),
        },
        Letter::WebhookSwitchedOff { webhook, url, organiser } => Content {
            subject: Said("mail-webhook-subject").with(&[("webhook", webhook)]).text(),
            paragraphs: vec![Said("mail-webhook").with(&[("webhook", webhook), ("url", url)]).text()],
            list: Vec::new(),
            action: Some((Said("mail-webhook-open").text(), link(&format!("/organisers/{organiser}/webhooks")))),
        },
        Letter::SalesReminder { edition, missing } => Content {
            subject: Said("sales-reports-are-missing").text(),
            paragraphs: vec![Said("edition-has-no-sales-report-of-yours").with(&[("edition", &edition)]).text()],
            list: missing
                .iter()
                .map(|(booth, day)| {
                    let day = Text::verbatim(numbers::date(Language::Vi, *day), numbers::date(Language::En, *day));
                    Said("mail-missing").with(&[("booth", booth)]).and("day", day).text()
                })
                .collect(),
            action: Some((Said("mail-report").text(), link("/"))),
        },
    }
}

/// Formats a date and time in both languages.
fn date_time(at: &chrono::NaiveDateTime) -> Text {
    Text::verbatim(numbers::moment(Language::Vi, *at), numbers::moment(Language::En, *at))
}

/// Renders an email; links start with `public_url`.
pub fn words(mail: &Mail, public_url: &str) -> Result<Words, askama::Error> {
    let language = mail.language;
    let content = content(&mail.letter, public_url);
    let localize = |texts: &[Text]| texts.iter().map(|t| t.say(language).to_owned()).collect::<Vec<_>>();
    let (paragraphs, list) = (localize(&content.paragraphs), localize(&content.list));
    let action = content.action.map(|(label, link)| (label.say(language).to_owned(), link));
    let subject = content.subject.say(language).to_owned();
    let greeting = Said("mail-greeting").with(&[("name", &mail.name)]).text().say(language).to_owned();
    let footer = Said("mail-automatic").text().say(language).to_owned();
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
    Ok(Words { subject, text, html })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_emails() -> Vec<Letter> {
        let token = "TOKEN".to_owned();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let until = day.and_hms_opt(12, 0, 0).unwrap();
        let edition = "Hội chợ OCOP".to_owned();
        vec![
            Letter::VerifyEmail { token: token.clone() },
            Letter::AccountExists,
            Letter::ResetPassword { token: token.clone() },
            Letter::Invitation { token, of: "HTX <b>Đầm Hà</b>".into(), by: "Lan".into() },
            Letter::ApplicationDecided {
                edition: edition.clone(),
                decision: "waitlisted".into(),
                reason: Some("Hết gian".into()),
            },
            Letter::BoothOffered { edition: edition.clone(), booth: "A01".into(), until },
            Letter::WebhookSwitchedOff {
                webhook: "Siêu thị".into(),
                url: "https://partner.example/hook".into(),
                organiser: "0192".into(),
            },
            Letter::SalesReminder { edition, missing: vec![("A01".into(), day)] },
        ]
    }

    #[test]
    fn emails_render_in_both_languages() {
        let mut rendered = String::new();
        for email in all_emails() {
            for language in [Language::Vi, Language::En] {
                let mail = Mail { to: "x@example.vn".into(), name: "Múi".into(), language, letter: email.clone() };
                let words = words(&mail, "https://hoicho.example").unwrap();
                rendered += &format!("=== {}\n{}\n", words.subject, words.text);
            }
        }
        insta::assert_snapshot!("letters", rendered);
    }

    #[test]
    fn markup_in_names_is_escaped() {
        let mail = Mail {
            to: "x@example.vn".into(),
            name: "<script>".into(),
            language: Language::En,
            letter: Letter::AccountExists,
        };
        let words = words(&mail, "https://hoicho.example").unwrap();
        assert!(!words.html.contains("<script>") && words.text.contains("<script>"));
    }
}
