//! Allocations: invariants that no interleaving of requests may break.
use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, send_until_available};

const ALLOCATIONS: &str = "/editions/hoi-cho/allocations";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

async fn concurrent_holds_give_each_booth_to_exactly_one_client(app: TestApp) {
    let fair = Fair::builder().booths(50).exhibitors((0..4).map(|n| format!("htx{n}"))).build(&app).await;
    assert_eq!(fair.booths.len(), 50);
    // Every client tries to hold every booth, each in another order.
    let clients = (0..64).map(|client| {
        let (app, fair) = (&app, &fair);
        async move {
            let mut won = Vec::new();
            for i in 0..fair.booths.len() {
                let booth = (i * 7 + client) % fair.booths.len();
                let body = fair.hold_body(client % fair.exhibitors.len(), booth);
                let hold = async || app.post(ALLOCATIONS).by(&fair.owner).json(&body).send().await;
                let answer = send_until_available(hold).await;
                match answer.status.as_u16() {
                    201 => won.push(booth),
                    _ => drop(answer.refused(409, "booth_already_taken")),
                }
            }
            won
        }
    });
    let won: Vec<usize> = join_all(clients).await.into_iter().flatten().collect();
    let mut times = BTreeMap::new();
    won.into_iter().for_each(|booth| *times.entry(booth).or_insert(0) += 1);
    assert_eq!(times.len(), 50);
    assert!(times.values().all(|n| *n == 1), "{times:?}");
    // The database has exactly these allocations.
    let counted = app.db.write_blocking(|tx| {
        diesel::sql_query("SELECT COUNT(*) AS n FROM allocations")
            .get_result::<Count>(tx.conn())
            .map_err(hoicho_core::db::DatabaseError::from)
    });
    assert_eq!(counted.unwrap().n, 50);
}

async fn allocation_runs_through_its_states_and_frees_the_booth(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let held = fair.hold(&app, &fair.owner, 0, 0).await;
    app.step(&fair.owner, &held, "confirm").await.refused(409, "illegal_step");
    for next in ["offer", "confirm", "check-in", "release"] {
        app.step(&fair.owner, &held, next).await.expect(200);
    }
    app.step(&fair.owner, &held, "release").await.refused(409, "illegal_step");
    fair.hold(&app, &fair.owner, 0, 0).await;
}

async fn offer_is_confirmed_by_its_exhibitor_only(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mine", "other"]).build(&app).await;
    let [mine, other] = &fair.exhibitors[..] else { panic!("two exhibitors") };
    let held = fair.hold(&app, &fair.owner, 0, 0).await;
    app.step(&mine.token, &held, "offer").await.refused(403, "forbidden");
    app.step(&fair.owner, &held, "offer").await.expect(200);
    app.step(&other.token, &held, "confirm").await.refused(404, "not_found");
    app.step(&mine.token, &held, "confirm").await.expect(200);
    let withdraw = format!("/applications/{}/withdraw", mine.application);
    app.post(&withdraw).by(&mine.token).send().await.refused(409, "illegal_step");
}

async fn hold_of_several_booths_requires_adjacent_ones_unless_waived(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let application = &fair.exhibitors[0].application;
    let hold = async |mut body: Value, booths: &[usize]| {
        body["application"] = json!(application);
        body["booths"] = booths.iter().map(|n| fair.booth(*n)).collect();
        app.post(ALLOCATIONS).by(&fair.owner).json(&body).send().await
    };
    hold(json!({}), &[0, 2]).await.refused(422, "invalid");
    hold(json!({ "allow_apart": true }), &[0, 2]).await.expect(201);
    // One of the booths is taken: none is held.
    hold(json!({}), &[1, 2]).await.refused(409, "booth_already_taken");
    hold(json!({}), &[1]).await.expect(201);
}

