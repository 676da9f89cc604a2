//! API keys: scopes, tenants, rotation and revocation.
use serde_json::{Value, json};

use crate::support::{TestApp, now, snapshot::numbered};

struct Made {
    id: String,
    secret: String,
}

async fn organiser_of(app: &TestApp, owner: &str, slug: &str) -> String {
    let edition = app.get(&format!("/editions/{slug}")).by(owner).send().await.expect(200);
    edition["organiser"].as_str().unwrap().to_owned()
}

async fn key(app: &TestApp, owner: &str, organiser: &str, body: &Value) -> Made {
    let made = app.post(&format!("/organisers/{organiser}/api-keys")).by(owner).json(body).send().await.expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    Made { id: text("id"), secret: text("secret") }
}

async fn api_key_is_limited_to_its_scopes_and_tenant(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let organiser = organiser_of(&app, &owner, "hoi-cho").await;
    let second = json!({ "organiser": organiser, "slug": "ky-khac", "name": "Hội chợ OCOP" });
    app.post("/editions").by(&owner).json(&second).send().await.expect(201);
    let other = app.person("other").await;
    app.edition(&other, "cua-nguoi-khac").await;
    let edition = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["id"].clone();
    let body = json!({ "name": "Siêu thị", "scopes": ["read:editions"], "editions": [edition] });
    let reads = key(&app, &owner, &organiser, &body).await.secret;
    assert!(reads.starts_with("hc_") && reads.len() > 40, "{reads}");

    // Drafts of its editions are visible, others are not.
    app.get("/editions/hoi-cho").by(&reads).send().await.expect(200);
    app.get("/editions/ky-khac").by(&reads).send().await.refused(404, "not_found");
    app.get("/editions/cua-nguoi-khac").by(&reads).send().await.refused(404, "not_found");
    let list = app.get(&format!("/editions?organiser={organiser}")).by(&reads).send().await.expect(200);
    let listed: Vec<_> = list["items"].as_array().unwrap().iter().map(|listed| listed["slug"].clone()).collect();
    assert_eq!(listed, ["hoi-cho"]);
    // The scope of editions does not include figures, counts, changes or the account.
    app.get("/editions/hoi-cho/statistics").by(&reads).send().await.refused(404, "not_found");
    app.get("/editions/hoi-cho/sales-reports").by(&reads).send().await.refused(403, "forbidden");
    let zone = json!({ "code": "Z", "name": "Khu" });
    app.post("/editions/hoi-cho/zones").by(&reads).json(&zone).send().await.refused(403, "forbidden");
    app.get("/me").by(&reads).send().await.refused(401, "login_required");
    app.get(&format!("/organisers/{organiser}/api-keys")).by(&reads).send().await.refused(404, "not_found");

    let figures = key(&app, &owner, &organiser, &json!({ "name": "Tỉnh", "scopes": ["read:figures"] })).await.secret;
    app.get("/editions/hoi-cho/statistics").by(&figures).send().await.expect(200);
    app.get("/editions/hoi-cho/sales-reports").by(&figures).send().await.expect(200);
    app.get("/editions/hoi-cho/visit-counts").by(&figures).send().await.expect(200);
    app.get("/editions/hoi-cho").by(&figures).send().await.refused(404, "not_found");
    let list = app.get(&format!("/editions?organiser={organiser}")).by(&figures).send().await.expect(200);
    assert_eq!(list["items"], json!([]));

    // A device at a gate needs no figures.
    let device = json!({ "name": "Máy đếm", "scopes": ["read:gates", "write:visits"] });
    let device = key(&app, &owner, &organiser, &device).await.secret;
    app.get("/editions/hoi-cho/gates").by(&device).send().await.expect(200);
    let refused = app.get("/editions/hoi-cho/visit-counts").by(&device).header("accept-language", "en").send().await;
    let refused = refused.refused(403, "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("read:figures"), "{refused}");
    let all = json!({ "name": "Cổng tỉnh", "scopes": ["read:editions"] });
    let all = key(&app, &owner, &organiser, &all).await.secret;
    let list = app.get(&format!("/editions?organiser={organiser}")).by(&all).send().await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

async fn audit_log_names_the_api_key(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let organiser = organiser_of(&app, &owner, "hoi-cho").await;
    let gate = app.made("/editions/hoi-cho/gates", &owner, json!({ "name": "Cổng" })).await;
    let counter = key(&app, &owner, &organiser, &json!({ "name": "Máy đếm", "scopes": ["write:visits"] })).await;
    let event =
        json!({ "id": uuid::Uuid::now_v7(), "gate": gate, "occurred_at": "2026-03-01T03:00:00Z", "entries": 7 });
    let batch = json!({ "device": uuid::Uuid::now_v7(), "now": now(), "events": [event] });
    let count = async || app.post("/editions/hoi-cho/visit-counts").by(&counter.secret).json(&batch).send().await;
    assert_eq!(count().await.expect(200)["accepted"], 1);
    assert_eq!(count().await.expect(200)["repeated"], 1);
    let log = app.get(&format!("/audit-log?organiser={organiser}&limit=5")).by(&owner).send().await.expect(200);
    let line = log["items"].as_array().unwrap().iter().find(|l| l["action"] == "visits.count").unwrap();
    assert_eq!(line["api_key"], counter.id);
    insta::assert_snapshot!("counts_of_an_api_key", numbered(line));
    // The audit log has no secret.
    assert!(!log.to_string().contains(&counter.secret));
    // Requests with the key are counted.
    app.context.api_key_uses.flush(&app.db).await.unwrap();
    let list = app.get(&format!("/organisers/{organiser}/api-keys")).by(&owner).send().await.expect(200);
    assert_eq!(list["items"][0]["requests"], 2);
    assert!(list["items"][0]["last_used_at"].is_string() && !list.to_string().contains(&counter.secret), "{list}");
}

async fn api_key_ends_by_revocation_rotation_or_expiry(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let organiser = organiser_of(&app, &owner, "hoi-cho").await;
    let at = format!("/organisers/{organiser}/api-keys");
    let asked = json!({ "name": "Cổng thông tin", "scopes": ["read:editions"], "expires_in_days": 10 });
    let first = key(&app, &owner, &organiser, &asked).await;
    let sees = async |secret: &str| app.get("/editions/hoi-cho").by(secret).send().await.status.as_u16();
    assert_eq!(sees(&first.secret).await, 200);

    // After a rotation both secrets work for a while, then only the new one.
    let rotated =
        app.post(&format!("{at}/{}/rotate", first.id)).by(&owner).json(&json!({ "overlap_h": 2 })).send().await;
    let second = rotated.expect(201);
    let second = (second["id"].as_str().unwrap().to_owned(), second["secret"].as_str().unwrap().to_owned());
    assert_eq!((sees(&first.secret).await, sees(&second.1).await), (200, 200));
    app.wait(chrono::Duration::hours(3));
    assert_eq!((sees(&first.secret).await, sees(&second.1).await), (401, 200));
    let owner = app.login("owner@example.vn").await;
    app.post(&format!("{at}/{}/rotate", first.id))
        .by(&owner)
        .json(&json!({}))
        .send()
        .await
        .refused(409, "illegal_step");

    // A revoked key is rejected immediately, for public resources too.
    app.delete(&format!("{at}/{}", second.0)).by(&owner).send().await.expect(204);
    assert_eq!(sees(&second.1).await, 401);
    // An expired key is rejected.
    let third = key(&app, &owner, &organiser, &asked).await;
    app.wait(chrono::Duration::days(11));
    assert_eq!(sees(&third.secret).await, 401);
    // Unknown keys are rejected.
    assert_eq!((sees("hc_").await, sees(&format!("{}x", third.secret)).await), (401, 401));
}

async fn api_key_requires_the_rights_of_its_creator(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    let other = app.person("other").await;
    app.edition(&other, "cua-nguoi-khac").await;
    let organiser = organiser_of(&app, &owner, "hoi-cho").await;
    let foreign = app.get("/editions/cua-nguoi-khac").by(&other).send().await.expect(200)["id"].clone();
    let at = format!("/organisers/{organiser}/api-keys");
    let make = async |body: Value| app.post(&at).by(&owner).json(&body).send().await;
    make(json!({ "name": "X", "scopes": ["read:editions"], "editions": [foreign] })).await.refused(404, "not_found");
    make(json!({ "name": "", "scopes": [], "expires_in_days": 0 })).await.refused(422, "invalid");
    make(json!({ "name": "X", "scopes": ["read:everything"] })).await.refused(422, "invalid");
    let manager = app.staff(&owner, &organiser, "manager").await;
    let body = json!({ "name": "X", "scopes": ["read:editions"] });
    app.post(&at).by(&manager).json(&body).send().await.refused(403, "forbidden");
    app.post(&at).by(&other).json(&body).send().await.refused(404, "not_found");
}

crate::on_both!(
    api_key_is_limited_to_its_scopes_and_tenant,
    audit_log_names_the_api_key,
    api_key_ends_by_revocation_rotation_or_expiry,
    api_key_requires_the_rights_of_its_creator,
);
