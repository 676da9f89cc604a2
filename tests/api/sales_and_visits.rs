//! Sales reports and gate counts: nothing is counted twice, lost, or changed once finalised.
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, snapshot::numbered};

/// A live edition with one confirmed allocation: the tokens of the owner and the exhibitor, and the booth.
async fn live(app: &TestApp) -> (String, String, String) {
    let fair = Fair::builder().exhibitors(["htx"]).confirmed(1).state("live").build(app).await;
    let booth = fair.booth(0).to_owned();
    let [exhibitor] = <[_; 1]>::try_from(fair.exhibitors).ok().unwrap();
    (fair.owner, exhibitor.token, booth)
}

fn report(booth: &str, day: &str) -> String {
    format!("/booths/{booth}/sales-reports/{day}")
}

async fn sales_report_correction_requires_a_reason_and_keeps_history(app: TestApp) {
    let (owner, exhibitor, booth) = live(&app).await;
    let path = report(&booth, "2026-03-01");
    app.put(&path)
        .by(&exhibitor)
        .json(&json!({ "amount": 7_000_000, "ocop_amount": 5_000_000 }))
        .send()
        .await
        .expect(201);
    app.put(&path).by(&exhibitor).json(&json!({ "amount": 8_000_000 })).send().await.refused(422, "invalid");
    app.post(&format!("{path}/query")).by(&owner).json(&json!({ "reason": "Có nhầm không?" })).send().await.expect(200);
    let corrected = json!({ "amount": 8_000_000, "reason": "Ghi thiếu một hóa đơn" });
    assert_eq!(app.put(&path).by(&exhibitor).json(&corrected).send().await.expect(200)["state"], "corrected");
    let report = app.get(&path).by(&owner).send().await.expect(200);
    insta::assert_snapshot!("corrected_report", numbered(&report));
}

async fn sales_report_validates_day_and_amount(app: TestApp) {
    let (_, exhibitor, booth) = live(&app).await;
    let cases = [
        ("2026-03-04", json!({ "amount": 1 }), 422, "tomorrow"),
        ("2026-02-28", json!({ "amount": 1 }), 422, "not an opening day"),
        ("yesterday", json!({ "amount": 1 }), 404, "no date"),
        ("2026-03-01", json!({ "amount": -1 }), 422, "negative"),
        ("2026-03-01", json!({ "amount": i64::MAX }), 422, "too much"),
        ("2026-03-01", json!({ "amount": 9_223_372_036_854_775_808_u64 }), 422, "over 64 bits"),
        ("2026-03-01", json!({ "amount": 1.5 }), 422, "a fraction"),
        ("2026-03-01", json!({ "amount": 1, "ocop_amount": 2 }), 422, "more OCOP than sales"),
    ];
    for (day, body, status, why) in cases {
        let answer = app.put(&report(&booth, day)).by(&exhibitor).json(&body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{why}: {}", String::from_utf8_lossy(&answer.body));
    }
    app.put(&report(&booth, "2026-03-03")).by(&exhibitor).json(&json!({ "amount": 0 })).send().await.expect(201);
}

async fn sales_report_rejects_foreign_booths(app: TestApp) {
    let (_, _, booth) = live(&app).await;
    let stranger = app.person("minh").await;
    app.put(&report(&booth, "2026-03-01"))
        .by(&stranger)
        .json(&json!({ "amount": 1 }))
        .send()
        .await
        .refused(404, "not_found");
    app.put(&report(&booth, "2026-03-01")).json(&json!({ "amount": 1 })).send().await.refused(401, "login_required");
}

async fn nil_report_is_not_missing(app: TestApp) {
    let (owner, exhibitor, booth) = live(&app).await;
    app.put(&report(&booth, "2026-03-01")).by(&exhibitor).json(&json!({ "amount": 0 })).send().await.expect(201);
    let missing = app.get("/editions/hoi-cho/reports/missing-reports").by(&owner).send().await.expect(200);
    let days: Vec<_> = missing["items"].as_array().unwrap().iter().map(|r| r["day"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-03-02", "2026-03-03"]);
    let s = app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    assert_eq!((&s["sales"]["reports_received"], &s["sales"]["reports_due"]), (&json!(1), &json!(3)));
}

fn event(id: u128, gate: &Value, at: &str, entries: i64) -> Value {
    json!({ "id": uuid::Uuid::from_u128(id), "gate": gate, "occurred_at": at, "entries": entries })
}

async fn gate(app: &TestApp, owner: &str) -> Value {
    app.post("/editions/hoi-cho/gates").by(owner).json(&json!({ "name": "Cổng chính" })).send().await.expect(201)["id"]
        .clone()
}

async fn repeated_visit_batch_is_counted_once(app: TestApp) {
    let (owner, _, _) = live(&app).await;
    let gate = gate(&app, &owner).await;
    let batch =
        json!({ "events": (1..=1_000).map(|i| event(i, &gate, "2026-03-02T10:00:00+07:00", 2)).collect::<Vec<_>>() });
    let send = async || app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&batch).send().await.expect(200);
    assert_eq!(send().await, json!({ "accepted": 1_000, "repeated": 0 }));
    assert_eq!(send().await, json!({ "accepted": 0, "repeated": 1_000 }));
    let s = app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    assert_eq!(s["visits"]["total"], 2_000);
}

async fn visit_hours_use_the_time_zone_of_the_edition(app: TestApp) {
    let (owner, _, _) = live(&app).await;
    let gate = gate(&app, &owner).await;
    // 23:30 UTC on the last of February is half past six on 1 March in Hạ Long.
    let batch = json!({ "events": [event(1, &gate, "2026-02-28T23:30:00Z", 5)] });
    app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&batch).send().await.expect(200);
    let counts = app.get("/editions/hoi-cho/visit-counts").by(&owner).send().await.expect(200);
    assert_eq!((&counts["items"][0]["day"], &counts["items"][0]["hour"]), (&json!("2026-03-01"), &json!(6)));
}

async fn visit_adjustment_requires_a_reason_and_batches_are_atomic(app: TestApp) {
    let (owner, _, _) = live(&app).await;
    let gate = gate(&app, &owner).await;
    let good = event(1, &gate, "2026-03-01T10:00:00+07:00", 50);
    let bad = event(2, &gate, "2026-03-01T10:00:00+07:00", -5);
    let both = json!({ "events": [good, bad] });
    app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&both).send().await.refused(422, "invalid");
    let mut adjusted = bad.clone();
    adjusted["reason"] = json!("Đếm nhầm đoàn học sinh");
    let both = json!({ "events": [good, adjusted] });
    app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&both).send().await.expect(200);
    let s = app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    assert_eq!(s["visits"]["total"], 45);
}

