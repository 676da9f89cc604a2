//! Incremental synchronization by `updated_since`: a mirror stays equal to the source.
use std::collections::BTreeMap;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    fair::{Exhibitor, Fair},
    snapshot::numbered,
    wait::wait_until_async,
};

/// A copy of one list at another site.
struct Mirror {
    path: &'static str,
    rows: BTreeMap<String, Value>,
    synced: Option<String>,
    /// Number of rows and tombstones received.
    told: usize,
}

impl Mirror {
    fn of(path: &'static str) -> Self {
        Self { path, rows: BTreeMap::new(), synced: None, told: 0 }
    }

    /// Reads the changes, page by page.
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

/// Accounts and resources that the random changes use.
struct Cast {
    owner: String,
    venue: String,
    zone: String,
    organiser: String,
    /// Token, exhibitor, application.
    exhibitors: Vec<(String, String, String)>,
    /// Organisations by exhibitor.
    organisations: BTreeMap<String, String>,
    /// Active allocations.
    allocations: Vec<String>,
    /// Participants by allocation.
    participants: Vec<(String, String)>,
    /// How often each kind of change succeeded, by its number in [`change`].
    succeeded: [usize; KINDS],
}

/// Number of random changes; more with `HOICHO_TEST_CHANGES=10000`.
fn change_count() -> usize {
    std::env::var("HOICHO_TEST_CHANGES").ok().map_or(2_000, |n| n.parse().expect("HOICHO_TEST_CHANGES is a number"))
}

const BOOTHS: &str = "/editions/hoi-cho/booths?include=occupancy&";
const EXHIBITORS: &str = "/editions/hoi-cho/exhibitors?include=products&";
const ZONES: &str = "/editions/hoi-cho/zones?";
const EDITIONS: &str = "/editions?";

async fn cast(app: &TestApp) -> Cast {
    let fair = Fair::builder().venue("Cung quy hoạch").exhibitors((0..8).map(|n| format!("htx{n}"))).build(app).await;
    let Fair { owner, organiser, venue, zone, exhibitors, .. } = fair;
    let organisations = exhibitors.iter().map(|e| (e.id.clone(), e.organisation.clone())).collect();
    let of = |Exhibitor { token, id, application, .. }| (token, id, application);
    let exhibitors = exhibitors.into_iter().map(of).collect();
    Cast {
        owner,
        venue: venue.unwrap(),
        zone,
        organiser,
        exhibitors,
        organisations,
        allocations: Vec::new(),
        participants: Vec::new(),
        succeeded: [0; KINDS],
    }
}

async fn tag(app: &TestApp, at: &str, by: &str) -> String {
    app.get(at).by(by).send().await.headers.get("etag").unwrap().to_str().unwrap().to_owned()
}

fn version(row: &Value) -> String {
    format!("\"v{}\"", row["version"])
}

/// Number of kinds of changes in [`change`]; some are there several times, so that they are more frequent.
const KINDS: usize = 20;

/// Attempts one change; returns whether it succeeded.
async fn change(app: &TestApp, cast: &mut Cast, random: &mut StdRng, booths: &Mirror, zones: &Mirror) -> bool {
    let owner = cast.owner.clone();
    let pick = random.random_range(0..cast.exhibitors.len());
    let (token, exhibitor, application) = cast.exhibitors[pick].clone();
    let organisation = cast.organisations[&exhibitor].clone();
    let booth = booths.any(random).cloned().unwrap_or_default();
    let booth_id = booth["id"].as_str().unwrap_or("none").to_owned();
    let name = format!("Tên {}", random.random_range(0..1_000_000));
    let at_booth = format!("/editions/hoi-cho/booths/{booth_id}");
    let kind = random.random_range(0..KINDS);
    let answer = match kind {
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
            let at = format!("/organisers/{}/exhibitors/{exhibitor}", cast.organiser);
            let seen = tag(app, &at, &owner).await;
            app.patch(&at).by(&owner).header("if-match", &seen).json(&json!({ "name": name })).send().await
        }
        13 => {
            let body = json!({ "name": name, "product_group": "food" });
            app.post(&format!("/organisations/{organisation}/products")).by(&token).json(&body).send().await
        }
        14 => {
            let at = format!("/organisations/{organisation}/products");
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
            // The name of the edition or of its venue.
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
    cast.succeeded[kind] += usize::from(answer.status.is_success());
    answer.status.is_success()
}

async fn mirror_equals_the_source_after_random_changes(app: TestApp) {
    let mut cast = cast(&app).await;
    let mut random = StdRng::seed_from_u64(20_180_428);
    let [mut booths, mut exhibitors, mut zones, mut editions] = [BOOTHS, EXHIBITORS, ZONES, EDITIONS].map(Mirror::of);
    let (mut changes, mut rounds, mut stood) = (0, 0, 0);
    while changes < change_count() {
        for mirror in [&mut booths, &mut exhibitors, &mut zones, &mut editions] {
            // Small pages, so that a change can happen between two.
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
    assert!(cast.succeeded.iter().all(|times| *times > 10), "a kind of change is missing: {:?}", cast.succeeded);
    assert!(stood > rounds && booths.rows.len() > 10, "a fair with nobody in it proves little: {stood} in {rounds}");
    // Without a change nothing is reported.
    app.wait_for_older_transactions().await;
    booths.follow(&app, 500).await;
    let before = booths.told;
    booths.follow(&app, 500).await;
    assert_eq!(booths.told, before);
}

async fn updated_since_reports_removals_and_hides_private_changes(app: TestApp) {
    let mut cast = cast(&app).await;
    let mut editions = Mirror::of(EDITIONS);
    let mut exhibitors = Mirror::of(EXHIBITORS);
    app.wait_for_older_transactions().await;
    editions.follow(&app, 50).await;
    exhibitors.follow(&app, 50).await;
    assert_eq!((editions.rows.len(), exhibitors.rows.len()), (1, 0));

    // Drafts and offers are not reported.
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

    // An edition that becomes a draft again is reported as removed.
    for (to, public) in [("published", 2), ("draft", 1)] {
        let step = json!({ "to": to, "reason": "Chưa xong" });
        app.post("/editions/nhap/transitions").by(&cast.owner).json(&step).send().await.expect(200);
        editions.follow(&app, 50).await;
        assert_eq!(editions.rows.len(), public);
    }
    app.get("/editions?updated_since=abc").send().await.refused(400, "bad_request");
    app.get("/editions?fields=id,secret").send().await.refused(400, "bad_request");
}

async fn edition_page_returns_all_parts_or_the_selected_ones(app: TestApp) {
    let cast = cast(&app).await;
    let booth = app.get(BOOTHS).send().await.expect(200)["items"][0].clone();
    let (token, exhibitor, application) = cast.exhibitors[0].clone();
    app.made(
        &format!("/organisations/{}/products", cast.organisations[&exhibitor]),
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
    let mut page = app.get("/editions/hoi-cho/page").send().await.expect(200);
    let there = page["booths"]["items"].as_array().unwrap().iter().find(|b| b["id"] == booth["id"]).unwrap();
    assert_eq!(there["exhibitors"][0]["id"], json!(exhibitor));
    // The other nine booths are free.
    page["booths"]["items"] = json!([there]);
    // Revisions differ between the databases.
    for list in ["booths", "exhibitors", "zones"] {
        assert!(page[list]["synced"].is_string());
        page[list]["synced"] = json!("[revision]");
    }
    insta::assert_snapshot!("edition_page", numbered(&page));

    let part = app.get("/editions/hoi-cho/page?include=zones&fields=zones").send().await.expect(200);
    assert_eq!(part.as_object().unwrap().keys().collect::<Vec<_>>(), ["zones"]);
    app.get("/editions/hoi-cho/page?include=money").send().await.refused(400, "bad_request");
    let names = app.get("/editions/hoi-cho/booths?fields=code&limit=2").send().await.expect(200);
    assert_eq!(names["items"], json!([{ "code": "A01" }, { "code": "A02" }]));
}

/// Changes of other editions must not change the ETag of a list.
async fn list_etag_is_stable_while_nothing_of_it_changes(app: TestApp) {
    let cast = cast(&app).await;
    let other = app.person("other").await;
    app.wait_for_older_transactions().await;
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
    list_etag_is_stable_while_nothing_of_it_changes,
    mirror_equals_the_source_after_random_changes,
    updated_since_reports_removals_and_hides_private_changes,
    edition_page_returns_all_parts_or_the_selected_ones,
);

/// Changes of a transaction that began first and is committed last are reported.
#[actix_web::test]
async fn updated_since_reports_changes_committed_late() {
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
    // The mirror reads other changes before that transaction is committed.
    for n in 0..3 {
        let zone = json!({ "code": format!("Z{n}"), "name": "Khu" });
        app.post("/editions/hoi-cho/zones").by(&cast.owner).json(&zone).send().await.expect(201);
        zones.follow(&app, 50).await;
    }
    assert!(!zones.rows.values().any(|zone| zone["name"] == "Muộn"));
    slow.batch_execute("COMMIT").unwrap();
    // The cache reads changes that this node did not commit at most every half second.
    wait_until_async("the late change is reported", async || {
        zones.follow(&app, 50).await;
        zones.rows.values().any(|zone| zone["name"] == "Muộn")
    })
    .await;
    zones.is_equal(&app).await;
}
