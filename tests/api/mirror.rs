//! A mirror that asks only for what changed stays equal to the source.
use std::collections::BTreeMap;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::support::TestApp;

/// What another site keeps of one list.
struct Mirror {
    path: &'static str,
    rows: BTreeMap<String, Value>,
    synced: Option<String>,
    /// Rows and tombstones that came.
    told: usize,
}

impl Mirror {
    fn of(path: &'static str) -> Self {
        Self { path, rows: BTreeMap::new(), synced: None, told: 0 }
    }

    /// Reads what changed, page by page.
    async fn follow(&mut self, app: &TestApp, limit: usize) {
        let since = self.synced.as_ref().map(|s| format!("&updated_since={s}")).unwrap_or_default();
        let mut next = String::new();
        loop {
            let page = app.get(&format!("{}limit={limit}{since}{next}", self.path)).send().await.expect(200);
            for row in page["items"].as_array().unwrap() {
                self.rows.insert(row["id"].as_str().unwrap().to_owned(), row.clone());
                self.told += 1;
            }
            for id in page["deleted"].as_array().into_iter().flatten() {
                self.rows.remove(id.as_str().unwrap());
                self.told += 1;
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                self.synced = Some(page["synced"].as_str().unwrap().to_owned());
                return;
            };
            next = format!("&cursor={cursor}");
        }
    }

    async fn is_equal(&self, app: &TestApp) {
        let mut whole = Self::of(self.path);
        whole.follow(app, 500).await;
        assert_eq!(self.rows, whole.rows, "{}", self.path);
    }

    fn any(&self, random: &mut StdRng) -> Option<&Value> {
        let n = random.random_range(0..self.rows.len().max(1));
        self.rows.values().nth(n)
    }
}

/// Everybody who can change something.
struct Cast {
    owner: String,
    venue: String,
    zone: Value,
    /// Token, exhibitor, application.
    exhibitors: Vec<(String, String, String)>,
    /// Allocations that were made and not yet released.
    allocations: Vec<String>,
    /// Participants by allocation.
    participants: Vec<(String, String)>,
}

const BOOTHS: &str = "/editions/hoi-cho/booths?include=occupancy&";
const EXHIBITORS: &str = "/editions/hoi-cho/exhibitors?include=products&";
const ZONES: &str = "/editions/hoi-cho/zones?";
const EDITIONS: &str = "/editions?";

async fn cast(app: &TestApp) -> Cast {
    let owner = app.person("owner").await;
    let edition = app.edition(&owner, "hoi-cho").await;
    let organiser = app.get(&format!("/editions/{edition}")).by(&owner).send().await.expect(200)["organiser"].clone();
    let venue = json!({ "organiser": organiser, "name": "Cung quy hoạch", "address": "Hạ Long" });
    let venue = app.made("/venues", &owner, venue).await;
    let there = json!({ "venue": venue });
    let version = tag(app, "/editions/hoi-cho", &owner).await;
    app.patch("/editions/hoi-cho").by(&owner).header("if-match", &version).json(&there).send().await.expect(200);
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let mut exhibitors = Vec::new();
    for n in 0..8 {
        let (token, application) = app.approved_application(&owner, "hoi-cho", &format!("htx{n}")).await;
        let exhibitor = app.get(&format!("/applications/{application}")).by(&owner).send().await.expect(200);
        exhibitors.push((token, exhibitor["exhibitor"].as_str().unwrap().to_owned(), application));
    }
    let zone = app.get(ZONES).send().await.expect(200)["items"][0]["id"].clone();
    Cast { owner, venue, zone, exhibitors, allocations: Vec::new(), participants: Vec::new() }
}

async fn tag(app: &TestApp, at: &str, by: &str) -> String {
    app.get(at).by(by).send().await.headers.get("etag").unwrap().to_str().unwrap().to_owned()
}

fn version(row: &Value) -> String {
    format!("\"v{}\"", row["version"])
}