async fn move_requires_a_free_booth_and_keeps_the_expiry(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mine", "theirs"]).build(&app).await;
    let hold = async |exhibitor, booth| fair.hold(&app, &fair.owner, exhibitor, booth).await;
    let (mine, theirs) = (hold(0, 0).await, hold(1, 1).await);
    app.step(&fair.owner, &mine, "offer").await.expect(200);
    let to = async |booth: &str| {
        let at = format!("/allocations/{mine}/move");
        app.post(&at).by(&fair.owner).json(&json!({ "booth": booth })).send().await
    };
    // A move to a taken booth changes neither allocation.
    to(fair.booth(1)).await.refused(409, "booth_already_taken");
    to(&uuid::Uuid::now_v7().to_string()).await.refused(404, "not_found");
    let of = async |allocation: &str| {
        let all = app.get(ALLOCATIONS).by(&fair.owner).send().await.expect(200);
        all["items"].as_array().unwrap().iter().find(|a| a["id"] == *allocation).unwrap().clone()
    };
    assert_eq!(
        (&of(&mine).await["booth"], &of(&theirs).await["booth"]),
        (&fair.booths[0]["id"], &fair.booths[1]["id"])
    );

    let before = of(&mine).await;
    let moved = to(fair.booth(2)).await.expect(200);
    assert_eq!((&moved["booth"], &moved["state"]), (&fair.booths[2]["id"], &json!("offered")));
    assert_eq!(moved["expires_at"], before["expires_at"], "the exhibitor's time to answer stays");
    // The former booth is free again.
    hold(1, 0).await;
    app.step(&fair.owner, &mine, "release").await.expect(200);
    to(fair.booth(3)).await.refused(409, "illegal_step");
}

async fn swap_exchanges_the_booths_of_two_allocations(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mine", "theirs"]).build(&app).await;
    let held = [fair.hold(&app, &fair.owner, 0, 0).await, fair.hold(&app, &fair.owner, 1, 1).await];
    let swap = async |one: &str, other: &str| {
        let body = json!({ "one": one, "other": other });
        app.post("/editions/hoi-cho/allocations/swap").by(&fair.owner).json(&body).send().await
    };
    let swapped = swap(&held[0], &held[1]).await.expect(200);
    assert_eq!(swapped["items"][0]["booth"], fair.booths[1]["id"]);
    assert_eq!(swapped["items"][1]["booth"], fair.booths[0]["id"]);
    assert_eq!(swapped["items"][0]["state"], "held");
    swap(&held[0], &held[0]).await.refused(409, "illegal_step");
}

/// A zone for household businesses with the booth H1. The exhibitors are co-operatives: the first has A01, the second was let into
/// H1 by a waiver.
async fn household_zone(app: &TestApp, fair: &Fair) -> [String; 2] {
    let rules =
        json!({ "code": "HKD", "name": "Khu hộ kinh doanh", "eligibility": { "legal_forms": ["household_business"] } });
    let zone = app.made("/editions/hoi-cho/zones", &fair.owner, rules).await;
    let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
    let runs = json!({ "runs": [{ "pattern": "H1…H2", "kind": kind }] });
    let made = app.post("/editions/hoi-cho/booths/generate").by(&fair.owner).json(&runs).send().await.expect(201);
    let mut body = fair.hold_body(1, 0);
    body["booths"] = json!([made["items"][0]["id"]]);
    body["eligibility_waiver"] = json!("Khách mời của tỉnh");
    let theirs = app.post(ALLOCATIONS).by(&fair.owner).json(&body).send().await.expect(201);
    [fair.hold(app, &fair.owner, 0, 0).await, theirs["items"][0]["id"].as_str().unwrap().to_owned()]
}

