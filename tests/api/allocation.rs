//! Which booth is whose: the rules that no interleaving of requests may break.
use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::TestApp;

/// An edition open for registration, and `n` approved applications for it.
async fn fair(app: &TestApp, n: usize) -> (String, Vec<String>) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let mut applications = Vec::new();
    for i in 0..n {
        applications.push(app.approved_application(&owner, "hoi-cho", &format!("htx{i}")).await.1);
    }
    (owner, applications)
}

async fn booths(app: &TestApp) -> Vec<Value> {
    let page = app.get("/editions/hoi-cho/booths?limit=500").send().await.expect(200);
    page["items"].as_array().unwrap().iter().map(|b| b["id"].clone()).collect()
}

async fn step(app: &TestApp, token: &str, allocation: &Value, step: &str) -> crate::support::Answer {
    app.post(&format!("/allocations/{}/{step}", allocation.as_str().unwrap())).by(token).send().await
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

async fn sixty_four_clients_race_for_fifty_booths_and_each_goes_to_exactly_one(app: TestApp) {
    let (owner, applications) = fair(&app, 4).await;
    let zones = app.get("/editions/hoi-cho/zones").send().await.expect(200);
    let kind = json!({ "zone": zones["items"][0]["id"], "category": "standard", "area_dm2": 900, "fee": 0 });
    let more = json!({ "runs": [{ "pattern": "B01…B40", "kind": kind }] });
    app.post("/editions/hoi-cho/booths/generate").by(&owner).json(&more).send().await.expect(201);
    let booths = booths(&app).await;
    assert_eq!(booths.len(), 50);
    // Every client goes for every booth, each starting elsewhere.
    let clients = (0..64).map(|client| {
        let (app, owner, booths, applications) = (&app, &owner, &booths, &applications);
        async move {
            let mut won = Vec::new();
            for i in 0..booths.len() {
                let booth = &booths[(i * 7 + client) % booths.len()];
                let body = json!({ "application": applications[client % applications.len()], "booths": [booth] });
                let answer = app.post("/editions/hoi-cho/allocations").by(owner).json(&body).send().await;
                match answer.status.as_u16() {
                    201 => won.push(booth.to_string()),
                    _ => drop(answer.refused(409, "booth_already_taken")),
                }
            }
            won
        }
    });
    let won: Vec<String> = join_all(clients).await.into_iter().flatten().collect();
    let mut times = BTreeMap::new();
    won.into_iter().for_each(|booth| *times.entry(booth).or_insert(0) += 1);
    assert_eq!(times.len(), 50);
    assert!(times.values().all(|n| *n == 1), "{times:?}");
    // The database itself says the same.
    let counted = app.db.write_blocking(|tx| {
        diesel::sql_query("SELECT COUNT(*) AS n FROM allocations")
            .get_result::<Count>(tx.conn())
            .map_err(hoicho_core::db::DatabaseError::from)
    });
    assert_eq!(counted.unwrap().n, 50);
}

async fn a_booth_goes_from_held_to_checked_in_and_back(app: TestApp) {
    let (owner, applications) = fair(&app, 1).await;
    let booth = booths(&app).await[0].clone();
    let body = json!({ "application": applications[0], "booths": [booth] });
    let held =
        app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201)["items"][0]["id"]
            .clone();
    step(&app, &owner, &held, "confirm").await.refused(409, "illegal_step");
    for next in ["offer", "confirm", "check-in", "release"] {
        step(&app, &owner, &held, next).await.expect(200);
    }
    step(&app, &owner, &held, "release").await.refused(409, "illegal_step");
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201);
}

async fn the_exhibitor_accepts_its_own_offer_and_nobody_elses(app: TestApp) {
    let owner = app.person("lan").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published", "registration_open"]).await;
    let (mine, application) = app.approved_application(&owner, "hoi-cho", "mine").await;
    let (other, _) = app.approved_application(&owner, "hoi-cho", "other").await;
    let body = json!({ "application": application, "booths": [booths(&app).await[0]] });
    let held =
        app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201)["items"][0]["id"]
            .clone();
    step(&app, &mine, &held, "offer").await.refused(403, "forbidden");
    step(&app, &owner, &held, "offer").await.expect(200);
    step(&app, &other, &held, "confirm").await.refused(404, "not_found");
    step(&app, &mine, &held, "confirm").await.expect(200);
    app.post(&format!("/applications/{application}/withdraw")).by(&mine).send().await.refused(409, "illegal_step");
}

