//! Allocation runs: a proposal for the whole fair with reasons, applied in full or not at all.
use std::collections::BTreeSet;

use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use futures_util::future::join_all;
use hoicho_core::{
    states::ApplicationState,
    values::ids::{ApplicationId, EditionId, OrganiserId},
};
use hoicho_fair::{
    applications::{self, store::ApplicationRow},
    exhibitors::{self, store::ExhibitorRow},
    floor::BoothCategory,
    organisations::{LegalForm, profile::Profile},
};
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, send_until_available, until};

const RUNS: &str = "/editions/hoi-cho/allocation-runs";

/// An edition open for registration with so many booths; its owner's token.
pub async fn open(app: &TestApp, booths: usize) -> String {
    Fair::builder().owner("lan").booths(booths).build(app).await.owner
}

/// Inserts approved applications into the database: exhibitor's name and number of booths.
pub async fn approved(app: &TestApp, wanted: &[(&str, i32)]) -> Vec<String> {
    let edition = app.get("/editions/hoi-cho").send().await.expect(200);
    let organiser: OrganiserId = edition["organiser"].as_str().unwrap().parse().unwrap();
    let edition: EditionId = edition["id"].as_str().unwrap().parse().unwrap();
    let now = app.context.clock.now();
    let profile = |name: &str| Profile {
        name: name.to_owned(),
        legal_form: LegalForm::CoOperative,
        tax_code: None,
        country: "VN".to_owned(),
        // Exhibitors named after Đầm Hà have that locality.
        locality_code: name.starts_with("Đầm Hà").then(|| "vn.22.06895".to_owned()),
        locality: "Quảng Ninh".to_owned(),
    };
    let exhibitors: Vec<ExhibitorRow> =
        wanted.iter().map(|(name, _)| ExhibitorRow::new(organiser, profile(name), now)).collect();
    let rows: Vec<ApplicationRow> = exhibitors
        .iter()
        .zip(wanted)
        .map(|(exhibitor, (_, booths))| ApplicationRow {
            id: ApplicationId::make(),
            organiser_id: organiser,
            edition_id: edition,
            exhibitor_id: exhibitor.id,
            state: ApplicationState::Approved,
            booths_wanted: *booths,
            category: BoothCategory::Standard,
            needs: None,
            reason: None,
            waitlisted_at: None,
            submitted_at: Some(now),
            version: 1,
            created_at: now,
            needs_power: false,
            needs_water: false,
            needs_corner: false,
        })
        .collect();
    let ids = rows.iter().map(|r| r.id.to_string()).collect();
    let kept = app.db.write(move |tx| {
        exhibitors::store::insert(tx, &exhibitors, &[])?;
        applications::store::insert(tx, &rows).map_err(hoicho_web::http::Problem::from)
    });
    kept.await.unwrap();
    ids
}

/// Starts a run and waits for its proposal on the event stream.
pub async fn run(app: &TestApp, owner: &str, asked: Value) -> Value {
    let id = app.made(RUNS, owner, asked).await;
    let opened = app.get(&format!("{RUNS}/{id}/events")).by(owner).open().await;
    until(&mut opened.into_body(), "event: ended").await;
    let ended = app.get(&format!("{RUNS}/{id}")).by(owner).send().await.expect(200);
    assert_eq!(ended["state"], "proposed", "{ended}");
    ended
}

pub fn path(run: &Value, rest: &str) -> String {
    format!("{RUNS}/{}{rest}", run["id"].as_str().unwrap())
}

async fn proposal(app: &TestApp, owner: &str, run: &Value, language: &str) -> Vec<Value> {
    let page = app.get(&path(run, "/proposal?limit=500")).by(owner).header("accept-language", language).send().await;
    page.expect(200)["items"].as_array().unwrap().clone()
}

pub fn draw() -> Value {
    json!({ "policy": "space_draw", "order": "date" })
}

pub async fn booth(app: &TestApp, n: usize) -> Value {
    app.get("/editions/hoi-cho/booths?limit=500").send().await.expect(200)["items"][n]["id"].clone()
}

pub async fn active(app: &TestApp, owner: &str) -> usize {
    let page = app.get("/editions/hoi-cho/allocations?limit=500").by(owner).send().await.expect(200);
    let states = ["held", "offered", "confirmed", "checked_in"];
    page["items"].as_array().unwrap().iter().filter(|a| states.contains(&a["state"].as_str().unwrap())).count()
}

