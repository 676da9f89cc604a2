//! Personal data: export, erasure and retention.
use chrono::Duration;
use diesel::prelude::*;
use hoicho::jobs;
use hoicho_core::{config::Retention, db::schema::*};
use hoicho_web::http::Problem;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, snapshot::numbered, world::World};

/// All columns of the database that may contain personal data, as text.
async fn all_text(app: &TestApp) -> String {
    let read = app.db.read(|tx| {
        let mut all = Vec::new();
        let users: Vec<(String, String, String, String)> = users::table
            .select((users::email, users::email_key, users::display_name, users::password_hash))
            .load(tx.conn())?;
        all.extend(users.into_iter().flat_map(|(a, b, c, d)| [a, b, c, d]));
        let contacts: Vec<(String, Option<String>, Option<String>)> = organisation_contacts::table
            .select((organisation_contacts::name, organisation_contacts::phone, organisation_contacts::email))
            .load(tx.conn())?;
        all.extend(contacts.into_iter().flat_map(|(a, b, c)| [Some(a), b, c]).flatten());
        let log: Vec<(String, Option<String>, Option<String>)> = audit_log::table
            .select((audit_log::subject, audit_log::before_json, audit_log::after_json))
            .load(tx.conn())?;
        all.extend(log.into_iter().flat_map(|(a, b, c)| [Some(a), b, c]).flatten());
        all.extend(invitations::table.select(invitations::email).load::<String>(tx.conn())?);
        all.extend(outbox::table.select(outbox::payload).load::<String>(tx.conn())?);
        all.extend(idempotency_keys::table.select(idempotency_keys::body).load::<String>(tx.conn())?);
        all.extend(login_failures::table.select(login_failures::email_key).load::<String>(tx.conn())?);
        all.extend(known_sources::table.select(known_sources::source).load::<String>(tx.conn())?);
        Ok::<_, Problem>(all.join("\n"))
    });
    read.await.unwrap()
}

async fn register(app: &TestApp, email: &str, extra: Value) -> crate::support::Answer {
    let mut account = json!({ "email": email, "password": PASSWORD, "display_name": "Lan Hạ Long" });
    account.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    app.post("/auth/register").json(&account).send().await
}

async fn personal_data_export_has_everything_stored_about_a_person(app: TestApp) {
    let world = World::new(&app).await;
    let organisation =
        app.get("/me").by(&world.exhibitor).send().await.expect(200)["organisations"][0]["organisation"].clone();
    let email = "htx@example.vn";
    let contacts = json!([{ "name": "Chị Htx", "phone": "0912 345 678", "email": email.to_uppercase() }]);
    let path = format!("/organisations/{}/contacts", organisation.as_str().unwrap());
    app.put(&path).by(&world.exhibitor).json(&contacts).send().await.expect(200);
    let data = app.get("/me/personal-data").by(&world.exhibitor).send().await;
    assert!(data.headers.get("content-disposition").unwrap().to_str().unwrap().contains("personal-data.json"));
    let data = data.expect(200);
    assert_eq!(data["organisations"][0]["organisation"], organisation);
    insta::assert_snapshot!("personal_data", numbered(&data));
    let first = app.get("/me/actions?limit=1").by(&world.exhibitor).send().await.expect(200);
    assert_eq!(first["items"][0]["action"], "organisation.contacts");
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = app.get(&format!("/me/actions?limit=1&cursor={cursor}")).by(&world.exhibitor).send().await.expect(200);
    assert_ne!(next["items"][0]["id"], first["items"][0]["id"]);
    // The export has no actions of others.
    let other = app.person("other").await;
    let theirs = app.get("/me/actions").by(&other).send().await.expect(200);
    assert!(theirs["items"].as_array().unwrap().iter().all(|a| a["action"].as_str().unwrap().starts_with("user.")));
}

