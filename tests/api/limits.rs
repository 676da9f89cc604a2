//! Limits of what one caller can cause: requests of any kind, and event streams, which end with the right to them.
use actix_web::{
    body::{BoxBody, MessageBody},
    http::StatusCode,
    test::TestRequest,
};
use futures_util::future::join_all;
use hoicho_core::config::{Settings, Streams};
use serde_json::{Value, json};

use crate::{
    second_factor::enrol,
    support::{
        Answer, TestApp,
        fair::Fair,
        postgres::database,
        until,
        wait::{TIMEOUT, wait_until_async},
        world::World,
    },
};

/// Runs a test on each database, with some settings changed.
async fn on_each(change: fn(&mut Settings), test: impl AsyncFn(TestApp)) {
    test(TestApp::sqlite_with(change).await).await;
    if let Some(url) = database() {
        test(TestApp::with(url, tempfile::tempdir().unwrap(), change).await).await;
    }
}

/// Opens an event stream.
async fn watch(app: &TestApp, path: &str, token: Option<&str>) -> BoxBody {
    let call = token.iter().fold(app.get(path), |call, token| call.by(token));
    let opened = call.open().await;
    assert_eq!(opened.status(), StatusCode::OK);
    opened.into_body()
}

/// Reads a stream until the server ends it; returns what was read.
async fn until_ended(mut body: BoxBody) -> String {
    let mut heard = String::new();
    let listen = async {
        while let Some(chunk) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_next(cx)).await {
            heard += std::str::from_utf8(&chunk.unwrap()).unwrap();
        }
    };
    let ended = tokio::time::timeout(TIMEOUT, listen).await;
    assert!(ended.is_ok(), "the stream goes on: {heard}");
    heard
}

/// The right is checked again every second here.
fn with_short_intervals(settings: &mut Settings) {
    settings.streams.check_interval_s = 1;
}

#[actix_web::test]
async fn event_streams_end_with_the_right_to_them() {
    on_each(with_short_intervals, async |app| {
        let owner = app.person("owner").await;
        app.edition(&owner, "hoi-cho").await;
        let organiser = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200)["organiser"].clone();
        let organiser = organiser.as_str().unwrap();
        let events = "/editions/hoi-cho/events";
        // A key of a partner reads a draft until it is revoked.
        let key = json!({ "name": "Tỉnh", "scopes": ["read:figures"] });
        let key = app.post(&format!("/organisers/{organiser}/api-keys")).by(&owner).json(&key).send().await.expect(201);
        let with_key = watch(&app, events, key["secret"].as_str()).await;
        let key = format!("/organisers/{organiser}/api-keys/{}", key["id"].as_str().unwrap());
        app.delete(&key).by(&owner).send().await.expect(204);
        until_ended(with_key).await;
        // A member reads it until they are removed.
        let member = app.staff(&owner, organiser, "viewer").await;
        let id = app.get("/me").by(&member).send().await.expect(200)["id"].as_str().unwrap().to_owned();
        let of_member = watch(&app, events, Some(&member)).await;
        app.delete(&format!("/organisers/{organiser}/members/{id}")).by(&owner).send().await.expect(204);
        until_ended(of_member).await;
        // The public reads a published edition until it is a draft again; staff go on.
        app.advance(&owner, "hoi-cho", &["published"]).await;
        let (public, mut staff) = (watch(&app, events, None).await, watch(&app, events, Some(&owner)).await);
        let back = json!({ "to": "draft", "reason": "Sửa ngày" });
        app.post("/editions/hoi-cho/transitions").by(&owner).json(&back).send().await.expect(200);
        until_ended(public).await;
        until(&mut staff, "keep-alive").await;
        assert_eq!(app.context.open_streams.count(), 1);
        app.services.streams.close();
    })
    .await;
}

