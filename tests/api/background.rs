//! Background work: emails are sent once and retried, event streams report changes, the audit log is complete.
use std::sync::Arc;

use chrono::Duration;
use hoicho::jobs::send_emails;
use hoicho_fair::mail::Mailer;
use serde_json::{Value, json};

use crate::support::{TestApp, snapshot::numbered, until, world::World};

fn mailer(app: &TestApp, change: impl FnOnce(&mut hoicho_core::config::Mail)) -> Arc<Mailer> {
    let mut settings = hoicho_core::config::Settings::load(None).unwrap().mail;
    change(&mut settings);
    Mailer::new(&settings, "https://hoicho.example".to_owned(), &app.folder().join("mail")).unwrap().into()
}

fn mails(app: &TestApp) -> Vec<String> {
    let files = std::fs::read_dir(app.folder().join("mail")).into_iter().flatten();
    files.map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap()).collect()
}

async fn email_is_sent_once_and_its_payload_deleted(app: TestApp) {
    app.person("lan").await;
    app.post("/auth/password-reset").json(&json!({ "email": "lan@example.vn" })).send().await.expect(202);
    let mailer = mailer(&app, |_| {});
    let waiting = app.letters_to("lan@example.vn").await.len();
    let sent = async || send_emails(&app.services, mailer.clone()).await.unwrap();
    assert_eq!((sent().await, sent().await), (waiting, 0));
    let mails = mails(&app);
    assert_eq!(mails.len(), waiting);
    assert!(mails.iter().all(|m| m.contains("text/plain") && m.contains("text/html") && m.contains("lan@example.vn")));
    assert!(app.letters_to("lan@example.vn").await.is_empty(), "what was sent holds no token any more");
}

async fn emails_are_retried_when_the_mail_server_is_down(app: TestApp) {
    app.person("lan").await;
    let waiting = app.letters_to("lan@example.vn").await.len();
    // A port without a listener.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let down = mailer(&app, |m| {
        m.transport = hoicho_core::config::MailTransport::Smtp;
        m.smtp_security = hoicho_core::config::SmtpSecurity::None;
        (m.smtp_host, m.smtp_port) = ("127.0.0.1".to_owned(), closed);
    });
    assert_eq!(send_emails(&app.services, down).await.unwrap(), 0);
    assert_eq!(app.letters_to("lan@example.vn").await.len(), waiting);
    let up = mailer(&app, |_| {});
    assert_eq!(send_emails(&app.services, up.clone()).await.unwrap(), 0, "not at once again");
    app.wait(Duration::minutes(2));
    assert_eq!(send_emails(&app.services, up).await.unwrap(), waiting);
}

async fn event_stream_reports_changes_and_hides_private_ones(app: TestApp) {
    let world = World::new(&app).await;
    let watch = async |token: Option<&str>, last: Option<&str>| {
        let mut call = app.get("/editions/hoi-cho/events");
        if let Some(token) = token {
            call = call.by(token);
        }
        if let Some(last) = last {
            call = call.header("last-event-id", last);
        }
        let opened = call.open().await;
        assert_eq!(opened.headers().get("content-type").unwrap(), "text/event-stream");
        opened.into_body()
    };
    let (mut staff, mut public) = (watch(Some(&world.owner), None).await, watch(None, None).await);
    app.put(&format!("/booths/{}/sales-reports/2026-03-02", world.id("booth")))
        .by(&world.exhibitor)
        .json(&json!({ "amount": 5 }))
        .send()
        .await
        .expect(201);
    app.post(&format!("/allocations/{}/release", world.played)).by(&world.owner).send().await.expect(200);
    let heard = until(&mut staff, "allocation.release").await;
    assert!(heard.contains("event: sales_report") && heard.contains(&world.played), "{heard}");
    let heard = until(&mut public, "allocation.release").await;
    assert!(!heard.contains("sales_report") && !heard.contains("amount"), "{heard}");
    // A client that reconnects gets the events it missed.
    let id = heard.lines().find_map(|l| l.strip_prefix("id: ")).unwrap().to_owned();
    app.post("/editions/hoi-cho/zones")
        .by(&world.owner)
        .json(&json!({ "code": "N", "name": "Mới" }))
        .send()
        .await
        .expect(201);
    let mut back = watch(None, Some(&id)).await;
    until(&mut back, "zone.create").await;
    app.get("/editions/hoi-cho/events").header("last-event-id", "x").send().await.refused(400, "bad_request");
    app.services.streams.close();
}

async fn audit_log_records_actor_action_and_values(app: TestApp) {
    let world = World::new(&app).await;
    let me = app.get("/me").by(&world.owner).send().await.expect(200)["id"].clone();
    let path = format!("/editions/hoi-cho/booths/{}", world.id("booth"));
    app.patch(&path).by(&world.owner).header("if-match", "\"v1\"").json(&json!({ "fee": 7 })).send().await.expect(200);
    let log = format!("/audit-log?organiser={}", world.organiser);
    let newest = app.get(&format!("{log}&limit=1")).by(&world.owner).send().await.expect(200)["items"][0].clone();
    assert_eq!(newest["actor"], me);
    insta::assert_snapshot!("audit_log_entry", numbered(&newest));
    let (mut seen, mut cursor) = (Vec::<Value>::new(), String::new());
    loop {
        let page = app.get(&format!("{log}&limit=7{cursor}")).by(&world.owner).send().await.expect(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let ids: Vec<_> = seen.iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 20 && ids.is_sorted_by(|a, b| a > b), "newest first, none twice");
    // The log is restricted and contains no secrets.
    let viewer = app.staff(&world.owner, &world.organiser, "viewer").await;
    app.get(&log).by(&viewer).send().await.refused(403, "forbidden");
    app.get(&log).by(&world.exhibitor).send().await.refused(404, "not_found");
    app.get("/audit-log").by(&world.owner).send().await.refused(403, "forbidden");
    app.db
        .write_blocking(|tx| {
            hoicho_web::identity::store::grant_admin(tx, "owner@example.vn")
                .map_err(hoicho_core::db::DatabaseError::from)
        })
        .unwrap();
    let all = app.get("/audit-log?limit=500").by(&world.owner).send().await.expect(200).to_string();
    assert!(all.contains("user.register") && !all.contains("argon2") && !all.contains(crate::support::PASSWORD));
}

crate::on_both!(
    email_is_sent_once_and_its_payload_deleted,
    emails_are_retried_when_the_mail_server_is_down,
    event_stream_reports_changes_and_hides_private_ones,
    audit_log_records_actor_action_and_values,
);
