//! What holds of every request: retries, reads that cost nothing, limits, what the server tells of itself.
use serde_json::json;

use crate::support::TestApp;

async fn a_retry_with_the_same_key_is_done_once(app: TestApp) {
    let token = app.person("lan").await;
    let send = async |key: &str, name: &str| {
        app.post("/organisers").by(&token).header("idempotency-key", key).json(&json!({ "name": name })).send().await
    };
    let first = send("key-1", "Ban tổ chức").await;
    let again = send("key-1", "Ban tổ chức").await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!(first.headers.get("etag"), again.headers.get("etag"));
    assert_eq!(again.headers.get("idempotency-replayed").unwrap(), "true");
    send("key-1", "Ban khác").await.refused(422, "idempotency_key_reused");
    send("key-2", "Ban tổ chức").await.expect(201);
    let mine = app.get("/organisers").by(&token).send().await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 2);
    // Keys are everybody's own, and a refusal keeps none.
    let other = app.person("minh").await;
    let theirs = app.post("/organisers").by(&other).header("idempotency-key", "key-1").json(&json!({ "name": "" }));
    theirs.send().await.refused(422, "invalid");
    let theirs = app.post("/organisers").by(&other).header("idempotency-key", "key-1").json(&json!({ "name": "C" }));
    theirs.send().await.expect(201);
    send(&"k".repeat(256), "Ban").await.refused(400, "bad_request");
}

async fn a_key_is_kept_for_a_day(app: TestApp) {
    let token = app.person("lan").await;
    let body = json!({ "name": "Ban tổ chức" });
    app.post("/organisers").by(&token).header("idempotency-key", "k").json(&body).send().await.expect(201);
    app.wait(chrono::Duration::hours(24));
    let forgotten = hoicho::jobs::forget(&app.db, app.state.retention, app.state.clock.now()).await.unwrap();
    assert!(forgotten > 0);
    let token = app.login("lan@example.vn").await;
    app.post("/organisers").by(&token).header("idempotency-key", "k").json(&body).send().await.expect(201);
    assert_eq!(app.get("/organisers").by(&token).send().await.expect(200)["items"].as_array().unwrap().len(), 2);
}

async fn what_did_not_change_is_not_sent_again(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    for path in ["/editions/hoi-cho", "/editions/hoi-cho/booths", "/editions/hoi-cho/statistics"] {
        let first = app.get(path).by(&owner).send().await;
        let tag = first.headers.get("etag").unwrap().to_str().unwrap().to_owned();
        let second = app.get(path).by(&owner).header("if-none-match", &tag).send().await;
        assert_eq!((second.status.as_u16(), second.body.len()), (304, 0), "{path}");
        let other = app.get(path).by(&owner).header("if-none-match", "\"other\"").send().await;
        assert_eq!((other.status.as_u16(), other.body == first.body), (200, true), "{path}");
    }
    let tag = app.get("/editions/hoi-cho/booths").by(&owner).send().await.headers.get("etag").unwrap().clone();
    let zone = app.get("/editions/hoi-cho/zones").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
    app.post("/editions/hoi-cho/booths")
        .by(&owner)
        .json(&json!({ "code": "B1", "kind": kind }))
        .send()
        .await
        .expect(201);
    let changed = app.get("/editions/hoi-cho/booths").by(&owner).header("if-none-match", tag.to_str().unwrap());
    changed.send().await.expect(200);
}

#[actix_web::test]
async fn who_calls_too_often_waits_and_nobody_else() {
    let app = TestApp::sqlite_with(|settings| settings.limits.per_minute = 5).await;
    let call = async |address: &str| app.get("/editions").from(address).send().await;
    for left in (0..5).rev() {
        let answer = call("203.0.113.9:1").await;
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(answer.headers.get("ratelimit-limit").unwrap(), "5");
        assert_eq!(answer.headers.get("ratelimit-remaining").unwrap().to_str().unwrap(), left.to_string());
    }
    let refused = call("203.0.113.9:2").await;
    assert!(refused.headers.get("retry-after").unwrap().to_str().unwrap().parse::<u64>().unwrap() >= 1);
    refused.refused(429, "too_many_requests");
    assert_eq!(call("198.51.100.7:1").await.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_client_cannot_choose_the_address_it_is_limited_by() {
    let app = TestApp::sqlite_with(|settings| settings.limits.per_minute = 2).await;
    let mut last = 0;
    for i in 0..4 {
        let call = app.get("/editions").from("203.0.113.9:1").header("x-forwarded-for", &format!("10.0.0.{i}"));
        last = call.send().await.status.as_u16();
    }
    assert_eq!(last, 429);
}

async fn the_server_tells_how_it_is(app: TestApp) {
    app.get("/editions").send().await.expect(200);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.root(path).send().await.status.as_u16(), 200, "{path}");
    }
    let metrics = app.root("/metrics").from("127.0.0.1:1").send().await;
    let text = String::from_utf8(metrics.body).unwrap();
    assert!(
        text.contains(r#"hoicho_http_requests_total{method="GET",route="/api/v1/editions",status="200"} 1"#),
        "{text}"
    );
    assert_eq!(app.root("/metrics").from("203.0.113.9:1").send().await.status.as_u16(), 404, "not for strangers");
    let document = app.root("/api/openapi.json").send().await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(app.root("/api/docs/").send().await.status.as_u16(), 200);
}

crate::on_both!(
    a_retry_with_the_same_key_is_done_once,
    a_key_is_kept_for_a_day,
    what_did_not_change_is_not_sent_again,
    the_server_tells_how_it_is,
);
