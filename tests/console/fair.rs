//! Test data for the console, created through the API.
use chrono::{NaiveDate, Utc};
use diesel::{Connection, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection};
use hoicho_core::db::schema::outbox;
use serde_json::{Value, json};

use super::{
    server::{Address, Server},
    wait::wait_until,
};

pub const PASSWORD: &str = "mật khẩu dài";

/// The current day in Vietnam.
pub fn today() -> NaiveDate {
    Utc::now().with_timezone(&chrono_tz::Asia::Ho_Chi_Minh).date_naive()
}

/// A new account with a verified address; its access token.
pub fn person(server: &Address, folder: &std::path::Path, email: &str, name: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD, "display_name": name });
    server.call("POST", "/auth/register", None, Some(&body));
    let mut token = None;
    wait_until(&format!("there is a token for {email}"), || {
        token = token_of_outbox(folder, email).or_else(|| token_of_sent_mail(folder, email));
        token.is_some()
    });
    server.call("POST", "/auth/verify-email", None, Some(&json!({ "token": token, "password": PASSWORD })));
    let answer = server.call("POST", "/auth/login", None, Some(&json!({ "email": email, "password": PASSWORD })));
    answer["access_token"].as_str().unwrap().to_owned()
}

/// The token of an email to an address that is not sent yet: a job sends them every few seconds, for which a test that does not
/// concern emails need not wait. `None` also if the database is locked.
fn token_of_outbox(folder: &std::path::Path, email: &str) -> Option<String> {
    let mut connection = SqliteConnection::establish(folder.join("hoicho.sqlite").to_str()?).ok()?;
    let pending = outbox::table.filter(outbox::due_at.is_not_null()).order(outbox::id.desc()).select(outbox::payload);
    let pending: Vec<String> = pending.load(&mut connection).ok()?;
    let mut mails = pending.iter().map(|mail| serde_json::from_str::<Value>(mail).unwrap());
    Some(mails.find(|mail| mail["to"] == email)?["letter"]["token"].as_str()?.to_owned())
}

/// The token of the newest email to an address, if it is sent.
fn token_of_sent_mail(folder: &std::path::Path, email: &str) -> Option<String> {
    let mut mails: Vec<_> = std::fs::read_dir(folder.join("mail")).into_iter().flatten().flatten().collect();
    mails.sort_by_key(|m| m.metadata().and_then(|m| m.modified()).unwrap());
    for mail in mails.into_iter().rev() {
        let text = String::from_utf8_lossy(&std::fs::read(mail.path()).unwrap()).replace("=\r\n", "");
        if !text.contains(&format!("<{email}>")) && !text.contains(&format!("To: {email}")) {
            continue;
        }
        if let Some(rest) = ["/verify-email#", "/verify-email%23"].iter().find_map(|p| text.split_once(p)) {
            let is_of_token = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
            return Some(rest.1.chars().take_while(is_of_token).collect());
        }
    }
    None
}

/// Waits for an email to an address; returns its token.
pub fn token_of_mail(folder: &std::path::Path, email: &str) -> String {
    let mut token = None;
    wait_until(&format!("there is a mail to {email}"), || {
        token = token_of_sent_mail(folder, email);
        token.is_some()
    });
    token.unwrap()
}

/// An edition with its booths and zone.
pub struct Fair {
    pub slug: String,
    pub booths: Vec<String>,
    pub zone: String,
}

/// A published edition from today on, so that it is live, to which exhibitors may apply.
pub fn fair(server: &Address, token: &str, slug: &str, booths: u32, days: i64) -> Fair {
    let fair = draft(server, token, slug, booths, days);
    let at = format!("/editions/{slug}");
    let (opens, closes) = (today() - chrono::Duration::days(1), today() + chrono::Duration::days(30));
    let dates = json!({ "registration_opens_at": format!("{opens}T08:00"), "registration_closes_at": format!("{closes}T08:00") });
    // The second version: it has its opening days.
    server.call_with("PATCH", &at, Some(token), Some(&dates), Some("\"v2\""));
    server.call("POST", &format!("{at}/transitions"), Some(token), Some(&json!({ "to": "published" })));
    fair
}

/// The same edition as a draft.
pub fn draft(server: &Address, token: &str, slug: &str, booths: u32, days: i64) -> Fair {
    let post = |path: &str, body: &Value| server.call("POST", path, Some(token), Some(body));
    let organiser = post("/organisers", &json!({ "name": "Ban tổ chức thử" }));
    let edition = post("/editions", &json!({ "organiser": organiser["id"], "slug": slug, "name": "Hội chợ thử" }));
    let at = format!("/editions/{slug}");
    let day =
        |n: i64| json!({ "day": today() + chrono::Duration::days(n), "opens_at": "00:00:00", "closes_at": "23:59:00" });
    let list: Vec<Value> = (0..days).map(day).collect();
    server.call_with("PUT", &format!("{at}/opening-days"), Some(token), Some(&json!(list)), Some("\"v1\""));
    let zone = post(&format!("{at}/zones"), &json!({ "code": "A", "name": "Khu OCOP" }));
    let pattern = format!("A01…A{booths:02}");
    let kind = json!({ "zone": zone["id"], "category": "standard", "area_dm2": 900, "fee": 3_000_000 });
    let made = post(&format!("{at}/booths/generate"), &json!({ "runs": [{ "pattern": pattern, "kind": kind }] }));
    post(&format!("{at}/gates"), &json!({ "name": "Cổng chính" }));
    let text = |v: &Value| v["id"].as_str().unwrap().to_owned();
    let booths = made["items"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(edition["slug"], slug);
    Fair { slug: slug.to_owned(), booths, zone: text(&zone) }
}

/// A new organisation with a submitted application.
pub fn application(server: &Address, token: &str, slug: &str, name: &str, booths: u32) -> String {
    let organisation = json!({ "name": name, "legal_form": "co_operative", "country": "VN", "locality": "Đầm Hà" });
    let organisation = server.call("POST", "/organisations", Some(token), Some(&organisation));
    let wanted = json!({ "organisation": organisation["id"], "booths_wanted": booths, "category": "standard" });
    let made = server.call("POST", &format!("/editions/{slug}/applications"), Some(token), Some(&wanted));
    let id = made["id"].as_str().unwrap().to_owned();
    server.call("POST", &format!("/applications/{id}/submit"), Some(token), None);
    id
}

/// A server on SQLite without a limit of logins.
pub fn server(folder: &std::path::Path) -> Server {
    Server::start(folder, &["serve"], &[("HOICHO_LIMITS__AUTH_PER_MINUTE", "100000")])
}