async fn several_booths_stand_side_by_side_unless_said_otherwise(app: TestApp) {
    let (owner, applications) = fair(&app, 1).await;
    let booths = booths(&app).await;
    let apart = json!({ "application": applications[0], "booths": [booths[0], booths[2]] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&apart).send().await.refused(422, "invalid");
    let meant = json!({ "application": applications[0], "booths": [booths[0], booths[2]], "allow_apart": true });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&meant).send().await.expect(201);
    // One of the run is taken: none of it is held.
    let run = json!({ "application": applications[0], "booths": [booths[1], booths[2]] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&run).send().await.refused(409, "booth_already_taken");
    let free = json!({ "application": applications[0], "booths": [booths[1]] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&free).send().await.expect(201);
}

async fn an_allocation_moves_to_a_free_booth_in_one_step_and_to_no_other(app: TestApp) {
    let (owner, applications) = fair(&app, 2).await;
    let booths = booths(&app).await;
    let hold = async |application: &str, booth: &Value| {
        let body = json!({ "application": application, "booths": [booth] });
        let held = app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201);
        held["items"][0]["id"].clone()
    };
    let (mine, theirs) = (hold(&applications[0], &booths[0]).await, hold(&applications[1], &booths[1]).await);
    step(&app, &owner, &mine, "offer").await.expect(200);
    let to = async |booth: &Value| {
        let at = format!("/allocations/{}/move", mine.as_str().unwrap());
        app.post(&at).by(&owner).json(&json!({ "booth": booth })).send().await
    };
    // A taken booth stays whose it is, and so does the one that was to be left.
    to(&booths[1]).await.refused(409, "booth_already_taken");
    to(&json!(uuid::Uuid::now_v7())).await.refused(404, "not_found");
    let of = async |allocation: &Value| {
        let all = app.get("/editions/hoi-cho/allocations").by(&owner).send().await.expect(200);
        all["items"].as_array().unwrap().iter().find(|a| a["id"] == *allocation).unwrap().clone()
    };
    assert_eq!((&of(&mine).await["booth"], &of(&theirs).await["booth"]), (&booths[0], &booths[1]));

    let before = of(&mine).await;
    let moved = to(&booths[2]).await.expect(200);
    assert_eq!((&moved["booth"], &moved["state"]), (&booths[2], &json!("offered")));
    assert_eq!(moved["expires_at"], before["expires_at"], "the exhibitor's time to answer stays");
    // What it left is free again.
    hold(&applications[1], &booths[0]).await;
    step(&app, &owner, &mine, "release").await.expect(200);
    to(&booths[3]).await.refused(409, "illegal_step");
}

async fn two_allocations_swap_their_booths_in_one_step(app: TestApp) {
    let (owner, applications) = fair(&app, 2).await;
    let booths = booths(&app).await;
    let mut held = Vec::new();
    for (application, booth) in applications.iter().zip(&booths) {
        let body = json!({ "application": application, "booths": [booth] });
        held.push(
            app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201)["items"][0]["id"]
                .clone(),
        );
    }
    let swap = json!({ "one": held[0], "other": held[1] });
    let swapped = app.post("/editions/hoi-cho/allocations/swap").by(&owner).json(&swap).send().await.expect(200);
    assert_eq!(swapped["items"][0]["booth"], booths[1]);
    assert_eq!(swapped["items"][1]["booth"], booths[0]);
    assert_eq!(swapped["items"][0]["state"], "held");
    let self_swap = json!({ "one": held[0], "other": held[0] });
    app.post("/editions/hoi-cho/allocations/swap")
        .by(&owner)
        .json(&self_swap)
        .send()
        .await
        .refused(409, "illegal_step");
}

async fn a_hold_past_its_time_frees_the_booth_with_no_one_asking(app: TestApp) {
    let (owner, applications) = fair(&app, 1).await;
    let body = json!({ "application": applications[0], "booths": [booths(&app).await[0]] });
    let held =
        app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201)["items"][0]["id"]
            .clone();
    app.db
        .write_blocking(|tx| {
            use hoicho_core::db::schema::allocations::dsl::*;
            let past = crate::support::now().naive_utc() - chrono::Duration::seconds(1);
            diesel::update(allocations)
                .set(diesel::ExpressionMethods::eq(expires_at, past))
                .execute(tx.conn())
                .map_err(hoicho_core::db::DatabaseError::from)
        })
        .unwrap();
    step(&app, &owner, &held, "offer").await.refused(409, "illegal_step");
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201);
}

async fn the_background_job_expires_what_has_run_out_and_only_that(app: TestApp) {
    let (owner, applications) = fair(&app, 1).await;
    let body = json!({ "application": applications[0], "booths": [booths(&app).await[0]], "expires_in_s": 3_600 });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.expect(201);
    let now = crate::support::now().naive_utc();
    let expired = async |seconds| {
        hoicho::jobs::expire_allocations(&app.db, now + chrono::Duration::seconds(seconds)).await.unwrap()
    };
    assert_eq!(expired(3_599).await, 0);
    assert_eq!(expired(3_600).await, 1);
    assert_eq!(expired(3_601).await, 0);
    let states = app.get("/editions/hoi-cho/allocations").by(&owner).send().await.expect(200);
    assert_eq!(states["items"][0]["state"], "expired");
}

async fn booths_and_applications_of_another_edition_are_not_found(app: TestApp) {
    let (owner, applications) = fair(&app, 1).await;
    app.edition(&owner, "khac").await;
    let elsewhere = app.get("/editions/khac/booths").by(&owner).send().await.expect(200)["items"][0]["id"].clone();
    let body = json!({ "application": applications[0], "booths": [elsewhere] });
    app.post("/editions/hoi-cho/allocations").by(&owner).json(&body).send().await.refused(404, "not_found");
    app.post("/editions/khac/allocations").by(&owner).json(&body).send().await.refused(404, "not_found");
}

crate::on_both!(
    sixty_four_clients_race_for_fifty_booths_and_each_goes_to_exactly_one,
    a_booth_goes_from_held_to_checked_in_and_back,
    the_exhibitor_accepts_its_own_offer_and_nobody_elses,
    several_booths_stand_side_by_side_unless_said_otherwise,
    an_allocation_moves_to_a_free_booth_in_one_step_and_to_no_other,
    two_allocations_swap_their_booths_in_one_step,
    a_hold_past_its_time_frees_the_booth_with_no_one_asking,
    the_background_job_expires_what_has_run_out_and_only_that,
    booths_and_applications_of_another_edition_are_not_found,
);
