//! A fair with 197 booths and 60 exhibitors, from an empty database to the exported figures.
use serde_json::{Value, json};

use crate::support::TestApp;

const EDITION: &str = "/editions/xuan-2026";
const SLUG: &str = "xuan-2026";
/// Opening days in March 2026, after the time at which tests start.
const DAYS: std::ops::Range<u32> = 10..15;
/// Hours in which visits are counted.
const HOURS: std::ops::Range<u32> = 8..20;

fn day(d: u32) -> String {
    format!("2026-03-{d:02}")
}

/// An edition that is open for registration; its booths.
async fn open(app: &TestApp, owner: &str) -> Vec<Value> {
    let organiser = app.organiser(owner).await;
    let edition = json!({ "organiser": organiser, "slug": SLUG, "name": "Hội chợ OCOP Xuân 2026" });
    app.post("/editions").by(owner).json(&edition).send().await.expect(201);
    let days = DAYS.map(|d| json!({ "day": day(d), "opens_at": "08:00:00", "closes_at": "21:30:00" }));
    let days = json!(days.collect::<Vec<_>>());
    let put = app.put(&format!("{EDITION}/opening-days")).by(owner).header("if-match", "\"v1\"");
    put.json(&days).send().await.expect(200);
    let mut runs = Vec::new();
    for (code, name, pattern) in [("OCOP", "Khu OCOP", "A01…A99"), ("TINH", "Khu tỉnh bạn", "B01…B98")] {
        let zone = app.made(&format!("{EDITION}/zones"), owner, json!({ "code": code, "name": name })).await;
        let kind = json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
        runs.push(json!({ "pattern": pattern, "kind": kind }));
    }
    let generate = app.post(&format!("{EDITION}/booths/generate")).by(owner).json(&json!({ "runs": runs }));
    let booths = generate.send().await.expect(201)["items"].as_array().unwrap().clone();
    app.advance(owner, SLUG, &["published", "registration_open"]).await;
    booths
}

/// Sixty exhibitors check in, every third with two adjacent booths; booths with the names of their exhibitors' accounts.
async fn check_in(app: &TestApp, owner: &str, booths: &[Value]) -> Vec<(String, Value)> {
    let mut stands = Vec::new();
    for i in 0..60 {
        let name = format!("htx{i}");
        let (_, application) = app.approved_application(owner, SLUG, &name).await;
        let wanted = if i % 3 == 0 { 2 } else { 1 };
        let ids: Vec<_> = booths.iter().skip(stands.len()).take(wanted).map(|booth| booth["id"].clone()).collect();
        let hold = json!({ "application": application, "booths": ids });
        let held = app.post(&format!("{EDITION}/allocations")).by(owner).json(&hold).send().await.expect(201);
        for allocation in held["items"].as_array().unwrap() {
            let allocation = allocation["id"].as_str().unwrap();
            app.step(owner, allocation, "offer").await.expect(200);
            app.confirm_from(owner, allocation, &day(DAYS.start)).await;
            app.step(owner, allocation, "check-in").await.expect(200);
        }
        stands.extend(ids.into_iter().map(|id| (name.clone(), id)));
    }
    stands
}

/// The same booths, with new tokens for the names that the accounts have.
async fn log_in_again(app: &TestApp, stands: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut renewed = Vec::new();
    for (name, booth) in stands {
        renewed.push((app.login(&format!("{name}@example.vn")).await, booth));
    }
    renewed
}

/// Every booth reports its sales of every day, except the first of the last day; the sum.
async fn report_sales(app: &TestApp, stands: &[(String, Value)]) -> i64 {
    let mut sum = 0;
    for d in DAYS {
        for (i, (token, booth)) in (0_i64..).zip(stands) {
            if i == 0 && d == DAYS.end - 1 {
                continue;
            }
            let amount = 5_000_000 + i * 1_000 + i64::from(d);
            sum += amount;
            let report = json!({ "amount": amount, "ocop_amount": amount / 2 });
            let path = format!("/booths/{}/sales-reports/{}", booth.as_str().unwrap(), day(d));
            app.put(&path).by(token).json(&report).send().await.expect(201);
        }
    }
    sum
}

/// A gate counts visits every hour; the sum.
async fn count_visits(app: &TestApp, owner: &str) -> u32 {
    let gate = app.made(&format!("{EDITION}/gates"), owner, json!({ "name": "Cổng chính" })).await;
    for d in DAYS {
        let event = |h: u32| {
            let id = uuid::Uuid::from_u128(u128::from(d * 100 + h));
            let occurred_at = format!("{}T{h:02}:15:00+07:00", day(d));
            json!({ "id": id, "gate": gate, "occurred_at": occurred_at, "entries": 100 + h })
        };
        let now = app.context.clock.now().and_utc();
        let events: Vec<Value> = HOURS.map(event).collect();
        let batch = json!({ "device": uuid::Uuid::from_u128(1), "now": now, "events": events });
        app.post(&format!("{EDITION}/visit-counts")).by(owner).json(&batch).send().await.expect(200);
    }
    5 * HOURS.map(|h| 100 + h).sum::<u32>()
}

async fn fair_runs_from_draft_to_finalised(app: TestApp) {
    let owner = app.person("lan").await;
    let booths = open(&app, &owner).await;
    assert_eq!(booths.len(), 197);
    let stands = check_in(&app, &owner, &booths).await;
    assert_eq!(stands.len(), 80);
    // The fair is over: nobody moves it from step to step.
    app.wait(chrono::Duration::days(12));
    let owner = app.login("lan@example.vn").await;
    assert_eq!(app.get(EDITION).by(&owner).send().await.expect(200)["phase"], "reporting");
    let stands = log_in_again(&app, stands).await;
    let sales = report_sales(&app, &stands).await;
    let visits = count_visits(&app, &owner).await;
    app.advance(&owner, SLUG, &["finalised"]).await;

    let s = app.get(&format!("{EDITION}/statistics")).send().await.expect(200);
    assert_eq!((&s["booths"]["total"], &s["booths"]["allocated"]), (&json!(197), &json!(80)));
    assert_eq!(s["exhibitors"]["direct"], 60);
    assert_eq!(s["sales"]["total"]["amount"], sales);
    assert_eq!((&s["sales"]["reports_received"], &s["sales"]["reports_due"]), (&json!(399), &json!(400)));
    assert_eq!(s["visits"]["total"], visits);
    let csv = app.get(&format!("{EDITION}/reports/sales-by-day")).header("accept", "text/csv").send().await;
    let text = String::from_utf8(csv.body).unwrap();
    let amount = |line: &str| line.split(',').nth(1).unwrap().parse::<i64>().unwrap();
    let days: Vec<&str> = text.lines().filter(|line| line.starts_with("20")).collect();
    assert_eq!(days.iter().map(|line| amount(line)).sum::<i64>(), sales);
    assert_eq!(text.lines().find(|line| line.starts_with("Tổng cộng")).map(amount), Some(sales));
}

crate::on_both!(fair_runs_from_draft_to_finalised);