async fn proposal_changes_nothing_until_applied(app: TestApp) {
    let owner = open(&app, 10).await;
    approved(&app, &[("Một", 3), ("Hai", 4), ("Ba", 2), ("Bốn", 2)]).await;
    let made = run(&app, &owner, draw()).await;
    assert_eq!((&made["served"], &made["applications"], &made["moved"]), (&json!(3), &json!(4), &json!(0)), "{made}");
    assert_eq!(active(&app, &owner).await, 0);
    let items = proposal(&app, &owner, &made, "en").await;
    assert_eq!(items[0]["after"], json!(["A01", "A02", "A03"]));
    assert_eq!(items[1]["after"], json!(["A04", "A05", "A06", "A07"]));
    assert_eq!(items[3]["after"], json!([]));
    let reasons = items[3]["reasons"].to_string();
    assert!(
        reasons.contains("no 2 adjacent booths are left") && reasons.contains("With 1 booths there would be space"),
        "{reasons}"
    );
    let vi = proposal(&app, &owner, &made, "vi").await[3]["reasons"].to_string();
    assert!(vi.contains("không còn 2 gian liền kề"), "{vi}");
    let applied =
        app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "held" })).send().await.expect(200);
    assert_eq!(applied, json!({ "given": 9, "released": 0, "kept": 0, "without_email": [] }));
    assert_eq!(active(&app, &owner).await, 9);
    let again = app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "held" })).send().await;
    again.refused(409, "illegal_step");
}

async fn optimum_serves_more_than_the_draw_and_reports_its_gap(app: TestApp) {
    let owner = open(&app, 10).await;
    approved(&app, &[("Lớn", 8), ("Hai", 2), ("Ba", 2), ("Bốn", 2), ("Năm", 2), ("Sáu", 2)]).await;
    let drawn = run(&app, &owner, draw()).await;
    let best = run(&app, &owner, json!({ "policy": "optimum", "order": "date" })).await;
    assert_eq!((&drawn["served"], &best["served"]), (&json!(2), &json!(5)));
    assert_eq!((&best["served_bound"], &best["gap_ppm"]), (&json!(5), &json!(0)), "{best}");
    let compared = app.get(&path(&best, &format!("/comparison?with={}", drawn["id"].as_str().unwrap()))).by(&owner);
    let compared = compared.send().await.expect(200);
    assert_eq!((&compared["gained"], &compared["lost"]), (&json!(4), &json!(1)), "{compared}");
    let today = app.get(&path(&best, "/comparison")).by(&owner).send().await.expect(200);
    assert_eq!((&today["served"], &today["served_other"], &today["gained"]), (&json!(5), &json!(0), &json!(5)));
}

async fn proposal_explains_a_wish_given_to_another(app: TestApp) {
    let owner = open(&app, 10).await;
    let wanted = booth(&app, 0).await;
    for name in ["mot", "hai"] {
        let token = app.person(name).await;
        let body = json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality": "Đầm Hà" });
        let organisation = app.made("/organisations", &token, body).await;
        let asked = json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard", "wishes": [{ "booth": wanted }] });
        let id = app.made("/editions/hoi-cho/applications", &token, asked).await;
        app.post(&format!("/applications/{id}/submit")).by(&token).send().await.expect(200);
        app.post(&format!("/applications/{id}/approve")).by(&owner).send().await.expect(200);
    }
    let made = run(&app, &owner, draw()).await;
    let items = proposal(&app, &owner, &made, "en").await;
    assert_eq!(items[0]["reasons"], json!(["It got its wish no. 1."]));
    let told = items[1]["reasons"].to_string();
    assert!(told.contains("Wish no. 1 (A01): HTX mot, no. 1 in the order, came before."), "{told}");
}

