//! Idempotency keys, conditional requests, rate limits, security headers, health and metrics.
use serde_json::json;

use crate::support::TestApp;

async fn idempotency_key_is_executed_once(app: TestApp) {
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
    // Keys belong to an account, and a rejected request stores none.
    let other = app.person("minh").await;
    let theirs = app.post("/organisers").by(&other).header("idempotency-key", "key-1").json(&json!({ "name": "" }));
    theirs.send().await.refused(422, "invalid");
    let theirs = app.post("/organisers").by(&other).header("idempotency-key", "key-1").json(&json!({ "name": "C" }));
    theirs.send().await.expect(201);
    send(&"k".repeat(256), "Ban").await.refused(400, "bad_request");
}

/// All kinds of POST with a key: an organiser, an edition, a zone. Of twelve at once one is executed, the others get its response.
async fn concurrent_requests_with_one_key_are_executed_once(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    let organiser = app.get("/organisers").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    for round in 0..5 {
        let edition = json!({ "organiser": organiser, "slug": format!("ky-{round}"), "name": "Kỳ" });
        let posts = [
            ("/organisers", json!({ "name": format!("Ban {round}") })),
            ("/editions", edition),
            ("/editions/hoi-cho/zones", json!({ "code": format!("K{round}"), "name": "Khu" })),
        ];
        for (path, body) in posts {
            let key = format!("{path} {round}");
            let send = || app.post(path).by(&owner).header("idempotency-key", &key).json(&body).send();
            let answers = futures_util::future::join_all((0..12).map(|_| send())).await;
            let replayed = answers.iter().filter(|a| a.headers.contains_key("idempotency-replayed")).count();
            assert_eq!(replayed, 11, "{path}");
            for answer in &answers {
                let text = String::from_utf8_lossy(&answer.body);
                assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body), "{path}: {text}");
            }
        }
    }
    let mine = app.get("/organisers").by(&owner).send().await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 6);
}

/// A compressed body of 1 KB can decompress to gigabytes: none is read, on any route.
async fn compressed_bodies_are_refused_before_they_are_read(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    for encoding in ["br", "gzip", "zstd", "deflate", "identity, br", "made-up"] {
        for path in ["/auth/login", "/organisers", "/editions/hoi-cho/imports?kind=booths", "/no-such-path"] {
            let answer = app.post(path).by(&owner).header("content-encoding", encoding).bytes("{}").send().await;
            assert_eq!(answer.headers.get("accept-encoding").unwrap(), "identity");
            answer.refused(415, "unsupported_file");
        }
        let form = actix_web::test::TestRequest::post().uri("/form/auth/login").set_payload("email=a");
        let form = form.insert_header(("content-encoding", encoding)).insert_header(("sec-fetch-site", "same-origin"));
        assert_eq!(app.call_root(form).await.status.as_u16(), 415);
    }
    let plain = app.post("/organisers").by(&owner).header("content-encoding", "identity");
    plain.json(&json!({ "name": "Ban" })).send().await.expect(201);
}

async fn idempotency_key_expires_after_a_day(app: TestApp) {
    let token = app.person("lan").await;
    let body = json!({ "name": "Ban tổ chức" });
    app.post("/organisers").by(&token).header("idempotency-key", "k").json(&body).send().await.expect(201);
    app.wait(chrono::Duration::hours(24));
    let forgotten =
        hoicho::jobs::delete_expired(&app.db, app.context.retention, app.context.clock.now()).await.unwrap();
    assert!(forgotten > 0);
    let token = app.login("lan@example.vn").await;
    app.post("/organisers").by(&token).header("idempotency-key", "k").json(&body).send().await.expect(201);
    assert_eq!(app.get("/organisers").by(&token).send().await.expect(200)["items"].as_array().unwrap().len(), 2);
}

