//! The response cache serves public responses without queries and is invalidated by changes.
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, fair::Fair, postgres::database, wait::wait_until_async};

fn tag(answer: &Answer) -> String {
    answer.headers.get("etag").unwrap().to_str().unwrap().to_owned()
}

/// A published edition; its owner's token.
async fn published(app: &TestApp, slug: &'static str) -> String {
    let fair = Fair::builder().owner(slug).slug(slug).state("published").build(app).await;
    app.wait_for_older_transactions().await;
    fair.owner
}

async fn rename(app: &TestApp, owner: &str, slug: &str, name: &str) {
    let at = format!("/editions/{slug}");
    let seen = tag(&app.get(&at).by(owner).send().await);
    app.patch(&at).by(owner).header("if-match", &seen).json(&json!({ "name": name })).send().await.expect(200);
}

/// Counts the reads of a request sequence; the cache itself reads the change feed at most once every half second.
struct Reads {
    start: std::time::Instant,
    before: u64,
}

impl Reads {
    fn start(app: &TestApp) -> Self {
        Self { start: std::time::Instant::now(), before: app.db.read_count() }
    }

    #[track_caller]
    fn assert_only_of_change_feed(&self, app: &TestApp, path: &str) {
        let (reads, elapsed) = (app.db.read_count() - self.before, self.start.elapsed());
        assert!(u128::from(reads) <= elapsed.as_millis() / 500 + 1, "{path}: {reads} reads in {elapsed:?}");
    }
}

const PLACES: [&str; 5] = [
    "/editions",
    "/editions/hoi-cho",
    "/editions/hoi-cho/booths?limit=500&include=occupancy",
    "/editions/hoi-cho/page",
    "/editions/hoi-cho/floor-plan?format=json",
];

async fn cached_lists_cost_no_query(app: TestApp) {
    published(&app, "hoi-cho").await;
    for place in PLACES {
        let first = app.get(place).send().await;
        let reads = Reads::start(&app);
        for _ in 0..50 {
            let again = app.get(place).send().await;
            assert_eq!((again.status.as_u16(), &again.body, tag(&again)), (200, &first.body, tag(&first)));
            assert_eq!(again.headers.get("cache-control").unwrap(), "public, no-cache");
            assert_eq!(again.headers.get("content-type").unwrap(), "application/json");
            assert!(again.headers.contains_key("ratelimit-remaining"));
        }
        reads.assert_only_of_change_feed(&app, place);
        assert!(tag(&first).starts_with('"'), "{place}: {}", tag(&first));
        let unchanged = app.get(place).header("if-none-match", &tag(&first)).send().await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0), "{place}");
    }
}

async fn cached_booth_costs_no_query_until_it_changes(app: TestApp) {
    let owner = published(&app, "hoi-cho").await;
    let list = app.get("/editions/hoi-cho/booths").send().await.expect(200);
    let at = format!("/editions/hoi-cho/booths/{}", list["items"][0]["id"].as_str().unwrap());
    let first = app.get(&at).send().await.expect(200);
    let reads = Reads::start(&app);
    for _ in 0..50 {
        assert_eq!(app.get(&at).send().await.expect(200), first);
    }
    reads.assert_only_of_change_feed(&app, &at);
    let seen = tag(&app.get(&at).by(&owner).send().await);
    let change = app.patch(&at).by(&owner).header("if-match", &seen).json(&json!({ "area_dm2": 1_234 }));
    change.send().await.expect(200);
    assert_eq!(app.get(&at).send().await.expect(200)["area_dm2"], 1_234);
    app.get("/editions/hoi-cho/booths/0198a000-0000-7000-8000-000000000000").send().await.refused(404, "not_found");
}

async fn cached_responses_show_a_change_to_the_next_reader(app: TestApp) {
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
    // Changes of another edition do not affect the responses.
    let zone = json!({ "code": "X", "name": "Khu" });
    app.post("/editions/ky-khac/zones").by(&other).json(&zone).send().await.expect(201);
    assert_eq!(read().await, before);

    rename(&app, &owner, "hoi-cho", "Tên mới").await;
    let after = read().await;
    assert_eq!(after[1].1["name"], "Tên mới");
    assert_eq!(after[3].1["edition"]["name"], "Tên mới");
    assert!(after[0].1.to_string().contains("Tên mới"));
    // A draft is hidden immediately, except from its staff.
    let back = json!({ "to": "draft", "reason": "Chưa xong" });
    app.post("/editions/hoi-cho/transitions").by(&owner).json(&back).send().await.expect(200);
    for place in PLACES.iter().skip(1) {
        app.get(place).send().await.refused(404, "not_found");
        app.get(place).by(&owner).send().await.expect(200);
    }
    assert!(!app.get("/editions").send().await.expect(200).to_string().contains("Tên mới"));
    let (_, application) = {
        app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
        app.approved_application(&owner, "hoi-cho", "htx").await
    };
    let booth = after[2].1["items"][0]["id"].clone();
    let hold = json!({ "application": application, "booths": [booth] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let held = read().await;
    assert_eq!(held[2].1["items"][0]["occupancy"], "reserved");
    assert_eq!(held[4].1["booths"][0]["occupancy"], "reserved");
}

async fn cache_separates_responses_of_staff_and_public(app: TestApp) {
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

async fn cached_encodings_have_one_etag_each(app: TestApp) {
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
    cached_lists_cost_no_query,
    cached_booth_costs_no_query_until_it_changes,
    cached_responses_show_a_change_to_the_next_reader,
    cache_separates_responses_of_staff_and_public,
    cached_encodings_have_one_etag_each,
);

#[actix_web::test]
async fn cached_responses_are_invalidated_on_other_nodes() {
    let Some(url) = database() else { return };
    let one = TestApp::on(url.clone(), tempfile::tempdir().unwrap()).await;
    let owner = published(&one, "hoi-cho").await;
    let two = TestApp::on(url, tempfile::tempdir().unwrap()).await;
    for n in 0..5 {
        let before = two.get("/editions/hoi-cho").send().await;
        let name = format!("Lần {n}");
        rename(&one, &owner, "hoi-cho", &name).await;
        assert_eq!(one.get("/editions/hoi-cho").send().await.expect(200)["name"], name.as_str());
        wait_until_async("the other node responds with the change", async || {
            let response = two.get("/editions/hoi-cho").header("if-none-match", &tag(&before)).send().await;
            let is_changed = response.status == 200;
            if is_changed {
                assert_eq!(response.expect(200)["name"], name.as_str());
            }
            is_changed
        })
        .await;
    }
}