async fn apply_rejects_a_changed_floor_and_reports_the_changes(app: TestApp) {
    let owner = open(&app, 10).await;
    let ids = approved(&app, &[("Một", 3), ("Hai", 2), ("Ba", 1)]).await;
    let made = run(&app, &owner, draw()).await;
    let hold = json!({ "application": ids[2], "booths": [booth(&app, 1).await] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let locked = format!("/editions/hoi-cho/booths/{}", booth(&app, 3).await.as_str().unwrap());
    let lock = json!({ "availability": "locked" });
    app.patch(&locked).by(&owner).header("if-match", "\"v1\"").json(&lock).send().await.expect(200);
    let refused = app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "offered" })).send().await;
    let refused = refused.refused(409, "floor_changed");
    let codes: BTreeSet<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from(["taken", "not_open"]), "{refused}");
    assert_eq!(active(&app, &owner).await, 1, "nothing was given");
    // A new run knows of both changes.
    let made = run(&app, &owner, draw()).await;
    let items = proposal(&app, &owner, &made, "en").await;
    assert!(items.iter().all(|i| !i["after"].as_array().unwrap().contains(&json!("A04"))), "{items:?}");
    app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "offered" })).send().await.expect(200);
}

async fn confirmed_allocations_move_only_if_allowed(app: TestApp) {
    let owner = open(&app, 10).await;
    let ids = approved(&app, &[("Một", 1), ("Hai", 9)]).await;
    let hold = json!({ "application": ids[0], "booths": [booth(&app, 4).await] });
    let held = app.post("/editions/hoi-cho/allocations").by(&owner).json(&hold).send().await.expect(201);
    let allocation = held["items"][0]["id"].as_str().unwrap().to_owned();
    for step in ["offer", "confirm"] {
        app.post(&format!("/allocations/{allocation}/{step}")).by(&owner).send().await.expect(200);
    }
    let stays = run(&app, &owner, json!({ "policy": "optimum", "order": "date" })).await;
    assert_eq!(stays["served"], 1);
    assert_eq!(proposal(&app, &owner, &stays, "en").await[0]["reasons"], json!(["It keeps the booths it has."]));
    // A person confirmed it, so that both must be said.
    let asked = json!({ "policy": "optimum", "order": "date", "rules": { "may_move": "confirmed" } });
    assert_eq!(run(&app, &owner, asked.clone()).await["served"], 1);
    let by_hand = json!({ "policy": "optimum", "order": "date", "rules": { "move_placed_by_hand": true } });
    assert_eq!(run(&app, &owner, by_hand).await["served"], 1);
    let mut both = asked;
    both["rules"]["move_placed_by_hand"] = json!(true);
    let moves = run(&app, &owner, both).await;
    assert_eq!((&moves["served"], &moves["moved"]), (&json!(2), &json!(1)));
    app.post(&path(&moves, "/apply")).by(&owner).json(&json!({ "give_as": "held" })).send().await.expect(200);
    assert_eq!(active(&app, &owner).await, 10);
}

async fn rerun_after_a_withdrawal_moves_nobody(app: TestApp) {
    let owner = open(&app, 10).await;
    let (token, leaves) = app.approved_application(&owner, "hoi-cho", "mot").await;
    approved(&app, &[("Hai", 3), ("Ba", 3), ("Bốn", 3), ("Năm", 1)]).await;
    let first = run(&app, &owner, draw()).await;
    assert_eq!(first["served"], 4);
    app.post(&format!("/applications/{leaves}/withdraw")).by(&token).send().await.expect(200);
    for policy in ["space_draw", "optimum"] {
        let asked = json!({ "policy": policy, "order": "date", "based_on": first["id"] });
        let rerun = run(&app, &owner, asked).await;
        assert_eq!((&rerun["served"], &rerun["moved"]), (&json!(4), &json!(0)), "{rerun}");
    }
    let unknown = json!({ "policy": "optimum", "order": "date", "based_on": uuid::Uuid::now_v7() });
    app.post(RUNS).by(&owner).json(&unknown).send().await.refused(404, "not_found");
}

