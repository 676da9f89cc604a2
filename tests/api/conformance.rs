//! HTTP as its standards have it, on every route: HEAD, OPTIONS and preflight, authentication, conditional requests, negotiation, created
//! resources, request identifiers, and bodies of the wrong shape.
use actix_web::{http::Method, test::TestRequest};
use serde_json::json;

use crate::support::{Answer, TestApp};

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

fn varies_by(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all("vary").flat_map(|line| line.to_str().unwrap().split(','));
    lines.map(|name| name.trim().to_lowercase()).collect()
}

async fn published(app: &TestApp) -> String {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    owner
}

async fn head_has_the_headers_of_get_and_no_body(app: TestApp) {
    let owner = published(&app).await;
    app.wait_for_older_transactions().await;
    let paths = [
        ("/", 200),
        ("/login", 200),
        ("/fairs/hoi-cho", 200),
        ("/fairs/hoi-cho/news.atom", 200),
        ("/sitemap.xml", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/api/openapi.json", 200),
        ("/api/docs/", 200),
        ("/api/v1/editions", 200),
        ("/api/v1/editions/hoi-cho", 200),
        ("/api/v1/editions/hoi-cho/booths", 200),
        ("/api/v1/editions/hoi-cho/calendar", 200),
        ("/api/v1/editions/hoi-cho/picture", 200),
        ("/api/v1/editions/hoi-cho/events", 200),
        ("/api/v1/editions/hoi-cho/tables/booths?format=xlsx", 200),
        ("/api/v1/me", 200),
        ("/api/v1/editions/none", 404),
        ("/nowhere", 404),
    ];
    for (path, status) in paths {
        let call = |method: Method| app.call_by(method, path, &owner);
        let head = call(Method::HEAD).send().await;
        assert_eq!((head.status.as_u16(), head.body.len()), (status, 0), "{path}");
        // A stream of events does not end by itself.
        let get = call(Method::GET).open().await;
        assert_eq!(get.status().as_u16(), status, "{path}");
        for name in ["content-type", "etag", "cache-control", "content-disposition"] {
            assert_eq!(head.headers.get(name), get.headers().get(name), "{path}: {name}");
        }
    }
    for (path, method) in
        [("/api/v1/auth/login", "POST, OPTIONS"), ("/api/v1/editions/hoi-cho/end", "DELETE, PUT, OPTIONS")]
    {
        let refused = app.call_by(Method::HEAD, path, &owner).send().await;
        assert_eq!((refused.status.as_u16(), header(&refused, "allow")), (405, Some(method)), "{path}");
    }
}

async fn scripts_of_other_origins_are_told_what_they_may_send_and_read(app: TestApp) {
    published(&app).await;
    let preflight = |path: &str, method: &str| {
        let request = TestRequest::default().method(Method::OPTIONS).uri(path);
        let request = request.insert_header(("origin", "https://shop.example"));
        let request = request.insert_header(("access-control-request-headers", "if-none-match, idempotency-key"));
        app.call_root(request.insert_header(("access-control-request-method", method.to_owned())))
    };
    for (path, methods) in [
        ("/api/v1/editions/hoi-cho", "DELETE, GET, PATCH, HEAD, OPTIONS"),
        ("/api/v1/editions/hoi-cho/booths", "GET, POST, HEAD, OPTIONS"),
    ] {
        let answer = preflight(path, "GET").await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
        assert_eq!(header(&answer, "access-control-allow-methods"), Some(methods));
        assert_eq!(header(&answer, "allow"), Some(methods));
        assert_eq!(header(&answer, "access-control-allow-credentials"), None);
        let allowed = header(&answer, "access-control-allow-headers").unwrap();
        for name in ["authorization", "if-none-match", "if-match", "idempotency-key", "content-type"] {
            assert!(allowed.split(", ").any(|known| known == name), "{allowed}");
        }
        let plain = app.call_root(TestRequest::default().method(Method::OPTIONS).uri(path)).await;
        assert_eq!((plain.status.as_u16(), header(&plain, "allow")), (204, Some(methods)));
    }
    assert_eq!(preflight("/api/v1/nowhere", "GET").await.status.as_u16(), 404);
    // Twice: the second response is a cached one.
    for path in ["/api/v1/editions/hoi-cho", "/api/v1/editions/hoi-cho", "/api/v1/me", "/api/v1/nowhere"] {
        let answer = app.root(path).header("origin", "https://shop.example").send().await;
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"), "{path}");
        let exposed = header(&answer, "access-control-expose-headers").unwrap();
        assert!(["etag", "link", "ratelimit-remaining"].iter().all(|name| exposed.contains(name)), "{exposed}");
    }
}

async fn refusals_say_how_to_authenticate_and_schemes_have_no_case(app: TestApp) {
    let owner = published(&app).await;
    for call in [app.get("/me"), app.get("/me").by("made-up"), app.post("/organisers").json(&json!({ "name": "B" }))] {
        let refused = call.send().await;
        assert_eq!(refused.status.as_u16(), 401);
        assert_eq!(header(&refused, "www-authenticate"), Some("Bearer realm=\"hoicho\""));
    }
    for scheme in ["bearer", "BEARER", "Bearer"] {
        app.get("/me").header("authorization", &format!("{scheme} {owner}")).send().await.expect(200);
    }
    for value in [format!("Basic {owner}"), owner.clone(), format!("Bearer{owner}"), "Bearer".to_owned()] {
        app.get("/me").header("authorization", &value).send().await.refused(401, "login_required");
    }
}

async fn if_match_any_matches_every_version_and_no_missing_resource(app: TestApp) {
    let owner = published(&app).await;
    let rename = |tag: &str, name: &str| {
        app.patch("/editions/hoi-cho").by(&owner).header("if-match", tag).json(&json!({ "name": name })).send()
    };
    rename("*", "Hội chợ một").await.expect(200);
    rename(" * ", "Hội chợ hai").await.expect(200);
    rename("\"*\"", "Hội chợ ba").await.refused(412, "stale_version");
    rename("*, \"v1\"", "Hội chợ ba").await.refused(412, "stale_version");
    let missing = app.patch("/editions/none").by(&owner).header("if-match", "*").json(&json!({ "name": "B" }));
    missing.send().await.refused(404, "not_found");
}

async fn language_follows_quality_and_is_named_in_vary(app: TestApp) {
    let owner = published(&app).await;
    let title = async |accepted: &str| {
        let refused = app.get("/editions/none").header("accept-language", accepted).send().await;
        assert!(varies_by(&refused).contains(&"accept-language".to_owned()));
        (header(&refused, "content-language").unwrap().to_owned(), refused.json()["title"].as_str().unwrap().to_owned())
    };
    let (vi, en) = (title("vi").await, title("en").await);
    assert!(vi.0 == "vi" && en.0 == "en" && vi.1 != en.1);
    assert_eq!(title("vi;q=0.2, en;q=0.8").await, en);
    assert_eq!(title("fr, en;q=0.5, vi;q=0.4").await, en);
    assert_eq!(title("en;q=0").await, vi);
    let table = |query: &str, accept: &str| {
        let call = app.get(&format!("/editions/hoi-cho/tables/booths{query}")).by(&owner);
        call.header("accept", accept).header("accept-language", "en").send()
    };
    let both = ["accept", "accept-language"].map(str::to_owned);
    let answer = table("", "text/csv").await;
    assert!(both.iter().all(|name| varies_by(&answer).contains(name)), "{:?}", varies_by(&answer));
    let answer = table("?format=csv&language=en", "*/*").await;
    assert!(!both.iter().any(|name| varies_by(&answer).contains(name)), "{:?}", varies_by(&answer));
}

/// Each created resource is found at its `Location`, also in a replayed response.
async fn created_resources_are_at_their_location(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.made("/organisers", &owner, json!({ "name": "Ban tổ chức" })).await;
    let edition = app.made("/editions", &owner, json!({ "organiser": organiser, "slug": "ky-1", "name": "Kỳ" })).await;
    let venue =
        app.made("/venues", &owner, json!({ "organiser": organiser, "name": "Cung", "address": "Hạ Long" })).await;
    let zone = json!({ "code": "A", "name": "Khu A" });
    let zone_id = app.made(&format!("/editions/{edition}/zones"), &owner, zone).await;
    let kind = json!({ "zone": zone_id, "category": "standard", "area_dm2": 900, "fee": 0 });
    let exhibitor = json!({ "name": "HTX Bình Minh", "legal_form": "co_operative", "locality": "Ba Chẽ" });
    let day = json!({ "days": [{ "day": "2026-11-26", "opens_at": "08:00", "closes_at": "22:00" }] });
    app.put(&format!("/editions/{edition}/opening-days")).by(&owner).header("if-match", "*").json(&day).send().await;
    let created = [
        ("/organisers".to_owned(), json!({ "name": "Ban khác" })),
        ("/editions".to_owned(), json!({ "organiser": organiser, "slug": "ky-2", "name": "Kỳ hai" })),
        ("/series".to_owned(), json!({ "organiser": organiser, "name": "OCOP" })),
        ("/venues".to_owned(), json!({ "organiser": organiser, "name": "Nhà", "address": "Cẩm Phả" })),
        (format!("/editions/{edition}/zones"), json!({ "code": "B", "name": "Khu B" })),
        (format!("/editions/{edition}/booths"), json!({ "code": "A1", "kind": kind })),
        (format!("/editions/{edition}/gates"), json!({ "name": "Cổng chính" })),
        (format!("/organisers/{organiser}/exhibitors"), exhibitor),
        (
            "/organisations".to_owned(),
            json!({ "name": "HTX Hạ Long", "legal_form": "co_operative", "locality": "Hạ Long" }),
        ),
    ];
    for (path, body) in created {
        let send = || app.post(&path).by(&owner).header("idempotency-key", &path).json(&body).send();
        for answer in [send().await, send().await] {
            let location = header(&answer, "location").map(str::to_owned);
            answer.expect(201);
            let location = location.unwrap_or_else(|| panic!("{path}"));
            assert!(location.starts_with(&format!("/api/v1{path}")), "{location}");
            app.root(&location).by(&owner).send().await.expect(200);
        }
    }
    let hall =
        app.post(&format!("/venues/{venue}/halls")).by(&owner).json(&json!({ "name": "Sảnh", "is_outdoor": false }));
    let hall = hall.send().await;
    let id = hall.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(header(&hall, "location"), Some(format!("/api/v1/venues/{venue}/halls/{id}").as_str()));
}

async fn requests_have_an_identifier_that_problems_repeat(app: TestApp) {
    let refused = app.get("/editions/none").header("x-request-id", "shop-42_a.b").send().await;
    assert_eq!(header(&refused, "x-request-id"), Some("shop-42_a.b"));
    assert_eq!(refused.json()["request_id"], "shop-42_a.b");
    let page = app.root("/nowhere").header("x-request-id", "page-1").send().await;
    assert_eq!(header(&page, "x-request-id"), Some("page-1"));
    let mut made = std::collections::BTreeSet::new();
    let long = "x".repeat(65);
    for sent in ["", "two words", "a\tb", "đ", "<script>", &long] {
        let refused = app.get("/editions/none").header("x-request-id", sent).send().await;
        let id = header(&refused, "x-request-id").unwrap().to_owned();
        assert!(uuid::Uuid::parse_str(&id).is_ok(), "{id}");
        assert_eq!(refused.json()["request_id"], id);
        made.insert(id);
    }
    assert_eq!(made.len(), 6);
}

async fn arrays_in_place_of_objects_are_refused(app: TestApp) {
    let owner = published(&app).await;
    app.post("/organisers").by(&owner).json(&json!(["Ban"])).send().await.refused(422, "invalid");
    let login = json!(["lan@example.vn", crate::support::PASSWORD]);
    app.post("/auth/login").json(&login).send().await.refused(422, "invalid");
    let zone = app.get("/editions/hoi-cho/zones").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let booth = json!({ "code": "Z9", "kind": [zone, "standard", 900, 0] });
    let refused = app.post("/editions/hoi-cho/booths").by(&owner).json(&booth).send().await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/kind");
}

async fn form_with_a_file_is_no_file(app: TestApp) {
    let owner = published(&app).await;
    let organiser = app.get("/organisers").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let form: &[u8] =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nMa;Khu\r\nA1;A\r\n--b--\r\n";
    let archives = format!("/organisers/{}/archives?slug=moi", organiser.as_str().unwrap());
    for path in ["/editions/hoi-cho/imports?kind=booths", &archives] {
        let call = app.post(path).by(&owner);
        call.file("Multipart/Form-Data; boundary=b", form).send().await.refused(415, "unsupported_file");
    }
}

async fn retry_after_is_the_time_until_the_lock_ends(app: TestApp) {
    app.person("lan").await;
    let attempt =
        || app.post("/auth/login").json(&json!({ "email": "lan@example.vn", "password": "wrong-one" })).send();
    let mut answer = attempt().await;
    for _ in 0..5 {
        answer = attempt().await;
    }
    let wait_s: i64 = header(&answer, "retry-after").unwrap().parse().unwrap();
    answer.refused(429, "too_many_requests");
    assert!((600..=901).contains(&wait_s), "{wait_s}");
    app.wait(chrono::Duration::seconds(wait_s - 2));
    attempt().await.refused(429, "too_many_requests");
    app.wait(chrono::Duration::seconds(2));
    attempt().await.refused(401, "wrong_credentials");
}

crate::on_both!(
    head_has_the_headers_of_get_and_no_body,
    scripts_of_other_origins_are_told_what_they_may_send_and_read,
    refusals_say_how_to_authenticate_and_schemes_have_no_case,
    if_match_any_matches_every_version_and_no_missing_resource,
    language_follows_quality_and_is_named_in_vary,
    created_resources_are_at_their_location,
    requests_have_an_identifier_that_problems_repeat,
    arrays_in_place_of_objects_are_refused,
    form_with_a_file_is_no_file,
    retry_after_is_the_time_until_the_lock_ends,
);
