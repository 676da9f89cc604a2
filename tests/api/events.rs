//! What happened, as a list: partners that missed a message catch up, and see what is theirs only.
use std::collections::BTreeSet;

use chrono::Duration;
use hoicho::jobs::deliver_webhooks;
use hoicho_core::values::clock::Clock;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, receiver::Receiver};

async fn fair(app: &TestApp) -> Fair {
    Fair::builder().exhibitors((0..3).map(|n| format!("htx{n}"))).build(app).await
}

async fn tell(app: &TestApp) {
    deliver_webhooks(&app.services).await.unwrap();
}

async fn webhook(app: &TestApp, fair: &Fair, body: &Value) -> Value {
    let at = format!("/organisers/{}/webhooks", fair.organiser);
    app.post(&at).by(&fair.owner).json(body).send().await.expect(201)
}

/// An API key with scopes.
async fn key(app: &TestApp, fair: &Fair, body: Value) -> String {
    let at = format!("/organisers/{}/api-keys", fair.organiser);
    let made = app.post(&at).by(&fair.owner).json(&body).send().await.expect(201);
    made["secret"].as_str().unwrap().to_owned()
}

async fn reader(app: &TestApp, fair: &Fair) -> String {
    key(app, fair, json!({ "name": "Siêu thị", "scopes": ["read:events"] })).await
}