/// Staff that is removed stays a member of the public, which reads on what is public.
#[actix_web::test]
async fn event_stream_of_removed_staff_hides_private_events() {
    on_each(with_short_intervals, async |app| {
        let world = World::new(&app).await;
        let member = app.staff(&world.owner, &world.organiser, "viewer").await;
        let id = app.get("/me").by(&member).send().await.expect(200)["id"].as_str().unwrap().to_owned();
        let mut stream = watch(&app, "/editions/hoi-cho/events", Some(&member)).await;
        let report = async |day: &str| {
            let path = format!("/booths/{}/sales-reports/2026-03-{day}", world.id("booth"));
            app.put(&path).by(&world.exhibitor).json(&json!({ "amount": 5 })).send().await.expect(201);
        };
        report("02").await;
        until(&mut stream, "sales_report").await;
        app.delete(&format!("/organisers/{}/members/{id}", world.organiser)).by(&world.owner).send().await.expect(204);
        // Two checks later the removal has been seen.
        until(&mut stream, "keep-alive").await;
        until(&mut stream, "keep-alive").await;
        report("03").await;
        app.post(&format!("/allocations/{}/release", world.played)).by(&world.owner).send().await.expect(200);
        let heard = until(&mut stream, "allocation.release").await;
        assert!(!heard.contains("sales_report"), "{heard}");
        app.services.streams.close();
    })
    .await;
}

#[actix_web::test]
async fn event_stream_ends_when_a_second_factor_is_required() {
    on_each(with_short_intervals, async |app| {
        let owner = app.person("owner").await;
        app.edition(&owner, "hoi-cho").await;
        let edition = app.get("/editions/hoi-cho").by(&owner).send().await.expect(200);
        let organiser = edition["organiser"].as_str().unwrap();
        let member = app.staff(&owner, organiser, "viewer").await;
        enrol(&app, &owner).await;
        let (of_member, mut of_owner) = (
            watch(&app, "/editions/hoi-cho/events", Some(&member)).await,
            watch(&app, "/editions/hoi-cho/events", Some(&owner)).await,
        );
        let required = json!({ "required": true });
        let path = format!("/organisers/{organiser}/second-factor");
        app.put(&path).by(&owner).json(&required).send().await.expect(200);
        until_ended(of_member).await;
        until(&mut of_owner, "keep-alive").await;
        app.services.streams.close();
    })
    .await;
}

#[actix_web::test]
async fn progress_of_an_allocation_run_ends_with_the_right_to_it() {
    on_each(with_short_intervals, async |app| {
        let world = World::new(&app).await;
        let member = app.staff(&world.owner, &world.organiser, "manager").await;
        let id = app.get("/me").by(&member).send().await.expect(200)["id"].as_str().unwrap().to_owned();
        let run = world.id("run");
        let path = format!("/editions/hoi-cho/allocation-runs/{run}");
        wait_until_async("the run has ended", async || {
            app.get(&path).by(&world.owner).send().await.expect(200)["state"] != "running"
        })
        .await;
        // As if it were computed on another node, which never ends it.
        app.db
            .write(|tx| {
                use diesel::prelude::*;
                use hoicho_core::db::schema::allocation_runs::dsl;
                let running = hoicho_core::states::RunState::Running;
                diesel::update(dsl::allocation_runs)
                    .set((dsl::state.eq(running), dsl::finished_at.eq(None::<chrono::NaiveDateTime>)))
                    .execute(tx.conn())
                    .map_err(hoicho_web::http::Problem::from)
            })
            .await
            .unwrap();
        let mut stream = watch(&app, &format!("{path}/events"), Some(&member)).await;
        until(&mut stream, "event: progress").await;
        app.delete(&format!("/organisers/{}/members/{id}", world.organiser)).by(&world.owner).send().await.expect(204);
        let heard = until_ended(stream).await;
        assert!(!heard.contains("event: ended"), "{heard}");
    })
    .await;
}