async fn run_rules_separate_applications_and_group_localities(app: TestApp) {
    let owner = open(&app, 10).await;
    let zone = json!({ "code": "DH", "name": "Nhà Đầm Hà" });
    let pavilion = app.made("/editions/hoi-cho/zones", &owner, zone).await;
    let kind = json!({ "zone": pavilion, "category": "standard", "area_dm2": 900, "fee": 0 });
    let row = json!({ "runs": [{ "pattern": "H1…H3", "kind": kind }] });
    app.post("/editions/hoi-cho/booths/generate").by(&owner).json(&row).send().await.expect(201);
    approved(&app, &[("Đầm Hà 1", 1), ("Đầm Hà 2", 1), ("Đầm Hà 3", 2)]).await;
    let rules = json!({ "pavilions": [{ "locality": "vn.22.06895", "zone": pavilion }] });
    let together = run(&app, &owner, json!({ "policy": "space_draw", "order": "date", "rules": rules })).await;
    let items = proposal(&app, &owner, &together, "en").await;
    let stands: Vec<&Value> = items.iter().map(|i| &i["after"]).collect();
    assert_eq!(stands, [&json!(["H1"]), &json!(["H2"]), &json!([])], "in their pavilion or nowhere");

    let ids = approved(&app, &[("Một", 1), ("Hai", 1)]).await;
    let asked = json!({ "policy": "optimum", "order": { "lottery": { "seed": 2018 } }, "rules": { "keep_apart": [[ids[0], ids[1]]] } });
    let apart = run(&app, &owner, asked.clone()).await;
    let codes: Vec<i64> = proposal(&app, &owner, &apart, "en")
        .await
        .iter()
        .filter(|i| ["Một", "Hai"].contains(&i["exhibitor_name"].as_str().unwrap()))
        .map(|i| i["after"][0].as_str().unwrap().trim_start_matches(['A', 'H']).parse().unwrap())
        .collect();
    assert!((codes[0] - codes[1]).abs() > 1, "{codes:?}");
    let mut wrong = asked;
    wrong["rules"]["keep_apart"] = json!([[ids[0], uuid::Uuid::now_v7()]]);
    app.post(RUNS).by(&owner).json(&wrong).send().await.refused(422, "invalid");
}

/// A cancelled run still has a proposal.
async fn cancelled_run_proposes_the_best_so_far(app: TestApp) {
    let owner = open(&app, 460).await;
    let names: Vec<String> = (0..300).map(|n| format!("HTX {n}")).collect();
    let wanted: Vec<(&str, i32)> =
        names.iter().enumerate().map(|(n, name)| (name.as_str(), [1, 2, 2, 3][n % 4])).collect();
    approved(&app, &wanted).await;
    let id = app.made(RUNS, &owner, json!({ "policy": "optimum", "order": "date", "limit_s": 600 })).await;
    let cancel = async || app.post(&format!("{RUNS}/{id}/cancel")).by(&owner).send().await;
    cancel().await.expect(204);
    let opened = app.get(&format!("{RUNS}/{id}/events")).by(&owner).open().await;
    until(&mut opened.into_body(), "event: ended").await;
    let ended = app.get(&format!("{RUNS}/{id}")).by(&owner).send().await.expect(200);
    assert_eq!((&ended["state"], &ended["ended_by"]), (&json!("proposed"), &json!("cancelled")), "{ended}");
    assert!(ended["served"].as_i64() > Some(100), "{ended}");
    cancel().await.refused(409, "illegal_step");
}

async fn refill(app: &TestApp) -> usize {
    hoicho::jobs::refill_from_waiting_lists(&app.db, app.context.clock.now()).await.unwrap()
}

/// More offers lapse than expire at once: the booths that are given are free by then, and other organisers do not wait.
async fn waiting_list_is_served_while_many_offers_lapse(app: TestApp) {
    const BOOTHS: usize = 510;
    let owner = open(&app, BOOTHS).await;
    app.set_days(&owner, "hoi-cho", &["2026-03-03", "2026-03-06", "2026-03-07"]).await;
    let names: Vec<String> = (0..BOOTHS).map(|n| format!("HTX {n}")).collect();
    approved(&app, &names.iter().map(|name| (name.as_str(), 1)).collect::<Vec<_>>()).await;
    let made = run(&app, &owner, draw()).await;
    app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "offered" })).send().await.expect(200);
    let policy = json!({ "run": made["id"] });
    app.put("/editions/hoi-cho/waiting-list/policy").by(&owner).json(&policy).send().await.expect(204);
    let (_, waiting) = app.submitted_application("hoi-cho", "cho").await;
    let why = json!({ "reason": "Hết gian" });
    app.post(&format!("/applications/{waiting}/waitlist")).by(&owner).json(&why).send().await.expect(200);
    let other = Fair::builder().owner("minh").slug("khac").exhibitors(["binh"]).build(&app).await;
    other.hold(&app, &other.owner, 0, 0).await;

    app.wait(chrono::Duration::days(3));
    let expire = async || hoicho::jobs::expire_allocations(&app.db, app.context.clock.now()).await.unwrap();
    assert_eq!(expire().await, 501, "500 of the first organiser, and the one of the other");
    assert_eq!(refill(&app).await, 1);
    assert_eq!(refill(&app).await, 0, "once for each time");
    let owner = app.login("lan@example.vn").await;
    let offers = app.get(&format!("/editions/hoi-cho/allocations?application={waiting}")).by(&owner).send().await;
    assert_eq!(offers.expect(200)["items"][0]["state"], "offered");
    // The rest, but for the booth whose offer expired when it was given, if it was one of them.
    assert!((BOOTHS - 501..=BOOTHS - 500).contains(&expire().await));
    assert_eq!(expire().await, 0);
}

