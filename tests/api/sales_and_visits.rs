//! Sales reports: nothing is counted twice, lost, or changed once finalised.
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, now, snapshot::numbered};

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

async fn gate(app: &TestApp, owner: &str) -> Value {
    app.post("/editions/hoi-cho/gates").by(owner).json(&json!({ "name": "Cổng chính" })).send().await.expect(201)["id"]
        .clone()
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
    let count = json!({
        "id": uuid::Uuid::from_u128(1), "gate": gate, "occurred_at": "2026-03-01T10:00:00+07:00", "entries": 1,
    });
    let batch = json!({ "device": uuid::Uuid::from_u128(2), "now": now(), "events": [count] });
    app.post("/editions/hoi-cho/visit-counts").by(&owner).json(&batch).send().await.refused(409, "edition_finalised");
    let correction = json!({ "gate": gate, "day": "2026-03-01", "entries": 1, "reason": "muộn" });
    let corrections = "/editions/hoi-cho/visit-corrections";
    app.post(corrections).by(&owner).json(&correction).send().await.refused(409, "edition_finalised");
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
    finalised_edition_rejects_changes,
);
