//! Answers to the public are kept ready, and are right all the same.
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, postgres::database};

fn tag(answer: &Answer) -> String {
    answer.headers.get("etag").unwrap().to_str().unwrap().to_owned()
}

async fn published(app: &TestApp, slug: &str) -> String {
    let owner = app.person(slug).await;
    app.edition(&owner, slug).await;
    app.advance(&owner, slug, &["published"]).await;
    owner
}

async fn rename(app: &TestApp, owner: &str, slug: &str, name: &str) {
    let at = format!("/editions/{slug}");
    let seen = tag(&app.get(&at).by(owner).send().await);
    app.patch(&at).by(owner).header("if-match", &seen).json(&json!({ "name": name })).send().await.expect(200);
}

const PLACES: [&str; 5] = [
    "/editions",
    "/editions/hoi-cho",
    "/editions/hoi-cho/booths?limit=500&include=occupancy",
    "/editions/hoi-cho/page",
    "/editions/hoi-cho/floor-plan?format=json",
];

async fn what_everybody_asks_for_costs_no_query(app: TestApp) {
    published(&app, "hoi-cho").await;
    for place in PLACES {
        let first = app.get(place).send().await;
        let before = app.db.read_count();
        for _ in 0..50 {
            let again = app.get(place).send().await;
            assert_eq!((again.status.as_u16(), &again.body, tag(&again)), (200, &first.body, tag(&first)));
            assert_eq!(again.headers.get("cache-control").unwrap(), "public, no-cache");
            assert_eq!(again.headers.get("content-type").unwrap(), "application/json");
            assert!(again.headers.contains_key("ratelimit-remaining"));
        }
        // Now and then it looks whether anything changed.
        assert!(app.db.read_count() - before < 10, "{place}: {} reads", app.db.read_count() - before);
        assert!(tag(&first).starts_with('"'), "{place}: {}", tag(&first));
        let unchanged = app.get(place).header("if-none-match", &tag(&first)).send().await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0), "{place}");
    }
}

async fn a_booth_costs_no_query_until_it_changes(app: TestApp) {
    let owner = published(&app, "hoi-cho").await;
    let list = app.get("/editions/hoi-cho/booths").send().await.expect(200);
    let at = format!("/editions/hoi-cho/booths/{}", list["items"][0]["id"].as_str().unwrap());
    let first = app.get(&at).send().await.expect(200);
    let before = app.db.read_count();
    for _ in 0..50 {
        assert_eq!(app.get(&at).send().await.expect(200), first);
    }
    assert!(app.db.read_count() - before < 10, "{} reads", app.db.read_count() - before);
    let seen = tag(&app.get(&at).by(&owner).send().await);
    let change = app.patch(&at).by(&owner).header("if-match", &seen).json(&json!({ "area_dm2": 1_234 }));
    change.send().await.expect(200);
    assert_eq!(app.get(&at).send().await.expect(200)["area_dm2"], 1_234);
    app.get("/editions/hoi-cho/booths/0198a000-0000-7000-8000-000000000000").send().await.refused(404, "not_found");
}