async fn swap_keeps_the_rules_of_the_zones_unless_waived_with_a_reason(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mine", "theirs"]).build(&app).await;
    let [mine, theirs] = household_zone(&app, &fair).await;
    let swap = async |body: Value| app.post(&format!("{ALLOCATIONS}/swap")).by(&fair.owner).json(&body).send().await;
    // Either way round, and not with an empty reason.
    swap(json!({ "one": mine, "other": theirs })).await.refused(409, "not_eligible");
    swap(json!({ "one": theirs, "other": mine })).await.refused(409, "not_eligible");
    for reason in ["", "  ", &"x".repeat(1_001)] {
        swap(json!({ "one": mine, "other": theirs, "eligibility_waiver": reason })).await.refused(422, "invalid");
    }
    let swapped =
        swap(json!({ "one": mine, "other": theirs, "eligibility_waiver": "Đổi theo yêu cầu của tỉnh" })).await;
    let swapped = swapped.expect(200);
    assert_eq!(swapped["items"][1]["booth"], fair.booths[0]["id"]);
    let log = app.get(&format!("/audit-log?organiser={}&limit=5", fair.organiser)).by(&fair.owner).send().await;
    let log = log.expect(200);
    let lines: Vec<&Value> =
        log["items"].as_array().unwrap().iter().filter(|l| l["action"] == "allocation.swap").collect();
    assert_eq!(lines.len(), 1, "a refused swap leaves no trace");
    assert!(lines[0]["after"].to_string().contains("Đổi theo yêu cầu của tỉnh"), "{}", lines[0]);
}

async fn swap_and_move_have_the_same_rules(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mine", "theirs"]).build(&app).await;
    let [mine, _] = household_zone(&app, &fair).await;
    let booths = app.get("/editions/hoi-cho/booths?limit=500").by(&fair.owner).send().await.expect(200);
    let free = booths["items"].as_array().unwrap().iter().find(|b| b["code"] == "H2").unwrap()["id"].clone();
    let to = async |waiver: Option<&str>| {
        let mut body = json!({ "booth": free });
        if let Some(reason) = waiver {
            body["eligibility_waiver"] = json!(reason);
        }
        app.post(&format!("/allocations/{mine}/move")).by(&fair.owner).json(&body).send().await
    };
    to(None).await.refused(409, "not_eligible");
    to(Some(" ")).await.refused(422, "invalid");
    assert_eq!(to(Some("Hết gian")).await.expect(200)["booth"], free);
}

async fn expired_hold_frees_its_booth_without_the_job(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let held = fair.hold(&app, &fair.owner, 0, 0).await;
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
    app.step(&fair.owner, &held, "offer").await.refused(409, "illegal_step");
    fair.hold(&app, &fair.owner, 0, 0).await;
}

async fn expiry_job_expires_due_allocations_only(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let mut body = fair.hold_body(0, 0);
    body["expires_in_s"] = json!(3_600);
    app.post(ALLOCATIONS).by(&fair.owner).json(&body).send().await.expect(201);
    let now = crate::support::now().naive_utc();
    let expired = async |seconds| {
        hoicho::jobs::expire_allocations(&app.db, now + chrono::Duration::seconds(seconds)).await.unwrap()
    };
    assert_eq!(expired(3_599).await, 0);
    assert_eq!(expired(3_600).await, 1);
    assert_eq!(expired(3_601).await, 0);
    let states = app.get(ALLOCATIONS).by(&fair.owner).send().await.expect(200);
    assert_eq!(states["items"][0]["state"], "expired");
}

async fn hold_rejects_booths_and_applications_of_another_edition(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    app.edition(&fair.owner, "khac").await;
    let booths = app.get("/editions/khac/booths").by(&fair.owner).send().await.expect(200);
    let body = json!({ "application": fair.exhibitors[0].application, "booths": [booths["items"][0]["id"]] });
    app.post(ALLOCATIONS).by(&fair.owner).json(&body).send().await.refused(404, "not_found");
    app.post("/editions/khac/allocations").by(&fair.owner).json(&body).send().await.refused(404, "not_found");
}

crate::on_both!(
    concurrent_holds_give_each_booth_to_exactly_one_client,
    allocation_runs_through_its_states_and_frees_the_booth,
    offer_is_confirmed_by_its_exhibitor_only,
    hold_of_several_booths_requires_adjacent_ones_unless_waived,
    move_requires_a_free_booth_and_keeps_the_expiry,
    swap_exchanges_the_booths_of_two_allocations,
    swap_keeps_the_rules_of_the_zones_unless_waived_with_a_reason,
    swap_and_move_have_the_same_rules,
    expired_hold_frees_its_booth_without_the_job,
    expiry_job_expires_due_allocations_only,
    hold_rejects_booths_and_applications_of_another_edition,
);