#[actix_web::test]
async fn open_streams_are_limited_by_address_and_caller_and_in_all() {
    let app = TestApp::sqlite_with(|settings| {
        settings.streams = Streams { max: 6, max_per_address: 3, max_per_caller: 2, check_interval_s: 15 };
    })
    .await;
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    let open = async |address: u8, token: Option<&str>| {
        let call = app.get("/editions/hoi-cho/events").from(&format!("203.0.113.{address}:1"));
        let opened = token.iter().fold(call, |call, token| call.by(token)).open().await;
        (opened.status().as_u16(), opened.into_body())
    };
    let mut held = Vec::new();
    for (address, token, expected) in [
        (1, None, 200),
        (1, None, 200),
        (1, None, 200),
        (1, None, 429),
        (1, Some(owner.as_str()), 429),
        (2, Some(owner.as_str()), 200),
        (3, Some(owner.as_str()), 200),
        (4, Some(owner.as_str()), 429),
        (4, None, 200),
        (5, None, 503),
    ] {
        let (status, body) = open(address, token).await;
        assert_eq!(status, expected, "stream {} from {address}", held.len());
        held.push(body);
    }
    assert_eq!(app.context.open_streams.count(), 6);
    // Other requests of the same callers are served, and a stream that its client closes makes room.
    app.get("/editions/hoi-cho").from("203.0.113.1:1").send().await.expect(200);
    held.clear();
    assert_eq!((app.context.open_streams.count(), open(1, None).await.0), (0, 200));
    app.services.streams.close();
}

/// Pages, forms, the login and renewals count like the API, under whatever spelling of the path.
#[actix_web::test]
async fn all_requests_count_for_one_limit() {
    let app = TestApp::sqlite_with(|settings| {
        (settings.limits.per_minute, settings.limits.auth_per_minute) = (10, 3);
    })
    .await;
    let mut address = 0;
    let mut statuses = async |requests: &dyn Fn(usize) -> TestRequest| {
        address += 1;
        let mut statuses = Vec::new();
        for n in 0..20 {
            let request = requests(n).peer_addr(format!("203.0.113.{address}:1").parse().unwrap());
            statuses.push(app.call_root(request).await.status.as_u16());
        }
        statuses
    };
    let get = |path: &'static str| move |_: usize| TestRequest::get().uri(path);
    // Some more than the limit are allowed as time passes.
    let allowed = |statuses: &[u16]| statuses.iter().filter(|status| **status != 429).count();
    for path in ["/", "/login", "/fairs/none", "/nowhere", "/api/openapi.json", "/api/v1/editions", "/sitemap.xml"] {
        assert!(allowed(&statuses(&get(path)).await) < 20, "{path}");
    }
    let mixed = statuses(&|n| TestRequest::get().uri(["/", "/login", "/api/v1/editions"][n % 3])).await;
    assert!(allowed(&mixed) < 20, "one limit for all: {mixed:?}");
    let renewals = statuses(&|n| {
        TestRequest::get()
            .uri("/home")
            .insert_header(("cookie", format!("hoicho_refresh={}", n.to_string().repeat(30))))
    })
    .await;
    assert!(allowed(&renewals) < 20, "{renewals:?}");
    let form = |path: &'static str| {
        move |_: usize| {
            let form = TestRequest::post().uri(path).set_payload("email=a%40example.vn&password=wrong+wrong+wrong");
            let form = form.insert_header(("content-type", "application/x-www-form-urlencoded"));
            form.insert_header(("sec-fetch-site", "same-origin"))
        }
    };
    let login_body = || json!({ "email": "a@example.vn", "password": "wrong wrong wrong" });
    for path in ["/api/v1/auth/login", "/api/v1/%61uth/login", "/api/v1/auth/%6cogin"] {
        let limited = statuses(&|_| TestRequest::post().uri(path).set_json(login_body())).await;
        assert!(allowed(&limited) < 10, "{path}: {limited:?}");
    }
    for path in ["/form/auth/login", "/form/%61uth/login"] {
        let limited = statuses(&form(path)).await;
        assert!(allowed(&limited) < 10, "{path}: {limited:?}");
    }
    // A refused page is a page, in the language of the browser, and says when to come again.
    let mut refused = None;
    for _ in 0..30 {
        let page = TestRequest::get().uri("/login").peer_addr("198.51.100.1:1".parse().unwrap());
        let answer = app.call_root(page.insert_header(("accept-language", "en"))).await;
        refused = Some(answer).filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).or(refused);
    }
    let refused = refused.unwrap();
    let text = String::from_utf8(refused.body).unwrap();
    assert!(text.contains("<html lang=\"en\""), "{text}");
    assert!(refused.headers.contains_key("retry-after") && refused.headers.contains_key("content-security-policy"));
    // Probes of load balancers are served.
    assert!(statuses(&get("/healthz")).await.iter().all(|status| *status == 200));
    // Somebody with a login has a limit of their own, whatever the address.
    let lan = app.person("lan").await;
    let page = |_: usize| TestRequest::get().uri("/home").insert_header(("cookie", format!("hoicho_access={lan}")));
    assert_eq!(statuses(&page).await[0], 200);
}

