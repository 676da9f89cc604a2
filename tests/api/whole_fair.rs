//! A fair with 197 booths and 60 exhibitors, from an empty database to the exported figures.
use serde_json::{Value, json};

use crate::support::TestApp;

async fn fair_runs_from_draft_to_finalised(app: TestApp) {
    let owner = app.person("lan").await;
    let organiser = app.organiser(&owner).await;
    let edition = json!({ "organiser": organiser, "slug": "xuan-2026", "name": "Hội chợ OCOP Xuân 2026" });
    app.post("/editions").by(&owner).json(&edition).send().await.expect(201);
    let day = |d: u32| format!("2026-02-{d:02}");
    let days: Vec<_> =
        (20..25).map(|d| json!({ "day": day(d), "opens_at": "08:00:00", "closes_at": "21:30:00" })).collect();
    app.put("/editions/xuan-2026/opening-days")
        .by(&owner)
        .header("if-match", "\"v1\"")
        .json(&json!(days))
        .send()
        .await
        .expect(200);
    let mut zones = Vec::new();
    for (code, name) in [("OCOP", "Khu OCOP"), ("TINH", "Khu tỉnh bạn")] {
        let zone = json!({ "code": code, "name": name });
        zones.push(app.post("/editions/xuan-2026/zones").by(&owner).json(&zone).send().await.expect(201)["id"].clone());
    }
    let run = |pattern: &str, zone: &Value| {
        let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
        json!({ "pattern": pattern, "kind": kind })
    };
    let runs = json!({ "runs": [run("A01…A99", &zones[0]), run("B01…B98", &zones[1])] });
    let booths =
        app.post("/editions/xuan-2026/booths/generate").by(&owner).json(&runs).send().await.expect(201)["items"]
            .clone();
    assert_eq!(booths.as_array().unwrap().len(), 197);
    app.advance(&owner, "xuan-2026", &["published", "registration_open"]).await;

    // 60 exhibitors: every third gets two adjacent booths.
    let mut stands = Vec::new();
    let mut next = 0;
    for i in 0..60 {
        let (token, application) = app.approved_application(&owner, "xuan-2026", &format!("htx{i}")).await;
        let wanted = if i % 3 == 0 { 2 } else { 1 };
        let ids: Vec<_> = (next..next + wanted).map(|n| booths[n]["id"].clone()).collect();
        next += wanted;
        let hold = json!({ "application": application, "booths": ids });
        let held = app.post("/editions/xuan-2026/allocations").by(&owner).json(&hold).send().await.expect(201)["items"]
            .clone();
        for allocation in held.as_array().unwrap() {
            let path = |step: &str| format!("/allocations/{}/{step}", allocation["id"].as_str().unwrap());
            app.post(&path("offer")).by(&owner).send().await.expect(200);
            app.post(&path("confirm")).by(&token).send().await.expect(200);
            app.post(&path("check-in")).by(&owner).send().await.expect(200);
        }
        stands.extend(ids.into_iter().map(|id| (token.clone(), id)));
    }
    assert_eq!(stands.len(), 80);
    app.advance(&owner, "xuan-2026", &["registration_closed", "live"]).await;

    // Five days of reports; booth 0 has none for the last day.
    let mut expected = 0;
    for d in 20..25 {
        for (i, (token, booth)) in (0_i64..).zip(&stands) {
            if i == 0 && d == 24 {
                continue;
            }
            let amount = 5_000_000 + i * 1_000 + i64::from(d);
            expected += amount;
            let report = json!({ "amount": amount, "ocop_amount": amount / 2 });
            let path = format!("/booths/{}/sales-reports/{}", booth.as_str().unwrap(), day(d));
            app.put(&path).by(token).json(&report).send().await.expect(201);
        }
    }
    let gate = app
        .post("/editions/xuan-2026/gates")
        .by(&owner)
        .json(&json!({ "name": "Cổng chính" }))
        .send()
        .await
        .expect(201)["id"]
        .clone();
    for d in 20..25_u32 {
        let events: Vec<_> = (8..20)
            .map(|h| {
                let id = uuid::Uuid::from_u128(u128::from(d * 100 + h));
                let occurred_at = format!("{}T{h:02}:15:00+07:00", day(d));
                json!({ "id": id, "gate": gate, "occurred_at": occurred_at, "entries": 100 + h })
            })
            .collect();
        app.post("/editions/xuan-2026/visit-counts")
            .by(&owner)
            .json(&json!({ "events": events }))
            .send()
            .await
            .expect(200);
    }
    app.advance(&owner, "xuan-2026", &["reporting", "finalised"]).await;

    let s = app.get("/editions/xuan-2026/statistics").send().await.expect(200);
    assert_eq!(s["booths"]["total"], 197);
    assert_eq!(s["booths"]["allocated"], 80);
    assert_eq!(s["exhibitors"]["direct"], 60);
    assert_eq!(s["sales"]["total"]["amount"], expected);
    assert_eq!((&s["sales"]["reports_received"], &s["sales"]["reports_due"]), (&json!(399), &json!(400)));
    assert_eq!(s["visits"]["total"], 5 * (8..20).map(|h| 100 + h).sum::<i64>());
    let csv = app.get("/editions/xuan-2026/reports/sales-by-day").header("accept", "text/csv").send().await;
    let text = String::from_utf8(csv.body).unwrap();
    let total: i64 = text.lines().skip(1).map(|l| l.split(',').nth(1).unwrap().parse::<i64>().unwrap()).sum();
    assert_eq!(total, expected);
}

crate::on_both!(fair_runs_from_draft_to_finalised);