/// Tries one change; whether it was made.
async fn change(app: &TestApp, cast: &mut Cast, random: &mut StdRng, booths: &Mirror, zones: &Mirror) -> bool {
    let owner = cast.owner.clone();
    let pick = random.random_range(0..cast.exhibitors.len());
    let (token, exhibitor, application) = cast.exhibitors[pick].clone();
    let booth = booths.any(random).cloned().unwrap_or_default();
    let booth_id = booth["id"].as_str().unwrap_or("none").to_owned();
    let name = format!("Tên {}", random.random_range(0..1_000_000));
    let at_booth = format!("/editions/hoi-cho/booths/{booth_id}");
    let answer = match random.random_range(0..20) {
        0..4 => {
            let hold = json!({ "application": application, "booths": [booth_id] });
            let answer = app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await;
            if answer.status == 201 {
                cast.allocations.push(answer.json()["items"][0]["id"].as_str().unwrap().to_owned());
            }
            answer
        }
        4..10 if !cast.allocations.is_empty() => {
            let n = random.random_range(0..cast.allocations.len());
            let step = ["offer", "confirm", "confirm", "check-in", "release"][random.random_range(0..5)];
            let answer = app.post(&format!("/allocations/{}/{step}", cast.allocations[n])).by(&owner).send().await;
            if answer.status == 200 && step == "release" {
                cast.allocations.remove(n);
            }
            answer
        }
        10 if !cast.allocations.is_empty() => {
            let allocation = cast.allocations[random.random_range(0..cast.allocations.len())].clone();
            let body = json!({ "role": "co_exhibitor", "exhibitor": exhibitor });
            let answer =
                app.post(&format!("/allocations/{allocation}/participants")).by(&owner).json(&body).send().await;
            if answer.status == 201 {
                cast.participants.push((allocation, answer.json()["id"].as_str().unwrap().to_owned()));
            }
            answer
        }
        11 if !cast.participants.is_empty() => {
            let (allocation, participant) = cast.participants.remove(random.random_range(0..cast.participants.len()));
            app.delete(&format!("/allocations/{allocation}/participants/{participant}")).by(&owner).send().await
        }
        12 => {
            let at = format!("/exhibitors/{exhibitor}");
            let seen = tag(app, &at, &token).await;
            app.patch(&at).by(&token).header("if-match", &seen).json(&json!({ "name": name })).send().await
        }
        13 => {
            let body = json!({ "name": name, "product_group": "food" });
            app.post(&format!("/exhibitors/{exhibitor}/products")).by(&token).json(&body).send().await
        }
        14 => {
            let at = format!("/exhibitors/{exhibitor}/products");
            let all = app.get(&format!("{at}?limit=500")).by(&token).send().await.expect(200);
            let Some(product) = all["items"].as_array().unwrap().last().cloned() else { return false };
            let at = format!("{at}/{}", product["id"].as_str().unwrap());
            let call =
                if random.random_bool(0.7) { app.delete(&at) } else { app.patch(&at).json(&json!({ "name": name })) };
            call.by(&token).header("if-match", &version(&product)).send().await
        }
        15 => {
            let code = format!("B{}", random.random_range(1..60));
            let kind = json!({ "zone": cast.zone, "category": "standard", "area_dm2": 900, "fee": 0 });
            let body = json!({ "code": code, "kind": kind });
            app.post("/editions/hoi-cho/booths").by(&owner).json(&body).send().await
        }
        16 if booths.rows.len() > 20 => {
            app.delete(&at_booth).by(&owner).header("if-match", &version(&booth)).send().await
        }
        17 => {
            let fee = json!({ "fee": random.random_range(0..1_000_000), "code": format!("C{}", random.random_range(1..200)) });
            app.patch(&at_booth).by(&owner).header("if-match", &version(&booth)).json(&fee).send().await
        }
        18 => {
            let zone = zones.any(random).cloned().unwrap_or_default();
            let at = format!("/editions/hoi-cho/zones/{}", zone["id"].as_str().unwrap_or("none"));
            match random.random_range(0..3) {
                0 => {
                    let body = json!({ "code": name, "name": "Khu" });
                    app.post("/editions/hoi-cho/zones").by(&owner).json(&body).send().await
                }
                1 => app.delete(&at).by(&owner).header("if-match", &version(&zone)).send().await,
                _ => {
                    let body = json!({ "name": name, "eligibility": { "legal_forms": ["co_operative"] } });
                    app.patch(&at).by(&owner).header("if-match", &version(&zone)).json(&body).send().await
                }
            }
        }
        19 => {
            // The edition: its name, its venue's name, its days, or back to where nobody sees it.
            let name = json!({ "name": name });
            match random.random_range(0..2) {
                0 => {
                    let seen = tag(app, "/editions/hoi-cho", &owner).await;
                    app.patch("/editions/hoi-cho").by(&owner).header("if-match", &seen).json(&name).send().await
                }
                _ => {
                    let at = format!("/venues/{}", cast.venue);
                    let seen = tag(app, &at, &owner).await;
                    app.patch(&at).by(&owner).header("if-match", &seen).json(&name).send().await
                }
            }
        }
        _ => return false,
    };
    assert!(answer.status.as_u16() < 500, "{}", String::from_utf8_lossy(&answer.body));
    answer.status.is_success()
}