async fn finalised_edition_rejects_changes(app: TestApp) {
    let (owner, exhibitor, booth) = live(&app).await;
    let gate = gate(&app, &owner).await;
    app.put(&report(&booth, "2026-03-01"))
        .by(&exhibitor)
        .json(&json!({ "amount": 9_000_000 }))
        .send()
        .await
        .expect(201);
    app.get("/editions/hoi-cho/statistics").send().await.refused(404, "not_found");
    app.advance(&owner, "hoi-cho", &["reporting", "finalised"]).await;
    let read = async || app.get("/editions/hoi-cho/statistics").by(&owner).send().await.expect(200);
    let final_figures = read().await;
    assert_eq!(final_figures["sales"]["total"], json!({ "amount": 9_000_000, "currency": "VND" }));
    let late = json!({ "amount": 1, "reason": "muộn" });
    app.put(&report(&booth, "2026-03-01")).by(&owner).json(&late).send().await.refused(409, "edition_finalised");
    let batch = json!({ "events": [event(1, &gate, "2026-03-01T10:00:00+07:00", 1)] });
    app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&batch).send().await.refused(409, "edition_finalised");
    app.post("/editions/hoi-cho/zones")
        .by(&owner)
        .json(&json!({ "code": "X", "name": "X" }))
        .send()
        .await
        .refused(409, "edition_finalised");
    assert_eq!(read().await, final_figures);
}

crate::on_both!(
    sales_report_correction_requires_a_reason_and_keeps_history,
    sales_report_validates_day_and_amount,
    sales_report_rejects_foreign_booths,
    nil_report_is_not_missing,
    repeated_visit_batch_is_counted_once,
    visit_hours_use_the_time_zone_of_the_edition,
    visit_adjustment_requires_a_reason_and_batches_are_atomic,
    finalised_edition_rejects_changes,
);