/// With a waiting list policy, declined and expired offers are offered to the next application in the run's order.
async fn declined_and_expired_offers_go_to_the_waiting_list(app: TestApp) {
    let owner = open(&app, 10).await;
    // A fair that lasts until the second offer has expired, and is over when the third one has.
    app.set_days(&owner, "hoi-cho", &["2026-03-03", "2026-03-06", "2026-03-07"]).await;
    let (first, wins) = app.approved_application(&owner, "hoi-cho", "mot").await;
    let mut waiting = Vec::new();
    for name in ["hai", "ba"] {
        let (_, id) = app.submitted_application("hoi-cho", name).await;
        let why = json!({ "reason": "Hết gian" });
        app.post(&format!("/applications/{id}/waitlist")).by(&owner).json(&why).send().await.expect(200);
        waiting.push(id);
    }
    // Only one booth is open.
    for n in 1..10 {
        let at = format!("/editions/hoi-cho/booths/{}", booth(&app, n).await.as_str().unwrap());
        let lock = json!({ "availability": "locked" });
        app.patch(&at).by(&owner).header("if-match", "\"v1\"").json(&lock).send().await.expect(200);
    }
    let made = run(&app, &owner, draw()).await;
    app.post(&path(&made, "/apply")).by(&owner).json(&json!({ "give_as": "offered" })).send().await.expect(200);
    let offer = async |application: &str| {
        let list = app.get(&format!("/editions/hoi-cho/allocations?application={application}")).by(&owner).send().await;
        let list = list.expect(200)["items"].clone();
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list[0]["state"], "offered");
        list[0]["id"].as_str().unwrap().to_owned()
    };
    let policy = json!({ "run": made["id"] });
    app.put("/editions/hoi-cho/waiting-list/policy").by(&owner).json(&policy).send().await.expect(204);
    let declined = offer(&wins).await;
    app.post(&format!("/allocations/{declined}/decline")).by(&first).send().await.expect(200);
    app.post(&format!("/allocations/{declined}/decline")).by(&first).send().await.refused(409, "illegal_step");
    refill(&app).await;
    let next = offer(&waiting[0]).await;
    assert_eq!(app.letter_to("hai@example.vn").await["letter"]["booth"], "A01");
    // The second offer expires: the third application gets one by the job.
    app.wait(chrono::Duration::days(3));
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, app.context.clock.now()).await.unwrap(), 1);
    refill(&app).await;
    let owner = app.login("lan@example.vn").await;
    let last = app.get(&format!("/editions/hoi-cho/allocations?application={}", waiting[1])).by(&owner).send().await;
    assert_eq!(last.expect(200)["items"][0]["state"], "offered");
    app.post(&format!("/allocations/{next}/confirm")).by(&owner).send().await.refused(409, "illegal_step");
    // The waiting list stops when the fair is over.
    let (_, late) = app.submitted_application("hoi-cho", "bon").await;
    let why = json!({ "reason": "Hết gian" });
    app.post(&format!("/applications/{late}/waitlist")).by(&owner).json(&why).send().await.expect(200);
    app.wait(chrono::Duration::days(3));
    assert_eq!(hoicho::jobs::expire_allocations(&app.db, app.context.clock.now()).await.unwrap(), 1);
    refill(&app).await;
    let (owner, third) = (app.login("lan@example.vn").await, app.login("ba@example.vn").await);
    let none = app.get(&format!("/editions/hoi-cho/allocations?application={late}")).by(&owner).send().await;
    assert_eq!(none.expect(200)["items"], json!([]));
    assert_eq!(app.get("/editions/hoi-cho/waiting-list").by(&owner).send().await.expect(200)["items"][0]["id"], late);
    // Without a policy no more offers are made.
    app.put("/editions/hoi-cho/waiting-list/policy").by(&owner).json(&json!({ "run": null })).send().await.expect(204);
    let own = app.get(&format!("/applications/{}", waiting[1])).by(&third).send().await.expect(200);
    assert_eq!(own["state"], "approved");
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A proposal for 460 booths is applied in one transaction while 32 clients hold booths.
async fn apply_is_atomic_among_concurrent_holds(app: TestApp) {
    let owner = open(&app, 460).await;
    let names: Vec<String> = (0..300).map(|n| format!("HTX {n}")).collect();
    let wanted: Vec<(&str, i32)> =
        names.iter().enumerate().map(|(n, name)| (name.as_str(), [1, 1, 2, 2][n % 4])).collect();
    let ids = approved(&app, &wanted).await;
    // A draw takes no time; how good the proposal is does not matter here, only that it is large.
    let made = run(&app, &owner, draw()).await;
    assert!(made["served"].as_i64() > Some(250), "{made}");
    let proposed: usize =
        proposal(&app, &owner, &made, "en").await.iter().map(|i| i["after"].as_array().unwrap().len()).sum();
    let all = app.get("/editions/hoi-cho/booths?limit=500").send().await.expect(200)["items"].clone();
    let by_hand = (0..32).map(|n| {
        let (app, owner, ids, all) = (&app, &owner, &ids, &all);
        async move {
            let mut won = 0;
            for i in 0..3 {
                let body = json!({ "application": ids[n], "booths": [all[(n * 13 + i * 7) % 460]["id"]] });
                let hold = async || app.post("/editions/hoi-cho/allocations").by(owner).json(&body).send().await;
                let answer = send_until_available(hold).await;
                match answer.status.as_u16() {
                    201 => won += 1,
                    _ => drop(answer.refused(409, "booth_already_taken")),
                }
            }
            won
        }
    });
    let apply = async {
        let body = json!({ "give_as": "offered" });
        send_until_available(async || app.post(&path(&made, "/apply")).by(&owner).json(&body).send().await).await
    };
    let (won, applied) = futures_util::future::join(join_all(by_hand), apply).await;
    let won: usize = won.into_iter().sum();
    let given = match applied.status.as_u16() {
        200 => usize::try_from(applied.json()["given"].as_u64().unwrap()).unwrap(),
        409 => {
            assert!(["floor_changed", "booth_already_taken"].contains(&applied.json()["code"].as_str().unwrap()));
            0
        }
        other => panic!("{other}: {}", String::from_utf8_lossy(&applied.body)),
    };
    assert!(given == 0 || given == proposed, "{given} of {proposed}");
    let count = |sql: &'static str| {
        let counted = app.db.write_blocking(|tx| {
            diesel::sql_query(sql).get_result::<Count>(tx.conn()).map_err(hoicho_core::db::DatabaseError::from)
        });
        usize::try_from(counted.unwrap().n).unwrap()
    };
    let active =
        count("SELECT COUNT(*) AS n FROM allocations WHERE state IN ('held','offered','confirmed','checked_in')");
    let booths = count(
        "SELECT COUNT(DISTINCT booth_id) AS n FROM allocations WHERE state IN ('held','offered','confirmed','checked_in')",
    );
    assert_eq!((active, booths), (won + given, won + given), "{won} by hand, {given} by the run");
}

crate::on_both!(
    cancelled_run_proposes_the_best_so_far,
    proposal_changes_nothing_until_applied,
    optimum_serves_more_than_the_draw_and_reports_its_gap,
    proposal_explains_a_wish_given_to_another,
    apply_rejects_a_changed_floor_and_reports_the_changes,
    confirmed_allocations_move_only_if_allowed,
    rerun_after_a_withdrawal_moves_nobody,
    run_rules_separate_applications_and_group_localities,
    declined_and_expired_offers_go_to_the_waiting_list,
    waiting_list_is_served_while_many_offers_lapse,
    apply_is_atomic_among_concurrent_holds,
);