async fn a_mirror_stays_equal_through_ten_thousand_random_changes(app: TestApp) {
    let mut cast = cast(&app).await;
    let mut random = StdRng::seed_from_u64(20_180_428);
    let [mut booths, mut exhibitors, mut zones, mut editions] = [BOOTHS, EXHIBITORS, ZONES, EDITIONS].map(Mirror::of);
    let (mut changes, mut rounds, mut stood) = (0, 0, 0);
    while changes < 10_000 {
        for mirror in [&mut booths, &mut exhibitors, &mut zones, &mut editions] {
            // Pages of a few rows, so that a change can fall between two.
            mirror.follow(&app, random.random_range(1..20)).await;
        }
        rounds += 1;
        stood += exhibitors.rows.len();
        if rounds % 20 == 0 {
            for mirror in [&booths, &exhibitors, &zones, &editions] {
                mirror.is_equal(&app).await;
            }
        }
        let until = changes + random.random_range(1..100);
        while changes < until {
            changes += usize::from(change(&app, &mut cast, &mut random, &booths, &zones).await);
        }
    }
    for mirror in [&mut booths, &mut exhibitors, &mut zones, &mut editions] {
        mirror.follow(&app, 7).await;
        mirror.is_equal(&app).await;
    }
    assert!(stood > rounds && booths.rows.len() > 10, "a fair with nobody in it proves little: {stood} in {rounds}");
    // Nothing changed since: nothing is told.
    let before = booths.told;
    booths.follow(&app, 500).await;
    assert_eq!(booths.told, before);
}

async fn what_is_gone_from_sight_is_told_and_what_nobody_may_see_is_not(app: TestApp) {
    let mut cast = cast(&app).await;
    let mut editions = Mirror::of(EDITIONS);
    let mut exhibitors = Mirror::of(EXHIBITORS);
    editions.follow(&app, 50).await;
    exhibitors.follow(&app, 50).await;
    assert_eq!((editions.rows.len(), exhibitors.rows.len()), (1, 0));

    // A draft is no news; nor is who was merely offered a booth.
    app.edition(&cast.owner, "nhap").await;
    let booth = app.get(BOOTHS).send().await.expect(200)["items"][0]["id"].clone();
    let (_, exhibitor, application) = cast.exhibitors.remove(0);
    let hold = json!({ "application": application, "booths": [booth] });
    let held = app.post("/editions/hoi-cho/allocations").by(&cast.owner).json(&hold).send().await.expect(201);
    let at = |step: &str| format!("/allocations/{}/{step}", held["items"][0]["id"].as_str().unwrap());
    app.post(&at("offer")).by(&cast.owner).send().await.expect(200);
    editions.follow(&app, 50).await;
    exhibitors.follow(&app, 50).await;
    assert_eq!((editions.told, exhibitors.told), (1, 0));

    app.post(&at("confirm")).by(&cast.owner).send().await.expect(200);
    exhibitors.follow(&app, 50).await;
    assert_eq!(exhibitors.rows.keys().collect::<Vec<_>>(), [&exhibitor]);
    assert_eq!(exhibitors.rows[&exhibitor]["booths"][0]["id"], booth);
    app.post(&at("release")).by(&cast.owner).send().await.expect(200);
    exhibitors.follow(&app, 50).await;
    assert!(exhibitors.rows.is_empty());

    // An edition that goes back to being a draft is gone for everybody else.
    for to in ["published", "draft"] {
        let back = json!({ "to": to, "reason": "Chưa xong" });
        app.post("/editions/hoi-cho/transitions").by(&cast.owner).json(&back).send().await.expect(200);
    }
    editions.follow(&app, 50).await;
    assert!(editions.rows.is_empty());
    app.get("/editions?updated_since=abc").send().await.refused(400, "bad_request");
    app.get("/editions?fields=id,secret").send().await.refused(400, "bad_request");
}