/// Number of successes among requests sent at once.
async fn accepted<F: Future<Output = Answer>>(count: usize, send: impl Fn(usize) -> F) -> usize {
    let answers = join_all((0..count).map(send)).await;
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

/// A count that is read before another request adds to it would let both pass.
async fn limits_hold_for_requests_sent_at_once(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mui"]).build(&app).await;
    let owner = &fair.owner;
    let post = |path: &str, body: Value| app.post(path).by(owner).json(&body).send();
    let of_organiser = format!("/organisers/{}", fair.organiser);
    let (webhooks, keys) = (format!("{of_organiser}/webhooks"), format!("{of_organiser}/api-keys"));
    let webhook = |n| post(&webhooks, json!({ "name": "a", "url": format!("http://127.0.0.1:{}/", n + 1) }));
    assert_eq!(accepted(30, webhook).await, 20);
    // Each secret that is still valid signs every message.
    let rotated = app.get(&webhooks).by(owner).send().await.expect(200)["items"][0]["id"].clone();
    let rotated = format!("{webhooks}/{}/rotate-secret", rotated.as_str().unwrap());
    assert_eq!(accepted(12, |_| post(&rotated, json!({ "overlap_h": 24 }))).await, 4);
    post(&rotated, json!({ "overlap_h": 0 })).await.expect(201);
    let key = |_| post(&keys, json!({ "name": "a", "scopes": ["read:editions"] }));
    assert_eq!((accepted(95, key).await, accepted(12, key).await), (95, 5));
    // A full organiser can rotate its keys, but not without end.
    let listed = app.get(&keys).by(owner).send().await.expect(200)["items"].as_array().unwrap().clone();
    let oldest = listed.last().unwrap()["id"].clone();
    let rotate = |_| post(&format!("{keys}/{}/rotate", oldest.as_str().unwrap()), json!({ "overlap_h": 24 }));
    assert_eq!(accepted(110, rotate).await, 100);
    let record = json!({ "name": "HTX Mới", "legal_form": "co_operative", "locality": "Đầm Hà" });
    let record = app.made(&format!("{of_organiser}/exhibitors"), owner, record).await;
    let link = format!("{of_organiser}/exhibitors/{record}/link");
    let invitation = |n| post(&link, json!({ "email": format!("a{n}@example.vn") }));
    assert_eq!(accepted(15, invitation).await, 10);
    let exhibitor = &fair.exhibitors[0];
    let documents = format!("/applications/{}/documents?kind=food_safety&file_name=a.pdf", exhibitor.application);
    let document = |_| app.post(&documents).by(&exhibitor.token).file("application/pdf", b"%PDF-1.7\nhello").send();
    assert_eq!(accepted(30, document).await, 20);
    let reset = |_| app.post("/auth/password-reset").json(&json!({ "email": "mui@example.vn" })).send();
    assert_eq!(accepted(12, reset).await, 12);
    let letters = app.letters_to("mui@example.vn").await;
    assert_eq!(letters.iter().filter(|letter| letter["letter"]["kind"] == "reset_password").count(), 5);
}

crate::on_both!(limits_hold_for_requests_sent_at_once);