async fn a_change_is_seen_by_the_next_reader(app: TestApp) {
    let owner = published(&app, "hoi-cho").await;
    let other = published(&app, "ky-khac").await;
    let read = async || {
        let mut all = Vec::new();
        for place in PLACES {
            all.push(app.get(place).send().await);
        }
        all.into_iter().map(|a| (tag(&a), a.json())).collect::<Vec<(String, Value)>>()
    };
    let before = read().await;
    // What is nobody's business here changes nothing.
    let zone = json!({ "code": "X", "name": "Khu" });
    app.post("/editions/ky-khac/zones").by(&other).json(&zone).send().await.expect(201);
    assert_eq!(read().await, before);

    rename(&app, &owner, "hoi-cho", "Tên mới").await;
    let after = read().await;
    assert_eq!(after[1].1["name"], "Tên mới");
    assert_eq!(after[3].1["edition"]["name"], "Tên mới");
    assert!(after[0].1.to_string().contains("Tên mới"));
    let (_, application) = {
        app.advance(&owner, "hoi-cho", &["registration_open"]).await;
        app.approved_application(&owner, "hoi-cho", "htx").await
    };
    let booth = after[2].1["items"][0]["id"].clone();
    let hold = json!({ "application": application, "booths": [booth] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let held = read().await;
    assert_eq!(held[2].1["items"][0]["occupancy"], "reserved");
    assert_eq!(held[4].1["booths"][0]["occupancy"], "reserved");
    // Not to be seen any more: at once, by everybody but its people.
    for to in ["published", "draft"] {
        let back = json!({ "to": to, "reason": "Chưa xong" });
        app.post("/editions/hoi-cho/transitions").by(&owner).json(&back).send().await.expect(200);
    }
    for place in PLACES.iter().skip(1) {
        app.get(place).send().await.refused(404, "not_found");
        app.get(place).by(&owner).send().await.expect(200);
    }
    assert!(!app.get("/editions").send().await.expect(200).to_string().contains("Tên mới"));
}

async fn staff_never_get_what_is_kept_for_others_nor_others_what_staff_got(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "nhap").await;
    for _ in 0..3 {
        app.get("/editions/nhap").by(&owner).send().await.expect(200);
        app.get("/editions/nhap").send().await.refused(404, "not_found");
    }
    app.advance(&owner, "nhap", &["published"]).await;
    let public = app.get("/editions/nhap").send().await;
    let own = app.get("/editions/nhap").by(&owner).send().await;
    assert_eq!(own.headers.get("cache-control").unwrap(), "private, no-cache");
    assert_eq!(tag(&own), "\"v3\"", "for If-Match");
    assert_eq!(public.json(), own.json());
}

async fn each_form_of_an_answer_is_itself(app: TestApp) {
    published(&app, "hoi-cho").await;
    let place = PLACES[2];
    let mut tags = std::collections::BTreeSet::new();
    let plain = app.get(place).send().await;
    for coding in ["gzip", "br", "zstd"] {
        for _ in 0..2 {
            let packed = app.get(place).header("accept-encoding", coding).send().await;
            assert_eq!(packed.headers.get("content-encoding").unwrap(), coding);
            assert!(packed.headers.get("vary").unwrap().to_str().unwrap().contains("accept-encoding"));
            assert!(packed.body.len() * 2 < plain.body.len(), "{coding}: {}", packed.body.len());
            tags.insert(tag(&packed));
        }
    }
    tags.insert(tag(&plain));
    assert_eq!(tags.len(), 4, "one strong tag for each form");
}

crate::on_both!(
    what_everybody_asks_for_costs_no_query,
    a_booth_costs_no_query_until_it_changes,
    a_change_is_seen_by_the_next_reader,
    staff_never_get_what_is_kept_for_others_nor_others_what_staff_got,
    each_form_of_an_answer_is_itself,
);

#[actix_web::test]
async fn a_change_on_one_node_is_seen_on_another() {
    let Some(url) = database() else { return };
    let one = TestApp::on(url.clone(), tempfile::tempdir().unwrap()).await;
    let owner = published(&one, "hoi-cho").await;
    let two = TestApp::on(url, tempfile::tempdir().unwrap()).await;
    for n in 0..5 {
        let before = two.get("/editions/hoi-cho").send().await;
        let name = format!("Lần {n}");
        rename(&one, &owner, "hoi-cho", &name).await;
        assert_eq!(one.get("/editions/hoi-cho").send().await.expect(200)["name"], name.as_str());
        let began = std::time::Instant::now();
        loop {
            let seen = two.get("/editions/hoi-cho").header("if-none-match", &tag(&before)).send().await;
            if seen.status == 200 {
                assert_eq!(seen.expect(200)["name"], name.as_str());
                break;
            }
            assert!(began.elapsed().as_secs() < 20, "the other node never learned");
            tokio::task::yield_now().await;
        }
    }
}