async fn erasure_removes_all_references_and_changes_no_figure(app: TestApp) {
    let world = World::new(&app).await;
    let me = app.get("/me").by(&world.exhibitor).send().await.expect(200);
    let organisation = me["organisations"][0]["organisation"].as_str().unwrap().to_owned();
    let contacts = json!([
        { "name": "Chị Htx", "phone": "0912 345 678", "email": "htx@example.vn" },
        { "name": "Anh Khác", "phone": "0988 777 666", "email": null },
    ]);
    app.put(&format!("/organisations/{organisation}/contacts"))
        .by(&world.exhibitor)
        .json(&contacts)
        .send()
        .await
        .expect(200);
    app.patch("/me").by(&world.exhibitor).json(&json!({ "display_name": "Htx Bí Danh" })).send().await.expect(200);
    let invited = json!({ "email": "Htx@example.vn", "role": "viewer" });
    app.post(&format!("/organisers/{}/members", world.organiser))
        .by(&world.owner)
        .json(&invited)
        .send()
        .await
        .expect(202);
    let refresh = app
        .post("/auth/login")
        .json(&json!({ "email": "htx@example.vn", "password": PASSWORD }))
        .send()
        .await
        .expect(200)["refresh_token"]
        .clone();
    app.post("/auth/password-reset").json(&json!({ "email": "htx@example.vn" })).send().await.expect(202);
    let figures = async || app.get("/editions/hoi-cho/statistics").by(&world.owner).send().await.expect(200);
    let before = figures().await;

    // Erasure requires another owner of the organisation, and the right password.
    let wrong = json!({ "password": "not the password" });
    app.put("/me/erasure").by(&world.exhibitor).json(&wrong).send().await.refused(401, "wrong_credentials");
    let right = json!({ "password": PASSWORD });
    let refused = app.put("/me/erasure").by(&world.exhibitor).json(&right).send().await.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("htx"), "{refused}");
    let members =
        app.get(&format!("/organisations/{organisation}/members")).by(&world.exhibitor).send().await.expect(200);
    let hand = members["items"].as_array().unwrap().iter().find(|m| m["email"] == "hand@example.vn").unwrap();
    let hand = format!("/organisations/{organisation}/members/{}", hand["user"].as_str().unwrap());
    app.put(&hand).by(&world.exhibitor).json(&json!({ "role": "owner" })).send().await.expect(204);
    app.put("/me/erasure").by(&world.exhibitor).json(&right).send().await.expect(204);

    let left = all_text(&app).await.to_lowercase();
    for trace in ["htx@example.vn", "htx bí danh", "chị htx", "+84912345678"] {
        assert!(!left.contains(trace), "{trace} is still there");
    }
    assert!(left.contains("anh khác"), "another contact stays");
    assert!(figures().await == before);
    // The session is revoked.
    app.get("/me").by(&world.exhibitor).send().await.refused(401, "login_required");
    let patch = json!({ "display_name": "Again" });
    app.patch("/me").by(&world.exhibitor).json(&patch).send().await.refused(401, "login_required");
    let again = json!({ "name": "Ban tổ chức" });
    app.post("/organisers").by(&world.exhibitor).json(&again).send().await.refused(401, "login_required");
    app.post("/auth/refresh").json(&json!({ "refresh_token": refresh })).send().await.refused(401, "login_required");
    let login = json!({ "email": "htx@example.vn", "password": PASSWORD });
    app.post("/auth/login").json(&login).send().await.refused(401, "wrong_credentials");
    // The address can be registered again.
    app.person("htx").await;
}

async fn erasure_requires_another_owner_of_the_organiser(app: TestApp) {
    let owner = app.person("lan").await;
    app.organiser(&owner).await;
    let right = json!({ "password": PASSWORD });
    let refused = app.put("/me/erasure").by(&owner).json(&right).send().await.refused(409, "illegal_step");
    assert!(refused["detail"].as_str().unwrap().contains("Ban tổ chức"));
    app.get("/me").by(&owner).send().await.expect(200);
}