/// Reads the list to its end, in pages of `limit`.
async fn read(app: &TestApp, fair: &Fair, by: &str, query: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let at = format!("/organisers/{}/events?limit={limit}{query}{cursor}", fair.organiser);
        let page = app.get(&at).by(by).send().await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn ids(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["id"].as_str().unwrap()).collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

async fn partner_catches_up_after_a_missed_message(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    tell(&app).await;
    webhook(&app, &fair, &json!({ "name": "Siêu thị", "url": receiver.url() })).await;
    let secret = reader(&app, &fair).await;
    let allocation = fair.hold(&app, &fair.owner, 0, 0).await;
    app.step(&fair.owner, &allocation, "offer").await.expect(200);
    tell(&app).await;
    let last = receiver.taken().pop().unwrap();
    // The partner's server is down meanwhile.
    receiver.answers(500);
    app.confirm_from(&fair.owner, &allocation, "2026-03-01").await;
    app.step(&fair.owner, &allocation, "check-in").await.expect(200);
    tell(&app).await;
    let missed = read(&app, &fair, &secret, &format!("&after={}", last.id()), 50).await;
    assert_eq!(types(&missed), ["allocation.confirmed", "allocation.checked_in"]);
    assert_eq!(missed[0]["data"]["booth"], json!({ "id": fair.booth(0), "code": "A01" }));
    assert_eq!(missed[0]["data"]["exhibitor"]["id"], fair.exhibitors[0].id);
    assert_eq!(missed[0]["data"]["edition"]["slug"], "hoi-cho");
    assert!(read(&app, &fair, &secret, &format!("&after={}", missed[1]["id"].as_str().unwrap()), 50).await.is_empty());
    // The messages that arrive later are the same, with the same identifiers.
    receiver.answers(200);
    for _ in 0..10 {
        app.wait(Duration::minutes(10));
        tell(&app).await;
    }
    let sent = receiver.taken();
    assert_eq!(sent.iter().map(|message| message.id()).skip(1).collect::<Vec<_>>(), ids(&missed));
    for (message, event) in sent.iter().skip(1).zip(&missed) {
        assert_eq!(&message.json(), event);
    }
}

async fn events_of_the_same_instant_are_on_one_page_each(app: TestApp) {
    let fair = fair(&app).await;
    // The clock stands still: all of them have the same time.
    for n in 0..3 {
        let allocation = fair.hold(&app, &fair.owner, n, n).await;
        for step in ["offer", "confirm", "release"] {
            app.step(&fair.owner, &allocation, step).await.expect(200);
        }
        tell(&app).await;
    }
    let all = read(&app, &fair, &fair.owner, "", 500).await;
    assert!(all.len() > 9, "{:?}", types(&all));
    let times: BTreeSet<&str> = all.iter().map(|event| event["timestamp"].as_str().unwrap()).collect();
    assert_eq!(times.len(), 1);
    assert_eq!(ids(&all).into_iter().collect::<BTreeSet<_>>().len(), all.len());
    for limit in [1, 2, 7] {
        assert_eq!(read(&app, &fair, &fair.owner, "", limit).await, all);
    }
    let (since, cursor) = (times.first().unwrap().replace(':', "%3A"), "&type=allocation.confirmed");
    assert_eq!(read(&app, &fair, &fair.owner, &format!("&since={since}"), 4).await, all);
    assert_eq!(read(&app, &fair, &fair.owner, cursor, 1).await.len(), 3);
    // A later fan-out comes after everything that was read.
    let last = ids(&all).pop().unwrap().to_owned();
    let allocation = fair.hold(&app, &fair.owner, 0, 5).await;
    app.step(&fair.owner, &allocation, "offer").await.expect(200);
    tell(&app).await;
    let new = read(&app, &fair, &fair.owner, &format!("&after={last}"), 50).await;
    assert_eq!(types(&new), ["allocation.offered"]);
}

async fn events_are_filtered_by_type_and_edition(app: TestApp) {
    let fair = fair(&app).await;
    let allocation = fair.hold(&app, &fair.owner, 0, 0).await;
    app.step(&fair.owner, &allocation, "offer").await.expect(200);
    let organiser = &fair.organiser;
    let other = json!({ "organiser": organiser, "slug": "ky-khac", "name": "Kỳ khác" });
    let other = app.made("/editions", &fair.owner, other).await;
    app.patch_newest("/editions/ky-khac", &fair.owner, json!({ "name": "Kỳ sau" })).await;
    tell(&app).await;
    let offered = read(&app, &fair, &fair.owner, "&type=allocation.offered", 50).await;
    assert_eq!((types(&offered), &offered[0]["data"]["allocation"]), (vec!["allocation.offered"], &json!(allocation)));
    for edition in ["ky-khac", &other] {
        let changed = read(&app, &fair, &fair.owner, &format!("&edition={edition}"), 50).await;
        assert_eq!(types(&changed), ["edition.changed"]);
        let data = &changed[0]["data"];
        assert_eq!(data["edition"], json!({ "id": other, "slug": "ky-khac" }));
        // Only what changed.
        assert_eq!(data["before"], json!({ "name": "Kỳ khác" }));
        assert_eq!(data["after"], json!({ "name": "Kỳ sau" }));
    }
    let at = |query: &str| format!("/organisers/{organiser}/events?{query}");
    for query in ["type=allocation.eaten", "version=2", "version=0", "after=msg_x", "limit=0", "cursor=x", "tpye=x"] {
        app.get(&at(query)).by(&fair.owner).send().await.refused(400, "bad_request");
    }
    app.get(&at("edition=khong-co")).by(&fair.owner).send().await.refused(404, "not_found");
    assert_eq!(read(&app, &fair, &fair.owner, "&version=1&type=allocation.offered", 50).await, offered);
}

async fn events_are_for_managers_and_keys_with_the_scope(app: TestApp) {
    let fair = fair(&app).await;
    tell(&app).await;
    let at = format!("/organisers/{}/events", fair.organiser);
    let secret = reader(&app, &fair).await;
    let visible = app.get(&at).by(&secret).send().await.expect(200);
    assert!(types(visible["items"].as_array().unwrap()).contains(&"edition.published"));
    // Another organiser's: not found, as a filter neither.
    let other = Fair::builder().owner("other").slug("khac").exhibitors(["khac0"]).build(&app).await;
    tell(&app).await;
    let theirs = reader(&app, &other).await;
    for by in [&other.owner, &theirs, &fair.exhibitors[0].token] {
        app.get(&at).by(by).send().await.refused(404, "not_found");
    }
    app.get(&at).send().await.refused(401, "login_required");
    assert_eq!(app.get(&at).by(&secret).send().await.expect(200), visible, "nothing of theirs is in it");
    app.get(&format!("{at}?edition=khac")).by(&secret).send().await.refused(404, "not_found");
    let message = read(&app, &other, &theirs, "", 50).await[0]["id"].as_str().unwrap().to_owned();
    app.get(&format!("{at}?after={message}")).by(&secret).send().await.refused(400, "bad_request");
    // Without the scope.
    let body = json!({ "name": "Tỉnh", "scopes": ["read:editions", "read:exhibitors", "read:figures"] });
    let figures = key(&app, &fair, body).await;
    app.get(&at).by(&figures).send().await.refused(403, "forbidden");
    // The list is of all editions.
    let edition = app.get("/editions/hoi-cho").send().await.expect(200)["id"].clone();
    let body = json!({ "name": "Một kỳ", "scopes": ["read:events"], "editions": [edition] });
    let limited = key(&app, &fair, body).await;
    app.get(&at).by(&limited).send().await.refused(404, "not_found");
    for (role, status) in [("manager", 200), ("finance", 403), ("gate", 403), ("viewer", 403)] {
        let staff = app.staff(&fair.owner, &fair.organiser, role).await;
        assert_eq!(app.get(&at).by(&staff).send().await.status.as_u16(), status, "{role}");
    }
}

async fn events_are_listed_for_thirty_days(app: TestApp) {
    let fair = fair(&app).await;
    tell(&app).await;
    let secret = reader(&app, &fair).await;
    let first = read(&app, &fair, &secret, "", 50).await;
    app.wait(Duration::days(29));
    assert_eq!(read(&app, &fair, &secret, "", 50).await, first);
    app.wait(Duration::days(2));
    assert!(read(&app, &fair, &secret, "", 50).await.is_empty());
    let since = |days: i64| (app.context.clock.now() - Duration::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let at = format!("/organisers/{}/events", fair.organiser);
    app.get(&format!("{at}?since={}", since(31))).by(&secret).send().await.refused(400, "bad_request");
    app.get(&format!("{at}?since={}", since(29))).by(&secret).send().await.expect(200);
    // What is deleted meanwhile cannot be continued from: the partner is told.
    let now = app.context.clock.now();
    let delete =
        app.db.write(move |tx| hoicho_fair::webhooks::delete_expired(tx, now).map_err(hoicho_web::http::Problem::from));
    assert!(delete.await.unwrap() > 0);
    let last = ids(&first).pop().unwrap().to_owned();
    app.get(&format!("{at}?after={last}")).by(&secret).send().await.refused(400, "bad_request");
    // Later events come after a cursor from before.
    assert!(matches!(app.context.clock, Clock::Manual(_)));
    let owner = app.login("owner@example.vn").await;
    app.patch_newest("/editions/hoi-cho", &owner, json!({ "name": "Sau một tháng" })).await;
    tell(&app).await;
    assert!(types(&read(&app, &fair, &secret, "", 50).await).contains(&"edition.changed"));
}

async fn endpoint_keeps_the_schema_version_that_it_was_created_with(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    tell(&app).await;
    let body = |version: Value| json!({ "name": "Siêu thị", "url": receiver.url(), "schema_version": version });
    let at = format!("/organisers/{}/webhooks", fair.organiser);
    for unknown in [0, 2, -1] {
        let refused = app.post(&at).by(&fair.owner).json(&body(json!(unknown))).send().await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/schema_version");
    }
    let pinned = webhook(&app, &fair, &body(json!(1))).await;
    assert_eq!(pinned["schema_version"], 1);
    let newest = webhook(&app, &fair, &json!({ "name": "Tỉnh", "url": receiver.url() })).await;
    assert_eq!(newest["schema_version"], 1);
    let one = format!("{at}/{}", pinned["id"].as_str().unwrap());
    let change = app.patch(&one).by(&fair.owner).header("if-match", "\"v1\"");
    change.json(&json!({ "schema_version": 2 })).send().await.refused(422, "invalid");
    let renamed = app.patch_newest(&one, &fair.owner, json!({ "name": "Siêu thị Hạ Long" })).await;
    assert_eq!(renamed["schema_version"], 1);
    assert_eq!(app.get(&one).by(&fair.owner).send().await.expect(200)["schema_version"], 1);
    app.post(&format!("{one}/test")).by(&fair.owner).send().await.expect(202);
    tell(&app).await;
    let message = receiver.taken().pop().unwrap();
    assert_eq!((&message.json()["version"], &message.json()["id"]), (&json!(1), &json!(message.id())));
}

async fn page_of_webhooks_shows_what_happened(app: TestApp) {
    let (fair, receiver) = (fair(&app).await, Receiver::start());
    webhook(&app, &fair, &json!({ "name": "Siêu thị", "url": receiver.url() })).await;
    let allocation = fair.hold(&app, &fair.owner, 0, 0).await;
    app.step(&fair.owner, &allocation, "offer").await.expect(200);
    tell(&app).await;
    let at = format!("/organisers/{}/webhooks", fair.organiser);
    for (language, title, event, version) in [
        ("vi", "Những gì vừa xảy ra", "Mời nhận gian", "tin theo cấu trúc phiên bản 1"),
        ("en", "What happened recently", "Booth offered", "messages of schema version 1"),
    ] {
        let page = app.root(&at).by(&fair.owner).header("accept-language", language).send().await;
        assert_eq!(page.status.as_u16(), 200);
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        let (endpoints, events) = text.split_once("id=\"events\"").unwrap();
        assert!(events.contains(title) && events.contains(event), "{events}");
        assert!(events.contains("A01 · HTX htx0 · hoi-cho"), "{events}");
        assert!(endpoints.contains(version) && endpoints.contains(&allocation), "{endpoints}");
    }
}

crate::on_both!(
    page_of_webhooks_shows_what_happened,
    partner_catches_up_after_a_missed_message,
    events_of_the_same_instant_are_on_one_page_each,
    events_are_filtered_by_type_and_edition,
    events_are_for_managers_and_keys_with_the_scope,
    events_are_listed_for_thirty_days,
    endpoint_keeps_the_schema_version_that_it_was_created_with,
);