async fn if_none_match_returns_304_until_a_change(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.wait_for_older_transactions().await;
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
async fn rate_limit_applies_to_the_calling_address_only() {
    let app = TestApp::sqlite_with(|settings| settings.limits.per_minute = 5).await;
    let call = async |address: &str| app.get("/editions").from(address).send().await;
    // A request more is allowed every 12 s: a sequence that took longer proves nothing, and another address repeats it.
    let mut addresses = (1..255).map(|n| format!("203.0.113.{n}"));
    let (allowed, refused) = loop {
        let (address, start) = (addresses.next().unwrap(), std::time::Instant::now());
        let mut allowed = Vec::new();
        for _ in 0..5 {
            allowed.push(call(&format!("{address}:1")).await);
        }
        let refused = call(&format!("{address}:2")).await;
        if start.elapsed().as_secs() < 12 {
            break (allowed, refused);
        }
    };
    for (response, left) in allowed.iter().zip((0..5).rev()) {
        assert_eq!(response.status.as_u16(), 200);
        assert_eq!(response.headers.get("ratelimit-limit").unwrap(), "5");
        assert_eq!(response.headers.get("ratelimit-remaining").unwrap().to_str().unwrap(), left.to_string());
    }
    assert!(refused.headers.get("retry-after").unwrap().to_str().unwrap().parse::<u64>().unwrap() >= 1);
    refused.refused(429, "too_many_requests");
    assert_eq!(call("198.51.100.7:1").await.status.as_u16(), 200);
}

#[actix_web::test]
async fn rate_limit_ignores_untrusted_forwarded_for() {
    let app = TestApp::sqlite_with(|settings| settings.limits.per_minute = 2).await;
    let mut statuses = Vec::new();
    for i in 0..20 {
        let call = app.get("/editions").from("203.0.113.9:1").header("x-forwarded-for", &format!("10.0.0.{i}"));
        statuses.push(call.send().await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[actix_web::test]
async fn responses_have_security_headers() {
    let app = TestApp::sqlite_with(|settings| settings.server.public_url = "https://hoicho.example".to_owned()).await;
    let token = app.person("lan").await;
    app.edition(&token, "hoi-cho").await;
    app.advance(&token, "hoi-cho", &["published"]).await;
    let pages = ["/", "/login", "/fairs/hoi-cho", "/api/docs/", "/nowhere"];
    let data = ["/api/v1/editions", "/api/v1/me", "/api/v1/nowhere", "/api/openapi.json", "/healthz", "/feed.atom"];
    for path in pages.iter().chain(&data) {
        // Twice: the second response may be a cached one.
        for _ in 0..2 {
            let answer = app.root(path).send().await;
            let said = |name: &str| {
                answer.headers.get(name).unwrap_or_else(|| panic!("{path}: {name}")).to_str().unwrap().to_owned()
            };
            assert_eq!(said("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(said("referrer-policy"), "same-origin", "{path}");
            assert_eq!(said("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
            let policy = said("content-security-policy");
            assert!(policy.contains("default-src 'none'") || policy.contains("object-src 'none'"), "{path}: {policy}");
            assert!(
                policy.contains("base-uri 'none'") && policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
        }
    }
    // Session cookies can be set by this host over HTTPS only.
    let form = "email=lan%40example.vn&password=m%E1%BA%ADt+kh%E1%BA%A9u+d%C3%A0i&_next=%2Fhome&_back=%2Flogin";
    let login = actix_web::test::TestRequest::post().uri("/form/auth/login").set_payload(form);
    let login = login.insert_header(("content-type", "application/x-www-form-urlencoded"));
    let answer = app.call_root(login.insert_header(("sec-fetch-site", "same-origin"))).await;
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").map(|c| c.to_str().unwrap().to_owned()).collect();
    for name in ["__Host-hoicho_access=", "__Host-hoicho_refresh="] {
        let cookie = cookies.iter().find(|c| c.starts_with(name)).unwrap_or_else(|| panic!("{cookies:?}"));
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain="), "{cookie}");
    }
    let held: Vec<&str> = cookies.iter().map(|c| c.split(';').next().unwrap()).collect();
    let home = actix_web::test::TestRequest::get().uri("/home").insert_header(("cookie", held.join("; ")));
    assert_eq!(app.call_root(home).await.status.as_u16(), 200);
}

async fn health_metrics_and_documentation_are_served(app: TestApp) {
    app.get("/editions").send().await.expect(200);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.root(path).send().await.status.as_u16(), 200, "{path}");
    }
    let metrics = app.root("/metrics").from("127.0.0.1:1").header("host", "localhost:8080").send().await;
    let text = String::from_utf8(metrics.body).unwrap();
    assert!(
        text.contains(r#"hoicho_http_requests_total{method="GET",route="/api/v1/editions",status="200"} 1"#),
        "{text}"
    );
    let document = app.root("/api/openapi.json").send().await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(app.root("/api/docs/").send().await.status.as_u16(), 200);
}

/// A proxy on the same machine connects from loopback, as a local caller does.
#[actix_web::test]
async fn metrics_are_for_local_callers_and_not_for_forwarded_requests() {
    use hoicho_core::config::{MetricsAccess, Server};
    let app = async |change: fn(&mut Server)| TestApp::sqlite_with(|settings| change(&mut settings.server)).await;
    let status = async |app: &TestApp, from: &str, host: &str, header: Option<(&'static str, &str)>| {
        let call = app.root("/metrics").from(from).header("host", host);
        let call = header.into_iter().fold(call, |call, (name, value)| call.header(name, value));
        call.send().await.status.as_u16()
    };
    let (here, proxy) = ("127.0.0.1:1", Some(("x-forwarded-for", "203.0.113.9")));
    let unset = app(|_| {}).await;
    assert_eq!(status(&unset, here, "localhost:8080", None).await, 200);
    assert_eq!(status(&unset, "203.0.113.9:1", "localhost:8080", None).await, 404, "a stranger");
    assert_eq!(
        status(&unset, here, "hoicho.example.vn", None).await,
        404,
        "the name that a proxy or browser was called by"
    );
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-proto", "cf-connecting-ip"] {
        assert_eq!(status(&unset, here, "localhost:8080", Some((name, "for=203.0.113.9"))).await, 404, "{name}");
    }
    let behind_proxy = app(|s| (s.trusted_proxies, s.public_url) = (1, "https://hoicho.example.vn".to_owned())).await;
    assert_eq!(status(&behind_proxy, here, "localhost:8080", None).await, 200, "past the proxy");
    assert_eq!(status(&behind_proxy, here, "localhost:8080", proxy).await, 404);
    let with_unknown_proxy = app(|s| s.public_url = "https://hoicho.example.vn".to_owned()).await;
    assert_eq!(status(&with_unknown_proxy, here, "localhost:8080", None).await, 404, "a proxy that adds no header");
    let all = app(|s| s.metrics = MetricsAccess::All).await;
    assert_eq!(status(&all, "203.0.113.9:1", "hoicho.example.vn", proxy).await, 200);
    let nobody = app(|s| s.metrics = MetricsAccess::Nobody).await;
    assert_eq!(status(&nobody, here, "localhost:8080", None).await, 404);
}

/// One client behind a proxy that appends a line or extends one: whatever address it claims, it has one limit. Another client
/// of the same proxy has its own.
#[actix_web::test]
async fn rate_limit_uses_the_address_that_trusted_proxies_add() {
    for trusted_proxies in [1, 2] {
        let app = TestApp::sqlite_with(|settings| {
            settings.limits.per_minute = 2;
            settings.server.trusted_proxies = trusted_proxies;
        })
        .await;
        let call = async |lines: &[String]| {
            let call = app.get("/editions").from("127.0.0.1:1");
            let call = lines.iter().fold(call, |call, line| call.another_header("x-forwarded-for", line));
            call.send().await.status.as_u16()
        };
        let outer = if trusted_proxies == 2 { ", 192.0.2.80" } else { "" };
        let mut statuses = Vec::new();
        for i in 0..20 {
            let (claimed, added) = (format!("10.0.0.{i}"), format!("203.0.113.9{outer}"));
            let lines = if i % 2 == 0 { vec![claimed, added] } else { vec![format!("{claimed}, {added}")] };
            statuses.push(call(&lines).await);
        }
        assert!(statuses.contains(&429), "{trusted_proxies}: {statuses:?}");
        assert_eq!(call(&[format!("203.0.113.10{outer}")]).await, 200, "another client");
    }
}

crate::on_both!(
    idempotency_key_is_executed_once,
    concurrent_requests_with_one_key_are_executed_once,
    compressed_bodies_are_refused_before_they_are_read,
    idempotency_key_expires_after_a_day,
    if_none_match_returns_304_until_a_change,
    health_metrics_and_documentation_are_served,
);