async fn a_site_reads_a_whole_edition_in_one_call_or_the_parts_it_wants(app: TestApp) {
    let cast = cast(&app).await;
    let booth = app.get(BOOTHS).send().await.expect(200)["items"][0].clone();
    let (token, exhibitor, application) = cast.exhibitors[0].clone();
    app.made(
        &format!("/exhibitors/{exhibitor}/products"),
        &token,
        json!({ "name": "Miến dong", "product_group": "food" }),
    )
    .await;
    let hold = json!({ "application": application, "booths": [booth["id"]] });
    let held = app.post("/editions/hoi-cho/allocations").by(&cast.owner).json(&hold).send().await.expect(201);
    for step in ["offer", "confirm"] {
        let at = format!("/allocations/{}/{step}", held["items"][0]["id"].as_str().unwrap());
        app.post(&at).by(&cast.owner).send().await.expect(200);
    }
    let page = app.get("/editions/hoi-cho/page").send().await.expect(200);
    assert_eq!(page["edition"]["slug"], "hoi-cho");
    assert_eq!(page["edition"]["opening_days"].as_array().unwrap().len(), 5);
    assert_eq!(page["edition"]["venue"]["name"], "Cung quy hoạch");
    assert_eq!(page["zones"]["items"].as_array().unwrap().len(), 1);
    let there = page["booths"]["items"].as_array().unwrap().iter().find(|b| b["id"] == booth["id"]).unwrap();
    assert_eq!((&there["occupancy"], &there["exhibitors"][0]["id"]), (&json!("let"), &json!(exhibitor)));
    let seller = &page["exhibitors"]["items"][0];
    assert_eq!((&seller["booths"][0]["code"], &seller["products"][0]["name"]), (&booth["code"], &json!("Miến dong")));
    assert!(seller.get("tax_code").is_none() && page.get("figures").is_none(), "{page}");

    let part = app.get("/editions/hoi-cho/page?include=zones&fields=zones").send().await.expect(200);
    assert_eq!(part.as_object().unwrap().keys().collect::<Vec<_>>(), ["zones"]);
    app.get("/editions/hoi-cho/page?include=money").send().await.refused(400, "bad_request");
    let names = app.get("/editions/hoi-cho/booths?fields=code&limit=2").send().await.expect(200);
    assert_eq!(names["items"], json!([{ "code": "A01" }, { "code": "A02" }]));
}

/// What others do must not make an answer another: its tag would be another too.
async fn a_list_says_the_same_while_nothing_of_it_changes(app: TestApp) {
    let cast = cast(&app).await;
    let other = app.person("other").await;
    for path in [BOOTHS, EXHIBITORS, ZONES] {
        let read = async || {
            let answer = app.get(path.trim_end_matches(['&', '?'])).by(&cast.owner).send().await;
            (answer.headers.get("etag").unwrap().to_str().unwrap().to_owned(), answer.body)
        };
        let before = read().await;
        app.edition(&other, &format!("ky-{}", path.len())).await;
        assert_eq!(read().await, before, "{path}");
    }
}

crate::on_both!(
    a_list_says_the_same_while_nothing_of_it_changes,
    a_mirror_stays_equal_through_ten_thousand_random_changes,
    what_is_gone_from_sight_is_told_and_what_nobody_may_see_is_not,
    a_site_reads_a_whole_edition_in_one_call_or_the_parts_it_wants,
);

/// A transaction that began first may be committed last: its changes are told all the same.
#[actix_web::test]
async fn what_was_committed_late_is_not_missed() {
    use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection};
    let Some(url) = crate::support::postgres::database() else { return };
    let hoicho_core::db::DatabaseUrl::Postgres(address) = url.clone() else { panic!("not PostgreSQL") };
    let app = TestApp::on(url, tempfile::tempdir().unwrap()).await;
    let cast = cast(&app).await;
    let mut zones = Mirror::of(ZONES);
    zones.follow(&app, 50).await;
    let mut slow = PgConnection::establish(&address).unwrap();
    slow.batch_execute("BEGIN").unwrap();
    diesel::sql_query("UPDATE zones SET name = 'Muộn'").execute(&mut slow).unwrap();
    // Others change something, and the mirror reads, before that is committed.
    for n in 0..3 {
        let zone = json!({ "code": format!("Z{n}"), "name": "Khu" });
        app.post("/editions/hoi-cho/zones").by(&cast.owner).json(&zone).send().await.expect(201);
        zones.follow(&app, 50).await;
    }
    assert!(!zones.rows.values().any(|zone| zone["name"] == "Muộn"));
    slow.batch_execute("COMMIT").unwrap();
    // This node may take half a second to learn what it did not commit itself.
    let began = std::time::Instant::now();
    while !zones.rows.values().any(|zone| zone["name"] == "Muộn") {
        assert!(began.elapsed().as_secs() < 20, "it was missed");
        zones.follow(&app, 50).await;
    }
    zones.is_equal(&app).await;
}
