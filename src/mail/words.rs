//! What each letter says, in both languages.
use askama::Template;

use crate::{
    i18n::{Language, Text},
    outbox::{Letter, Mail},
};

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same, with a button.
    pub html: String,
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Plain<'a> {
    greeting: &'a str,
    paragraphs: &'a [String],
    list: &'a [String],
    action: &'a Option<(String, String)>,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    greeting: &'a str,
    paragraphs: &'a [String],
    list: &'a [String],
    action: &'a Option<(String, String)>,
    footer: &'a str,
}

struct Said {
    subject: Text,
    paragraphs: Vec<Text>,
    list: Vec<Text>,
    action: Option<(Text, String)>,
}

fn said(letter: &Letter, public_url: &str) -> Said {
    let link = |path: &str| format!("{public_url}{path}");
    match letter {
        Letter::VerifyEmail { token } => Said {
            subject: Text::new("Xác minh địa chỉ e-mail", "Verify your e-mail address"),
            paragraphs: vec![Text::new(
                "Hãy xác minh rằng đây là e-mail của bạn. Đường dẫn có hiệu lực 24 giờ và dùng một lần. Nếu bạn không đăng ký, hãy bỏ qua thư này.",
                "Please verify that this address is yours. The link works for 24 hours and once. If you did not register, ignore this mail.",
            )],
            list: Vec::new(),
            action: Some((Text::new("Xác minh", "Verify"), link(&format!("/verify-email#{token}")))),
        },
        Letter::AccountExists => Said {
            subject: Text::new("Bạn đã có tài khoản", "You have an account already"),
            paragraphs: vec![Text::new(
                "Có người vừa đăng ký bằng e-mail này, nhưng e-mail này đã có tài khoản. Nếu đó là bạn, hãy đăng nhập, hoặc đặt lại mật khẩu nếu quên.",
                "Somebody registered with this address just now, but it has an account already. If it was you, log in, or reset the password if you forgot it.",
            )],
            list: Vec::new(),
            action: Some((Text::new("Đăng nhập", "Log in"), link("/login"))),
        },
        Letter::ResetPassword { token } => Said {
            subject: Text::new("Đặt lại mật khẩu", "Reset your password"),
            paragraphs: vec![Text::new(
                "Bạn có thể chọn mật khẩu mới bằng đường dẫn dưới đây, trong 1 giờ và một lần. Nếu bạn không yêu cầu, hãy bỏ qua thư này: mật khẩu cũ vẫn dùng được.",
                "Choose a new password with the link below, within an hour and once. If you did not ask for it, ignore this mail: the old password still works.",
            )],
            list: Vec::new(),
            action: Some((
                Text::new("Chọn mật khẩu mới", "Choose a new password"),
                link(&format!("/reset-password#{token}")),
            )),
        },
        Letter::Invitation { token, of, by } => Said {
            subject: Text::new(format!("Lời mời tham gia {of}"), format!("An invitation to join {of}")),
            paragraphs: vec![Text::new(
                format!(
                    "{by} mời bạn làm việc cùng {of}. Hãy đăng nhập bằng đúng e-mail này rồi nhận lời. Lời mời có hiệu lực 14 ngày."
                ),
                format!(
                    "{by} invites you to work with {of}. Log in with this very address, then accept. The invitation is good for 14 days."
                ),
            )],
            list: Vec::new(),
            action: Some((Text::new("Nhận lời", "Accept"), link(&format!("/invitation#{token}")))),
        },
        Letter::ApplicationDecided { edition, decision, reason } => {
            let (vi, en) = match decision.as_str() {
                "approved" => ("đã được duyệt", "is approved"),
                "waitlisted" => ("đang trong danh sách chờ", "is on the waiting list"),
                _ => ("không được duyệt", "is not approved"),
            };
            let mut paragraphs = vec![Text::new(
                format!("Đơn đăng ký của bạn tại {edition} {vi}."),
                format!("Your application for {edition} {en}."),
            )];
            if let Some(reason) = reason {
                paragraphs.push(Text::new(format!("Lý do: {reason}"), format!("Reason: {reason}")));
            }
            Said {
                subject: Text::new(format!("Đơn đăng ký {vi}"), format!("Your application {en}")),
                paragraphs,
                list: Vec::new(),
                action: None,
            }
        }
        Letter::BoothOffered { edition, booth, until } => Said {
            subject: Text::new(format!("Gian hàng {booth} chờ bạn nhận"), format!("Booth {booth} is offered to you")),
            paragraphs: vec![Text::new(
                format!(
                    "Ban tổ chức {edition} mời bạn nhận gian hàng {booth}. Hãy trả lời trước {}.",
                    until.format("%H:%M %d/%m/%Y")
                ),
                format!(
                    "The organiser of {edition} offers you booth {booth}. Please answer before {}.",
                    until.format("%Y-%m-%d %H:%M")
                ),
            )],
            list: Vec::new(),
            action: Some((Text::new("Trả lời", "Answer"), link("/"))),
        },
        Letter::SalesReminder { edition, missing } => Said {
            subject: Text::new("Còn thiếu báo cáo doanh thu", "Sales reports are missing"),
            paragraphs: vec![Text::new(
                format!(
                    "{edition} chưa nhận được báo cáo doanh thu của bạn cho các gian và ngày sau. Nếu không bán được gì, hãy báo cáo bằng không."
                ),
                format!(
                    "{edition} has no sales report of yours for these booths and days. If nothing was sold, please report zero."
                ),
            )],
            list: missing
                .iter()
                .map(|(booth, day)| {
                    Text::new(
                        format!("Gian {booth}, ngày {}", day.format("%d/%m/%Y")),
                        format!("Booth {booth}, {}", day.format("%Y-%m-%d")),
                    )
                })
                .collect(),
            action: Some((Text::new("Báo cáo", "Report"), link("/"))),
        },
    }
}

/// Puts a letter into words; links begin with `public_url`.
pub fn words(mail: &Mail, public_url: &str) -> Result<Words, askama::Error> {
    let language = mail.language;
    let said = said(&mail.letter, public_url);
    let say = |texts: &[Text]| texts.iter().map(|t| t.say(language).to_owned()).collect::<Vec<_>>();
    let (paragraphs, list) = (say(&said.paragraphs), say(&said.list));
    let action = said.action.map(|(label, link)| (label.say(language).to_owned(), link));
    let subject = said.subject.say(language).to_owned();
    let (greeting, footer) = match language {
        Language::Vi => (format!("Xin chào {},", mail.name), "Đây là thư tự động."),
        Language::En => (format!("Dear {},", mail.name), "This mail was written by a program."),
    };
    let (paragraphs, list, action) = (paragraphs.as_slice(), list.as_slice(), &action);
    let text = Plain { greeting: &greeting, paragraphs, list, action, footer }.render()?;
    let html =
        Html { language: language.tag(), subject: &subject, greeting: &greeting, paragraphs, list, action, footer }
            .render()?;
    Ok(Words { subject, text, html })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Letter> {
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
            Letter::SalesReminder { edition, missing: vec![("A01".into(), day)] },
        ]
    }

    #[test]
    fn every_letter_in_both_languages() {
        let mut shown = String::new();
        for letter in all() {
            for language in [Language::Vi, Language::En] {
                let mail = Mail { to: "x@example.vn".into(), name: "Múi".into(), language, letter: letter.clone() };
                let words = words(&mail, "https://hoicho.example").unwrap();
                shown += &format!("=== {}\n{}\n", words.subject, words.text);
            }
        }
        insta::assert_snapshot!("letters", shown);
    }

    #[test]
    fn a_name_with_markup_stays_text() {
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