async fn consents_outlive_the_erasure(app: TestApp) {
    register(&app, "lan@example.vn", json!({ "agreed_notice": "1999-01" })).await.refused(422, "invalid");
    register(&app, "lan@example.vn", json!({ "agreed_notice": "2026-11" })).await.expect(202);
    let token = app.letter_to("lan@example.vn").await["letter"]["token"].clone();
    let proof = json!({ "token": token, "password": PASSWORD });
    app.post("/auth/verify-email").json(&proof).send().await.expect(204);
    let lan = app.login("lan@example.vn").await;
    let data = app.get("/me/personal-data").by(&lan).send().await.expect(200);
    assert_eq!(data["consents"][0]["notice"], "2026-11");
    assert_eq!(data["consents"][0]["withdrawn_at"], Value::Null);
    app.put("/me/erasure").by(&lan).json(&json!({ "password": PASSWORD })).send().await.expect(204);
    let kept = app.db.read(|tx| {
        let kept = consents::table.select((consents::notice, consents::withdrawn_at.is_not_null()));
        kept.load::<(String, bool)>(tx.conn()).map_err(Problem::from)
    });
    assert_eq!(kept.await.unwrap(), [("2026-11".to_owned(), true)]);
}

async fn retention_deletes_unverified_accounts_only(app: TestApp) {
    app.person("minh").await;
    register(&app, "lan@example.vn", json!({})).await.expect(202);
    let keep = Retention { audit_days: 0, contacts_days: 0, unverified_accounts_days: 30 };
    let forget = async || jobs::delete_expired(&app.db, keep, app.context.clock.now()).await.unwrap();
    app.wait(Duration::days(29));
    forget().await;
    assert!(all_text(&app).await.contains("lan@example.vn"));
    app.wait(Duration::days(2));
    forget().await;
    let left = all_text(&app).await;
    assert!(!left.contains("lan@example.vn") && !left.contains("Lan Hạ Long"), "{left}");
    assert!(left.contains("minh@example.vn"));
}

async fn retention_settings_apply_to_contacts_and_audit_log(app: TestApp) {
    let world = World::new(&app).await;
    let me = app.get("/me").by(&world.exhibitor).send().await.expect(200);
    let path = format!("/organisations/{}/contacts", me["organisations"][0]["organisation"].as_str().unwrap());
    let contacts = json!([{ "name": "Chị Htx", "phone": "0912 345 678", "email": null }]);
    app.put(&path).by(&world.exhibitor).json(&contacts).send().await.expect(200);
    let lines = async || {
        let count = app.db.read(|tx| audit_log::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
        count.await.unwrap()
    };
    // Rows that webhooks still need are kept.
    let told = async || {
        let count = app.db.read(|tx| events::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
        count.await.unwrap()
    };
    let contacts = async || {
        let count =
            app.db.read(|tx| organisation_contacts::table.count().get_result::<i64>(tx.conn()).map_err(Problem::from));
        count.await.unwrap()
    };
    let keep = Retention { audit_days: 10_000, contacts_days: 5_000, unverified_accounts_days: 0 };
    let forget = async || jobs::delete_expired(&app.db, keep, app.context.clock.now()).await.unwrap();
    forget().await;
    assert_eq!(contacts().await, 1);
    // Identifiers contain the real time, which is later than the tests' clock.
    app.wait(Duration::days(6_000));
    forget().await;
    assert_eq!(contacts().await, 0);
    assert!(lines().await > told().await);
    app.wait(Duration::days(6_000));
    forget().await;
    assert_eq!(lines().await, told().await);
}

crate::on_both!(
    personal_data_export_has_everything_stored_about_a_person,
    erasure_removes_all_references_and_changes_no_figure,
    erasure_requires_another_owner_of_the_organiser,
    consents_outlive_the_erasure,
    retention_deletes_unverified_accounts_only,
    retention_settings_apply_to_contacts_and_audit_log,
);
